/* The desk's page: wires the live picture to the panes, and the keys to what they do. */

import { paintCountdown } from "../live/countdown.mjs";
import { bridge } from "../live/dash_bridge.mjs";
import { setLanguage, text } from "../live/catalogue.mjs";
import { listenForExports } from "../live/exports.mjs";
import { Acts } from "./acts.mjs";
import { Asks } from "./asks.mjs";
import { CommandBar } from "./command_bar.mjs";
import { DeskMap } from "./desk_map.mjs";
import { Drawer } from "./drawer.mjs";
import { startDrawing } from "./drawn.mjs";
import { Keys } from "./keys.mjs";
import { Queue } from "./queue_grid.mjs";
import { Presence } from "./presence.mjs";
import { QueueViews } from "./queue_views.mjs";
import { SecondScreen } from "./second_screen.mjs";
import { Shift } from "./shift.mjs";
import { Situation } from "./situation.mjs";
import { Tellings } from "./tellings.mjs";
import { applyTheme, startSwitches } from "./switches.mjs";
import { Walls } from "./walls.mjs";

const SELECT_SETTLE_MS = 130; // holding J runs down the list without asking the server for every row
const DRAWER_REFRESH_MS = 250;
const RECOMMEND_APART_MS = 20_000;

/* Starts the desk inside `root` on the live picture; returns its parts for tests and for the console. */
export async function mount(root, live) {
  setLanguage(root.dataset.lang);
  applyTheme(root);
  const desk = new Desk(root, live);
  await desk.start();
  return desk;
}

