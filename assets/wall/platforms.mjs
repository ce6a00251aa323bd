/* The platforms that feed the wall, in a fixed order, each with the age of its last heartbeat. */

import { el } from "./element.mjs";
import { minuteText } from "./format.mjs";
import { ageText } from "./freshness.mjs";
import { freshnessOf } from "../live/freshness.mjs";

/* `known` are the platforms of the city pack, `reported` those of the health picture. */
export function platformsOf(known, reported, now) {
  const byId = new Map(reported.map((platform) => [platform.id, platform]));
  return known.map((platform) => {
    const report = byId.get(platform.id);
    const lastAt = report?.last_at ?? null;
    const intervalMs = report?.interval_ms ?? platform.interval_ms;
    const freshness = freshnessOf({ asOf: lastAt, intervalMs, now });
    return { id: platform.id, short: platform.short, lastAt, state: freshness.state };
  });
}

export function platformsView(platforms, now, text) {
  const count = (state) => platforms.filter((platform) => platform.state === state).length;
  const [fresh, late, down] = [count("fresh"), count("late"), count("down")];
  const sum = down > 0
    ? text("wall.platforms.mixed_down", { fresh, late, down })
    : late > 0 ? text("wall.platforms.mixed", { fresh, late }) : text("wall.platforms.all_fresh", { fresh });
  const title = platforms.length === 7
    ? text("wall.platforms.title")
    : text("wall.platforms.title_counted", { count: platforms.length });
  return [
    el("div", { class: "wall-platform summary" },
      el("div", {}, el("span", { class: "name" }, title), el("span", { class: "age" }, sum))),
    ...platforms.map((platform) =>
      el("div", { class: `wall-platform ${platform.state}`, "data-platform": platform.id, "data-freshness": platform.state },
        el("i", {}),
        el("div", {}, el("span", { class: "name" }, platform.short), el("span", { class: "age" }, ageOf(platform, now, text))))),
  ];
}

function ageOf(platform, now, text) {
  if (platform.lastAt === null) return text("wall.platforms.never");
  const age = ageText(Math.max(0, now - platform.lastAt), text);
  if (platform.state === "fresh") return text("wall.platforms.ago", { age });
  if (platform.state === "late") return text("wall.platforms.late", { age });
  return text("wall.platforms.down", { time: minuteText(platform.lastAt) });
}
