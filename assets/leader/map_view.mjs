/* 在哪里: a sketch of the regions with what needs a word and every overdue matter as a red point. The borders are thinned
 * to what a hand's breadth can show, and the page says that it is a sketch. */

import { drawing, el, px } from "../wall/element.mjs";
import { COLOUR_OF, markOf, urgencySymbol } from "../wall/symbols.mjs";
import { dueState } from "../live/countdown.mjs";
import { text } from "../live/catalogue.mjs";
import { grouped, head } from "./parts.mjs";

const WIDTH = 400;
const HEIGHT = 440;
const MARGIN = 14;
const MARK = 8;
const RING = 15;
const LABEL = 14; // px of the drawing
const LABELLED = 5;
const POINT = 4;

export function mapView({ needs, marks, numbers }, outlines, now) {
  const at = projection(outlines.flatMap(({ rings }) => rings.flat()));
  const placed = needs.rows.filter((row) => row.lon !== null && row.lat !== null);
  const whistles = placed.filter(isWhistle).length;
  return [
    head(text("leader.map.title"), text("leader.map.sum", { whistles, needs: needs.count, overdue: grouped(numbers.overdue.count) })),
    drawing(
      WIDTH, HEIGHT, { class: "leader-map", role: "img", "aria-hidden": null, "aria-label": text("leader.map.label", { count: placed.length, overdue: numbers.overdue.count }) },
      el("g", {}, ...outlines.map(({ rings }) => el("path", { class: "leader-region", d: rings.map((ring) => path(ring, at)).join("") }))),
      el("g", {}, ...outlines.map((one) => regionName(one, at))),
      el("g", { class: "leader-overdue" }, ...marks.map(([lon, lat]) => point(at(lon, lat)))),
      el("g", {}, ...placed.map((row) => symbol(row, at, now))),
      el("g", {}, ...labels(placed, outlines, at, now)),
    ),
    el("p", { class: "leader-source" }, text("leader.map.legend")),
  ];
}

function isWhistle(row) {
  return row.reasons.some(({ reason }) => reason === "whistle");
}

function regionName({ name, at: [lon, lat] }, at) {
  const [x, y] = at(lon, lat);
  return el("text", { class: "leader-region-name", x: px(x), y: px(y) }, name);
}

function point([x, y]) {
  return el("rect", { x: px(x - POINT / 2), y: px(y - POINT / 2), width: POINT, height: POINT });
}

function symbol(row, at, now) {
  const [x, y] = at(row.lon, row.lat);
  const state = dueState(row.due_at, row.limit_ms, now);
  const colour = COLOUR_OF[state];
  if (!isWhistle(row)) return urgencySymbol(row.urgency, x, y, MARK, colour, { "data-matter": row.matter_id }, state);
  const { on_site: onSite, called } = row.reasons.find(({ reason }) => reason === "whistle");
  return el(
    "g",
    { "data-matter": row.matter_id },
    el("circle", { class: "leader-ring", cx: px(x), cy: px(y), r: RING, stroke: colour }),
    el("text", { class: "leader-ring-count", x: px(x), y: px(y + 4), fill: colour }, `${onSite}/${called}`),
    ...markOf(state, x, y, RING, colour),
  );
}

/* Names beside their symbols, each where no earlier one stands; what finds no room is in the list anyway. */
function labels(rows, outlines, at, now) {
  const names = outlines.map(({ name, at: [lon, lat] }) => nameBox(name, at(lon, lat)));
  const taken = [...names, ...rows.map((row) => box(at(row.lon, row.lat), isWhistle(row) ? RING : MARK))];
  const found = [];
  for (const row of rows.slice(0, LABELLED)) {
    const [x, y] = at(row.lon, row.lat);
    const words = row.title.length > 8 ? `${row.title.slice(0, 8)}…` : row.title;
    const width = [...words].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 255 ? LABEL : LABEL * 0.55), 0);
    const away = (isWhistle(row) ? RING : MARK) + 5;
    const tried = [[x + away, y + 5], [x - away - width, y + 5], [x - width / 2, y - away - 3], [x - width / 2, y + away + LABEL]];
    const free = tried.find(([left, base]) => left > 2 && left + width < WIDTH - 2 && !taken.some((one) => meets(one, [left, base - LABEL, left + width, base + 3])));
    if (!free) continue;
    const [left, base] = free;
    taken.push([left, base - LABEL, left + width, base + 3]);
    found.push(el("text", { class: "leader-map-label", x: px(left), y: px(base), fill: COLOUR_OF[dueState(row.due_at, row.limit_ms, now)] }, words));
  }
  return found;
}

function nameBox(name, [x, y]) {
  const half = (name.length * LABEL) / 2;
  return [x - half, y - LABEL, x + half, y + 3];
}

function box([x, y], size) {
  return [x - size, y - size, x + size, y + size];
}

function meets(one, other) {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}

/* Degrees to the drawing; over one city a degree of longitude has one width. */
function projection(points) {
  const lons = points.map(([lon]) => lon);
  const lats = points.map(([, lat]) => lat);
  const [west, east, south, north] = [Math.min(...lons), Math.max(...lons), Math.min(...lats), Math.max(...lats)];
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = Math.min((WIDTH - 2 * MARGIN) / ((east - west) * narrow), (HEIGHT - 2 * MARGIN) / (north - south));
  const left = (WIDTH - (east - west) * narrow * scale) / 2;
  const top = (HEIGHT - (north - south) * scale) / 2;
  return (lon, lat) => [left + (lon - west) * narrow * scale, top + (north - lat) * scale];
}

function path(ring, at) {
  return `${ring.map(([lon, lat], place) => `${place ? "L" : "M"}${at(lon, lat).map(px).join(" ")}`).join("")}Z`;
}
