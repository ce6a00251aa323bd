/* The month's results: the three rates by place with their denominators, what became of call-backs, what was not resolved;
 * returns by unit, repeat callers and group matters. Places stand in the city's order; a ranking is asked for. */

import { drawing, el, px } from "../wall/element.mjs";
import { dateText, grouped, minuteText, percentText } from "../wall/format.mjs";
import { text } from "../live/catalogue.mjs";
import { table } from "./lists_view.mjs";
import { emptyView } from "./panel.mjs";

const RATES = ["response", "resolved", "satisfied"];
export const ORDERS = ["city", ...RATES]; // of the rows: the city's own, or by a rate
const LEAST_RANKED = 20; // answers: a rate of fewer says nothing of a place
const ROWS = 14;

/* --- the three rates ------------------------------------------------------------------------------------ */

/* `open` are the regions whose townships are shown, `order` one of ORDERS, `isCity` whether the viewer has the whole city. */
export function ratesView(results, { open, order, names, topics, isCity }) {
  const { city, regions, townships } = results;
  const rows = [
    ...(isCity ? [placeRow("", text("hotline.rates.city"), city, topics, order, null)] : []),
    ...ranked(regions, order).flatMap((region) => {
      const isOpen = open.has(region.region);
      const inside = townships.filter((one) => one.region === region.region);
      return [
        placeRow(region.region, names[region.region] ?? region.region, region, topics, order, inside.length > 0 ? isOpen : null),
        ...(isOpen ? ranked(inside, order).map((one) => placeRow(one.township, names[one.township] ?? one.township, one, topics, order, null, true)) : []),
      ];
    }),
  ];
  const heads = ["place", ...RATES, "call_back", "open", "causes"].map((name) => ({ name: text(`hotline.rates.${name}`), number: name !== "place" && name !== "causes" }));
  return [
    table(text("hotline.rates.title", { month: results.month }), heads, rows),
    el("p", { class: "hotline-note" }, text(order === "city" ? "hotline.rates.unranked" : "hotline.rates.ranked", { least: LEAST_RANKED })),
    isCity ? trendView(results.trend) : null,
  ];
}

/* By a rate, the lowest first; places of too few answers stand last, marked as not ranked. */
function ranked(rows, order) {
  if (order === "city") return rows;
  const share = (row) => (isRanked(row, order) ? row[order][0] / row[order][1] : 2);
  return [...rows].sort((one, other) => share(one) - share(other));
}

function isRanked(row, order) {
  return row[order][1] >= LEAST_RANKED;
}

function placeRow(key, name, row, topics, order, isOpen, isInside = false) {
  const { asked, waiting, closed } = row.call_back;
  const causes = row.causes.map(([code, count]) => text("hotline.rates.cause", { topic: topics[code] ?? topics[code.slice(0, 4)] ?? code, count: grouped(count) })).join(" · ");
  const head = isOpen === null
    ? el("span", { class: isInside ? "hotline-inside" : "" }, name)
    : el("button", { type: "button", class: "hotline-fold", "data-do": `fold:${key}`, "aria-expanded": isOpen ? "true" : "false" }, name);
  const isLeftOut = order !== "city" && key !== "" && !isRanked(row, order);
  return {
    key: key || "city",
    cells: [
      isLeftOut ? el("span", {}, head, " ", el("small", {}, text("hotline.rates.left_out"))) : head, ...RATES.map((rate) => rateView(row[rate])),
      el("span", {}, `${grouped(asked)} / ${grouped(closed + waiting)}`, waiting > 0 ? el("small", {}, text("hotline.rates.waiting", { count: grouped(waiting) })) : null),
      el("span", {}, grouped(row.open), row.redo > 0 ? el("small", {}, text("hotline.rates.redo", { count: grouped(row.redo) })) : null, row.unplaced > 0 ? el("small", {}, text("hotline.rates.unplaced", { count: grouped(row.unplaced) })) : null),
      causes || "—",
    ],
  };
}

function rateView([part, whole]) {
  return el("span", {}, whole > 0 ? el("b", {}, `${percentText(part / whole)}%`) : "—", el("small", {}, ` ${grouped(part)} / ${grouped(whole)}`));
}

