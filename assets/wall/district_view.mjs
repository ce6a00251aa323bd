/* The district scene: a matrix without a ranking, and what counties ask of each other. */

import { drawing, el, px } from "./element.mjs";
import { grouped, percentText } from "./format.mjs";
import { at, flow, panelView, rulesView } from "./panels.mjs";
import { RATES } from "./rate_targets.mjs";
import { targetOf } from "./strip.mjs";
import { dueState, remainingText } from "../live/countdown.mjs";

const RATE_COLUMNS = { response: [1920, 310], resolved: [2230, 310], satisfied: [2540, 320] };

/* By how many cells the picture has each way. `columns` of the matrix are [left, width] on the stage, none across a seam
 * between cells, and one that is not named has given way; `whole` is the height of the whole city's row, which has the rest
 * of the first row of cells to itself where the others are high, `row` theirs. */
const LAYOUTS = {
  4: {
    columns: {
      name: [36, 460], open: [500, 440], risk: [960, 230], overdue: [1190, 240], whistles: [1430, 160], duty: [1590, 320],
      ...RATE_COLUMNS,
    },
    width: 2880, height: 2040, whole: 200, row: 180, foot: null, // below the last row
    rules: [[2879, 120, 2, 2040], ...[540, 1080, 1620].map((y) => [0, y - 1, 2880, 2])],
  },
  3: {
    columns: {
      name: [36, 460], open: [500, 440], risk: [960, 230], overdue: [1190, 240], whistles: [1430, 160], duty: [1590, 320],
      ...RATE_COLUMNS,
    },
    width: 2880, height: 1500, whole: 200, row: 135, foot: 354,
    rules: [540, 1080].map((y) => [0, y - 1, 2880, 2]),
  },
  2: {
    columns: { name: [36, 460], open: [500, 440], risk: [960, 230], overdue: [1190, 240], duty: [1440, 460] },
    width: 1920, height: 960, whole: 89, row: 89, foot: null, rules: [[0, 539, 1920, 2]],
  },
};
const COUNTS = ["open", "risk", "overdue", "whistles", "duty"];
const HEAD = [208, 64]; // top and height of the words above the columns

export function districtView(model, crossings, city, fresh, now, cells, text) {
  const layout = LAYOUTS[cells];
  return [
    panelView({
      name: "district-matrix", box: [0, 120, layout.width, layout.height], title: text("wall.district.matrix"),
      note: cells > 2 ? text("wall.district.fixed_order") : null,
      text, children: matrixView(model, city, fresh, cells, text),
    }),
    cells === 4 ? crossingsView(crossings, city, now, text) : null,
    ...rulesView(layout.rules),
  ];
}

/* --- matrix --------------------------------------------------------------------------------------- */

function cell(columns, column, height, children, attributes = {}) {
  if (!columns[column]) return null;
  const [left, width] = columns[column];
  return el("div", { ...attributes, class: `scene-cell ${column}`, style: at(left, 0, width - 24, height) }, children);
}

function matrixView(model, city, fresh, cells, text) {
  const layout = LAYOUTS[cells];
  const names = new Map(city.regions.map((region) => [region.code, region.name]));
  names.set("whole", text("wall.whole_city"));
  names.set("departments", text("wall.strip.departments"));
  const heads = [...COUNTS, ...RATES.map((rate) => rate.key)].filter((name) => layout.columns[name]);
  const heights = model.rows.map((_, place) => (place === 0 ? layout.whole : layout.row));
  const tops = flow(heights, HEAD[0] + HEAD[1], layout.height + 120);
  return [
    el("div", { class: "scene-heads", style: at(0, HEAD[0] - 120, layout.width, HEAD[1]) },
      heads.map((name) => el("span", { style: at(layout.columns[name][0], 0, layout.columns[name][1] - 24, HEAD[1]) }, headText(name, city, text)))),
    model.rows.slice(0, tops.length).map((row, place) => rowView(row, tops[place] - 120, heights[place], names, city, fresh, layout, text)),
    cells === 2 ? notesView(model, fresh, text) : footView(model, layout.foot ?? endOf(tops, heights), fresh, cells, text),
  ];
}

function headText(name, city, text) {
  const rate = RATES.find((one) => one.key === name);
  if (!rate) return text(`wall.district.column_${name}`);
  return text("wall.district.column_rate", { rate: text(`wall.strip.${name}`), target: Math.round(targetOf(rate, city) * 100) });
}

function rowView(row, top, height, names, city, fresh, layout, text) {
  const number = (value, tone = "") => el("b", { class: `clock-face ${value === 0 ? "none" : tone}`.trim() }, grouped(value));
  const one = (column, children, attributes = {}) => cell(layout.columns, column, height, children, attributes);
  return el(
    "div",
    { class: `scene-district${row.code === "whole" ? " whole" : ""}`, style: at(0, top, layout.width, height), "data-region": row.code },
    one("name", el("span", { class: "cut" }, names.get(row.code))),
    one("open", number(row.open)),
    one("risk", number(row.risk, "risk")),
    one("overdue", number(row.overdue, "alarm")),
    one("whistles", number(row.whistles)),
    one("duty", dutyView(row.duty, fresh.duty)),
    ...RATES.map((rate) => one(rate.key, rateView(rate, row.rates[rate.key], targetOf(rate, city), fresh.rates, text), { "data-rate": `${row.code}.${rate.key}` })),
  );
}

