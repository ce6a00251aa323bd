/* Asks the server once for what was told to have changed; nothing is asked while nothing is told.
 *
 * `ask()` resolves to whether it was answered. Two asks are at least `apartMs` apart, each after up to `spreadMs` by
 * chance (forty desks hear the same news in the same instant); what is told while one is under way is one ask more. An
 * ask without an answer is repeated, ever more slowly, until one comes: then the page may have missed what was told. */

const AGAIN_FIRST_MS = 2_000;
const AGAIN_LONGEST_MS = 30_000;

export class AskOnNews {
  #timer = null;
  #dueAt = Infinity; // when the timer fires
  #isUnderWay = false;
  #next = null; // while one is under way: "told" or "now", how the one after it was asked for
  #waiting = []; // of those who called `now` since the last ask began
  #lastAt = -Infinity;
  #failures = 0;

  constructor({ ask, apartMs, spreadMs = 0, clock = { now: () => performance.now(), later: (fn, ms) => setTimeout(fn, ms), stop: (timer) => clearTimeout(timer) } }) {
    Object.assign(this, { ask, apartMs, spreadMs, clock });
  }

  /* Something changed. */
  told() {
    if (this.#isUnderWay) this.#next ??= "told";
    else this.#in(Math.max(0, this.#lastAt + this.apartMs - this.clock.now()) + Math.random() * this.spreadMs);
  }

  /* Asks at once, or once the ask that is under way is answered: a person waits for it, or it was found out here.
   * Resolves when that ask has ended, answered or not. */
  now() {
    if (this.#isUnderWay) this.#next = "now";
    else this.#in(0);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #in(ms) {
    const at = this.clock.now() + ms;
    if (at >= this.#dueAt) return; // it is asked earlier than that anyhow
    this.clock.stop(this.#timer);
    this.#dueAt = at;
    this.#timer = this.clock.later(() => this.#run(), ms);
  }

  async #run() {
    this.#dueAt = Infinity;
    this.#isUnderWay = true;
    this.#next = null;
    this.#lastAt = this.clock.now();
    const waiting = this.#waiting.splice(0);
    let isAnswered = false;
    try {
      isAnswered = await this.ask();
    } finally {
      this.#isUnderWay = false;
      this.#failures = isAnswered ? 0 : this.#failures + 1;
      if (!isAnswered) this.#in(Math.min(AGAIN_LONGEST_MS, AGAIN_FIRST_MS * 2 ** Math.min(this.#failures - 1, 8)));
      else if (this.#next === "now") this.#in(0);
      else if (this.#next) this.told();
      for (const resolve of waiting) resolve();
    }
  }
}
