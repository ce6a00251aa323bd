/* The short tables of the page: what surges, the zones of the hall, numbers merged into 12345, superior sources, channels. */

import { el } from "../wall/element.mjs";
import { clockText, dateText, durationText, grouped, minuteText } from "../wall/format.mjs";
import { channelName } from "../wall/queue.mjs";
import { text } from "../live/catalogue.mjs";
import { emptyView } from "./panel.mjs";

const SURGES_SHOWN = 8;
const SPOTS_SHOWN = 4;
const ZONES = ["accept", "dispatch", "network", "review", "call_back"];

/* A table for eyes and readers: `heads` are names of its columns, `rows` [{key, cells}]. */
export function table(label, heads, rows, attributes = {}) {
  return el("table", { class: "hotline-table", "aria-label": label, ...attributes },
    el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col", class: head.number ? "number" : null }, head.name)))),
    el("tbody", {}, rows.map(({ key, cells, more = {} }) =>
      el("tr", { "data-row": key, ...more }, cells.map((cell, place) =>
        el(place === 0 ? "th" : "td", { scope: place === 0 ? "row" : null, class: heads[place].number ? "number" : null }, cell))))));
}

/* --- what surges -------------------------------------------------------------------------------------- */

/* What the analysis says of categories and townships against expectation, and of many of one kind near each other; while it
 * does not speak, the topics of which more come within two hours than chance explains. `places` names divisions. */
export function surgesView(analysis, topics, names, places, isFresh) {
  if (analysis.state !== "live") {
    const since = analysis.since === null ? null : clockText(analysis.since);
    return [el("p", { class: "hotline-note", "data-analysis": analysis.state }, text(`hotline.analysis.${analysis.state}`, { time: since ?? "—" })), topicSurges(topics, names, isFresh)];
  }
  const { surges, hotSpots } = analysis;
  if (surges.length + hotSpots.length === 0) return emptyView(text("hotline.surge.none"));
  return [
    el("ul", { class: "hotline-surges" }, surges.slice(0, SURGES_SHOWN).map((one) => surgeView(one, names, places)),
      surges.length > SURGES_SHOWN ? el("li", { class: "hotline-note" }, text("hotline.more_rows", { count: surges.length - SURGES_SHOWN })) : null),
    hotSpots.length > 0 ? el("h3", {}, text("hotline.spots.title")) : null,
    hotSpots.length > 0 ? el("ul", { class: "hotline-surges" }, hotSpots.slice(0, SPOTS_SHOWN).map((one) => spotView(one, names, places))) : null,
  ];
}

function surgeView({ category, township, since, counted, expected }, names, places) {
  const where = township ? (places[township] ?? township) : text("hotline.surge.whole_city");
  return el("li", { "data-surge": `${category}~${township}` },
    el("b", {}, text("hotline.surge.what", { topic: category ? (names[category] ?? category) : text("hotline.surge.any"), place: where })),
    el("b", { class: "number" }, text("hotline.surge.counted", { count: grouped(counted) })),
    el("span", {}, text("hotline.surge.since", { time: minuteText(since) })),
    el("span", { class: "number" }, text("hotline.surge.expected", { expected: Number(expected).toFixed(1) })));
}

function spotView({ category, radiusM, since, count, expected, region }, names, places) {
  return el("li", { "data-spot": category },
    el("b", {}, text("hotline.surge.what", { topic: names[category] ?? category, place: places[region] ?? "" })),
    el("b", { class: "number" }, text("hotline.surge.counted", { count: grouped(count) })),
    el("span", {}, text("hotline.spots.within", { metres: grouped(radiusM), time: minuteText(since) })),
    el("span", { class: "number" }, text("hotline.surge.expected", { expected: Number(expected).toFixed(1) })));
}

function topicSurges(topics, names, isFresh) {
  const surging = topics.filter(({ surge }) => surge);
  if (!isFresh) return emptyView(text("hotline.surge.not_judged"));
  if (surging.length === 0) return emptyView(text("hotline.surge.none"));
  return el("ul", { class: "hotline-surges" }, surging.slice(0, SURGES_SHOWN).map((topic) => {
    const lately = topic.spark.reduce((sum, count) => sum + count, 0);
    return el("li", { "data-surge": topic.category },
      el("b", {}, names[topic.category] ?? topic.category),
      el("b", { class: "number" }, text("hotline.surge.lately", { count: grouped(lately) })),
      el("span", {}, text("hotline.surge.today", { count: grouped(topic.count), expected: grouped(topic.expected) ?? "—" })),
      el("span", { class: "number" }, Number.isFinite(topic.ratio) ? text("hotline.surge.ratio", { ratio: topic.ratio.toFixed(1) }) : ""));
  }), surging.length > SURGES_SHOWN ? el("li", { class: "hotline-note" }, text("hotline.more_rows", { count: surging.length - SURGES_SHOWN })) : null);
}

