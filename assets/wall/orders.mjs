/* What the server wants this wall to show: asked when a socket opens and when it is told that a wall was driven, never
 * by the clock. While the server is away the wall goes on by what it was told last. */

import { AskOnNews } from "../live/ask_on_news.mjs";

const ADDRESS = "/api/v1/walls/own";
const APART_MS = 500; // a desk that drives a wall twice in a moment is one question more
const SPREAD_MS = 300; // every wall of the jurisdiction hears the same news in the same instant

export class Orders {
  row = null; // the wall's, and `speaks`: whether this page is the wall itself and not somebody's look at it

  /* `name` is the wall that an officer's page shows, of several; a wall's token has its own. `onChange(row)`. */
  constructor({ live, name, onChange }) {
    this.address = name ? `${ADDRESS}?name=${encodeURIComponent(name)}` : ADDRESS;
    this.onChange = onChange;
    this.news = new AskOnNews({ ask: () => this.#ask(), apartMs: APART_MS, spreadMs: SPREAD_MS });
    live.on("news", (kinds) => {
      if (kinds === null) this.news.now();
      else if (kinds.has("walls")) this.news.told();
    });
    this.news.now();
  }

  async #ask() {
    try {
      const answer = await fetch(this.address, { headers: { accept: "application/json" } });
      if (!answer.ok) return false;
      this.row = (await answer.json()).value;
    } catch {
      return false;
    }
    this.onChange(this.row);
    return true;
  }
}
