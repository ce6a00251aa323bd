/* The map in a window of its own, for a second screen: its own live picture, the same session and rights, the matter that
 * the desk has chosen. It says itself when its desk or the server is lost. */

import { setLanguage, text } from "../live/catalogue.mjs";
import { cityTime } from "./city_time.mjs";
import { showConnection } from "./connection_bar.mjs";
import { DeskMap } from "./desk_map.mjs";
import { channelOf, Pair } from "./pair.mjs";
import { applyTheme } from "./switches.mjs";

const RELOADED_FOR_KEY = "zhongshu.map.language";

export async function mount(root, live) {
  setLanguage(root.dataset.lang);
  applyTheme(root);
  document.title = root.dataset.title;
  const page = new MapWindow(root, live);
  await page.start();
  return page;
}

class MapWindow {
  constructor(root, live) {
    Object.assign(this, { root, live, chosen: null, recommended: [] });
    this.alone = root.querySelector("#map-alone");
    this.map = new DeskMap(root, live, {
      chosenId: () => this.chosen,
      choose: (id) => this.#choose(id),
      recommended: () => this.recommended,
    });
    this.pair = new Pair({
      channel: channelOf(location.hash.slice(1)),
      me: "map",
      onSaid: (kind, what) => this.#said(kind, what),
      onThere: () => this.#paired(),
    });
  }

  async start() {
    for (const topic of ["matters", "commands"]) this.live.on(topic, () => this.#changed());
    this.live.on("connection", () => showConnection(this.root, this.live));
    this.live.on("health", () => showConnection(this.root, this.live));
    this.live.on("second", () => this.#second());
    window.addEventListener("keydown", (event) => this.#key(event));
    window.addEventListener("pagehide", () => this.pair.leave());
    window.addEventListener("pageshow", () => this.pair.back());
    for (const button of this.root.querySelectorAll("[data-second-screen]")) button.addEventListener("click", () => window.close());
    await this.map.start();
    this.#second();
    this.#paired();
    this.root.dataset.ready = "1";
  }

  #second() {
    this.pair.ask();
    showConnection(this.root, this.live);
    this.root.querySelector("#desk-clock").textContent = cityTime(this.live.now());
    this.map.changed();
  }

  #changed() {
    const row = this.live.matters.get(this.chosen);
    this.root.querySelector("#map-chosen").textContent = row ? `${row.no} ${row.title}` : "";
    this.map.changed();
  }

  #paired() {
    this.root.dataset.desk = this.pair.isThere ? "there" : "lost";
    this.alone.hidden = this.pair.isThere;
    if (this.pair.isThere) this.pair.say("want");
  }

  #said(kind, what) {
    if (kind === "close") window.close();
    if (kind !== "state") return;
    this.recommended = what.recommended;
    if (what.theme !== document.documentElement.dataset.theme) {
      applyTheme(this.root, what.theme);
      this.map.restyle();
    }
    if (what.chosen === this.chosen) this.map.changed();
    else this.#chosen(what.chosen);
    this.#followLanguage(what.lang);
  }

  /* The server builds the page in the language of its cookie; once for each, in case that it does not. */
  #followLanguage(language) {
    if (language === this.root.dataset.lang || sessionStorage.getItem(RELOADED_FOR_KEY) === language) return;
    sessionStorage.setItem(RELOADED_FOR_KEY, language);
    location.reload();
  }

  #choose(id) {
    this.#chosen(id);
    this.pair.say("choose", id);
  }

  #chosen(id) {
    this.chosen = id;
    this.map.chosen();
    this.#changed();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.activeElement?.matches("input")) return;
    const key = event.key.toLowerCase();
    if (key === "f") this.map.toggleFollow();
    else if (key === "x") window.close();
    else if (key === "escape" && this.map.card?.isPinned) this.map.card.hide();
    else return;
    event.preventDefault();
  }
}
