/* `/unit`: the inbox of one unit, the chosen matter beside it, and every act through the queue that keeps it first. */

import { paint } from "../wall/paint.mjs";
import { isPassing, Refused } from "../hand/api.mjs";
import { positionNow } from "../hand/place.mjs";
import { Tellings } from "../hand/tellings.mjs";
import { currentLanguage, text } from "../live/catalogue.mjs";
import { Acts } from "./acts.mjs";
import { detailView } from "./detail_view.mjs";
import { FormDialog } from "./form.mjs";
import { sectionsOf } from "./filters.mjs";
import { Finder } from "./finder.mjs";
import { FingerWatch, settle } from "../hand/finger.mjs";
import { watchKeys } from "./keys.mjs";
import { listView, tellingsView } from "./list_view.mjs";
import { itemsOf, undelivered, unread } from "./model.mjs";
import { noneChosenView } from "./none_view.mjs";
import { statisticsView } from "./statistics_view.mjs";

const STATISTICS = "statistics";
const STATISTICS_EVERY_MS = 60_000;

export async function mount(hand) {
  const page = new UnitPage(hand);
  await page.start();
}

class UnitPage {
  #inbox = { matters: [], commands: [] };
  #isKnown = false; // an inbox came, from the server or from this device
  #details = new Map();
  #statistics = null;
  #receipted = new Set();

