/* What somebody was writing, kept on the device while it is written: a phone that opens its camera may kill the page. */

const SETTLE_MS = 300;
const KEPT_MS = 24 * 3_600_000; // of the device's own clock: yesterday's half sentence helps nobody

const unkept = new Set(); // drafts whose last change is not on the device yet

export class Draft {
  #timer = null;
  #read = null;

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

  /* Keeps what `read()` gives, a moment after the last change; at once when the page goes. */
  changed(read) {
    this.#settle();
    this.#read = read;
    unkept.add(this);
    this.#timer = setTimeout(() => this.keepChange().then(() => this.onKept()), SETTLE_MS);
  }

  keepChange() {
    return this.keep(this.#read());
  }

  keep(value) {
    this.#settle();
    return this.store.put(this.name, { value, at: Date.now() });
  }

  drop() {
    this.#settle();
    return this.store.remove(this.name);
  }

  #settle() {
    clearTimeout(this.#timer);
    unkept.delete(this);
  }
}

/* A page that is closed, loaded again or pushed out of the memory loses its timers, not what was handed to the device. */
function keepChanges() {
  for (const draft of unkept) draft.keepChange();
}

globalThis.addEventListener?.("pagehide", keepChanges);
globalThis.document?.addEventListener("visibilitychange", keepChanges);
