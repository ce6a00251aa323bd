/* The keys of the map, which are counts at the same time: nothing on it is explained without its number. */

import { drawing, el } from "./element.mjs";
import { grouped } from "./format.mjs";
import { urgencyIcon, workerIcon } from "./symbols.mjs";
import { whistleRing } from "./whistle_glyph.mjs";

/* A ring with one unit in each stage, to learn the sign from. */
const EXAMPLE = {
  id: "example", confers: false, state: "ok", leftShare: 0.61, leftMs: 18.5 * 60_000,
  units: [
    { id: "a", stage: "arrived", share: 0, state: "ok" },
    { id: "b", stage: "way", share: 0.5, state: "ok" },
    { id: "c", stage: "not_started", share: 0, state: "ok" },
  ],
};

/* `whistles` null: no picture has come, so nobody knows that none is out. */
export function whistleLegend(whistles, text) {
  const sum = (key) => whistles.reduce((total, whistle) => total + whistle[key], 0);
  const line = (y, key) => el("text", { x: 146, y, "font-size": 36, style: "fill:var(--ink2)" }, text(key));
  return [
    el("div", { class: "count" },
      el("b", {}, text("wall.whistles.count", { count: whistles === null ? "—" : whistles.length })),
      el("span", {}, whistles === null ? text("wall.fresh.never") : text("wall.whistles.present", { present: sum("present"), called: sum("called") }))),
    drawing(640, 230, {},
      whistleRing(EXAMPLE, 60, 96, 56, text),
      line(58, "wall.whistles.outer"),
      line(108, "wall.whistles.inner"),
      line(156, "wall.whistles.stages"),
      el("path", { d: "M0 204h64", stroke: "var(--ink2)", "stroke-width": 6 }),
      el("path", { d: "M72 204h64", stroke: "var(--ink2)", "stroke-width": 4, "stroke-dasharray": "16 10" }),
      line(216, "wall.whistles.links")),
  ];
}

/* `counts` is the fleet's summary, `matterCounts` null before the first picture, `showsPositions` false while the positions are down: a count of workers
 * that nobody has heard from is not shown. */
export function workerLegend(counts, matterCounts, showsPositions, text) {
  const number = (value) => (showsPositions ? grouped(value) ?? "—" : "—");
  const key = (kind, words, value, tone = "") =>
    el("div", { class: `key ${tone}`.trim(), "data-key": kind }, workerIcon(kind), el("span", {}, words), el("b", {}, number(value)));
  const matter = (urgency, words, count) =>
    el("div", { class: "key", "data-key": `u${urgency}` }, urgencyIcon(urgency, "var(--ink)"), el("span", {}, words), el("b", {}, matterCounts === null ? "—" : grouped(count)));
  const isLost = showsPositions && counts.lost > 0;
  return [
    el("div", { class: "total" },
      el("b", {}, text("wall.workers.total", { count: grouped(counts.platform_total) ?? "—" })),
      el("span", {}, text("wall.workers.assessed", { count: grouped(counts.assessed_total) ?? "—" }))),
    el("div", { class: "columns" },
      el("div", {},
        key("idle", text("wall.workers.idle"), counts.idle),
        key("tasked", text("wall.workers.tasked"), counts.tasked),
        key("lost", text("wall.workers.lost"), counts.lost, isLost ? "risk" : ""),
        key("off", text("wall.workers.off"), counts.off_duty, "off"),
        counts.sos > 0 && showsPositions ? key("sos", text("wall.workers.sos"), counts.sos, "alarm") : null),
      el("div", {},
        matter(1, text("wall.matters.u1"), matterCounts?.[1]),
        matter(2, text("wall.matters.u2"), matterCounts?.[2]),
        el("div", { class: "unmapped" }, text("wall.matters.rest")),
        el("div", { class: "unmapped" }, text("wall.matters.not_mapped", { count: matterCounts === null ? "—" : grouped(matterCounts.rest) })))),
  ];
}

/* {1, 2, rest}: open matters by urgency. */
export function countByUrgency(matters) {
  const counts = { 1: 0, 2: 0, rest: 0 };
  for (const matter of matters.values()) counts[matter.urgency > 2 ? "rest" : matter.urgency] += 1;
  return counts;
}
