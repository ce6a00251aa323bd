/* The grid scene: is every place watched, who is silent, what is open at which tier. */

import { drawing, el } from "./element.mjs";
import { grouped } from "./format.mjs";
import { STAGES, TIERS } from "./grid_model.mjs";
import { at, flow, panelView, rulesView } from "./panels.mjs";
import { urgencyIcon, workerIcon } from "./symbols.mjs";
import { remainingText } from "../live/countdown.mjs";

/* By how many cells the picture has each way; a panel that is not named has given way. The map is laid out by the page. */
const LAYOUTS = {
  4: {
    townships: [0, 120, 960, 2040], workers: [2880, 120, 960, 420], counties: [2880, 540, 960, 540], tiers: [2880, 1080, 960, 540],
    stages: [960, 1620, 2880, 540],
    rules: [[959, 120, 2, 2040], [2879, 120, 2, 1500], [960, 1619, 2880, 2], [2880, 539, 960, 2], [2880, 1079, 960, 2]],
  },
  3: {
    workers: [1920, 120, 960, 420], counties: [1920, 540, 960, 540], tiers: [1920, 1080, 960, 540],
    rules: [[1919, 120, 2, 1500], [1920, 539, 960, 2], [1920, 1079, 960, 2]],
  },
  2: {
    workers: [0, 120, 960, 420], tiers: [0, 540, 960, 540], sums: [960, 120, 960, 420], counties: [960, 540, 960, 540],
    rules: [[959, 120, 2, 960], [0, 539, 1920, 2]],
  },
};

/* `duty` null: nobody has said yet which grid belongs to whom; `events` null: no picture has come. `positions` is the freshness of the workers' positions. */
export function gridView(duty, events, positions, city, cells, text) {
  const layout = LAYOUTS[cells];
  const panel = (name, view) => layout[name] && view(layout[name]);
  return [
    panel("townships", (box) => townshipsView(duty, positions, city, box, text)),
    panel("workers", (box) => workersView(duty, positions, box, text)),
    panel("counties", (box) => countiesView(duty, positions, city, box, text)),
    panel("tiers", (box) => events === null ? unknownView("grid-tiers", "wall.grid.tiers", box, text) : tiersView(events, box, text)),
    panel("sums", (box) => events === null ? unknownView("grid-events", "wall.grid.open_events", box, text) : sumsView(events, box, text)),
    panel("stages", (box) => events === null ? unknownView("grid-events", "wall.grid.events", box, text) : stagesView(events, city, box, text)),
    ...rulesView(layout.rules),
  ];
}

function missing(text) {
  return el("div", { class: "line quiet", style: at(36, 84, 888, 60) }, text("wall.grid.no_roster"));
}

function unknownView(name, title, box, text) {
  const waiting = el("div", { class: "line quiet", style: at(36, 84, 888, 60) }, text("wall.board.waiting"));
  return panelView({ name, box, title: text(title, { count: "—" }), text, children: waiting });
}

function gone(text) {
  return el("div", { class: "wall-gone", style: at(36, 84, 888, 200) }, el("div", { class: "dash" }, "—"), el("div", { class: "last" }, text("wall.grid.gone")));
}

/* --- townships ------------------------------------------------------------------------------------ */

const TOWN = { columns: 4, left: 36, width: 226, height: 84, headHeight: 56, top: 196, bottom: 2156 };
const TOWN_INSET = 8; // signs reach beyond their line: a row that begins at a seam begins a little below it

/* Every township under its region as the roster has it (zones take townships out of their counties), in the pack's order. */
function townshipsView(duty, positions, city, box, text) {
  return panelView({
    name: "grid-townships", box, title: text("wall.grid.townships"), note: text("wall.grid.on_of"), text,
    freshness: positions, gone: gone(text), children: duty === null ? missing(text) : townshipRows(duty, city, text),
  });
}

function townshipRows(duty, city, text) {
  const blocks = city.regions.flatMap((region) => {
    const towns = city.townships.filter((town) => duty.regionOfTownship.get(town.code) === region.code);
    if (towns.length === 0) return [];
    const rows = Array.from({ length: Math.ceil(towns.length / TOWN.columns) }, (_, row) => towns.slice(row * TOWN.columns, (row + 1) * TOWN.columns));
    // A county's name stands with its first row: alone above a seam it would name nothing.
    return rows.map((row, place) => ({ region: place === 0 ? region : null, towns: row }));
  });
  const headOf = (block) => (block.region === null ? 0 : TOWN.headHeight);
  const tops = flow(blocks.map((block) => headOf(block) + TOWN.height), TOWN.top, TOWN.bottom);
  const unlisted = blocks.slice(tops.length).reduce((sum, block) => sum + block.towns.length, 0);
  return [
    blocks.slice(0, tops.length).map((block, place) => [
      block.region && el("div", { class: "scene-town-head", style: at(TOWN.left, tops[place] - 120, 888, TOWN.headHeight) }, block.region.name),
      block.towns.map((town, column) => townCell(town, duty.townships.get(town.code), tops[place] - 120 + headOf(block) + TOWN_INSET, column)),
    ]),
    unlisted > 0 ? el("div", { class: "line quiet", style: at(500, 1974, 424, 56) }, text("wall.hotline.unlisted", { count: unlisted })) : null,
  ];
}

