/* Regions side by side, always in the city pack's order. */

import { drawing, el, px } from "./element.mjs";
import { clockText, grouped, minuteText, percentText } from "./format.mjs";
import { remainingText } from "../live/countdown.mjs";
import { RATES } from "./rate_targets.mjs";

/* Columns {code, open, overdue, rates} : the whole city, the regions, the city's own departments. Matters
 * that no unit holds yet are in the whole only, and are counted in `unassigned`. */
export function stripOf(matters, rates, city, now) {
  const columns = [city.code, ...city.regions.map((region) => region.code)];
  const tally = new Map(columns.map((code) => [code, { open: 0, overdue: 0 }]));
  const whole = { open: 0, overdue: 0 };
  let unassigned = 0;
  let longestMs = 0;
  for (const matter of matters.values()) {
    const isLate = matter.due_at !== null && matter.due_at !== undefined && matter.due_at < now;
    whole.open += 1;
    if (isLate) {
      whole.overdue += 1;
      longestMs = Math.max(longestMs, now - matter.due_at);
    }
    const column = matter.unit ? tally.get(matter.unit_region) : undefined;
    if (column === undefined) unassigned += 1;
    else {
      column.open += 1;
      if (isLate) column.overdue += 1;
    }
  }
  const byRegion = new Map((rates?.regions ?? []).map((row) => [row.region, row]));
  const column = (code, counts, row) => ({ code, ...counts, rates: ratesOf(row) });
  return {
    unassigned,
    longestMs,
    columns: [
      column("whole", whole, sumOf([...byRegion.values()])),
      ...city.regions.map((region) => column(region.code, tally.get(region.code), byRegion.get(region.code))),
      column("departments", tally.get(city.code), byRegion.get(city.code)),
    ],
  };
}

/* {response: {share, count}}: without a denominator there is no share, and no zero in its place. */
function ratesOf(row) {
  return Object.fromEntries(
    RATES.map(({ key }) => {
      const [part, count] = row?.[key] ?? [0, 0];
      return [key, { share: count > 0 ? part / count : null, count: count ?? 0 }];
    }),
  );
}

function sumOf(rows) {
  if (rows.length === 0) return undefined;
  const add = (key) => rows.reduce(([part, count], row) => [part + (row[key]?.[0] ?? 0), count + (row[key]?.[1] ?? 0)], [0, 0]);
  return Object.fromEntries(RATES.map(({ key }) => [key, add(key)]));
}

/* `isReady` false: no picture has come, and no count of it is known. `rates` is how fresh the rates are. */
export function stripView(strip, city, { isReady, rates }, text) {
  const names = new Map(city.regions.map((region) => [region.code, region.name]));
  names.set("whole", text("wall.whole_city"));
  names.set("departments", text("wall.strip.departments"));
  const row = (kind, name, cells, note) =>
    el("div", { class: `wall-strip-row ${kind}` }, el("span", { class: "row-name cut" }, name), cells,
      el("span", { class: "row-note cut" }, note));
  const each = (cell) => strip.columns.map(cell);
  const counted = (value) => (isReady ? grouped(value) : "—");
  const unknown = text("wall.fresh.never");
  const late = strip.longestMs > 0
    ? text("wall.strip.longest", { longest: remainingText(strip.longestMs) })
    : text("wall.strip.none_overdue");
  return [
    row("names", text("wall.strip.corner"),
      each((column) => el("span", { class: column.code === "whole" ? "whole cut" : "cut" }, names.get(column.code))),
      text("wall.strip.fixed_order")),
    row("open", text("wall.strip.open"),
      each((column) => el("span", { class: "clock-face", "data-open": column.code }, counted(column.open))),
      isReady ? text("wall.strip.unassigned", { count: grouped(strip.unassigned) }) : unknown),
    row("overdue", text("wall.strip.overdue"),
      each((column) => el("span", { class: `clock-face ${column.overdue > 0 ? "alarm" : "none"}`, "data-overdue": column.code },
        counted(column.overdue))),
      isReady ? late : unknown),
    ...RATES.map((rate) =>
      row(`rate ${rates.state}`, text(`wall.strip.${rate.key}`),
        each((column) => rateCell(rate, column, targetOf(rate, city))), rateNote(rate, strip, city, rates, text))),
  ];
}

export function targetOf(rate, city) {
  return city.rate_targets?.[rate.key] ?? rate.target;
}

/* A dot on a scale with the target as a tick. Missing the target is no clock, so it has no colour: the dot
 * is hollow. */
function rateCell(rate, column, target) {
  const { share } = column.rates[rate.key];
  const at = (value) => px(10 + ((Math.max(rate.from, Math.min(1, value)) - rate.from) / (1 - rate.from)) * 64);
  const misses = share !== null && share < target;
  return el(
    "div",
    { class: "wall-rate", "data-rate": `${column.code}.${rate.key}`, "data-misses": misses ? "true" : null },
    drawing(84, 30, {},
      el("rect", { x: 0, y: 12, width: 84, height: 6, fill: "var(--line)" }),
      el("rect", { x: at(target) - 2, y: 2, width: 4, height: 26, fill: "var(--ink2)" }),
      share === null ? null : el("circle", {
        cx: at(share), cy: 15, r: misses ? 8 : 10, fill: misses ? "var(--ground)" : "var(--data)",
        stroke: misses ? "var(--data)" : null, "stroke-width": misses ? 4 : null,
      })),
    el("span", { class: share === null ? "none" : null }, percentText(share) ?? "—"),
  );
}

/* Old rates say from when they are in place of what they are measured by. */
function rateNote(rate, strip, city, { state, asOf }, text) {
  if (asOf === null) return text("wall.fresh.never");
  if (state === "late") return text("wall.strip.rates_late", { time: clockText(asOf) });
  if (state === "down") return text("wall.strip.rates_down", { time: minuteText(asOf) });
  const params = { target: Math.round(targetOf(rate, city) * 100), count: grouped(strip.columns[0].rates[rate.key].count) };
  return text(`wall.strip.note_${rate.key}`, params);
}
