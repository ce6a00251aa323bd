/* The server's clock as this screen knows it: anchored to the machine's steady clock, so that setting the machine's
 * time moves nothing, and corrected by asking. */

const SAMPLES_KEPT_MS = 60_000; // steady clocks drift by less than 10 ms in that time
const STEP_MS = 1_000; // a broadcast this far from the estimate is a step of the server, not a delay
const JUMP_MS = 2_000; // the machine's time moved against its steady clock: it was set, or the machine slept

export class ServerClock {
  /* `steady` and `wall` give ms: performance.now and Date.now, or a test's. */
  constructor(steady = () => performance.now(), wall = () => Date.now()) {
    this.steady = steady;
    this.wall = wall;
    this.rate = 1;
    this.isKnown = false;
    this.samples = [];
    this.anchor = { server: wall(), at: steady() };
    this.jumpBase = wall() - steady();
  }

  /* Server ms; before the first word from the server the machine's own time. */
  now() {
    return this.anchor.server + (this.steady() - this.anchor.at) * this.rate;
  }

  /* A mark to send with a question; the answer's echo is this mark. */
  mark() {
    return this.steady();
  }

  /* An answer to a question: exact to half the time it took. The quickest answer of the last minute counts. */
  answered({ now, rate, echo }) {
    const at = this.steady();
    const tripMs = at - echo;
    if (!(tripMs >= 0)) return;
    if (rate !== this.rate) this.#restart(rate);
    const sample = { tripMs, at, server: now + (tripMs / 2) * rate };
    this.samples = [...this.samples.filter((old) => at - old.at < SAMPLES_KEPT_MS), sample];
    const best = this.samples.reduce((found, each) => (each.tripMs < found.tripMs ? each : found));
    this.#settle(best.server, best.at);
  }

  /* A word nobody asked for: it came late by an unknown time, so it only starts the clock, pulls it forward, or
   * shows that the server's clock was moved. Returns how late it came, and whether asking again is due. */
  told({ now, rate }) {
    const at = this.steady();
    const late = this.isKnown ? this.now() - now : 0;
    const stepped = rate !== this.rate || Math.abs(late) > STEP_MS * Math.max(1, this.rate);
    if (!this.isKnown || late < 0 || rate !== this.rate) {
      this.#restart(rate);
      this.#settle(now, at);
    }
    return { lateMs: Math.max(0, late), shouldAsk: stepped };
  }

  /* True once after the machine slept or its time was set. */
  hasJumped() {
    const base = this.wall() - this.steady();
    const jumped = Math.abs(base - this.jumpBase) > JUMP_MS;
    if (jumped) this.forget();
    this.jumpBase = base;
    return jumped;
  }

  /* Distrusts every sample: the next answer counts, however slow. */
  forget() {
    this.samples = [];
  }

  #restart(rate) {
    this.anchor = { server: this.now(), at: this.steady() };
    this.rate = rate;
    this.samples = [];
  }

  #settle(server, at) {
    this.anchor = { server, at };
    this.isKnown = true;
  }
}
