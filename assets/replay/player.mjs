/* The play head: an instant of the past that moves at a speed, stops at the end, and slows down where an alarm was. Knows
 * no page and no clock: whoever owns it says how much real time went by. */

export const SPEEDS = [1, 4, 16, 60];
export const JUMP_MS = 10_000;

export class Player {
  /* `events` and `alarms` are instants in ascending order. */
  constructor({ from, to, events, alarms }) {
    Object.assign(this, { from, to, events, alarms });
    this.at = from;
    this.speed = 16;
    this.isPlaying = false;
    this.alarmAt = null; // where it slowed down by itself, until somebody chooses a speed
  }

  play() {
    if (this.at >= this.to) this.at = this.from;
    this.isPlaying = true;
  }

  pause() {
    this.isPlaying = false;
  }

  choose(speed) {
    this.speed = speed;
    this.alarmAt = null;
  }

  seek(at) {
    this.at = Math.min(this.to, Math.max(this.from, at));
    this.alarmAt = null;
  }

  /* Moves on by `realMs` of real time; at an alarm it lands on the alarm itself and goes on at the real speed. */
  advance(realMs) {
    if (!this.isPlaying) return;
    const next = Math.min(this.to, this.at + realMs * this.speed);
    const alarm = this.speed > SPEEDS[0] ? this.alarms.find((at) => at > this.at && at <= next) : undefined;
    if (alarm === undefined) this.at = next;
    else {
      this.at = alarm;
      this.speed = SPEEDS[0];
      this.alarmAt = alarm;
    }
    if (this.at >= this.to) this.pause();
  }

  previousEvent() {
    this.seek(this.events.findLast((at) => at < Math.floor(this.at)) ?? this.from);
  }

  nextEvent() {
    this.seek(this.events.find((at) => at > this.at) ?? this.to);
  }
}

/* The instants at which the replayed matter's boards turned red: a line in the tone of alarm, and the first end of
 * every receiver that was not done in time. */
export function alarmsOf({ lines, lanes, from, to }) {
  const missed = lanes.filter(({ late, due_at: dueAt }) => late && dueAt !== null).map(({ due_at: dueAt }) => dueAt + 1); // at the end itself it is still in time
  const loud = lines.filter(({ tone }) => tone === "alarm").map(({ at }) => at);
  return inside([...missed, ...loud], from, to);
}

export function eventsOf({ lines, from, to }) {
  return inside(lines.map(({ at }) => at), from, to);
}

function inside(instants, from, to) {
  return [...new Set(instants)].filter((at) => at >= from && at <= to).sort((one, other) => one - other);
}
