/* What takes a wall over: a matter that nobody has acknowledged and that is a new emergency, has a red card, or whose
 * whistle is past its thirty minutes. Pure. */

import { whistleModel, isShown } from "./whistle_glyph.mjs";

const RED_IS_NEW_MS = 30 * 60_000; // later it is one of the overdue on the board: a backlog must not hold the wall for days

/* [{key, cause: "late"|"red"|"new", matterId, no, title, dueAt, commandId}], the most pressing first. `key` is another
 * one when the same matter gives another alarm. */
export function alarmsOf(matters, commands, now) {
  const late = new Map();
  for (const command of commands) {
    if (isLate(command, now)) late.set(command.matter_id, command);
  }
  const alarms = [];
  for (const matter of matters.values()) {
    if (matter.acknowledged !== false) continue;
    const whistle = late.get(matter.id);
    const cause = whistle ? "late" : isNewlyRed(matter, now) ? "red" : matter.urgency === 1 ? "new" : null;
    if (cause === null) continue;
    alarms.push({
      key: `${cause}:${matter.id}`, cause, matterId: matter.id, no: matter.no, title: matter.title, place: matter.place,
      township: matter.township, dueAt: whistle?.due_at ?? matter.due_at ?? Infinity, commandId: whistle?.id ?? null,
    });
  }
  return alarms.sort((one, other) => one.dueAt - other.dueAt || (one.key < other.key ? -1 : 1));
}

function isNewlyRed(matter, now) {
  return matter.card === "red" && !(now - matter.due_at > RED_IS_NEW_MS);
}

/* A whistle that is past its time while somebody is missing. */
export function isLate(command, now) {
  if (command.kind !== "whistle" || command.state !== "running" || !(command.due_at <= now)) return false;
  const { present, called } = whistleModel(command, now);
  return present < called;
}

/* The matter of which an incident scene that was told nothing speaks: of an alarm, else of the whistle that is due
 * first, else of the emergency that is; null where there is none. */
export function pressingMatter(matters, commands, now) {
  const [alarm] = alarmsOf(matters, commands, now);
  if (alarm) return alarm.matterId;
  const soonest = (rows) => rows.sort((one, other) => (one.due_at ?? Infinity) - (other.due_at ?? Infinity))[0];
  const whistle = soonest(commands.filter((one) => isShown(one) && matters.has(one.matter_id)));
  if (whistle) return whistle.matter_id;
  return soonest([...matters.values()].filter((one) => one.urgency === 1))?.id ?? null;
}
