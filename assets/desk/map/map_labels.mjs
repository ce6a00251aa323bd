/* Names on the desk's map: of the places in the chosen one, of pressing matters. Which of them fit is decided in
 * live/label_places.mjs; a name whose place is schematic is not written on a map at all (docs/citypack.md). */

import { text } from "../../live/catalogue.mjs";
import { LINE_HEIGHT, placeFreeLabels } from "../../live/label_places.mjs";
import { element } from "../symbols.mjs";
import { gapsOf } from "./place_figures.mjs";

const NAME_PX = 12;
const GAP_PX = 3;
const MARK_PX = 13;
const NUMBER_PX = 11.5;
const NUMBERS_FROM_ZOOM = 12.5; // below it matters stand too close for their numbers
const NAMED_LEVELS = new Set(["region", "township"]);

/* Labels in the order of their importance. `places` is {answer, figures, showsGaps} or null, `spots` where matters were
 * drawn, `mark` what was found last, `at(lon, lat)` a point in the map's window. */
export function labelsOf({ places, matters, spots, mark, chosen, zoom, at }) {
  const pressing = [...spots]
    .map(([id, point]) => ({ row: matters.get(id), point }))
    .filter(({ row }) => row && (row.id === chosen || (row.urgency <= 2 && zoom >= NUMBERS_FROM_ZOOM)))
    .sort((one, other) => (other.row.id === chosen) - (one.row.id === chosen) || one.row.urgency - other.row.urgency)
    .map(({ row, point }) => ({ at: [point.x, point.y], clear: 10, gap: GAP_PX, lines: [{ text: row.no, size: NUMBER_PX, weight: 600 }], kind: "number" }));
  return [...foundLabel(mark, at), ...pressing, ...namesOf(places, at)];
}

function foundLabel(mark, at) {
  if (!mark) return [];
  const { x, y } = at(mark.lon, mark.lat);
  return [{ at: [x, y], clear: MARK_PX, gap: GAP_PX, lines: [{ text: mark.name, size: 13, weight: 700 }], kind: "found" }];
}

/* Four corners around what was found. */
export function foundMark({ lon, lat }, at) {
  const { x, y } = at(lon, lat);
  const corner = (right, down) => `M${x + right * MARK_PX} ${y + down * (MARK_PX - 6)}v${down * 6}h${-right * 6}`;
  const path = element("path", { d: [corner(1, 1), corner(1, -1), corner(-1, 1), corner(-1, -1)].join(""), class: "found-mark" });
  return { node: path, box: [x - MARK_PX, y - MARK_PX, x + MARK_PX, y + MARK_PX] };
}

function namesOf(places, at) {
  if (!places) return [];
  const { answer, figures, showsGaps } = places;
  return answer.children.flatMap((child) => {
    const isNamed = NAMED_LEVELS.has(child.level) || child.place_known;
    const counted = figures?.children.get(child.code);
    // Where the grids themselves are drawn, the uncovered ones are hatched: counting them again would hide them.
    const gaps = showsGaps && figures.knowsFleet && counted && NAMED_LEVELS.has(child.level) ? gapsOf(counted) : 0;
    const lines = [
      ...(isNamed ? [{ text: shortName(child.name, answer.place), size: NAME_PX }] : []),
      ...(gaps > 0 ? [{ text: text("desk_map.gaps.short", { gaps, grids: child.grids }), size: NUMBER_PX, weight: 600 }] : []),
    ];
    if (lines.length === 0) return [];
    const { x, y } = at(child.lon, child.lat);
    return [{ at: [x, y], clear: 0, centred: true, lines, kind: "name", code: child.code }];
  });
}

/* In 荣安社区 its grids are 第1网格, not 荣安社区第1网格. */
export function shortName(name, holder) {
  return name.startsWith(holder.name) && name.length > holder.name.length ? name.slice(holder.name.length) : name;
}

/* Lays the labels out and draws those that fit; returns {nodes, boxes: [{code, box}]} of the names that lead somewhere. */
export function drawLabels(labels, taken, frame) {
  const placed = placeFreeLabels(labels, taken, frame);
  return {
    nodes: placed.map(labelNode),
    boxes: placed.filter(({ code }) => code).map(({ code, box }) => ({ code, box })),
  };
}

function labelNode({ lines, x, y, anchor, kind, state, code }) {
  let baseline = y;
  const named = { class: `map-label ${kind}`, ...(state ? { "data-state": state } : {}), ...(code ? { "data-code": code } : {}) };
  return element("g", named, lines.map((line) => {
    baseline += line.size * LINE_HEIGHT;
    const node = element("text", { x: x.toFixed(1), y: (baseline - line.size * 0.22).toFixed(1), "text-anchor": anchor, "font-size": line.size, "font-weight": line.weight ?? 400 });
    node.textContent = line.text;
    return node;
  }));
}
