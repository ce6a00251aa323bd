/* Units on their way: solid where they have been, dashed where they still go, dotted before they start. */

import { el, px } from "./element.mjs";
import { COLOUR_OF, markOf } from "./symbols.mjs";

/* [{lines, at, chip}] for each unit that is not there yet; the chip stays outside the ring at `goal`, design pixels. */
export function linksOf(goal, units, project, style) {
  return units.filter((unit) => unit.stage !== "arrived" && (unit.at ?? unit.origin)).map((unit) => {
    const colour = unit.state === "ok" ? "var(--ink2)" : COLOUR_OF[unit.state];
    const origin = project(...(unit.origin ?? unit.at));
    const stands = unit.stage === "way" && unit.at ? outsideRing(project(...unit.at), goal, style) : origin;
    const here = style.frame ? insideFrame(stands, goal, style.frame) : stands;
    const line = (from, to, width, dashes) => el("path", {
      d: `M${px(from[0])} ${px(from[1])}L${px(to[0])} ${px(to[1])}`, stroke: colour, fill: "none",
      "stroke-width": px(width), "stroke-dasharray": dashes, "data-unit": unit.id,
    });
    const rim = towards(goal, here, style.ring * 1.1);
    const lines = unit.stage === "way"
      ? [line(origin, here, style.line * 1.3, null), line(here, rim, style.line * 0.8, "18 14")]
      : [line(origin, rim, style.line, "3 14")];
    return { lines, at: here, chip: unitChip(unit, here, goal, colour, style) };
  });
}

function outsideRing(at, goal, style) {
  const least = style.ring * 1.1 + style.chip * 0.8;
  const away = Math.hypot(at[0] - goal[0], at[1] - goal[1]);
  if (away >= least) return at;
  const [dx, dy] = away < 1 ? [-1, 0] : [(at[0] - goal[0]) / away, (at[1] - goal[1]) / away];
  return [goal[0] + dx * least, goal[1] + dy * least];
}

/* Where the way to `goal` enters the frame [left, top, right, bottom], for who is still outside. */
function insideFrame([x, y], goal, [left, top, right, bottom]) {
  const share = (from, to, low, high) => (from < low ? (low - from) / (to - from) : from > high ? (high - from) / (to - from) : 0);
  const at = Math.max(share(x, goal[0], left, right), share(y, goal[1], top, bottom));
  return [x + (goal[0] - x) * at, y + (goal[1] - y) * at];
}

/* The point `distance` away from `from` in the direction of `to`, at most `to` itself. */
function towards(from, to, distance) {
  const away = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const share = Math.min(1, distance / away);
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
}

function unitChip(unit, [x, y], goal, colour, style) {
  const side = style.chip;
  const hollow = unit.stage === "not_started";
  const leftOfGoal = x < goal[0];
  const minutes = unit.minutes === null ? null : `${unit.minutes}′`;
  return [
    el("rect", {
      x: px(x - side / 2), y: px(y - side / 2), width: side, height: side, fill: hollow ? "var(--ground)" : colour,
      stroke: hollow ? colour : "var(--ground)", "stroke-width": 4, "data-chip": unit.id,
    }),
    el("text", {
      x: px(x), y: px(y + side * 0.3), "font-size": px(side * 0.8), "text-anchor": "middle", "font-weight": 700,
      style: `fill:${hollow ? colour : "var(--ground)"}`,
    }, unit.code),
    ...markOf(unit.state, x, y, side / 2, colour),
    // Minutes on the side away from the goal, where the line behind it is already travelled.
    minutes && el("text", {
      class: "outlined", x: px(x + (leftOfGoal ? -1 : 1) * side * 0.62), y: px(y + side * 0.28),
      "text-anchor": leftOfGoal ? "end" : "start", "font-size": px(side * 0.8), "font-weight": 600, "stroke-width": 8,
      style: `fill:${colour}`,
    }, minutes),
  ];
}
