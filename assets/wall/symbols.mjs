/* Shapes say what a thing is; their colour, given by the caller, says how its clock stands. All shapes are
 * drawn around (x, y) with `size` as the radius of the circle they fill. */

import { drawing, el, px } from "./element.mjs";
import { stateMark, stateMarkWidth } from "../live/state_mark.mjs";

/* Due state -> colour. The only place of the wall where a clock's state becomes a colour. */
export const COLOUR_OF = { ok: "var(--ink)", risk: "var(--risk)", overdue: "var(--alarm)" };

const HALO = { stroke: "var(--ground)", "paint-order": "stroke", "stroke-linejoin": "round" };

/* 1 特急 triangle with a mark, 2 紧急 diamond, 3 一般 dot, 4 疑难 open square. On a map, where no clock stands beside it, the
 * symbol is told its `state` (ok, risk, overdue, unacknowledged) and shows it by a mark of its own. */
export function urgencySymbol(urgency, x, y, size, colour, attributes = {}, state = "ok") {
  return el("g", attributes, ...shapeOf(urgency, x, y, size, colour), ...markOf(state, x, y, size, colour));
}

function shapeOf(urgency, x, y, size, colour) {
  if (urgency === 1) return triangle(x, y, size, colour);
  if (urgency === 2) {
    const path = `M${px(x)} ${px(y - size)}L${px(x + size)} ${px(y)}L${px(x)} ${px(y + size)}L${px(x - size)} ${px(y)}Z`;
    return [el("path", { d: path, fill: colour, "stroke-width": px(size * 0.16), ...HALO })];
  }
  if (urgency === 4) {
    const half = size * 0.7;
    const box = { x: px(x - half), y: px(y - half), width: px(2 * half), height: px(2 * half) };
    return [el("rect", { ...box, fill: "none", stroke: colour, "stroke-width": px(size * 0.28) })];
  }
  return [el("circle", { cx: px(x), cy: px(y), r: px(size * 0.62), fill: colour })];
}

/* The mark of a state beside a shape of this size around (x, y). */
export function markOf(state, x, y, size, colour) {
  const path = stateMark(state, size);
  if (path === null) return [];
  const line = { d: path, transform: `translate(${px(x)} ${px(y)})`, fill: "none", class: "state-mark" };
  const width = stateMarkWidth(size);
  return [el("path", { ...line, stroke: "var(--ground)", "stroke-width": width * 2 }), el("path", { ...line, stroke: colour, "stroke-width": width })];
}

function triangle(x, y, size, colour) {
  const outline = `M${px(x)} ${px(y - size)}L${px(x + size)} ${px(y + size * 0.78)}H${px(x - size)}Z`;
  const mark = `M${px(x)} ${px(y - size * 0.32)}V${px(y + size * 0.26)}M${px(x)} ${px(y + size * 0.46)}V${px(y + size * 0.58)}`;
  return [
    el("path", { d: outline, fill: colour, "stroke-width": px(size * 0.16), ...HALO }),
    el("path", { d: mark, stroke: "var(--ground)", "stroke-width": px(size * 0.2) }),
  ];
}

/* The symbol alone, as an inline picture beside a title. */
export function urgencyIcon(urgency, colour) {
  return drawing(20, 20, { class: "symbol" }, urgencySymbol(urgency, 10, 10, 8.4, colour));
}

const LEVELS = 4; // 催办, 单位负责人, 值班长, 带班领导

/* Escalation: one filled pip per level reached. */
export function levelPips(level, colour) {
  const pips = Array.from({ length: LEVELS }, (_, place) => {
    const filled = place < level;
    return el("rect", {
      x: px(place * 29.5 + 2), y: 2, width: 20, height: 28,
      fill: filled ? colour : "none", stroke: filled ? colour : "var(--line-strong)", "stroke-width": 3,
    });
  });
  return drawing(118, 32, { class: "pips", "data-level": level }, pips);
}

/* Workers as the map draws them: key of the legend. */
export function workerIcon(kind) {
  const shape = {
    idle: el("circle", { cx: 15, cy: 15, r: 8, fill: "var(--people)" }),
    tasked: el("rect", { x: 6, y: 6, width: 18, height: 18, fill: "var(--people-tasked)" }),
    lost: el("path", { d: "M5 5L25 25M25 5L5 25", stroke: "var(--risk)", "stroke-width": 6 }),
    off: el("circle", { cx: 15, cy: 15, r: 6, fill: "var(--ink4)" }),
    sos: el("rect", { x: 3, y: 3, width: 24, height: 24, fill: "var(--alarm-fill)" }),
  }[kind];
  return drawing(30, 30, {}, shape);
}
