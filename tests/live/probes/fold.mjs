/* Folds frames (base64) as a screen does and answers all that it then shows. */

import { Fleet } from "/assets/live/fleet.mjs";
import { Picture } from "/assets/live/picture.mjs";
import { Kind, decode, decodeDeflated, isDeflated, kindOf } from "/assets/live/wire.mjs";

export default async function fold(frames) {
  const fleet = new Fleet();
  const picture = new Picture();
  const latest = {};
  for (const frame of frames) {
    const bytes = Uint8Array.from(atob(frame), (char) => char.charCodeAt(0));
    const kind = kindOf(bytes);
    const value = isDeflated(kind) ? await decodeDeflated(bytes) : decode(bytes);
    if (kind === Kind.FLEET_SNAPSHOT) fleet.load(value);
    else if (kind === Kind.FLEET_DELTA) fleet.apply(value, performance.now());
    else if (kind === Kind.PICTURE) picture.load(value);
    else if (kind === Kind.CHANGES) picture.apply(value);
    else latest[kind] = value;
  }
  return {
    latest,
    epoch: picture.epoch,
    seq: picture.seq,
    log: picture.log,
    matters: [...picture.matters.values()],
    commands: [...picture.commands.values()],
    asks: [...picture.asks.values()],
    summary: fleet.summary(),
    number: fleet.number,
    tick_at: fleet.tickAt,
    slots: [...fleet.slots],
    x: [...fleet.x],
    y: [...fleet.y],
    state: [...fleet.state],
    fix_at: [...fleet.fixAt],
    habit: [...fleet.habit],
  };
}
