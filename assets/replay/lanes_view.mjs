/* The lanes: calls, the desk's acts, each receiver from sent to on site against its limit, decisions, escalations. What
 * lies behind the play head is dimmed: it was not known yet. */

import { drawing, el, px } from "../wall/element.mjs";
import { durationText, minuteText } from "../wall/format.mjs";
import { hasText, text } from "../live/catalogue.mjs";
import { marks, timeScale } from "./scale.mjs";

export const LABELS = 132; // px, the column of names
export const TOP = 40;
const LANE = 26;
const RIGHT = 28;
const DIAMOND = 6;
const NAME = 184; // px, the longest name beside a diamond
const MINUTE_MS = 60_000;

/* What stands still: everything but the play head. `width` in px. */
export function lanesView(past, width) {
  const scale = timeScale({ from: past.from, to: past.to, left: LABELS, right: width - RIGHT });
  const rows = [callsLane(past), ...markLanes(past, ["desk"]), ...past.lanes.map((one) => ({ name: receiverName(one, past), draw: receiver, lane: one })), ...markLanes(past, ["decisions", "escalations"])];
  const height = TOP + rows.length * LANE + 8;
  const drawn = drawing(
    width, height, { class: "replay-lanes-drawing", width, height, "aria-hidden": null, role: "img", "aria-label": text("replay.lanes.label", { count: rows.length }) },
    el("g", {}, ...marks(scale, 76).map((at) => tick(at, scale, height))),
    ...rows.map((row, place) => laneOf(row, place, scale, past)),
    limitLine(past, rows, scale),
  );
  return { drawn, scale, height };
}

/* The play head and the veil over what came later. */
export function headView(at, scale, height) {
  const x = px(scale.x(at));
  return [
    el("rect", { class: "replay-later", x, y: TOP - 6, width: px(Math.max(0, scale.right - x)), height: height - TOP }),
    el("path", { class: "replay-head", d: `M${px(x - 8)} ${TOP - 26}h16v9l-8 8l-8 -8Z` }),
    el("path", { class: "replay-head-line", d: `M${x} ${TOP - 12}V${height}` }),
  ];
}

function tick(at, scale, height) {
  const x = px(scale.x(at));
  return el("g", {}, el("path", { class: "replay-grid", d: `M${x} ${TOP - 6}V${height}` }), el("text", { class: "replay-tick", x, y: TOP - 12 }, minuteText(at)));
}

function laneOf(row, place, scale, past) {
  const y = TOP + place * LANE;
  return el(
    "g",
    { "data-lane": row.key ?? row.lane?.id ?? "" },
    el("path", { class: "replay-grid", d: `M${LABELS} ${y + LANE}H${px(scale.right)}` }),
    el("text", { class: row.lane ? "replay-lane-name strong" : "replay-lane-name", x: LABELS - 12, y: y + 18 }, cut(row.name, LABELS - 16)),
    ...(row.draw ? row.draw(row.lane, y, scale, past) : []),
  );
}

function callsLane({ calls }) {
  if (calls.absent) return { key: "calls", name: text("replay.lane.calls"), draw: (_, y, scale) => [el("text", { class: "replay-absent", x: scale.left + 4, y: y + 18 }, text(`replay.calls.${calls.absent}`))] };
  const most = Math.max(1, ...calls.per_minute);
  const draw = (_, y, scale) =>
    calls.per_minute.map((count, minute) => {
      const [x, next] = [scale.x(scale.from + minute * MINUTE_MS), scale.x(scale.from + (minute + 1) * MINUTE_MS)];
      const tall = (count / most) * (LANE - 6);
      return count ? el("rect", { class: "replay-calls", x: px(x), y: px(y + LANE - 1 - tall), width: px(Math.max(0.5, next - x - 1)), height: px(tall) }) : null;
    });
  return { key: "calls", name: text("replay.lane.calls_most", { most }), draw };
}

function markLanes({ lines }, keys) {
  return keys.map((key) => ({ key, name: text(`replay.lane.${key}`), draw: (_, y, scale) => marksOf(lines.filter(({ lane }) => lane === key), y, scale) }));
}

