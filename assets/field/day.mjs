/* The worker's day: figures since midnight, asked for when the inbox has news and at midnight, and the duty state, which
 * comes with every answer to the question that the server holds. Kept on the device for a start without a network. */

const CITY_DATE = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" });
const KEPT = "day";

export class Day {
  #value = null;
  #date = null;

  /* `get(path)` resolves to an answer's value, or null without one; `onDuty` follows where the duty state alone changed. */
  constructor({ get, store, onChange, onDuty, now }) {
    Object.assign(this, { get, store, onChange, onDuty, now });
  }

  /* Of this day: what a phone kept of yesterday is no figure of today. */
  get figures() {
    const isToday = this.askedAt !== null && CITY_DATE.format(this.askedAt) === CITY_DATE.format(this.now());
    return isToday ? this.#value.day : null;
  }

  /* Server ms of the figures, null where none have come. */
  get askedAt() {
    return this.#value?.askedAt ?? null;
  }

  get duty() {
    return this.#value?.duty;
  }

  async restore() {
    this.#value = (await this.store.get(KEPT)) ?? null;
  }

  async ask() {
    const answer = await this.get("/api/v1/field/day");
    if (answer === null) return;
    this.#value = { ...answer, askedAt: this.now() };
    await this.store.put(KEPT, this.#value);
    this.onChange();
  }

  /* How the fleet sees the worker now; nothing for an answer without it. */
  heard(duty) {
    if (!duty || (duty.state === this.duty?.state && duty.fix_at === this.duty.fix_at)) return;
    this.#value = { ...this.#value, duty };
    this.onDuty();
  }

  /* The figures count from midnight, and no news come with it. */
  second(now) {
    const date = CITY_DATE.format(now);
    if (this.#date !== null && this.#date !== date) this.ask();
    this.#date = date;
  }
}
