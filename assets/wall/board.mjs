/* The board of clocks: which nine are on it and what each says. */

import { dueState } from "../live/countdown.mjs";
import { isShown, whistleModel } from "./whistle_glyph.mjs";

export const BOARD_ROWS = 9;
export const BIG_ROWS = 2;

/* A clock of an hour or less is on the board whatever its urgency: nobody has time to find it in a list. */
const SHORT_LIMIT_MS = 60 * 60_000;

/* Overdue clocks may not fill the board, or what is due next is never seen: beyond these the rest of them is
 * a number under the board. */
const OVERDUE_ROWS = 5;

/* {entries, overdue, risk, unlisted}: at most `most` entries, soonest due first. `overdue` and `risk` count
 * all clocks that belong on a board, shown or not; `unlisted` are those of them that found no room. */
export function boardOf(matters, commands, now, most = BOARD_ROWS) {
  const all = candidates(matters, commands, now);
  const entries = choose(all, most);
  const count = (list, state) => list.filter((entry) => entry.state === state).length;
  const [overdue, risk] = [count(all, "overdue"), count(all, "risk")];
  return { entries, overdue, risk, unlisted: overdue + risk - count(entries, "overdue") - count(entries, "risk") };
}

function candidates(matters, commands, now) {
  const found = [];
  const whistled = new Set();
  for (const command of commands) {
    if (!isShown(command) || command.due_at === null) continue;
    const model = whistleModel(command, now);
    if (command.state === "running" && model.present === model.called) continue; // everyone is there
    found.push(whistleEntry(command, model, matters, now));
    whistled.add(command.matter_id);
  }
  for (const matter of matters.values()) {
    if (matter.due_at === null || matter.due_at === undefined || whistled.has(matter.id)) continue;
    if (matter.urgency > 2 && matter.limit_ms > SHORT_LIMIT_MS) continue;
    found.push(matterEntry(matter, now));
  }
  return found.sort(soonest);
}

function soonest(one, other) {
  return one.dueAt - other.dueAt || one.urgency - other.urgency || (one.id < other.id ? -1 : 1);
}

function choose(all, most) {
  const overdue = all.filter((entry) => entry.state === "overdue");
  const coming = all.filter((entry) => entry.state !== "overdue");
  const room = Math.max(Math.min(OVERDUE_ROWS, Math.ceil(most / 2)), most - coming.length);
  const kept = overdue.length <= room ? overdue : [...overdue].sort(gravest).slice(0, room);
  return [...kept.sort(soonest), ...coming].slice(0, most);
}

/* Which overdue clocks are shown when there are too many: whistles, then urgency, then what has just
 * become overdue and can still be saved. */
function gravest(one, other) {
  if (one.kind !== other.kind) return one.kind === "whistle" ? -1 : 1;
  return one.urgency - other.urgency || other.dueAt - one.dueAt;
}

function matterEntry(matter, now) {
  return {
    id: matter.id,
    kind: "matter",
    no: matter.no,
    urgency: matter.urgency,
    title: matter.title,
    merged: matter.merged ?? 1,
    dueAt: matter.due_at,
    limitMs: matter.limit_ms,
    state: dueState(matter.due_at, matter.limit_ms, now),
    level: matter.level,
    mustAct: matter.must_act,
    step: matter.due_for,
    unit: matter.unit_name,
    unacknowledged: matter.urgency === 1 && matter.acknowledged === false,
    whistle: null,
  };
}

function whistleEntry(command, model, matters, now) {
  const matter = matters.get(command.matter_id);
  return {
    id: command.id,
    kind: "whistle",
    no: command.no,
    urgency: matter?.urgency ?? 2,
    title: command.title,
    merged: matter?.merged ?? 1,
    dueAt: command.due_at,
    limitMs: command.limit_ms,
    state: dueState(command.due_at, command.limit_ms, now),
    level: command.level,
    mustAct: command.must_act,
    step: model.confers ? "decide" : "on_site",
    unit: null,
    unacknowledged: matter?.urgency === 1 && matter.acknowledged === false,
    whistle: { present: model.present, called: model.called, confers: model.confers, worst: worstUnit(model.units) },
  };
}

/* The one unit to speak of: late before predicted late before not started before the longest way. */
function worstUnit(units) {
  const missing = units.filter((unit) => unit.stage !== "arrived");
  const rank = (unit) => {
    if (unit.state === "overdue") return 0;
    if (unit.predictedLateMs > 0) return 1;
    return unit.stage === "not_started" ? 2 : 3;
  };
  return missing.sort((a, b) => rank(a) - rank(b) || (b.minutes ?? 0) - (a.minutes ?? 0))[0] ?? null;
}