/* Who is on duty, of whom; the city's departments have no grids, and positions that are gone have no number. */
function dutyView(duty, freshness) {
  if (duty === null || duty.of === 0 || freshness.state === "down") return el("b", { class: "clock-face none" }, "—");
  return el("b", { class: `clock-face${freshness.state === "late" ? " old" : ""}` }, grouped(duty.on), el("small", {}, `/${grouped(duty.of)}`));
}

const SCALE = { width: 130, height: 36 };

function rateView(rate, { share, count }, target, freshness, text) {
  if (share === null || freshness.state === "down") return el("b", { class: "none" }, "—");
  const x = (value) => px(12 + ((Math.max(rate.from, Math.min(1, value)) - rate.from) / (1 - rate.from)) * (SCALE.width - 24));
  const misses = share < target;
  return [
    el("div", { class: `rate${freshness.state === "late" ? " old" : ""}`, "data-misses": misses ? "true" : null },
      drawing(SCALE.width, SCALE.height, {},
        el("rect", { x: 0, y: 15, width: SCALE.width, height: 6, fill: "var(--line)" }),
        el("rect", { x: x(target) - 2, y: 3, width: 5, height: 30, fill: "var(--ink2)" }),
        el("circle", {
          cx: x(share), cy: 18, r: misses ? 10 : 12, fill: misses ? "var(--ground)" : "var(--data)",
          stroke: misses ? "var(--data)" : null, "stroke-width": misses ? 5 : null,
        })),
      el("b", {}, percentText(share))),
    el("span", { class: "of" }, text("wall.district.of", { count: grouped(count) })),
  ];
}

function endOf(tops, heights) {
  return tops.length > 0 ? tops[tops.length - 1] + heights[tops.length - 1] - 120 : 0;
}

/* What the matrix leaves out, and from when its two dated parts are; in three columns of cells the dates go before the
 * legend. */
function footView(model, end, fresh, cells, text) {
  if (end > 1930) return null;
  const part = (x, y, width, words, attributes = {}) => el("div", { class: "line quiet cut", style: at(x, y, width, 60), ...attributes }, words);
  const note = (one, x, y) => part(x, y, 900, one.words, { class: one.isOld ? "line cut risk" : "line cut quiet", "data-note": one.name });
  const isOne = cells === 3;
  const top = isOne ? end : end + 24;
  const old = fresh.notes.filter((one) => one.isOld);
  return [
    part(36, top, 880, text("wall.strip.unassigned", { count: grouped(model.unassigned) })),
    isOne && old.length > 0 ? note(old[0], 984, top)
      : part(984, top, 880, model.longestMs > 0 ? text("wall.district.longest", { longest: remainingText(model.longestMs) }) : text("wall.strip.none_overdue")),
    isOne && old.length > 1 ? note(old[1], 1944, top) : part(1944, top, 900, text("wall.district.missed")),
    isOne ? null : fresh.notes.map((one, place) => note(one, place === 0 ? 984 : 1944, end + 84)),
  ];
}

/* One line over the second column of cells: what is old, else what no row has. */
function notesView(model, fresh, text) {
  const old = fresh.notes.find((one) => one.isOld && one.name === "duty");
  return el("div", { class: old ? "line cut risk" : "line cut quiet", style: at(984, 14, 900, 60), "data-note": old?.name ?? null },
    old ? old.words : text("wall.strip.unassigned", { count: grouped(model.unassigned) }));
}

/* --- between counties ----------------------------------------------------------------------------- */

const CROSS = { left: 2880, width: 960, rowHeight: 155, top: 300 };

function crossingsView({ proposals, shares }, city, now, text) {
  const names = new Map(city.regions.map((region) => [region.code, region.name]));
  names.set(city.code, city.name);
  const rows = [
    ...proposals.map((one) => ({ ...one, kind: "proposal", who: text("wall.district.from_to", { from: one.from, to: one.to }), what: one.what })),
    ...shares.map((one) => ({ ...one, kind: "share", who: one.regions.map((code) => names.get(code) ?? code).join(text("wall.district.with")), what: text("wall.district.shared") })),
  ];
  const all = flow(rows.map(() => CROSS.rowHeight), CROSS.top, 2080);
  const shown = rows.slice(0, all.length);
  return panelView({
    name: "district-crossings", box: [CROSS.left, 120, CROSS.width, 2040], title: text("wall.district.crossings"), text,
    children: [
      el("div", { class: "line", style: at(36, 84, 888, 80) },
        el("b", { class: "count" }, grouped(proposals.length)), text("wall.district.waiting"),
        el("b", { class: "count" }, grouped(shares.length)), text("wall.district.sharing")),
      rows.length === 0 ? el("div", { class: "line quiet", style: at(36, 200, 888, 60) }, text("wall.district.no_crossings")) : null,
      shown.map((row, place) => crossingRow(row, all[place] - 120, now, text)),
      rows.length > shown.length ? el("div", { class: "line quiet", style: at(36, 1972, 888, 56) }, text("wall.hotline.unlisted", { count: rows.length - shown.length })) : null,
    ],
  });
}

function crossingRow(row, top, now, text) {
  const left = row.dueAt === null ? null : remainingText(row.dueAt - now);
  const state = dueState(row.dueAt, row.limitMs ?? 0, now);
  return el("div", { class: "scene-crossing", style: at(36, top, 888, CROSS.rowHeight), "data-crossing": row.id, "data-kind": row.kind, "data-state": state },
    el("div", { class: "top" }, el("em", { class: `flag ${row.kind}` }, row.what), el("b", { class: "cut" }, row.who)),
    el("div", { class: "bottom" }, el("span", { class: "cut" }, text("wall.district.matter", { no: row.no, title: row.title })),
      left === null ? null : el("b", { class: "clock-face left" }, left)));
}