class Desk {
  constructor(root, live) {
    this.root = root;
    this.live = live;
    this.chosen = null;
    this.revision = 0;
    this.recommended = [];
    this.queue = new Queue(root, live, { onChoose: (id) => this.choose(id) });
    const choose = (id) => (live.matters.has(id) ? this.queue.choose(id) : this.choose(id));
    this.mapPane = new DeskMap(root, live, { chosenId: () => this.chosen, choose, recommended: () => this.recommended });
    this.secondScreen = new SecondScreen(root, live, {
      map: this.mapPane,
      choose,
      state: () => ({ chosen: this.chosen, recommended: this.recommended, theme: document.documentElement.dataset.theme, lang: root.dataset.lang }),
    });
    this.views = new QueueViews(root, live, this.queue);
    this.presence = new Presence(root, live, this.queue, { chosenId: () => this.chosen });
    this.situation = new Situation(root, live, this.queue);
    this.drawer = new Drawer(root, { chosenId: () => this.chosen });
    this.acts = new Acts(root, live, { chosenId: () => this.chosen, onDone: () => this.#askDrawerSoon() });
    this.shift = new Shift(root, live, {
      beginForm: (act, args) => this.acts.beginForm(act, args, { onMatter: false }),
      choose: (id) => this.queue.choose(id),
    });
    this.keys = new Keys(this);
    this.bar = new CommandBar(root, { chosenId: () => this.chosen, perform: (said) => this.keys.performLine(said) });
    this.tellings = new Tellings(root, live, { choose: (id) => this.queue.choose(id) });
    this.walls = new Walls(root, live, { chosenId: () => this.chosen });
    this.asks = new Asks(root, live, { open: (ask) => this.#openAsk(ask) });
  }

  /* The parts of its map, for tests and for the console. */
  get map() { return this.mapPane.map; }
  get workers() { return this.mapPane.workers; }
  get card() { return this.mapPane.card; }
  get tools() { return this.mapPane.tools; }
  get following() { return this.mapPane.following; }
  set following(value) { this.mapPane.following = value; }

  async start() {
    startSwitches(this.root, () => this.#restyle());
    listenForExports(document);
    startDrawing(this.root);
    this.drawer.start();
    this.acts.start();
    this.bar.start();
    this.views.start();
    this.presence.start();
    this.situation.start();
    this.shift.start();
    this.asks.start();
    this.tellings.start();
    this.walls.start();
    this.secondScreen.start();
    this.keys.start();
    this.live.on("matters", () => this.#changed());
    this.live.on("commands", () => this.#changed());
    this.live.on("asks", () => this.#changed());
    this.live.on("log", () => this.#changed());
    this.live.on("second", () => this.#second());
    this.live.on("fleet", () => this.#moved());
    this.live.on("connection", () => this.acts.refresh());
    this.root.querySelector("#desk-log").addEventListener("click", (event) => {
      const line = event.target.closest("[data-matter]");
      if (line) this.queue.choose(line.dataset.matter);
    });
    new MutationObserver(() => this.#drawerArrived()).observe(this.root.querySelector("#desk-drawer-recommended"), { childList: true, subtree: true });
    await this.queue.start();
    this.root.dataset.ready = "1";
    await this.queue.filled(); // an officer looks for the next row first: map marks and the graph come behind it
    this.mapPane.start();
    this.situation.mountVolume();
  }

  choose(id) {
    if (id === this.chosen) return;
    this.chosen = id;
    this.drawer.markBehind();
    this.presence.chosen();
    this.recommended = [];
    clearTimeout(this.settle);
    this.settle = setTimeout(() => this.openDrawer(), SELECT_SETTLE_MS);
    this.acts.refresh();
    this.mapPane.chosen();
    this.secondScreen.tell();
  }

  openDrawer() {
    clearTimeout(this.settle);
    this.#askDrawer();
    this.#askRecommendation();
    this.drawer.top();
  }

  #askDrawer() {
    if (!this.chosen) return;
    this.revision += 1;
    this.seen = this.#fingerprint();
    bridge.ask("desk-selected", { lang: this.root.dataset.lang, matter_id: this.chosen, revision: this.revision });
  }

  #askRecommendation() {
    this.recommendedAt = performance.now();
    bridge.ask("desk-recommend-for", { lang: this.root.dataset.lang, matter_id: this.chosen, revision: this.revision });
  }

  /* Opens an ask's matter and the form that rules on it. Its matter may lie outside the jurisdiction: what another
   * county proposes can be read before it is accepted, and is in no queue here. */
  #openAsk(ask) {
    if (this.acts.open || this.acts.pending) return;
    if (ask.matter_id) {
      if (this.live.matters.has(ask.matter_id)) this.queue.choose(ask.matter_id);
      this.choose(ask.matter_id);
      this.openDrawer();
    }
    const { form, args } = ask.params ?? {};
    if (form) this.acts.beginForm(form, { ask: ask.id, ...args }, { onMatter: Boolean(ask.matter_id), matterId: ask.matter_id });
  }

  /* What the drawer was last drawn from: the chosen row, its newest log line, its commands and asks, by identity. */
  #fingerprint() {
    const ofChosen = (rows) => [...rows.values()].filter((row) => row.matter_id === this.chosen);
    const line = this.live.log.find((one) => one.matter_id === this.chosen); // newest first
    return [this.live.matters.get(this.chosen), line?.seq, ...ofChosen(this.live.commands), ...ofChosen(this.live.asks)];
  }

  #changed() {
    this.acts.refresh();
    this.mapPane.changed();
    if (!this.chosen || this.refreshTimer) return;
    const now = this.#fingerprint();
    const same = this.seen && now.length === this.seen.length && now.every((thing, at) => thing === this.seen[at]);
    if (!same) this.#askDrawerSoon();
  }

  /* An act, its entries and what its receivers say to it at once are one new drawer. */
  #askDrawerSoon() {
    this.refreshTimer ??= setTimeout(() => {
      this.refreshTimer = null;
      if (!this.chosen) return;
      const commandsBefore = this.seen?.length;
      this.#askDrawer();
      if (this.seen.length !== commandsBefore) this.#askRecommendation(); // who has been ordered is no longer advised
    }, DRAWER_REFRESH_MS);
  }

  #second() {
    const now = this.live.now();
    for (const clock of this.root.querySelectorAll("[data-due]")) paintCountdown(clock, now);
    this.mapPane.changed();
  }

  /* Who is near follows from where everybody is: the advice is asked for anew while positions come in. */
  #moved() {
    if (this.chosen && performance.now() - (this.recommendedAt ?? 0) > RECOMMEND_APART_MS && !document.hidden) this.#askRecommendation();
  }

  #drawerArrived() {
    const rows = this.root.querySelectorAll("#desk-drawer-recommended [data-lon]");
    this.recommended = [...rows].map((row) => ({ lon: Number(row.dataset.lon), lat: Number(row.dataset.lat), number: row.dataset.number }));
    this.mapPane.changed();
    this.secondScreen.tell();
  }

  #restyle() {
    this.mapPane.restyle();
    this.secondScreen.tell();
    this.situation.hotline();
  }

  /* Before an act: the drawer is of the matter that the act is on. */
  settleDrawer(onMatter = true) {
    clearTimeout(this.settle);
    if (onMatter && this.seen?.[0]?.id !== this.chosen) this.openDrawer();
  }
}
