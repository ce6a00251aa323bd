/* What somebody was writing, kept on the device while it is written: a phone that opens its camera may kill the page. */

const SETTLE_MS = 300;
const KEPT_MS = 24 * 3_600_000; // of the device's own clock: yesterday's half sentence helps nobody

export class Draft {
  #timer = null;

  constructor(store, name) {
    this.store = store;
    this.name = `draft.${name}`;
    this.onKept = () => {}; // of what `changed` was told last
  }

  /* What was left, null for nothing. */
  async open() {
    const kept = await this.store.get(this.name);
    if (!kept) return null;
    if (Date.now() - kept.at <= KEPT_MS) return kept.value;
    await this.drop();
    return null;
  }

  /* Keeps what `read()` gives, a moment after the last change. */
  changed(read) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.keep(read()).then(() => this.onKept()), SETTLE_MS);
  }

  keep(value) {
    clearTimeout(this.#timer);
    return this.store.put(this.name, { value, at: Date.now() });
  }

  drop() {
    clearTimeout(this.#timer);
    return this.store.remove(this.name);
  }
}
