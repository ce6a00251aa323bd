/* Who else is in a matter: this desk says over its socket which one it has open, and asks for the others' when it is
 * told that something changed. A courtesy and no lock. */

import { text } from "../live/catalogue.mjs";
import { AskOnNews } from "../live/ask_on_news.mjs";

const ADDRESS = "/api/v1/presence";
const APART_MS = 1_000;
const SPREAD_MS = 300;
const SETTLE_MS = 800; // who runs down the list is in none of the matters

export class Presence {
  constructor(root, live, queue, { chosenId }) {
    Object.assign(this, { root, live, queue, chosenId });
    this.line = root.querySelector("#desk-presence");
    this.by = new Map(); // matter id -> masked names
    this.news = new AskOnNews({ ask: () => this.#ask(), apartMs: APART_MS, spreadMs: SPREAD_MS });
  }

  start() {
    this.live.on("news", (kinds) => (kinds === null || kinds.has("presence")) && this.news.told());
    this.live.on("connection", () => { if (this.live.connection.state === "live") this.#say(); });
    this.news.now();
  }

  /* Another matter is chosen. */
  chosen() {
    this.draw();
    clearTimeout(this.settle);
    this.settle = setTimeout(() => this.#say(), SETTLE_MS);
  }

  #say() {
    this.live.say?.(`m:${this.chosenId() ?? ""}`);
  }

  async #ask() {
    let others;
    try {
      const answer = await fetch(ADDRESS, { headers: { accept: "application/json" } });
      if (!answer.ok) return false;
      others = (await answer.json()).value;
    } catch {
      return false; // the connection bar says that the server is not heard
    }
    this.by = grouped(others);
    this.draw();
    this.queue.showHeld(this.by);
    return true;
  }

  draw() {
    const names = this.by.get(this.chosenId()) ?? [];
    this.line.hidden = names.length === 0;
    this.line.textContent = names.length === 0 ? "" : text("desk.presence", { who: names.join(text("desk.join.names")) });
  }
}

function grouped(others) {
  const by = new Map();
  for (const { matter_id: id, name } of others) by.set(id, [...(by.get(id) ?? []), name]);
  return by;
}
