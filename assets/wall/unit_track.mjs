/* One unit's way on the axis that all of them share: from the whistle to its limit and a little beyond, so that lateness
 * is seen before it is there. */

import { drawing, el, px } from "./element.mjs";
import { COLOUR_OF } from "./symbols.mjs";

export const WIDTH = 896;
const HEIGHT = 54;
const BEYOND = 34 / 30; // of the limit: how far the axis goes on

/* Design pixels of an instant on the axis of `unit`; what is beyond stands at its end. */
export function placeOf(unit, at) {
  const share = (at - unit.issuedAt) / (unit.limitMs * BEYOND);
  return px(Math.max(0, Math.min(1, share)) * WIDTH);
}

export function unitTrack(unit, now) {
  const x = (at) => placeOf(unit, at);
  const limit = x(unit.issuedAt + unit.limitMs);
  const colour = unit.stage === "arrived" ? "var(--ink2)" : unit.state === "ok" ? "var(--ink)" : COLOUR_OF[unit.state];
  const line = (from, to, attributes) => el("path", { d: `M${from} 26H${to}`, fill: "none", "stroke-width": 6, ...attributes });
  const box = (left, top, width, height, attributes) => el("rect", { x: px(left), y: top, width: px(Math.max(0, width)), height, ...attributes });
  const waited = unit.enRouteAt ?? unit.acceptedAt ?? now;
  const end = unit.arrivedAt ?? now;
  return drawing(
    WIDTH, HEIGHT, { class: "in-track", "data-stage": unit.stage },
    box(0, 24, limit, 4, { fill: "var(--line)" }),
    line(0, x(unit.acceptedAt ?? now), { stroke: "var(--ink3)", "stroke-dasharray": "3 9" }),
    unit.acceptedAt ? box(x(unit.acceptedAt) - 2, 12, 5, 28, { fill: "var(--ink2)" }) : null,
    unit.acceptedAt ? box(x(unit.acceptedAt), 23, x(waited) - x(unit.acceptedAt), 6, { fill: "var(--ink3)" }) : null,
    unit.enRouteAt ? box(x(unit.enRouteAt), 17, x(end) - x(unit.enRouteAt), 18, { fill: colour }) : null,
    unit.arrivedAt ? box(x(unit.arrivedAt), 6, 14, 40, { fill: "var(--ink)" }) : null,
    !unit.arrivedAt && unit.etaAt
      ? [line(x(now), x(unit.etaAt), { stroke: colour, "stroke-dasharray": "14 9" }),
        box(x(unit.etaAt) - 1, 8, 14, 36, { fill: "none", stroke: colour, "stroke-width": 5 })]
      : null,
    box(x(now) - 2, 0, 4, 52, { fill: "var(--ink3)" }),
    box(limit - 3, 0, 6, 52, { fill: "var(--ink)" }),
  );
}
