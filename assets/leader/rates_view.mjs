/* The three rates: of the month with what they are out of, and of twelve weeks as a line each, with their targets. */

import { drawing, el, px } from "../wall/element.mjs";
import { text } from "../live/catalogue.mjs";
import { RATES } from "../wall/rate_targets.mjs";
import { grouped, head, nothing } from "./parts.mjs";
import { spark } from "./spark.mjs";

const WIDTH = 320;
const PER_CENT = 100;

/* `history` is what /api/v1/rates/history says; the week that runs is the last one. No county is ranked. */
export function historyView(history) {
  const shown = RATES.map((one) => ({ ...one, weeks: history.rates[one.key].map(([yes, all]) => (all ? yes / all : null)), last: history.rates[one.key].at(-1) }));
  return [
    head(text("leader.rates.weeks", { count: history.weeks.length }), text("leader.rates.weeks_rule")),
    el("div", { class: "leader-history" }, ...shown.map((one) => historyRow(one, history.regions))),
  ];
}

/* Whether any week has an answer; before that the month's own figures say more. */
export function hasHistory(history) {
  return Boolean(history) && RATES.some(({ key }) => history.rates[key].some(([, all]) => all));
}

function historyRow({ key, target, weeks, last: [yes, all] }, regions) {
  const known = weeks.filter((one) => one !== null);
  const share = weeks.at(-1);
  const falling = regions.filter((one) => fallsThreeWeeks(one[key])).map(({ name }) => name);
  const why = falling.length ? text("leader.rates.falling", { names: falling.join(text("leader.list_comma")) }) : known.length > 1 ? text("leader.rates.no_fall") : "";
  return el(
    "div",
    { class: "leader-history-row", "data-rate": key },
    el("span", {}, text(`leader.rate.${key}`)),
    spark(weeks, { target }),
    el("b", {}, share === null ? text("leader.number.none") : (share * PER_CENT).toFixed(1)),
    el("small", {}, all ? text("leader.rates.of", { yes: grouped(yes), all: grouped(all), target: target * PER_CENT }) : text("leader.rates.no_answers", { target: target * PER_CENT }), why ? ` · ${why}` : ""),
  );
}

/* Of the last four whole weeks each below the one before; the running week is not over and is left out. */
function fallsThreeWeeks(pairs) {
  const shares = pairs.slice(-5, -1).map(([yes, all]) => (all ? yes / all : null));
  return shares.length === 4 && shares.every((one, place) => one !== null && (place === 0 || one < shares[place - 1]));
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