/* --- zones and special desks ---------------------------------------------------------------------------- */

export function zonesView({ zones }, now) {
  const rows = ZONES.map((name) => {
    const found = zones.find(({ zone }) => zone === name) ?? { count: 0, oldest_at: null };
    return { key: name, cells: [text(`hotline.zone.${name}`), grouped(found.count), found.oldest_at === null ? "—" : durationText(now - found.oldest_at)] };
  });
  return table(text("hotline.zones.title"), [{ name: text("hotline.zones.zone") }, { name: text("hotline.zones.waiting"), number: true }, { name: text("hotline.zones.oldest"), number: true }], rows);
}

/* Who waits for each special desk, and its seats; `desks` is null while no call and no seat told of one. */
export function desksView(desks, now) {
  if (desks === null) return el("p", { class: "hotline-empty", "data-desks": "untold" }, text("hotline.desks.untold"));
  return table(text("hotline.desks.title"),
    [{ name: text("hotline.desks.desk") }, { name: text("hotline.zones.waiting"), number: true }, { name: text("hotline.zones.oldest"), number: true },
      { name: text("hotline.desks.seats"), number: true }],
    desks.map(({ code, waiting, oldest_at: oldest, seats, idle }) => ({
      key: code,
      cells: [text(`hotline.desk.${code}`), grouped(waiting) ?? "—", oldest === null ? "—" : durationText(now - oldest), `${grouped(idle)} / ${grouped(seats)}`],
    })));
}

/* --- where they come from -------------------------------------------------------------------------------- */

export function originsView(origins) {
  if (origins.length === 0) return emptyView(text("hotline.origins.none"));
  return table(text("hotline.origins.title"), [{ name: text("hotline.origins.number") }, { name: text("hotline.origins.calls"), number: true }, { name: text("hotline.origins.orders"), number: true }],
    origins.map(({ number, count, orders }) => ({ key: number, cells: [originName(number), grouped(count), grouped(orders)] })));
}

function originName(number) {
  const key = `hotline.origin.${number}`;
  const known = text(key, { number });
  return known === key ? number : known;
}

/* Orders handed down by a higher level, each source with its own deadlines. */
export function superiorsView(superiors, now) {
  if (superiors.length === 0) return emptyView(text("hotline.superiors.none"));
  return table(text("hotline.superiors.title"),
    [{ name: text("hotline.superiors.source") }, { name: text("hotline.superiors.today"), number: true }, { name: text("hotline.superiors.open"), number: true },
      { name: text("hotline.superiors.overdue"), number: true }, { name: text("hotline.superiors.next"), number: true }],
    superiors.map(({ source, today, open, overdue, next_due_at: next }) => ({
      key: source,
      cells: [source, grouped(today), grouped(open), el("span", { class: overdue > 0 ? "hotline-overdue" : "" }, grouped(overdue)), next === null ? "—" : text("hotline.superiors.due", { time: `${dateText(next)} ${minuteText(next)}` })],
      more: { title: next === null ? null : durationText(next - now) },
    })));
}

export function channelsTable(channels) {
  if (channels.length === 0) return emptyView(text("hotline.channels.none"));
  return table(text("hotline.channels.title"), [{ name: text("hotline.channels.channel") }, { name: text("hotline.channels.count"), number: true }],
    channels.map(({ code, count }) => ({ key: code, cells: [channelName(code, text), grouped(count)] })));
}

/* What became of the day's calls. */
export function fateView({ calls, answered, abandoned, orders }, asOf) {
  const cell = (name, value) => el("div", { "data-fate": name }, el("dt", {}, text(`hotline.fate.${name}`)), el("dd", {}, grouped(value) ?? "—"));
  return el("dl", { class: "hotline-fate", title: Number.isFinite(asOf) ? clockText(asOf) : null }, cell("calls", calls), cell("answered", answered), cell("abandoned", abandoned), cell("orders", orders));
}
