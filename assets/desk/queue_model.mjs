/* The queue's rules on plain rows: which clock a row shows, which filters it passes, when its place may change.
 * No page, no grid, no clock of its own: `now` is an argument. */

import { dueState } from "../live/countdown.mjs";

export const FILTERS = ["mine", "soon", "overdue", "emergency", "whistle", "today", "all"];
export const RESORT_EVERY_MS = 5_000; // look.md: batches of five seconds
export const CARET_LAPSES_AFTER_MS = 20_000; // an officer who has not touched the table for this long is elsewhere
export const OVERDUE_SHOWN_UNFOLDED = 6; // the rest of the overdue rows fold into one line, or they push out what is next
const ALARM_ROLES = new Set(["duty_officer", "duty_leader"]);
const CITY_OFFSET_MS = 8 * 3_600_000; // Asia/Shanghai has had no daylight saving time since 1991
const DAY_MS = 86_400_000;

/* The clock a row is judged by: its own, or its whistle's while units are still on their way.
 * Returns {dueAt, limitMs, node, parts} where node is a catalogue key. */
export function clockOf(row, commands) {
  const own = { dueAt: row.due_at, limitMs: row.limit_ms, node: `desk.due_for.${row.due_for}`, onSite: null };
  const whistle = row.whistle ? commands.get(row.whistle) : undefined;
  if (!whistle) return own;
  const called = whistle.receivers.filter((receiver) => !receiver.declined_at && !receiver.recalled_at);
  const onSite = { arrived: called.filter((receiver) => receiver.arrived_at).length, called: called.length };
  if (whistle.state === "conferring") return { ...own, node: "desk.due_for.conferring", onSite };
  if (whistle.state !== "running" || onSite.arrived === onSite.called) return { ...own, onSite };
  if (whistle.due_at !== null && (own.dueAt === null || whistle.due_at <= own.dueAt)) {
    return { dueAt: whistle.due_at, limitMs: whistle.limit_ms, node: "desk.due_for.on_site", onSite };
  }
  return { ...own, onSite };
}

/* "none" when the row has no running clock. */
export function stateOf(clock, now) {
  return clock.dueAt === null || clock.dueAt === undefined ? "none" : dueState(clock.dueAt, clock.limitMs, now);
}

/* How a matter stands by the clock that is shown for it: what the queue's filters, the map's figures and the fold count, so
 * that one desk says one number. An alarm that nobody has answered for is red and still in time until its clock has passed:
 * it has a figure of its own. */
export function standingOf(row, commands, now) {
  return stateOf(clockOf(row, commands), now);
}

/* 特急 that nobody has answered for yet: red whatever its clock says. */
export function isUnacknowledgedAlarm(row) {
  return row.urgency === 1 && !row.acknowledged;
}

export function isMine(row, viewer) {
  if (row.must_act === viewer.role) return true;
  if (viewer.unit && row.unit === viewer.unit) return true;
  return isUnacknowledgedAlarm(row) && ALARM_ROLES.has(viewer.role);
}

export function passes(filter, row, clock, now, viewer) {
  switch (filter) {
    case "mine": return isMine(row, viewer);
    case "soon": return stateOf(clock, now) === "risk";
    case "overdue": return stateOf(clock, now) === "overdue";
    case "emergency": return row.urgency === 1;
    case "whistle": return Boolean(row.whistle);
    case "today": return clock.dueAt !== null && clock.dueAt < endOfCityDay(now);
    default: return true;
  }
}

export function countAll(entries, now, viewer) {
  const counts = Object.fromEntries(FILTERS.map((name) => [name, 0]));
  for (const { row, clock } of entries) {
    for (const name of FILTERS) if (passes(name, row, clock, now, viewer)) counts[name] += 1;
  }
  return counts;
}

export function endOfCityDay(now) {
  return (Math.floor((now + CITY_OFFSET_MS) / DAY_MS) + 1) * DAY_MS - CITY_OFFSET_MS;
}

export function soonest(entries, now) {
  let best = null;
  for (const entry of entries) {
    const dueAt = entry.clock.dueAt;
    if (dueAt === null || dueAt === undefined || dueAt < now) continue;
    if (best === null || dueAt < best.clock.dueAt) best = entry;
  }
  return best;
}