function townCell(town, counts, top, column) {
  return el("div", {
    class: "scene-town", style: at(TOWN.left + column * TOWN.width, top, TOWN.width - 10, TOWN.height - TOWN_INSET), "data-town": town.code,
    "data-empty": counts.on === 0 ? "true" : null,
  },
  el("span", { class: "cut" }, town.name),
  el("b", {}, grouped(counts.on), el("small", {}, `/${grouped(counts.of)}`)));
}

/* --- workers -------------------------------------------------------------------------------------- */

function workersView(duty, positions, box, text) {
  const figure = (x, value, words, attributes = {}) => el("div", { class: "scene-figure", style: at(x, 62, 440, 190), ...attributes },
    el("b", { class: "clock-face large" }, value), el("span", { class: "line" }, words));
  const key = (kind, x, words, value) => el("div", { class: "scene-key", style: at(x, 326, 300, 64), "data-key": kind },
    keyIcon(kind), el("span", {}, words), el("b", {}, grouped(value)));
  return panelView({
    name: "grid-workers", box, title: text("wall.grid.workers"), freshness: positions, gone: gone(text), text,
    children: duty === null ? missing(text) : [
      figure(36, grouped(duty.whole.on), text("wall.grid.on_duty", { of: grouped(duty.whole.of) })),
      figure(490, grouped(duty.whole.lost), [workerIcon("lost"), text("wall.grid.lost")], { "data-key": "lost" }),
      // Two numbers with two definitions, side by side and never merged.
      el("div", { class: "line second", style: at(36, 262, 888, 56) }, text("wall.grid.two_counts", { platform: grouped(duty.whole.of), assessed: grouped(duty.whole.assessed) })),
      key("tasked", 36, text("wall.grid.tasked"), duty.whole.tasked),
      key("out", 340, text("wall.grid.out"), duty.whole.out),
      key("gap", 620, text("wall.grid.gaps"), duty.whole.gaps),
    ],
  });
}

/* As it is drawn on the map: a village without anybody on duty, a worker beyond the own grid, or a worker's state. */
function keyIcon(kind) {
  if (kind === "gap") return drawing(30, 30, {}, el("rect", { x: 5, y: 5, width: 20, height: 20, fill: "none", stroke: "var(--ink2)", "stroke-width": 4 }));
  if (kind !== "out") return workerIcon(kind);
  return drawing(30, 30, {}, el("circle", { cx: 8, cy: 15, r: 7, fill: "var(--people)" }),
    el("path", { d: "M14 15H28M21 8L28 15L21 22", fill: "none", stroke: "var(--people)", "stroke-width": 4 }));
}

const MAP_KEYS = ["idle", "tasked", "lost", "off", "gap"];

/* What the signs on the map mean. Workers are counted beside it, events here: `points` of grid_model.mjs are drawn, `rest`
 * are not. */
export function mapKeyView({ points, rest }, text) {
  const key = (name, icon, words) => el("div", { class: "scene-key", "data-key": name }, icon, el("span", {}, words));
  const drawn = (urgency) => points.filter((point) => point.urgency === urgency).length;
  return [
    [1, 2].map((urgency) => key(`u${urgency}`, urgencyIcon(urgency, "var(--ink)"), text(`wall.grid.key_u${urgency}`, { count: grouped(drawn(urgency)) }))),
    key("rest", null, text("wall.grid.key_rest", { count: grouped(rest) })),
    MAP_KEYS.map((kind) => key(kind, keyIcon(kind), text(`wall.grid.key_${kind}`))),
  ];
}

/* --- counties ------------------------------------------------------------------------------------- */

const COUNTY_COLUMNS = [["name", 36, 200], ["on", 240, 250], ["lost", 500, 110], ["out", 620, 110], ["gaps", 730, 194]];
const COUNTY_ROW = 56;

