/* Draws what stands now anew once the server tells that it has changed (/admin/live), says when nothing is told because
 * the connection is lost, and counts ages on between two drawings. */

import { AskOnNews } from "../live/ask_on_news.mjs";
import { paintAges } from "./ages.mjs";
import { say } from "./unanswered.mjs";

// Section -> how far apart two drawings are at least. The first page counts every act of the centre.
const APART_MS = { overview: 10_000, delivery: 2_000 };
const CITY_TIME = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

export class ToldSections {
  /* `draw(section)` asks for a section. */
  constructor(root, live, draw) {
    Object.assign(this, { root, live });
    this.bar = root.querySelector("#admin-untold");
    this.behind = new Set(); // told of while they were not looked at
    this.lookedAt = 0; // the instant that the list of deliveries was last asked about because of the time
    this.news = new Map();
    for (const [name, apartMs] of Object.entries(APART_MS)) {
      if (!this.#section(name)) continue;
      this.news.set(name, new AskOnNews({ apartMs, ask: async () => { draw(name); return true; } }));
    }
  }

  start() {
    this.live.on("news", (kinds) => this.#told(kinds));
    this.live.on("connection", () => this.#connection());
    this.live.on("second", (now) => this.#second(now));
    document.addEventListener("visibilitychange", () => this.shown());
  }

  /* Another section is looked at, or the page is looked at again. */
  shown() {
    for (const name of [...this.behind]) if (this.#isSeen(name)) this.#draw(name);
  }

  #told(kinds) {
    if (kinds === null || kinds.size > 0) this.#draw("overview");
    if (kinds === null || kinds.has("delivery")) this.#draw("delivery");
  }

  #draw(name) {
    const isSeen = this.#isSeen(name);
    if (isSeen) this.behind.delete(name);
    else this.behind.add(name);
    if (isSeen) this.news.get(name)?.told();
  }

  #second(now) {
    paintAges(this.root, now);
    // That nobody sends any more is told by nobody: it shows by the time that has passed.
    const lookAt = Number(this.root.querySelector("[data-look-at]")?.dataset.lookAt);
    if (lookAt && now >= lookAt && lookAt !== this.lookedAt) {
      this.lookedAt = lookAt;
      this.#draw("delivery");
    }
  }

  #connection() {
    const { state, since, reason } = this.live.connection;
    const isTold = ["connecting", "live", "late"].includes(state);
    if (reason === "signed_out") say(this.bar, this.root, 401);
    else {
      this.bar.hidden = isTold;
      if (!isTold) this.bar.textContent = this.root.dataset.untold.replace("{at}", CITY_TIME.format(since));
    }
  }

  #section(name) {
    return this.root.querySelector(`[data-section="${name}"]`);
  }

  #isSeen(name) {
    const section = this.#section(name);
    return Boolean(section) && !section.hidden && !document.hidden;
  }
}
