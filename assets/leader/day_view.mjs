/* 日报: yesterday and today so far in figures of the store, and the month's three rates. No sentence is made up: an
 * advice that nobody wrote is not on the page. */

import { drawing, el, px } from "../wall/element.mjs";
import { text } from "../live/catalogue.mjs";
import { RATES } from "../wall/rate_targets.mjs";
import { grouped, head, nothing } from "./parts.mjs";

const WIDTH = 320;
const HEIGHT = 96;
const GAP = 10;
const PER_CENT = 100;

export function dayView(day, rates, isCity) {
  if (day === null) return [el("p", { class: "hand-label" }, text("hand.opening"))];
  const { yesterday, today, week } = day;
  return [
    el("h1", { class: "leader-sentence" }, el("span", { class: "leader-line" }, daySentence(yesterday))),
    el("div", { class: "leader-day" }, bars(week), facts(yesterday)),
    head(text("leader.day.today"), text("leader.day.so_far")),
    facts(today),
    ...ratesView(rates, isCity),
    el("p", { class: "leader-source" }, text("leader.day.source")),
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

/* The three rates of the month over all regions that one sees, each with what it is out of. */
export function ratesView(rates, isCity) {
  const regions = rates?.regions ?? [];
  const summed = RATES.map(({ key, target }) => {
    const [yes, all] = regions.reduce(([done, of], region) => [done + (region[key]?.[0] ?? 0), of + (region[key]?.[1] ?? 0)], [0, 0]);
    return { key, target, yes, all };
  });
  return [
    head(text("leader.rates.title"), rates?.month ? text(isCity ? "leader.rates.month" : "leader.rates.month_here", { month: Number(rates.month.slice(5)) }) : ""),
    regions.length === 0 ? nothing(text("leader.rates.none")) : null,
    regions.length === 0 ? null : el("div", { class: "leader-rates" }, ...summed.map(rateRow)),
    regions.length === 0 ? null : el("p", { class: "leader-source" }, text("leader.rates.rule")),
  ];
}

function rateRow({ key, target, yes, all }) {
  const share = all ? yes / all : null;
  const at = (value) => px(value * WIDTH); // from nought: a bar that begins elsewhere shows a difference that is none
  return el(
    "div",
    { class: "leader-rate", "data-rate": key },
    el("span", {}, text(`leader.rate.${key}`)),
    drawing(
      WIDTH, 14, { class: "leader-bullet", preserveAspectRatio: "none" },
      el("rect", { x: 0, y: 5, width: WIDTH, height: 4, class: "leader-bullet-all" }),
      share === null ? null : el("rect", { x: 0, y: 5, width: at(share), height: 4, class: "leader-bullet-share" }),
      el("rect", { x: at(target) - 1, y: 0, width: 2, height: 14, class: "leader-bullet-target" }),
    ),
    el("b", {}, share === null ? text("leader.number.none") : (share * PER_CENT).toFixed(1)),
    el("span", { class: "leader-under" }, all ? text("leader.rates.of", { yes: grouped(yes), all: grouped(all), target: target * PER_CENT }) : text("leader.rates.no_answers", { target: target * PER_CENT })),
  );
}
