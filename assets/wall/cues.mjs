/* What a wall says aloud, and when: a new emergency, a whistle at twenty minutes and at thirty, a red card. Pure. */

import { alarmsOf } from "./wall_alarms.mjs";
import { whistleModel } from "./whistle_glyph.mjs";

const WARNING_SHARE = 1 / 3; // of a whistle's thirty minutes are left at twenty
const LONGEST = 45; // characters that can be heard in one breath
const SAID_PLACE = 14;

/* [{key, matterId, dueAt, say, phrase}], what is due first at first; `phrase` is what a wall without a voice plays
 * (live/chime.mjs). `places` are township code -> name. */
export function cuesOf(matters, commands, now, { places, demonstration }, text) {
  const cues = alarmsOf(matters, commands, now).map((alarm) => ({ ...alarm, what: alarm.cause }));
  for (const command of commands) {
    const matter = matters.get(command.matter_id);
    if (!matter || matter.acknowledged !== false || !isWarned(command, now)) continue;
    const { no, title, place, township } = matter;
    cues.push({ key: `twenty:${command.id}`, matterId: matter.id, no, title, place, township, dueAt: command.due_at, what: "twenty" });
  }
  cues.sort((one, other) => one.dueAt - other.dueAt || (one.key < other.key ? -1 : 1));
  return cues.map(({ key, matterId, dueAt, ...cue }) => ({
    key, matterId, dueAt, say: sentence(cue, places, demonstration, text),
    phrase: { cause: cue.what, clips: [...(demonstration ? ["wall.voice.demonstration"] : []), `wall.voice.${cue.what}`] },
  }));
}

function isWarned(command, now) {
  if (command.kind !== "whistle" || command.state !== "running" || command.due_at <= now) return false;
  if (command.due_at - now > command.limit_ms * WARNING_SHARE) return false;
  const { present, called } = whistleModel(command, now);
  return present < called;
}

/* Id, place, event, what is wanted; nothing of a citizen's: a row carries none. The event gives way where it is long. */
function sentence({ no, title, place, township, what }, places, demonstration, text) {
  const where = [...(places.get(township) ?? place ?? "")].slice(0, SAID_PLACE).join("");
  const parts = (event) => [demonstration ? text("wall.voice.demonstration") : "", no, where, event, text(`wall.voice.${what}`)]
    .filter(Boolean).join(text("wall.voice.comma"));
  const room = LONGEST - [...parts("")].length - 1;
  return [...parts([...title].slice(0, Math.max(4, room)).join(""))].slice(0, LONGEST).join("");
}
