/* The figures of yesterday and of today so far, beneath the written brief or, before there is one, in its place. */

import { drawing, el, px } from "../wall/element.mjs";
import { text } from "../live/catalogue.mjs";
import { grouped, head } from "./parts.mjs";
import { ratesView } from "./rates_view.mjs";

const WIDTH = 320;
const HEIGHT = 96;
const GAP = 10;
const PER_CENT = 100;

/* `hasBrief`: the written brief stands above, so that the figures need no sentence of their own. */
export function dayView(day, rates, isCity, { hasBrief = false } = {}) {
  const { yesterday, today, week } = day;
  return [
    hasBrief ? head(text("leader.day.figures"), "") : el("h1", { class: "leader-sentence" }, el("span", { class: "leader-line" }, daySentence(yesterday))),
    el("div", { class: "leader-day" }, bars(week), facts(yesterday)),
    head(text("leader.day.today"), text("leader.day.so_far")),
    facts(today),
    ...ratesView(rates, isCity),
    hasBrief ? null : el("p", { class: "leader-source" }, text("leader.day.source")),
  ];
}

function daySentence(one) {
  const said = { opened: grouped(one.opened), closed: grouped(one.closed), weekday: weekday(one.day) };
  if (!one.opened && !one.closed) return text("leader.day.sentence_none", said);
  if (!one.week_before) return text("leader.day.sentence_alone", said);
  const change = Math.round(((one.opened - one.week_before) / one.week_before) * PER_CENT);
  const key = change === 0 ? "same" : change > 0 ? "more" : "fewer";
  return text(`leader.day.sentence_${key}`, { ...said, change: Math.abs(change), before: grouped(one.week_before) });
}

export function weekday(day) {
  return text(`leader.weekday.${new Date(`${day}T00:00:00Z`).getUTCDay()}`);
}

/* Opened a day as bars, today's hollow because it is not over. */
function bars(week) {
  const most = Math.max(1, ...week.map(({ opened }) => opened));
  const step = WIDTH / week.length;
  const drawn = week.map((one, place) => {
    const high = (one.opened / most) * (HEIGHT - 34);
    const box = { x: px(place * step + GAP / 2), y: px(HEIGHT - 18 - high), width: px(step - GAP), height: px(Math.max(high, 1)) };
    const isToday = place === week.length - 1;
    const middle = px(place * step + step / 2);
    return el(
      "g",
      {},
      el("rect", { ...box, class: isToday ? "leader-bar today" : "leader-bar" }),
      el("text", { x: middle, y: px(HEIGHT - 22 - high), class: "leader-bar-count" }, String(one.opened)),
      el("text", { x: middle, y: HEIGHT - 4, class: "leader-bar-day" }, text(`leader.weekday_short.${new Date(`${one.day}T00:00:00Z`).getUTCDay()}`)),
    );
  });
  const label = text("leader.day.bars", { days: week.map((one) => `${weekday(one.day)} ${one.opened}`).join(text("leader.list_comma")) });
  return drawing(WIDTH, HEIGHT, { class: "leader-bars", role: "img", "aria-hidden": null, "aria-label": label }, ...drawn);
}

function facts(one) {
  const shown = ["opened", "closed", "direct", "red", "whistles", "instructions"];
  return el(
    "dl",
    { class: "leader-facts", "data-day": one.day },
    ...shown.map((name) =>
      el("div", {}, el("dt", {}, text(`leader.day.${name}`)), el("dd", {}, grouped(one[name]), name === "instructions" && one[name] ? el("small", {}, text("leader.day.instructions_done", { count: one.instructions_done })) : null)),
    ),
  );
}
