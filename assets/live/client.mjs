/* The live picture of this page: one socket, kept open without end, folded into plain objects that pages read.
 *
 *   const live = openLive({ url, document });
 *   live.now()  live.fleet  live.matters  live.commands  live.asks  live.log  live.hotline  live.rates  live.health
 *   live.analysis
 *   live.connection {state, since, lag_ms, missed, reason}  live.view  live.seq  live.ready  live.demonstration
 *   live.on(topic, fn) -> stop    topics: fleet matters commands log hotline rates health analysis connection second news
 *   news: a set of the kinds that were told since, or null where any may have been (another socket is open)
 *
 * A page keeps the objects: they are the same ones for its whole life. */

import { ServerClock } from "./clock.mjs";
import { Connection } from "./connection.mjs";
import { startSeconds } from "./countdown.mjs";
import { Fleet } from "./fleet.mjs";
import { NewsCounts } from "./news_counts.mjs";
import { Picture } from "./picture.mjs";
import { Kind, WireError, decode, decodeDeflated, isDeflated, kindOf } from "./wire.mjs";

const ASK_EVERY_MS = 20_000;
const ASK_FIRST_MS = [0, 400, 1_200]; // a few quick answers, of which the quickest counts
const LATEST = {
  [Kind.HOTLINE]: "hotline", [Kind.RATES]: "rates", [Kind.HEALTH]: "health", [Kind.ANALYSIS]: "analysis",
  [Kind.HOTLINE_BOARD]: "board", [Kind.HOTLINE_RESULTS]: "results",
};

export function openLive({ url, document, view = "desk", WebSocket = window.WebSocket }) {
  const live = new Live({ url, document, view, WebSocket });
  live.open();
  return live;
}

class Live {
  #listeners = new Map();
  #picture = new Picture();
  #clock = new ServerClock();
  #news = new NewsCounts();
  #inbox = [];
  #isDraining = false;
  #asking = [];
  #awaySeq = 0;

  constructor({ url, document, view, WebSocket }) {
    this.fleet = new Fleet();
    this.hotline = null;
    this.rates = null;
    this.health = null;
    this.analysis = null; // kind 12, as it came; `analysis_rows.mjs` reads it
    this.board = null; // of the hotline's page alone, as its results
    this.results = null;
    this.view = { jurisdiction: null, surface: view, resumed: false };
    this.demonstration = false;
    this.release = null;
    this.isOutdated = false; // the server runs another release than this page
    this.ready = false; // true from the first picture on
    this.document = document;
    this.socket = new Connection({
      WebSocket,
      address: () => this.#address(url, view),
      onFrame: (bytes) => this.#receive(bytes),
      onOpen: () => this.#opened(),
      onState: () => this.#emit("connection", this.connection),
      now: () => this.now(),
    });
  }

