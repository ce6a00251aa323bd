/* `/leader`: are we under control, what is overdue, what needs my word; and what became of the words given. */

import { paint } from "../wall/paint.mjs";
import { el } from "../wall/element.mjs";
import { idempotencyKey, isPassing, Refused } from "../hand/api.mjs";
import { timeText } from "../hand/clock.mjs";
import { InboxConnection } from "../hand/connection.mjs";
import { FingerWatch } from "../hand/finger.mjs";
import { install } from "../hand/install.mjs";
import { readable } from "../live/address.mjs";
import { text } from "../live/catalogue.mjs";
import { listenForExports } from "../live/exports.mjs";
import { Composer } from "./composer.mjs";
import { BriefOfToday } from "./brief_of_today.mjs";
import { dayView } from "./day_view.mjs";
import { hasHistory, historyView, ratesView } from "./rates_view.mjs";
import { listView, mineView, whistlesView } from "./lists_view.mjs";
import { mapView } from "./map_view.mjs";
import { nothing } from "./parts.mjs";
import { needsView, numbersView, sentenceView } from "./situation_view.mjs";

const TABS = ["now", "overdue", "mine", "day"];
const VIEWS = [...TABS, "red", "whistles"];
const FETCHED = { overdue: "/api/v1/leader/lists/overdue", red: "/api/v1/leader/lists/red", day: "/api/v1/leader/day" };
const APART_MS = 3_000; // of two pictures: a city has news each second, and a phone on a bad line a small pipe

export async function mount(hand) {
  await new LeaderPage(hand).start();
}

class LeaderPage {
  #picture = null;
  #fetched = new Map();
  #under = "now"; // the view behind the sheet

