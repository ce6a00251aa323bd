/* The shapes of things: triangle 特急, diamond 紧急, dot 一般, open square 疑难. Colour comes from the style sheet. */

import { stateMark, stateMarkWidth } from "../live/state_mark.mjs";

const SVG = "http://www.w3.org/2000/svg";

export function element(name, attributes = {}, children = []) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/* Path data of an urgency's shape in a box of 14 units, and whether the shape is open. */
const SHAPES = {
  1: { path: "M7 0.8L13.6 13H0.4Z", mark: "M6.3 5h1.4v4H6.3zM6.3 10.1h1.4v1.4H6.3z" },
  2: { path: "M7 1.2L12.8 7L7 12.8L1.2 7Z" },
  3: { path: "M7 3.6a3.4 3.4 0 1 0 .01 0Z" },
  4: { path: "M3.2 3.2h7.6v7.6H3.2Z", open: true },
};

export function urgencyGlyph(urgency, size = 14) {
  const shape = SHAPES[urgency] ?? SHAPES[3];
  const svg = element("svg", {
    width: size, height: size, viewBox: "0 0 14 14", class: shape.open ? "glyph open" : "glyph", "aria-hidden": "true",
  });
  svg.append(element("path", { d: shape.path }));
  if (shape.mark) svg.append(element("path", { d: shape.mark, class: "mark" }));
  return svg;
}

/* Paths of the same shapes for a map layer, centred on the origin and `radius` large. */
export function urgencyMark(urgency, radius) {
  const shape = SHAPES[urgency] ?? SHAPES[3];
  const scale = radius / 6.6;
  const group = element("g", { transform: `scale(${scale}) translate(-7 -7)` });
  group.append(element("path", {
    d: shape.path,
    fill: shape.open ? "none" : "var(--mark)",
    stroke: shape.open ? "var(--mark)" : "var(--ground)",
    "stroke-width": shape.open ? 2 : 1.2,
    "paint-order": "stroke",
  }));
  if (shape.mark) group.append(element("path", { d: shape.mark, fill: "var(--ground)" }));
  return group;
}

/* The mark of a clock's state beside a shape of this radius, centred on the origin; none for what is in time. */
export function markOfState(state, radius) {
  const path = stateMark(state, radius);
  if (path === null) return [];
  const width = stateMarkWidth(radius);
  const line = (stroke, wide) => element("path", { d: path, class: "state-mark", fill: "none", stroke, "stroke-width": wide });
  return [line("var(--ground)", width * 2), line("var(--mark)", width)];
}

/* Four boxes: how far the escalation has climbed. */
export function levelPips(level) {
  const svg = element("svg", { width: 46, height: 12, viewBox: "0 0 46 12", class: "pips", "aria-hidden": "true" });
  for (let step = 0; step < 4; step += 1) {
    const on = step < level;
    svg.append(element("rect", {
      x: step * 11 + 0.5, y: on ? 0 : 0.5, width: on ? 8.5 : 7.5, height: on ? 12 : 11, class: on ? "on" : "off",
    }));
  }
  return svg;
}