/* Diamonds, each with its short name where the next one leaves room. */
function marksOf(lines, y, scale) {
  let free = -Infinity;
  return lines.map((line, place) => {
    const x = scale.x(line.at);
    const next = place + 1 < lines.length ? scale.x(lines[place + 1].at) : scale.right + RIGHT;
    const name = shortName(line);
    const ends = x + DIAMOND + 5 + widthOf(name);
    const hasRoom = name && x > free && ends < next - DIAMOND - 2;
    if (hasRoom) free = ends;
    const middle = y + LANE / 2;
    return el(
      "g",
      { class: "replay-mark", "data-tone": line.tone || null, "data-kind": line.kind },
      el("path", { d: `M${px(x)} ${px(middle - DIAMOND)}l${DIAMOND} ${DIAMOND}l${-DIAMOND} ${DIAMOND}l${-DIAMOND} ${-DIAMOND}Z` }),
      hasRoom ? el("text", { x: px(x + DIAMOND + 5), y: y + 18 }, name) : null,
    );
  });
}

export function shortName({ kind, params }) {
  const key = `replay.mark.${kind}`;
  if (!hasText(key)) return "";
  return cut(text(key, params), NAME);
}

/* Two receivers of the same name, in two orders of a matter, are told apart by the order. */
function receiverName(lane, { lanes }) {
  const isTwice = lanes.filter(({ name }) => name === lane.name).length > 1;
  return isTwice ? `${lane.name} ${lane.command_no}` : lane.name;
}

function receiver(lane, y, scale, { to }) {
  const outAt = lane.recalled_at ?? lane.declined_at;
  const endAt = lane.arrived_at ?? lane.done_at ?? outAt ?? to;
  const points = [lane.sent_at, lane.accepted_at, lane.en_route_at].filter((at) => at !== null && at <= endAt);
  const bars = [];
  points.forEach((at, place) => {
    const until = points[place + 1] ?? endAt;
    const isWay = at === lane.en_route_at;
    const late = lane.due_at !== null && until > lane.due_at && !outAt ? Math.max(at, lane.due_at) : null;
    bars.push(bar(y, at, late ?? until, isWay ? 8 : 3, isWay ? "way" : at === lane.accepted_at ? "accepted" : "sent", scale));
    if (late !== null) bars.push(bar(y, late, until, 12, "late", scale));
  });
  const leftAt = lane.left_at ?? lane.done_at;
  if (lane.arrived_at !== null) bars.push(bar(y, lane.arrived_at, leftAt ?? to, 10, "present", scale), stop(y, lane.arrived_at, scale));
  else if (lane.done_at !== null) bars.push(stop(y, lane.done_at, scale));
  const reached = lane.arrived_at ?? lane.done_at;
  const said = reached !== null ? durationText(reached - lane.sent_at) : outAt ? text(lane.recalled_at ? "replay.lane.recalled" : "replay.lane.declined") : "";
  if (said) bars.push(el("text", { class: lane.late ? "replay-took late" : "replay-took", x: px(scale.x(reached ?? outAt) + 7), y: y + 18 }, said));
  return bars;
}

function bar(y, from, until, tall, kind, scale) {
  const x = scale.x(from);
  return el("rect", { class: `replay-span ${kind}`, x: px(x), y: px(y + (LANE - tall) / 2), width: px(Math.max(1, scale.x(until) - x)), height: tall });
}

function stop(y, at, scale) {
  return el("rect", { class: "replay-stop", x: px(scale.x(at) - 1.5), y: y + 5, width: 3, height: LANE - 10 });
}

/* Where the time of the first whistle's receivers ran out, over exactly their lanes. */
function limitLine({ lanes }, rows, scale) {
  const first = lanes.find(({ command_kind: kind, due_at: dueAt }) => kind === "whistle" && dueAt !== null);
  if (!first) return null;
  const places = rows.flatMap(({ lane }, place) => (lane?.command_id === first.command_id && lane.due_at === first.due_at ? [place] : []));
  if (first.due_at > scale.to) return null;
  const [x, y0, y1] = [px(scale.x(first.due_at)), TOP + places[0] * LANE, TOP + (places.at(-1) + 1) * LANE];
  return el(
    "g",
    {},
    el("path", { class: "replay-limit", d: `M${x} ${y0}V${y1}` }),
    el("text", { class: "replay-limit-name", x: x - 5, y: y0 - 3 }, text("replay.lane.limit", { minutes: Math.round(first.limit_ms / MINUTE_MS) })),
  );
}

const wide = (letter) => letter.charCodeAt(0) > 255;

function widthOf(words) {
  return [...words].reduce((sum, letter) => sum + (wide(letter) ? 13 : 6.6), 0);
}

function cut(words, room) {
  if (widthOf(words) <= room) return words;
  let kept = words;
  while (kept.length > 1 && widthOf(`${kept}…`) > room) kept = kept.slice(0, -1);
  return `${kept}…`;
}