  get matters() { return this.#picture.matters; }
  get commands() { return this.#picture.commands; }
  get asks() { return this.#picture.asks; }
  get log() { return this.#picture.log; }
  get seq() { return this.#picture.seq; }
  get epoch() { return this.#picture.epoch; }
  get connection() { return this.socket.state; }

  /* Server ms per real ms: 1 but for a demonstration. */
  get rate() { return this.#clock.rate; }

  now() {
    return this.#clock.now();
  }

  /* Says to the server what a screen may say (docs/wire.md); nothing while no socket is open. */
  say(words) {
    this.socket.send(words);
  }

  /* Calls `listener(detail)` after each change of a topic; returns how to stop. */
  on(topic, listener) {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  open() {
    this.socket.open();
    this.stopSeconds = startSeconds({ now: () => this.now(), rate: () => this.#clock.rate }, () => this.#second());
    this.#asking.push(setInterval(() => this.#ask(), ASK_EVERY_MS));
    this.onVisible = () => {
      if (this.document.visibilityState === "visible") this.resync();
    };
    this.document.addEventListener("visibilitychange", this.onVisible);
  }

  /* Asks the time again and, if the socket has been silent meanwhile, replaces it at once. */
  resync({ hasSlept = false } = {}) {
    this.#clock.forget();
    this.socket.check({ isSuspicious: true, hasSlept });
    this.#ask();
  }

  close() {
    this.stopSeconds();
    for (const timer of this.#asking) clearInterval(timer);
    this.document.removeEventListener("visibilitychange", this.onVisible);
    this.socket.close();
  }

  #address(url, view) {
    const address = new URL(url, this.document.baseURI);
    address.protocol = address.protocol.replace("http", "ws");
    address.searchParams.set("view", view);
    if (this.ready) {
      address.searchParams.set("epoch", this.epoch);
      address.searchParams.set("seq", String(this.seq));
    }
    return address.href;
  }

  #opened() {
    this.#inbox = [];
    this.#awaySeq = this.seq;
    this.#clock.forget();
    for (const wait of ASK_FIRST_MS) setTimeout(() => this.#ask(), wait);
  }

  #ask() {
    this.socket.send(`t${this.#clock.mark()}`);
    if (this.ready) this.socket.send(`a${this.seq}`);
  }

  #second() {
    if (this.#clock.hasJumped()) this.resync({ hasSlept: true });
    this.socket.check({});
    this.#emit("second", this.now());
  }

  /* Frames are taken in strictly in order: while one is being inflated the others wait behind it. */
  #receive(bytes) {
    this.#inbox.push(bytes);
    if (!this.#isDraining) this.#drain();
  }

  async #drain() {
    this.#isDraining = true;
    const inbox = () => this.#inbox;
    try {
      while (inbox().length > 0) {
        const queue = inbox();
        const bytes = queue.shift();
        const kind = kindOf(bytes);
        const value = isDeflated(kind) ? await decodeDeflated(bytes) : decode(bytes);
        if (queue === inbox()) this.#take(kind, value);
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      console.warn(error.message);
      this.#inbox = [];
      this.socket.restart("broken frame");
    } finally {
      this.#isDraining = false;
    }
  }

  #take(kind, value) {
    if (kind === Kind.FLEET_DELTA) this.#tookFleet(() => this.fleet.apply(value, performance.now()));
    else if (kind === Kind.FLEET_SNAPSHOT) this.#tookFleet(() => this.fleet.load(value));
    else if (kind === Kind.ROSTER) this.#tookFleet(() => this.fleet.takeRoster(value));
    else if (kind === Kind.POSTS) this.#tookFleet(() => this.fleet.takePosts(value));
    else if (kind === Kind.CHANGES) this.#tookRows(this.#picture.apply(value));
    else if (kind === Kind.PICTURE) this.#tookPicture(value);
    else if (kind === Kind.TIME) this.#tookTime(value);
    else if (kind === Kind.HELLO) this.#tookHello(value);
    else if (kind === Kind.NOTICE) this.#tookNotice(value);
    else {
      if (kind === Kind.HEALTH) this.socket.heardHealth(["behind", "starting"].includes(value.live?.picture));
      this[LATEST[kind]] = Object.keys(value).length > 0 ? value : null;
      this.#emit(LATEST[kind], value);
    }
  }

  #tookFleet(change) {
    change();
    this.#emit("fleet", this.fleet);
  }

  #tookRows(touched) {
    if (touched === null) return;
    for (const topic of touched.topics) this.#emit(topic, touched.detail);
  }

  #tookPicture(value) {
    const touched = this.#picture.load(value);
    this.ready = true;
    this.socket.settled({ changes: this.seq - this.#awaySeq, isFresh: true });
    this.#tookRows(touched);
  }

  #tookTime(value) {
    if (value.fleetAt > 0) this.fleet.latest_at = value.fleetAt;
    if (value.echo > 0) {
      this.#clock.answered(value);
      return;
    }
    const { lateMs, shouldAsk } = this.#clock.told(value);
    this.socket.heardTime(lateMs);
    if (shouldAsk) this.#ask();
  }

  #tookNotice(notice) {
    if (notice.code !== "news") {
      this.socket.noted(notice);
      return;
    }
    const told = this.#news.told(notice.params);
    if (told.size > 0) this.#emit("news", told);
  }

  #tookHello(hello) {
    this.#news.opened();
    this.view = hello.view;
    this.demonstration = hello.demonstration;
    this.release ??= hello.release;
    this.isOutdated = this.release !== hello.release;
    this.#clock.told(hello);
    if (hello.view.resumed) this.socket.settled({ changes: hello.seq - this.#awaySeq, isFresh: false });
    this.#emit("news", null);
  }

  #emit(topic, detail) {
    for (const listener of this.#listeners.get(topic) ?? []) {
      try {
        listener(detail);
      } catch (error) {
        // One panel's fault must not keep the news from the others.
        console.error(`listener of ${topic} failed`, error);
      }
    }
  }
}
