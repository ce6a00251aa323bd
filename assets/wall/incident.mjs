/* What the incident scene knows of one matter: its clock, who was called and how far each is, what is decided and what is
 * not, who is near. Pure: rows and an instant in, values out. */

import { dueState, riskWindowMs } from "../live/countdown.mjs";
import { REPORTING, TASKED } from "../live/fleet.mjs";
import { isLate } from "./wall_alarms.mjs";
import { isShown, unitModel, whistleModel } from "./whistle_glyph.mjs";

const KM_PER_DEGREE = 111.32;
const NEAR_KM = [0.5, 1, 2]; // how far a grid worker walks in 6, 12 and 25 min
const NEAREST_SHOWN = 6;

/* null for a matter that the picture does not have. */
export function incidentOf(matterId, { matters, commands, log }, now) {
  const matter = matters.get(matterId);
  if (!matter) return null;
  const own = commands.filter((command) => command.matter_id === matterId);
  const whistle = own.find(isShown) ?? null;
  return {
    matter,
    whistle: whistle && { row: whistle, ...whistleModel(whistle, now) },
    clock: clockOf(matter, whistle, now),
    units: unitsOf(own, whistle, now),
    agenda: agendaOf(whistle),
    lines: log.filter((line) => line.matter_id === matterId),
  };
}

/* The one clock that the scene counts: of the whistle while units are on their way, of the matter otherwise. */
function clockOf(matter, whistle, now) {
  const isOfWhistle = whistle !== null && whistle.state === "running" && whistle.due_at !== null;
  const [dueAt, limitMs] = isOfWhistle ? [whistle.due_at, whistle.limit_ms] : [matter.due_at, matter.limit_ms];
  if (dueAt === null || dueAt === undefined) return null;
  return {
    isOfWhistle, dueAt, limitMs, leftMs: dueAt - now, step: isOfWhistle ? "on_site" : matter.due_for,
    mustAct: isOfWhistle ? whistle.must_act : matter.must_act, state: dueState(dueAt, limitMs, now),
    passedMs: Math.max(0, now - (dueAt - limitMs)), isRisk: dueAt - now <= riskWindowMs(limitMs),
  };
}

/* Receivers of the whistle, else of the orders that are out, in the order in which they were named. */
function unitsOf(own, whistle, now) {
  const orders = whistle ? [whistle] : own.filter((command) => command.kind !== "whistle" && command.state === "running");
  return orders.flatMap((command) =>
    command.receivers.filter((one) => !one.declined_at && !one.recalled_at).map((receiver) => ({
      ...unitModel(receiver, command, now),
      key: `${command.id}:${receiver.id}`,
      role: receiver.role,
      people: receiver.people ?? null,
      isWhistled: command.kind === "whistle",
      issuedAt: command.issued_at,
      limitMs: command.limit_ms,
      dueAt: receiver.due_at ?? command.due_at,
      acceptedAt: receiver.accepted_at,
      enRouteAt: receiver.en_route_at,
      arrivedAt: receiver.arrived_at,
      etaAt: receiver.eta_at,
      awayKm: receiver.at && command.lon !== null ? kilometres(receiver.at, [command.lon, command.lat]) : null,
    })));
}

function agendaOf(whistle) {
  const items = whistle?.agenda ?? [];
  return { decided: items.filter((one) => one.decided_at !== null), open: items.filter((one) => one.decided_at === null) };
}

/* Whistles and clocks of other matters that are over: {count, worst: {title, dueAt}}, null where there are none. What is
 * urgent or under a whistle counts here; the rest is the board's number. */
export function othersOverdue(matterId, matters, commands, now) {
  const over = [];
  const whistled = new Set();
  for (const command of commands) {
    if (!isLate(command, now)) continue;
    whistled.add(command.matter_id);
    if (command.matter_id !== matterId) over.push({ title: command.title, dueAt: command.due_at });
  }
  for (const matter of matters.values()) {
    const isOver = matter.urgency === 1 && matter.due_at !== null && matter.due_at < now;
    if (isOver && matter.id !== matterId && !whistled.has(matter.id)) over.push({ title: matter.title, dueAt: matter.due_at });
  }
  if (over.length === 0) return null;
  return { count: over.length, worst: over.sort((one, other) => one.dueAt - other.dueAt)[0] };
}

/* Workers on duty around a place: {bands: [{km, free, tasked}], nearest: [{lon, lat, km}] free ones, nearest first}. */
export function workersAround(fleet, lon, lat) {
  const bands = NEAR_KM.map((km) => ({ km, free: 0, tasked: 0 }));
  const nearest = [];
  for (let index = 0; index < fleet.n; index += 1) {
    if (!(fleet.state[index] & REPORTING)) continue;
    const at = fleet.lonLat(index);
    const km = kilometres(at, [lon, lat]);
    if (km > NEAR_KM.at(-1)) continue;
    const isTasked = Boolean(fleet.state[index] & TASKED);
    for (const band of bands) if (km <= band.km) band[isTasked ? "tasked" : "free"] += 1;
    if (!isTasked) nearest.push({ lon: at[0], lat: at[1], km });
  }
  nearest.sort((one, other) => one.km - other.km);
  return { bands, nearest: nearest.slice(0, NEAREST_SHOWN) };
}

export function kilometres([lon0, lat0], [lon1, lat1]) {
  const narrowing = Math.cos(((lat0 + lat1) / 2) * (Math.PI / 180));
  return Math.hypot((lon1 - lon0) * narrowing, lat1 - lat0) * KM_PER_DEGREE;
}

/* The box of a map that shows `km` around a place, in degrees. */
export function boxOf(lon, lat, km) {
  const dLat = km / KM_PER_DEGREE;
  const dLon = dLat / Math.cos((lat * Math.PI) / 180);
  return { west: lon - dLon, east: lon + dLon, south: lat - dLat, north: lat + dLat };
}