export function rankOf(clock) {
  return clock.dueAt ?? Number.MAX_SAFE_INTEGER;
}

/* Compares two grid rows by the rank they were given, then by urgency, then by id, so that equal clocks keep
 * one order on every desk. */
export function compareRanked(one, other) {
  return one.rank - other.rank || one.row.urgency - other.row.urgency || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);
}

/* Whether a row lies in the county, with the unit and of the category that a view names; "" names none. */
export function isWithin(row, { region, unit, category }) {
  return (!region || row.region === region) && (!unit || row.unit === unit) && (!category || Boolean(row.category?.startsWith(category)));
}

/* The orders of a view; equal rows stand by their clocks. */
export const ORDERS = {
  remaining: compareRanked,
  level: (one, other) => other.row.level - one.row.level || compareRanked(one, other),
  newest: (one, other) => other.row.opened_at - one.row.opened_at || compareRanked(one, other),
  merged: (one, other) => other.row.merged - one.row.merged || compareRanked(one, other),
};

/* Turns the live picture into grid transactions.
 *
 * A row's rank is where it stands; its clock may change at once, its rank only with `resort`. While the caret is
 * inside (`held`), arrivals wait too, because a row that comes in above moves the one under the pointer. */
export class QueueFeed {
  constructor() {
    this.entries = new Map(); // id -> {id, row, clock, rank}: what the grid holds
    this.waiting = new Map(); // arrivals held back
    this.stale = new Set(); // ids whose rank is no longer their clock
  }

  /* Folds the picture in; returns {add, update, remove}. */
  take(matters, commands, held) {
    const transaction = { add: [], update: [], remove: [] };
    for (const [id, row] of matters) this.#takeRow(id, row, commands, held, transaction);
    for (const [id, entry] of this.entries) {
      if (matters.has(id)) continue;
      this.entries.delete(id);
      this.stale.delete(id);
      transaction.remove.push(entry);
    }
    for (const id of this.waiting.keys()) if (!matters.has(id)) this.waiting.delete(id);
    return transaction;
  }

  #takeRow(id, row, commands, held, transaction) {
    const known = this.entries.get(id);
    const whistle = row.whistle ? commands.get(row.whistle) : undefined;
    if (known && known.row === row && known.whistle === whistle) return;
    const clock = clockOf(row, commands);
    if (known) {
      const entry = { id, row, whistle, clock, rank: known.rank };
      if (rankOf(clock) !== known.rank) this.stale.add(id);
      this.entries.set(id, entry);
      transaction.update.push(entry);
      return;
    }
    const entry = { id, row, whistle, clock, rank: rankOf(clock) };
    if (held) {
      this.waiting.set(id, entry);
      return;
    }
    this.waiting.delete(id);
    this.entries.set(id, entry);
    transaction.add.push(entry);
  }

  /* Gives every changed row its new place and lets waiting rows in. */
  resort() {
    const transaction = { add: [...this.waiting.values()], update: [], remove: [] };
    for (const entry of this.waiting.values()) this.entries.set(entry.id, entry);
    this.waiting.clear();
    for (const id of this.stale) {
      const entry = this.entries.get(id);
      const moved = { ...entry, rank: rankOf(entry.clock) };
      this.entries.set(id, moved);
      transaction.update.push(moved);
    }
    this.stale.clear();
    return transaction;
  }

  /* Everything that is open, held back or not: what counts and alarms are computed from. */
  *everything() {
    yield* this.entries.values();
    yield* this.waiting.values();
  }
}

/* Ids of the overdue rows that fold away in the whole list: all but the first few by place. */
export function foldedOverdue(entries, now, unfolded = OVERDUE_SHOWN_UNFOLDED) {
  const overdue = [...entries].filter((entry) => stateOf(entry.clock, now) === "overdue").sort(compareRanked);
  const emergencies = overdue.filter((entry) => entry.row.urgency === 1 || entry.whistle);
  const shown = new Set([...emergencies, ...overdue].slice(0, Math.max(unfolded, emergencies.length)));
  return new Set(overdue.filter((entry) => !shown.has(entry)).map((entry) => entry.id));
}
