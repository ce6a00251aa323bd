/* What sounds next: pure, so that the rule can be tested without a loudspeaker. Sentences go by their clock, never two
 * at once and never closer than APART_MS; what was acknowledged meanwhile is dropped. */

export const APART_MS = 20_000;
const LONGEST_WAIT_MS = 180_000; // what could not be said within three minutes is on the screen anyway

export class SoundQueue {
  #waiting = [];
  #lastAt = -Infinity;

  /* `cue`: {ids, matterId, dueAt, addedAt, say}. One sentence for a matter at a time: the newer replaces the older. */
  add(cue) {
    const before = this.#waiting.find((one) => one.matterId === cue.matterId);
    if (before) cue = { ...cue, ids: [...before.ids, ...cue.ids] };
    this.#waiting = [...this.#waiting.filter((one) => one !== before), cue].sort((one, other) => one.dueAt - other.dueAt);
  }

  drop(matterId) {
    this.#waiting = this.#waiting.filter((one) => one.matterId !== matterId);
  }

  /* The cue to play now, taken out of the queue; null while it is too early or nothing waits. */
  next(now) {
    this.#waiting = this.#waiting.filter((one) => now - one.addedAt < LONGEST_WAIT_MS);
    if (this.#waiting.length === 0 || now - this.#lastAt < APART_MS) return null;
    this.#lastAt = now;
    return this.#waiting.shift();
  }

  get length() {
    return this.#waiting.length;
  }
}