  constructor(hand) {
    this.hand = hand;
    const { main } = hand;
    main.classList.add("unit");
    this.list = section(main, "nav", "unit-list");
    this.finder = new Finder(this.list, { store: hand.store, statistics: STATISTICS, onChange: () => this.#show() });
    this.items = section(this.list, "div", "unit-items");
    this.detail = section(main, "article", "unit-detail");
    this.finger = new FingerWatch(main, () => this.#show());
    this.tellings = new Tellings(hand);
    this.form = new FormDialog(main, hand);
    this.acts = new Acts(hand, this.form, { position: positionNow, refresh: (id) => this.#fetchDetail(id) });
  }

  async start() {
    const { connection, queue, clock, main } = this.hand;
    const shell = queue.onChange;
    queue.onChange = () => {
      shell();
      this.#showSoon();
    };
    queue.onDone = (entry, value) => this.acts.done(entry, value);
    connection.onInbox = (inbox, { isKept }) => this.#take(inbox, isKept);
    const shown = connection.onState;
    let before = connection.state;
    connection.onState = () => {
      shown();
      if (connection.state !== before) this.#showSoon(); // what is not known is said otherwise without a line
      before = connection.state;
    };
    window.addEventListener("hashchange", () => this.#open());
    main.addEventListener("click", (event) => this.#clicked(event));
    watchKeys({ list: this.items, finder: this.finder, isFormOpen: () => this.form.isOpen, back: () => this.#back() });
    await this.finder.open();
    clock.onSecond(() => this.#each());
    this.tellings.onChange = () => this.#showSoon();
    await this.tellings.open();
    connection.start();
    await this.#open();
  }

  get chosen() {
    const [, id] = /^#m\/([A-Za-z0-9_:.-]{1,64})$/.exec(location.hash) ?? [];
    return id ?? null;
  }

  #take(inbox, isKept) {
    this.#inbox = inbox;
    this.#isKnown = true;
    if (!isKept) {
      for (const command of undelivered(inbox)) this.#receipt(command, "delivered");
      if (this.chosen) this.#fetchDetail(this.chosen);
      if (inbox.told) this.tellings.look();
    }
    this.#show();
  }

  /* Says once per page that a command came here, or is being read. */
  #receipt(command, stage) {
    const mark = `${command}:${stage}`;
    if (this.#receipted.has(mark)) return;
    this.#receipted.add(mark);
    this.hand.queue.add({ kind: "answer", command_id: command, stage }, { isQuiet: true });
  }

  async #open() {
    const { chosen, finger } = this;
    const { main } = this.hand;
    const before = this.shown ?? null;
    if (main.dataset.view === "list") this.scrolled = window.scrollY;
    main.dataset.view = chosen ? "matter" : location.hash === `#${STATISTICS}` ? STATISTICS : "list";
    this.shown = chosen;
    finger.release();
    this.#show();
    this.#attend(before);
    if (chosen) await this.#fetchDetail(chosen);
    else if (main.dataset.view === STATISTICS) await this.#fetchStatistics();
  }

  /* Where eyes and caret go: to the head of what was opened, or back to where one came from. */
  #attend(before) {
    const isList = this.hand.main.dataset.view === "list";
    window.scrollTo(0, isList ? (this.scrolled ?? 0) : 0);
    if (isList && before) this.items.querySelector(`[data-item="${CSS.escape(before)}"]`)?.focus({ preventScroll: true });
    else if (!isList) this.detail.querySelector("h1")?.focus({ preventScroll: true });
  }

  #back() {
    if (location.hash) location.hash = "";
  }

  async #fetchDetail(id) {
    try {
      const { value } = await this.hand.api.get(`/api/v1/own/matters/${encodeURIComponent(id)}`);
      this.#details.set(id, value);
      this.hand.store.keep(`detail:${id}`, value);
      if (this.chosen === id) for (const command of unread(value.commands)) this.#receipt(command, "read");
    } catch (error) {
      if (isPassing(error)) this.#details.set(id, this.#details.get(id) ?? (await this.hand.store.get(`detail:${id}`)) ?? null);
      else if (error instanceof Refused) this.hand.notice(error.message);
      else throw error;
    }
    this.#show();
  }

  async #fetchStatistics() {
    try {
      const { value } = await this.hand.api.get("/api/v1/own/statistics");
      this.#statistics = { value, at: this.hand.clock.now() };
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    this.#show();
  }

  /* With the next frame: what is kept, sent and confirmed within one is painted once. */
  #showSoon() {
    this.frame ??= requestAnimationFrame(() => this.#show());
  }

  #show() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    if (this.finger.isDown) return; // nothing moves under a finger; it is shown once the finger is up
    const { clock, queue, main } = this.hand;
    const now = clock.now();
    const groups = itemsOf(this.#inbox, queue.unsent);
    const { finder, chosen } = this;
    const found = sectionsOf(groups, { filter: finder.filter, sought: finder.sought }, now);
    finder.show(groups, now);
    const shown = { chosen, isSought: finder.sought.trim() !== "", total: groups.mine.length, unknown: this.#unknown(), now };
    paint(this.items, [...listView(found, shown), tellingsView(this.tellings.rows, currentLanguage(), now)].flat());
    const item = Object.values(groups).flat().find(({ id }) => id === chosen);
    if (main.dataset.view === STATISTICS) paint(this.detail, statisticsView(this.#statistics, now));
    else if (item) paint(this.detail, detailView(item, this.#details.get(item.id) ?? null, now));
    else paint(this.detail, noneChosenView({ isGone: chosen !== null, nearest: groups.mine[0] ?? null, unknown: this.#unknown(), now }));
    this.current = item ?? null;
    clock.paintClocks(main);
  }

  /* Before the first inbox nobody knows that nothing waits. */
  #unknown() {
    if (this.#isKnown) return null;
    return text(["connecting", "live"].includes(this.hand.connection.state) ? "hand.opening" : "hand.not_known");
  }

  #each() {
    // Countdowns repaint themselves; what changes with time alone is which clock is late, and with it the group.
    if (this.#statesOf() !== this.states) this.#show();
    this.states = this.#statesOf();
    if (this.hand.main.dataset.view === STATISTICS && this.#statistics && this.hand.clock.now() - this.#statistics.at > STATISTICS_EVERY_MS * this.hand.clock.rate) {
      this.#statistics.at = this.hand.clock.now();
      this.#fetchStatistics();
    }
  }

  #statesOf() {
    return [...this.items.querySelectorAll(".hand-clock")].map(({ dataset }) => dataset.state).join();
  }

  #clicked(event) {
    if (event.target.closest("[data-show-all]")) this.finder.showAll();
    const button = event.target.closest("[data-do]");
    if (!button || !this.current) return;
    settle(this.hand.main);
    const commandId = button.closest("[data-command]")?.dataset.command ?? null;
    const detail = this.#details.get(this.current.id) ?? null;
    const command = this.current.commands.find(({ id }) => id === commandId) ?? null;
    const whole = detail?.commands.find(({ id }) => id === commandId);
    this.acts.begin(button.dataset, { item: this.current, detail, command: command && { ...command, register: whole?.register ?? [] } });
  }
}

function section(parent, tag, name) {
  const element = document.createElement(tag);
  element.className = name;
  parent.append(element);
  return element;
}
