/* What the buttons of this load of the page asked for lately. Dash drops the answer of a request that a newer one of the same
 * callback has overtaken, so what the older one asked for is said again by the newer: the server knows what it has. */

const KEPT = 20; // callbacks/admin/given.py takes as many; an answer that is twenty presses late is not waited for

export class AskedLately {
  constructor(page = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`) {
    this.page = page; // another load counts from the beginning
    this.number = 0;
    this.asked = new Map(); // store -> its newest asks, oldest first
  }

  /* What a store is given for the next ask; the same ask twice is two asks. */
  next(store, ask, of) {
    this.number += 1;
    const earlier = this.asked.get(store) ?? [];
    const one = { ask, of, n: this.number };
    this.asked.set(store, [...earlier, one].slice(1 - KEPT));
    return { ...one, page: this.page, earlier };
  }
}
