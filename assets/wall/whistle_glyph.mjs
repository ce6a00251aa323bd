/* The whistle ring. Outer arc: what is left of the time to be on site. Inner ring: one segment per called
 * unit, solid when arrived, part while on the way, a line before it has started. Centre: minutes left,
 * minutes over, or the sign of a consultation. */

import { el, px } from "./element.mjs";
import { COLOUR_OF } from "./symbols.mjs";
import { dueState } from "../live/countdown.mjs";

const MINUTE_MS = 60_000;
const TURN = 2 * Math.PI;
const SEGMENT_GAP = 0.12; // radians between neighbouring units
const STARTED_SHARE = 0.12; // a unit that has just left must show, and one nearly there must not look arrived
const NEARLY_THERE_SHARE = 0.92;

/* Whistles that are on the map: not those that are decided, done or recalled. */
export function isShown(command) {
  return command.kind === "whistle" && ["running", "conferring", "consultation"].includes(command.state);
}

/* A command row -> what its ring says. `units` keep the order of the receivers. */
export function whistleModel(command, now) {
  const called = command.receivers.filter((receiver) => !receiver.declined_at && !receiver.recalled_at);
  const units = called.map((receiver) => unitModel(receiver, command, now));
  const present = units.filter((unit) => unit.stage === "arrived").length;
  const confers = command.state !== "running";
  return {
    id: command.id,
    no: command.no,
    title: command.title,
    lon: command.lon,
    lat: command.lat,
    confers,
    state: confers ? "ok" : dueState(command.due_at, command.limit_ms, now),
    leftShare: confers ? 1 : Math.max(0, Math.min(1, (command.due_at - now) / command.limit_ms)),
    leftMs: command.due_at === null ? 0 : command.due_at - now,
    units,
    present,
    called: units.length,
  };
}

/* {code, name, stage: "arrived"|"way"|"not_started", share, state, minutes, origin, at}. `state` is the
 * unit's own clock: overdue when it missed it, at risk as soon as its arrival is predicted beyond it. */
export function unitModel(receiver, command, now) {
  const target = [command.lon, command.lat];
  const dueAt = receiver.due_at ?? command.due_at;
  const stage = receiver.arrived_at ? "arrived" : receiver.en_route_at ? "way" : "not_started";
  const predictedLateMs = stage !== "arrived" && receiver.eta_at && dueAt ? Math.max(0, receiver.eta_at - dueAt) : 0;
  let state = "ok";
  if (stage !== "arrived" && command.state === "running") {
    if (receiver.late || (dueAt && dueAt < now)) state = "overdue";
    else if (predictedLateMs > 0) state = "risk";
  }
  return {
    id: receiver.id,
    code: receiver.code,
    name: receiver.name,
    stage,
    share: stage === "way" ? travelled(receiver, target) : 0,
    state,
    predictedLateMs,
    minutes: receiver.eta_at && stage !== "arrived" ? Math.max(1, Math.round((receiver.eta_at - now) / MINUTE_MS)) : null,
    origin: receiver.origin,
    at: receiver.at,
  };
}

/* Share of the straight way that lies behind the unit. */
function travelled(receiver, target) {
  if (!receiver.origin || !receiver.at) return 0.5;
  const whole = distance(receiver.origin, target);
  const left = distance(receiver.at, target);
  const share = whole > 0 ? 1 - left / whole : NEARLY_THERE_SHARE;
  return Math.max(STARTED_SHARE, Math.min(NEARLY_THERE_SHARE, share));
}

function distance([lon0, lat0], [lon1, lat1]) {
  const narrowing = Math.cos(((lat0 + lat1) / 2) * (Math.PI / 180));
  return Math.hypot((lon1 - lon0) * narrowing, lat1 - lat0);
}

/* The minutes in the middle: time left is rounded down, time over too, so that both read like a clock. */
export function centreText(model, text) {
  if (model.confers) return text("wall.map.conferring");
  if (model.state === "overdue") return text("wall.map.minutes_over", { n: Math.floor(-model.leftMs / MINUTE_MS) });
  return text("wall.map.minutes", { n: Math.floor(model.leftMs / MINUTE_MS) });
}

/* The ring of `model` around (x, y). */
export function whistleRing(model, x, y, radius, text) {
  const colour = COLOUR_OF[model.state];
  const centre = centreText(model, text);
  return el(
    "g",
    { class: "whistle", "data-whistle": model.id, "data-state": model.confers ? "confers" : model.state },
    el("circle", { cx: px(x), cy: px(y), r: px(radius * 1.1), fill: "var(--ground)", opacity: 0.88 }),
    ...outerArc(model, x, y, radius, colour),
    ...segments(model.units, x, y, radius),
    el(
      "text",
      {
        class: "clock-face", x: px(x), y: px(y + radius * 0.2), "text-anchor": "middle",
        "font-size": px(radius * (centre.length > 4 ? 0.38 : centre.length > 3 ? 0.46 : 0.56)), "font-weight": 700, style: `fill:${colour}`,
      },
      centre,
    ),
  );
}

function outerArc(model, x, y, radius, colour) {
  const width = radius * 0.13;
  const circle = (stroke, share) =>
    el("circle", { class: "outer", cx: px(x), cy: px(y), r: px(radius), fill: "none", stroke, "stroke-width": px(width * share) });
  if (model.confers) return [circle("var(--ink)", 0.5)];
  if (model.state === "overdue") return [circle("var(--alarm-fill)", 1.5)];
  const end = Math.max(0.02, model.leftShare * TURN - 0.001); // an arc of a whole turn would be no arc
  return [
    circle("var(--line)", 0.6),
    el("path", { class: "left", d: arc(x, y, radius, 0, end), fill: "none", stroke: colour, "stroke-width": px(width) }),
  ];
}

function segments(units, x, y, radius) {
  const thick = radius * 0.2;
  const gap = units.length > 1 ? SEGMENT_GAP : 0.001;
  const ring = (from, to, width, stroke, attributes = {}) =>
    el("path", {
      d: arc(x, y, radius * 0.76, from, to), fill: "none", stroke, "stroke-width": px(width), ...attributes,
    });
  return units.flatMap((unit, place) => {
    const from = (place * TURN) / units.length + gap / 2;
    const to = ((place + 1) * TURN) / units.length - gap / 2;
    const colour = COLOUR_OF[unit.state];
    const mark = { class: "segment", "data-stage": unit.stage, "data-unit": unit.id, "stroke-dasharray": broken(unit.state, radius) };
    if (unit.stage === "arrived") return [ring(from, to, thick, colour, mark)];
    if (unit.stage === "not_started") return [ring(from, to, thick * 0.22, colour, mark)];
    return [ring(from, to, thick, "var(--line)"), ring(from, from + (to - from) * unit.share, thick, colour, mark)];
  });
}

/* A unit that will be late is a dashed segment, one that is late a dotted one: its colour is not all that says so. */
function broken(state, radius) {
  if (state === "risk") return `${px(radius * 0.2)} ${px(radius * 0.09)}`;
  return state === "overdue" ? `${px(radius * 0.07)} ${px(radius * 0.07)}` : null;
}

/* Clockwise arc between two angles measured from the top. */
function arc(x, y, radius, from, to) {
  const at = (angle) => `${px(x + radius * Math.sin(angle))} ${px(y - radius * Math.cos(angle))}`;
  return `M${at(from)}A${px(radius)} ${px(radius)} 0 ${to - from > Math.PI ? 1 : 0} 1 ${at(to)}`;
}
