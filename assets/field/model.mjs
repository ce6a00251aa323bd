/* What the inbox means to a grid worker: tasks by clock, each with the one thing to do next. Pure. */

import { isRunning, withUnsent } from "../unit/model.mjs";

const FOREVER = Number.MAX_SAFE_INTEGER;
const EARTH_M = 111_320; // a degree of latitude
const WALK_MPS = 1.1; // assumed: a person who hurries through a housing estate
const DETOUR = 1.35; // the same as dashboard/domain/recommendation.py
// Of the steps that a matter offers, the likeliest first: what is true and can be done here comes before the rest.
const STEP_ORDER = ["handle_in_grid", "call", "check", "dispose", "close", "sign", "arrive", "begin", "notify_worker"];
export const STEPS = ["accepted", "en_route", "arrived", "done"];

/* Tasks of a worker, the nearest end first; those that wait for somebody else or are over come last. */
export function tasksOf(inbox, unsent = []) {
  const tasks = [
    ...inbox.commands.map((row) => orderTask(withUnsent(row, unsent))),
    ...inbox.matters.map((row) => matterTask(row, unsent)),
  ];
  return tasks.sort(
    (one, other) => Number(one.isOver) - Number(other.isOver) || (one.dueAt ?? FOREVER) - (other.dueAt ?? FOREVER) || (one.id < other.id ? -1 : 1),
  );
}

function orderTask(command) {
  const { mine, matter } = command;
  const stage = command.said ?? mine.stage;
  return {
    id: `c-${command.id}`, kind: "order", command, matterId: command.matter_id, no: command.no, title: matter.title || command.title,
    what: mine.objective || command.objective, place: command.place || matter.place, lon: command.lon ?? matter.lon,
    lat: command.lat ?? matter.lat, urgency: matter.urgency, dueAt: command.due_at, limitMs: command.limit_ms, stage,
    isUnsent: command.unsent !== null, next: command.next, isOver: !isRunning(command) || (command.next.length === 0 && command.due_at === null),
    times: timesOf(command), source: matter.kind,
  };
}

/* When each step was taken; a step that is only kept here has no time of the server yet. */
function timesOf({ mine }) {
  return { accepted: mine.accepted_at, en_route: mine.en_route_at, arrived: mine.arrived_at, done: mine.done_at };
}

function matterTask(row, unsent) {
  const own = unsent.filter((item) => item.kind === "step" && item.matter_id === row.id);
  const isUnsent = own.some((item) => !item.isDone);
  const next = own.length ? [] : [...row.next].sort((one, other) => place(one) - place(other));
  return {
    id: `m-${row.id}`, kind: "matter", matter: row, matterId: row.id, no: row.no, title: row.title, what: "", place: row.place,
    lon: row.lon, lat: row.lat, urgency: row.urgency, dueAt: next.length || own.length ? row.due_at : null, limitMs: row.limit_ms, stage: row.stage,
    isUnsent, next, isOver: next.length === 0 && own.length === 0, times: {}, source: row.source,
  };
}

const place = (step) => (STEP_ORDER.indexOf(step.act) + STEP_ORDER.length + 1) % (STEP_ORDER.length + 1);

/* Metres between two points, and minutes on foot; null when one is not known. */
export function wayTo(from, task) {
  if (!from || task.lon === null || task.lon === undefined) return null;
  const east = (task.lon - from.lon) * Math.cos((task.lat * Math.PI) / 180) * EARTH_M;
  const north = (task.lat - from.lat) * EARTH_M;
  const metres = Math.round(Math.hypot(east, north));
  return { metres, minutes: Math.max(1, Math.round((metres * DETOUR) / WALK_MPS / 60)) };
}

/* How an arrival stands: proven (by what), claimed, or not yet. */
export function arrivalOf({ mine }) {
  if (mine.arrived_at) return { proof: mine.arrival_proof || "none", metres: mine.arrival_m, by: mine.arrival_by, at: mine.arrived_at };
  if (mine.claimed_at) return { proof: "claimed", metres: mine.arrival_m, fault: mine.claim_fault, at: mine.claimed_at };
  return null;
}