  constructor(hand) {
    this.hand = hand;
    const { main, api, clock, store, queue } = hand;
    main.classList.add("leader");
    this.view = document.createElement("div");
    this.view.className = "leader-view";
    this.foot = document.createElement("footer");
    this.foot.className = "leader-foot";
    main.append(this.view, this.foot);
    this.tabs = document.createElement("nav");
    this.tabs.className = "leader-tabs";
    this.tabs.setAttribute("aria-label", text("leader.tabs"));
    document.querySelector(".hand-heading").after(this.tabs);
    this.sources = document.createElement("p");
    this.sources.className = "leader-sources";
    this.sources.setAttribute("role", "status");
    document.getElementById("hand-connection").before(this.sources);
    this.finger = new FingerWatch(main, () => this.#paint());
    this.composer = new Composer(main, { hand, onClose: () => this.#leaveSheet(), onSent: (word) => this.#send(word), isWaiting: (matter) => this.#waiting().some(({ about }) => about.matter_id === matter) });
    this.brief = new BriefOfToday(hand, { onChange: () => this.#paint() });
    const has = (known) => (known ? `&known=${known.digest}` : "");
    const shell = hand.connection;
    hand.connection = new InboxConnection({ api, clock, store, queue, path: "/api/v1/leader/picture", join: (_, news) => news, has, apartMs: APART_MS });
    hand.connection.onState = () => {
      Object.assign(shell, { state: hand.connection.state, heardAt: hand.connection.heardAt, heardMark: hand.connection.heardMark });
      shell.onState();
      this.#paint();
    };
  }

  async start() {
    const { connection, queue } = this.hand;
    const shell = { change: queue.onChange, state: queue.onState };
    queue.onChange = () => {
      for (const one of queue.refused) if (this.composer.heard({ key: one.key, refused: one.words })) return queue.dismiss(one.key);
      shell.change();
      return this.#paint();
    };
    queue.onState = (state) => {
      shell.state(state);
      if (this.composer.away()) this.#replace("mine");
    };
    queue.onDone = (entry) => {
      this.composer.forget(entry.about.matter_id);
      if (this.composer.heard({ key: entry.key })) this.#replace("mine");
      connection.refresh();
    };
    connection.onInbox = (picture) => {
      const isFirst = this.#picture === null;
      this.#picture = picture;
      if (isFirst) this.#open(); // a sheet that was open before a reload needs its matter and the server's time
      this.#refetch();
      this.#paint();
      if (isFirst) this.#keepSoon();
    };
    window.addEventListener("hashchange", () => this.#open());
    const signOut = document.getElementById("hand-sign-out");
    listenForExports(document, { tell: (sentence) => this.hand.notice(sentence) });
    this.brief.start();
    signOut?.addEventListener("submit", () => this.hand.store.remove("inbox"));
    connection.start();
    await this.#open();
  }

  /* The worker lays in the whole page once more: on a poor line that waits until the first sentence is on the screen. */
  #keepSoon() {
    requestAnimationFrame(() => setTimeout(() => install(this.hand, { signOut: document.getElementById("hand-sign-out") })));
  }

  get #hash() {
    return readable(location.hash.slice(1));
  }

  async #open() {
    const [, matter] = /^word\/(.{1,64})$/.exec(this.#hash) ?? [];
    if (!matter) {
      this.#under = VIEWS.includes(this.#hash) ? this.#hash : "now";
      if (this.composer.isOpen) this.composer.dialog.close();
      window.scrollTo(0, 0);
      this.#paint();
      await this.#refetch();
      return;
    }
    this.#paint();
    if (this.#picture === null) return;
    const row = this.#known(matter) ?? (await this.#asked(matter));
    if (row && this.#hash === `word/${matter}`) await this.composer.open(row);
    else if (!row) this.#replace(this.#under);
  }

  /* The sheet was closed by its own button or by Escape. */
  #leaveSheet() {
    if (this.#hash.startsWith("word/")) this.#replace(this.#under);
  }

  /* Goes to another view in the sheet's own place: the way back does not lead into a sheet that was sent or closed. */
  #replace(view) {
    history.replaceState(null, "", `#${view}`);
    this.#open();
  }

  #known(matter) {
    const rows = [...(this.#picture?.needs.rows ?? []), ...["overdue", "red"].flatMap((one) => this.#fetched.get(one)?.rows ?? [])];
    return rows.find((row) => row.matter_id === matter) ?? null;
  }

  async #asked(matter) {
    try {
      const { value } = await this.hand.api.get(`/api/v1/matters/${encodeURIComponent(matter)}`);
      return { ...value.row, matter_id: value.row.id };
    } catch (error) {
      if (error instanceof Refused) this.hand.notice(error.message);
      else if (isPassing(error)) this.hand.notice(text("leader.no_line"));
      else throw error;
      return null;
    }
  }

  #send(word) {
    const key = idempotencyKey();
    this.hand.queue.addPost({ ...word, key });
    return key;
  }

  async #refetch() {
    const wanted = this.#under;
    if (!(wanted in FETCHED)) return;
    try {
      const { value } = await this.hand.api.get(FETCHED[wanted]);
      this.#fetched.set(wanted, value);
      this.#paint();
    } catch (error) {
      if (error instanceof Refused) this.hand.notice(error.message);
      else if (!isPassing(error)) throw error;
    }
  }

  #waiting() {
    return this.hand.queue.entries.filter(({ type, about }) => type === "post" && about);
  }

  #paint() {
    if (this.finger.isDown) return;
    const now = this.hand.clock.now();
    this.hand.main.dataset.view = this.#under;
    paint(this.tabs, this.#tabs());
    paint(this.sources, this.#silent(now));
    paint(this.view, this.#picture === null ? [this.#none()] : this.#shown(now));
    paint(this.foot, this.#foot(now));
  }

  #tabs() {
    const counts = { overdue: this.#picture?.numbers.overdue.count, mine: this.#picture?.mine.open };
    const isOn = (name) => name === this.#under || (name === "overdue" && this.#under === "red") || (name === "now" && this.#under === "whistles");
    return TABS.map((name) => el("a", { href: `#${name}`, "data-tab": name, "aria-current": isOn(name) ? "page" : null }, text(`leader.tab.${name}`), counts[name] ? el("b", {}, String(counts[name])) : null));
  }

  /* A platform that is late or silent: what it would have said is missing from every number. */
  #silent(now) {
    const names = new Map(this.hand.facts.platforms.map(({ id, short }) => [id, short]));
    return (this.#picture?.sources ?? []).map((one) =>
      el("span", { "data-source": one.id, "data-state": one.state }, text(one.last_at === null ? "leader.source.never" : `leader.source.${one.state}`, { name: names.get(one.id) ?? one.id, time: one.last_at === null ? "" : timeText(one.last_at, now) })),
    );
  }

  /* Nothing has come yet, and nothing was kept: never a number that nobody sent. */
  #none() {
    const { state } = this.hand.connection;
    return nothing(text(state === "connecting" || state === "live" ? "leader.none_yet" : state === "signed_out" ? "hand.signed_out" : "leader.none_offline"));
  }

  #shown(now) {
    const picture = this.#picture;
    if (this.#under === "day") {
      const { brief, rates } = this.brief;
      const day = this.#fetched.get("day");
      const figures = day ? dayView(day, picture.rates, this.hand.facts.is_city, { hasBrief: Boolean(brief) }) : this.#none();
      return [this.brief.wholeView(now), hasHistory(rates) ? historyView(rates) : null, figures];
    }
    if (this.#under in FETCHED && !this.#fetched.has(this.#under)) return [this.#none()];
    if (this.#under === "mine") return [mineView(picture, this.#waiting(), now)];
    if (this.#under === "whistles") return [whistlesView(picture, now)];
    if (this.#under !== "now") return [listView(this.#under, this.#fetched.get(this.#under), now)];
    return [
      el("section", { class: "leader-top" }, ...sentenceView(picture, now)),
      el("section", { class: "leader-numbers", "aria-label": text("leader.numbers") }, ...numbersView(picture, now)),
      el(
        "div",
        { class: "leader-columns" },
        el("div", {}, el("section", { class: "leader-needs" }, needsView(picture, now)), el("section", { class: "leader-mine" }, mineView(picture, this.#waiting(), now, { isShort: true }))),
        el("section", { class: "leader-where" }, mapView(picture, this.hand.facts.outlines, now)),
        el("section", { class: "leader-beside-map" }, hasHistory(this.brief.rates) ? historyView(this.brief.rates) : ratesView(picture.rates, this.hand.facts.is_city), this.brief.shortView(now)),
      ),
    ];
  }

  #foot(now) {
    const { heardAt } = this.hand.connection;
    return [
      el("span", {}, text("leader.foot.person", { name: this.hand.facts.name, time: timeText(now, now) })),
      el("a", { href: "/desk/" }, text("leader.foot.desk")),
      el("a", { href: "/hotline" }, text("leader.foot.hotline")),
      el("span", {}, text("leader.foot.rule"), heardAt === null ? "" : ` · ${text("leader.foot.as_of", { time: timeText(heardAt, now) })}`),
    ];
  }
}