function countiesView(duty, positions, city, box, text) {
  const cells = (top, values, attributes) => el("div", { class: "scene-county", style: at(0, top, 960, COUNTY_ROW), ...attributes },
    COUNTY_COLUMNS.map(([name, left, width], place) => el("span", { class: `${name} cut`, style: at(left, 0, width, COUNTY_ROW) }, values[place])));
  return panelView({
    name: "grid-counties", box, title: text("wall.grid.counties"), note: text("wall.district.fixed_order"), freshness: positions,
    gone: gone(text), text,
    children: duty === null ? missing(text) : [
      cells(74, ["name", "on", "lost", "out", "gaps"].map((name) => text(`wall.grid.column_${name}`)), { class: "scene-county heads" }),
      city.regions.map((region, place) => {
        const counts = duty.regions.get(region.code);
        const top = 74 + COUNTY_ROW * (place + 1);
        if (!counts) return cells(top, [region.name, "—", "—", "—", "—"], { "data-county": region.code });
        const of = (value, whole) => [el("b", {}, grouped(value)), el("small", {}, `/${grouped(whole)}`)];
        return cells(top, [
          region.name, of(counts.on, counts.of), grouped(counts.lost), grouped(counts.out), of(counts.gaps, counts.villages),
        ], { "data-county": region.code });
      }),
    ],
  });
}

/* --- events --------------------------------------------------------------------------------------- */

function tiersView(events, box, text) {
  const tierRow = (tier, place) => {
    const { open, overdue } = events.tiers[tier];
    return el("div", { class: "scene-tier", style: at(36, 78 + place * 104, 888, 100), "data-tier": tier },
      el("b", { class: "tier" }, text(`wall.grid.tier_${tier}`)),
      el("span", { class: "who cut" }, text(`wall.grid.tier_${tier}_who`)),
      el("b", { class: "clock-face" }, grouped(open)),
      el("span", { class: overdue > 0 ? "alarm" : "quiet" }, overdue > 0 ? text("wall.grid.overdue", { count: grouped(overdue) }) : text("wall.strip.none_overdue")));
  };
  return panelView({
    name: "grid-tiers", box, title: text("wall.grid.tiers"), text,
    note: events.tiers.none.open > 0 ? text("wall.grid.tier_none", { count: grouped(events.tiers.none.open) }) : null,
    children: TIERS.map(tierRow),
  });
}

const STAGE = { cell: 240, top: 78, height: 64, left: 0 };

/* All events, where there is no room for their stages. */
function sumsView(events, box, text) {
  return panelView({
    name: "grid-events", box, title: text("wall.grid.open_events"), text,
    children: [
      el("div", { class: "scene-figure", style: at(36, 70, 888, 200) }, el("b", { class: "clock-face huge" }, grouped(events.total))),
      el("div", { class: events.overdue > 0 ? "line alarm" : "line quiet", style: at(36, 300, 888, 60) }, events.overdue > 0
        ? text("wall.grid.events_late", { count: grouped(events.overdue), longest: remainingText(events.longestMs) }) : text("wall.strip.none_overdue")),
    ],
  });
}

function stagesView(events, city, box, text) {
  const columns = city.regions.slice(0, 8);
  const cell = (place, words, attributes = {}) => el("span", { ...attributes, class: `cut ${attributes.class ?? ""}`.trim(), style: at(place * STAGE.cell + (place === 0 ? 36 : 0), 0, STAGE.cell - 26, STAGE.height) }, words);
  const note = (overdue) => el("span", { class: overdue > 0 ? "note alarm" : "note quiet", style: at((columns.length + 2) * STAGE.cell + 40, 0, 2880 - (columns.length + 2) * STAGE.cell - 60, STAGE.height) },
    el("b", { class: overdue === 0 ? "none" : null }, grouped(overdue)));
  const row = (place, children, attributes) => el("div", { class: "scene-stage", style: at(0, STAGE.top + place * STAGE.height, 2880, STAGE.height), ...attributes }, children);
  const number = (value, place) => cell(place, el("b", { class: value === 0 ? "none" : null }, grouped(value)));
  return panelView({
    name: "grid-events", box, title: text("wall.grid.events", { count: grouped(events.total) }), text,
    note: events.overdue > 0 ? text("wall.grid.events_late", { count: grouped(events.overdue), longest: remainingText(events.longestMs) }) : text("wall.strip.none_overdue"),
    children: [
      row(0, [cell(0, text("wall.grid.stage")), cell(1, text("wall.whole_city")), columns.map((region, place) => cell(place + 2, region.name)), el("span", { class: "note", style: at((columns.length + 2) * STAGE.cell + 40, 0, 500, STAGE.height) }, text("wall.grid.of_them_overdue"))], { class: "scene-stage heads" }),
      STAGES.map(({ key }, place) => {
        const stage = events.stages[key];
        return row(place + 1, [cell(0, text(`wall.grid.stage_${key}`)), number(stage.open, 1), columns.map((region, column) => number(stage.regions[region.code], column + 2)), note(stage.overdue)], { "data-stage": key });
      }),
    ],
  });
}