/* Eight weeks of answers; a week of few is not drawn as a point of a line. */
function trendView(weeks) {
  if (!weeks?.length) return null;
  return el("div", { class: "hotline-trends" }, ["resolved", "satisfied"].map((name) => {
    const known = weeks.flatMap((week, place) => (week[name][1] >= LEAST_RANKED ? [{ place, share: week[name][0] / week[name][1] }] : []));
    const last = known.at(-1);
    const x = (place) => px(4 + (place / Math.max(1, weeks.length - 1)) * 132);
    const y = (share) => px(30 - ((Math.max(0.5, share) - 0.5) / 0.5) * 26);
    const label = weeks.map((week) => text("hotline.rates.week", { week: week.week.slice(5), part: grouped(week[name][0]), whole: grouped(week[name][1]) })).join(" ");
    return el("figure", { "data-trend": name },
      el("figcaption", {}, text(`hotline.rates.${name}`), " ", el("span", { class: "hotline-note" }, known.length > 1 ? text("hotline.rates.trend", { first: percentText(known[0].share), last: percentText(last.share), weeks: known.length }) : text("hotline.rates.no_trend"))),
      known.length > 1
        ? drawing(140, 34, { role: "img", "aria-hidden": null, "aria-label": label },
          el("path", { d: `M${known.map(({ place, share }) => `${x(place)} ${y(share)}`).join("L")}`, fill: "none", stroke: "var(--data)", "stroke-width": 2 }),
          known.map(({ place, share }) => el("circle", { cx: x(place), cy: y(share), r: 2.2, fill: "var(--data)" })))
        : null);
  }));
}

/* --- returns by unit -------------------------------------------------------------------------------------- */

export function bouncesView({ units }, names) {
  if (units.length === 0) return emptyView(text("hotline.bounces.none"));
  const columns = ["unit", "dispatched", "asked", "upheld", "forced", "waiting", "bounced", "twice"];
  return [
    table(text("hotline.bounces.title"), columns.map((name) => ({ name: text(`hotline.bounces.${name}`), number: name !== "unit" })),
      units.slice(0, ROWS).map((row) => ({
        key: row.unit,
        cells: [names[row.unit] ?? row.unit, grouped(row.dispatched), share(row.asked, row.dispatched + row.upheld), grouped(row.upheld), grouped(row.forced), grouped(row.waiting), share(row.bounced, row.dispatched), grouped(row.twice)],
      }))),
    units.length > ROWS ? el("p", { class: "hotline-note" }, text("hotline.more_rows", { count: units.length - ROWS })) : null,
  ];
}

/* A share only of what the whole holds: returns asked for this month may be of orders dispatched in the one before. */
function share(part, whole) {
  return el("span", {}, grouped(part), part > 0 ? el("small", {}, part > whole ? " —" : ` ${percentText(part / whole)}%`) : null);
}

/* --- repeat callers and group matters ---------------------------------------------------------------------- */

export function repeatsView({ repeats, repeat, repeat_counts: counts = [] }, names, topics) {
  if (!repeats?.length) return emptyView(text("hotline.repeats.none", repeat));
  return [table(text("hotline.repeats.title"), ["caller", "count", "open", "last", "place"].map((name) => ({ name: text(`hotline.repeats.${name}`), number: name === "count" || name === "open" })),
    repeats.slice(0, ROWS).map((row) => ({
      key: row.no,
      cells: [row.caller || text("hotline.repeats.unreadable"), grouped(row.count), grouped(row.open), text("hotline.repeats.last_one", { no: row.no, topic: topics[row.category.slice(0, 4)] ?? row.category, time: `${dateText(row.last_at)} ${minuteText(row.last_at)}` }), names[row.region] ?? row.region],
    }))), moreView(counts, repeats)];
}

export function groupsView({ groups, group, group_counts: counts = [] }, names, topics) {
  if (!groups?.length) return emptyView(text("hotline.groups.none", group));
  return [table(text("hotline.groups.title"), ["matter", "citizens", "topic", "place"].map((name) => ({ name: text(`hotline.groups.${name}`), number: name === "citizens" })),
    groups.slice(0, ROWS).map((row) => ({
      key: row.no,
      cells: [`${row.no} ${row.title}`, grouped(row.citizens), topics[row.category.slice(0, 4)] ?? row.category, names[row.township] ?? names[row.region] ?? ""],
    }))), moreView(counts, groups)];
}

/* How many there are besides those shown, told or not: `counts` [{region, count}] are of all. */
function moreView(counts, told) {
  const more = counts.reduce((sum, { count }) => sum + count, 0) - Math.min(ROWS, told.length);
  return more > 0 ? el("p", { class: "hotline-note" }, text("hotline.more_rows", { count: grouped(more) })) : null;
}
