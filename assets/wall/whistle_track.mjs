/* One unit on the axis of minutes: dotted until it answered, thin until it left, thick where it has travelled, dashed to
 * where it is expected; a bar where it arrived, hollow where it will. */

import { drawing, el, px } from "./element.mjs";
import { AXIS_MINUTES } from "./whistle_model.mjs";
import { COLOUR_OF } from "./symbols.mjs";

const TICKS = [0, 10, 20, 30];
const BEYOND_MINUTES = 5; // room behind the thirtieth minute; what lies farther ends in an arrow
export const TRACK_HEIGHT = 56;

const MIDDLE = TRACK_HEIGHT / 2;

/* Minutes -> x of an axis of this width; never outside it. */
export function axisScale(width) {
  return (minutes) => px(Math.max(0, Math.min(1, minutes / (AXIS_MINUTES + BEYOND_MINUTES))) * width);
}

export function trackView(unit, nowMinutes, limitMinutes, width) {
  const x = axisScale(width);
  const colour = COLOUR_OF[unit.state];
  const quiet = unit.state === "ok" ? "var(--ink2)" : colour;
  const line = (from, to, stroke, thick, dashes = null) => el("line", {
    x1: x(from), x2: x(to), y1: MIDDLE, y2: MIDDLE, stroke, "stroke-width": thick, "stroke-dasharray": dashes,
  });
  const reached = unit.arrived ?? nowMinutes;
  const started = unit.started ?? (unit.stage === "arrived" ? unit.accepted ?? 0 : null);
  const answered = unit.accepted ?? started ?? reached;
  const isBeyond = (unit.predicted ?? reached) > AXIS_MINUTES + BEYOND_MINUTES;
  return drawing(
    width,
    TRACK_HEIGHT,
    { class: "track", "data-unit": unit.id, "data-stage": unit.stage, "data-state": unit.state },
    el("line", { x1: 0, x2: width, y1: MIDDLE, y2: MIDDLE, stroke: "var(--hair)", "stroke-width": 3 }),
    [...TICKS.filter((tick) => tick < limitMinutes), limitMinutes].map((tick) => el("line", {
      x1: x(tick), x2: x(tick), y1: tick === limitMinutes ? 2 : 14, y2: TRACK_HEIGHT - (tick === limitMinutes ? 2 : 14),
      stroke: tick === limitMinutes ? "var(--ink2)" : "var(--line)", "stroke-width": tick === limitMinutes ? 5 : 3,
    })),
    line(0, Math.min(answered, reached), "var(--ink3)", 4, "4 10"),
    unit.objects ? null : line(answered, Math.min(started ?? reached, reached), quiet, 4),
    started === null || unit.objects ? null : line(started, reached, quiet, 16),
    unit.predicted !== null && unit.predicted > reached ? line(reached, unit.predicted, colour, 5, "16 12") : null,
    endMark(unit, x, reached, colour, isBeyond),
  );
}

function endMark(unit, x, reached, colour, isBeyond) {
  if (unit.objects) return cross(x(reached), colour);
  if (unit.arrived !== null) {
    return el("rect", { class: "arrived", x: x(unit.arrived) - 6, y: 6, width: 12, height: TRACK_HEIGHT - 12, fill: colour });
  }
  if (isBeyond) {
    const tip = x(Infinity);
    return el("path", { class: "beyond", d: `M${tip - 26} ${MIDDLE - 18}L${tip} ${MIDDLE}L${tip - 26} ${MIDDLE + 18}`, fill: "none", stroke: colour, "stroke-width": 7 });
  }
  if (unit.predicted !== null) {
    return el("rect", {
      class: "predicted", x: x(unit.predicted) - 7, y: 8, width: 14, height: TRACK_HEIGHT - 16, fill: "var(--ground)", stroke: colour,
      "stroke-width": 5,
    });
  }
  return el("circle", { class: "unknown", cx: x(reached), cy: MIDDLE, r: 9, fill: "var(--ground)", stroke: colour, "stroke-width": 5 });
}

function cross(x, colour) {
  const [left, right] = [px(x - 14), px(x + 14)];
  return el("path", {
    class: "objects", d: `M${left} ${MIDDLE - 14}L${right} ${MIDDLE + 14}M${left} ${MIDDLE + 14}L${right} ${MIDDLE - 14}`,
    stroke: colour, "stroke-width": 7,
  });
}

/* The minutes below the tracks. */
export function axisView(width, text) {
  const x = axisScale(width);
  return drawing(width, 46, { class: "axis" }, TICKS.map((tick) => el("text", {
    x: x(tick), y: 36, "font-size": 38, "text-anchor": tick === 0 ? "start" : "middle", style: "fill:var(--ink3)",
  }, tick === AXIS_MINUTES ? text("wall.whistle.axis_end", { minutes: tick }) : tick)));
}
