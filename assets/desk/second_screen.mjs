/* The desk's side of two screens: opens the map in a window of its own, tells it what is chosen, takes its choices, and has
 * the map back in its pane when the window closes or dies. */

import { text } from "../live/catalogue.mjs";
import { channelOf, Pair } from "./pair.mjs";

const ADDRESS = "/desk_map/";
const NAME_KEY = "zhongshu.desk.pair"; // of this tab: a desk that is loaded again finds its window
const FEATURES = "popup,width=1280,height=960";

export class SecondScreen {
  #isCalledBack = false; // the window may take a moment to close, or refuse to

  /* `page` = {map, choose(id), state()}: the desk's map, how a matter is chosen, and what the window is to know. */
  constructor(root, live, page) {
    Object.assign(this, { root, live, page });
    this.name = pairName();
    this.windowName = `zhongshu-map-${this.name}`;
    this.note = root.querySelector("#map-note");
    this.strip = root.querySelector("#desk-map-away");
  }

  start() {
    this.pair = new Pair({
      channel: channelOf(this.name),
      me: "desk",
      onSaid: (kind, what) => (kind === "choose" ? this.page.choose(what) : this.tell()),
      onThere: () => this.#placed(),
    });
    this.live.on("second", () => this.pair.ask());
    window.addEventListener("pagehide", () => this.pair.leave());
    window.addEventListener("pageshow", () => this.pair.back());
    for (const button of this.root.querySelectorAll("[data-second-screen]")) button.addEventListener("click", () => this.toggle());
    this.pair.ask();
  }

  get isAway() {
    return this.pair.isThere && !this.#isCalledBack;
  }

  /* Out into a window of its own, or back. */
  toggle() {
    if (this.isAway) {
      this.#isCalledBack = true;
      this.pair.say("close");
      this.#placed();
      return;
    }
    this.show();
  }

  /* Opens the window, or brings it to the front. */
  show() {
    this.#isCalledBack = false;
    const opened = window.open(`${ADDRESS}#${this.name}`, this.windowName, FEATURES);
    this.note.hidden = opened !== null;
    this.note.textContent = opened === null ? text("desk_map.window.blocked") : "";
    opened?.focus();
    this.#placed(); // one that is open already is there
  }

  /* Something changed that the window shows. */
  tell() {
    if (this.isAway) this.pair.say("state", this.page.state());
  }

  #placed() {
    this.strip.hidden = !this.isAway;
    this.root.dataset.map = this.isAway ? "away" : "here";
    this.page.map.setAway(this.isAway); // measures its pane, which by now is as large as it will be
    this.tell();
  }
}

function pairName() {
  const fresh = () => [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    const known = window.sessionStorage.getItem(NAME_KEY) ?? fresh();
    window.sessionStorage.setItem(NAME_KEY, known);
    return known;
  } catch {
    return fresh(); // storage may be switched off by policy; a desk that is loaded again then has its map itself
  }
}
