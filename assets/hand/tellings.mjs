/* What was told to this page's person: shown, and receipted once it was on a visible page. */

import { isPassing, Refused } from "./api.mjs";

const KEPT = 20;

export class Tellings {
  #unsaid = new Set();

  constructor({ api, store }) {
    Object.assign(this, { api, store });
    this.rows = [];
    this.onChange = () => {};
    document.addEventListener("visibilitychange", () => this.#receipt());
  }

  /* Reads what was shown before. */
  async open() {
    this.rows = (await this.store.get("tellings")) ?? [];
    this.onChange();
  }

  /* Fetches what waits; called when the inbox has news. */
  async look() {
    try {
      const { value } = await this.api.get("/api/v1/tellings/waiting");
      if (value.length === 0) return;
      const known = new Set(this.rows.map(({ id }) => id));
      this.rows = [...value.filter(({ id }) => !known.has(id)).reverse(), ...this.rows].slice(0, KEPT);
      for (const { id } of value) this.#unsaid.add(id);
      await this.store.put("tellings", this.rows);
      this.onChange();
      await this.#receipt();
    } catch (error) {
      if (!isPassing(error) && !(error instanceof Refused)) throw error;
    }
  }

  /* A page in the background has shown nothing. */
  async #receipt() {
    if (document.hidden || this.#unsaid.size === 0) return;
    const ids = [...this.#unsaid];
    try {
      await this.api.post("/api/v1/tellings/receipts", { ids });
      for (const id of ids) this.#unsaid.delete(id);
    } catch (error) {
      if (!isPassing(error)) throw error; // asked again with the next news
    }
  }
}
