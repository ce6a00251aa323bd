/* Follows the own inbox: one question that the server holds until there is news, asked again for ever, and what the
 * page may say of itself meanwhile: connecting, live, late, busy, offline or signed_out. */

import { Away, SignedOut } from "./api.mjs";
import { timeText } from "./clock.mjs";
import { merged } from "./inbox.mjs";
import { text } from "../live/catalogue.mjs";

const VISIBLE_WAIT_S = 10; // a dead line shows itself within this and PATIENCE_MS
const HIDDEN_WAIT_S = 25;
const HELD_AT_MOST_MS = 120_000; // of the server's time: a session unheard of for five minutes counts as left
const PATIENCE_MS = 5_000;
const APART_MS = 250; // of two answers: a burst is one repaint, a single order is not delayed
const WHOLE_EVERY_MS = 600_000; // orders that ended leave the inbox with time alone, and no bell rings for that
const LATE_AFTER_MS = 17_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const INBOX = "inbox";

export class InboxConnection {
  #wake = () => {};
  #failures = 0;
  #freshMark = -Infinity;
  #wholeMark = -Infinity;
  #inbox = null;

  /* `join(before, news)` puts an answer into what is known, `has(known)` adds to the question what the page has; two
   * answers with news come at least `apartMs` after each other. */
  constructor({ api, clock, store, queue, path = "/api/v1/own/inbox", join = merged, has = () => "&changes=true", apartMs = APART_MS }) {
    Object.assign(this, { api, clock, store, queue, path, join, has, apartMs });
    this.state = "connecting";
    this.heardAt = null; // server ms of the last answer
    this.heardMark = clock.mark();
    this.seq = null;
    this.broken = ""; // what the server cannot reach
    this.onInbox = () => {};
    this.onState = () => {};
    this.onAnswer = () => {}; // every answer, with news or without
  }

  /* Shows what was kept, then follows the server until it says that the session has ended. */
  async start() {
    this.#listen();
    const kept = await this.store.get(INBOX);
    if (kept) {
      this.heardAt = kept.at;
      this.onInbox(kept.value, { isKept: true });
    }
    await this.#follow();
  }

  /* Asks now, whatever the wait was for. */
  refresh() {
    this.seq = null;
    this.#wake();
  }

  async #follow() {
    for (;;) {
      try {
        await this.#askOnce();
        this.#failures = 0;
      } catch (error) {
        if (error instanceof SignedOut) {
          this.#say("signed_out");
          return;
        }
        if (error.name === "AbortError") continue;
        if (!(error instanceof Away)) console.error(error);
        this.#say(error.isBusy ? "busy" : "offline");
        await this.#pause();
      }
    }
  }

  async #askOnce() {
    const isWhole = this.seq === null || this.clock.mark() - this.#wholeMark > WHOLE_EVERY_MS;
    const waitS = isWhole ? 0 : this.#waitS();
    const sinceFreshMs = this.clock.mark() - this.#freshMark;
    if (waitS && sinceFreshMs < this.apartMs) {
      await this.#rest(this.apartMs - sinceFreshMs);
      if (this.seq === null) return; // the page wants everything, now
    }
    const stop = new AbortController();
    this.#wake = () => stop.abort();
    const query = isWhole ? "" : `?after=${this.seq}&wait=${waitS}${this.has(this.#inbox)}`;
    const { value } = await this.api.get(this.path + query, { signal: stop.signal, timeoutMs: waitS * 1_000 + PATIENCE_MS });
    this.heardAt = this.clock.now();
    this.heardMark = this.clock.mark();
    this.seq = value.seq;
    this.broken = this.api.broken;
    this.#say("live");
    this.onAnswer(value);
    if (!value.unchanged) {
      this.#freshMark = this.heardMark;
      if (!value.of && !value.since) this.#wholeMark = this.heardMark;
      this.queue?.seen(value.seq);
      this.#inbox = this.join(this.#inbox, value);
      this.onInbox(this.#inbox, { isKept: false });
      this.store.keep(INBOX, { value: this.#inbox, at: this.heardAt });
    }
    if (this.queue?.entries.length) this.queue.send();
  }

  #waitS() {
    const wanted = document.hidden ? HIDDEN_WAIT_S : VISIBLE_WAIT_S;
    return Math.max(1, Math.min(wanted, HELD_AT_MOST_MS / 1_000 / this.clock.rate));
  }

  async #pause() {
    const step = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#failures++, 8));
    await this.#rest(step * (0.5 + Math.random() / 2));
    this.seq = null; // whatever came meanwhile: start from the whole
  }

  /* Waits, and no longer when it is woken. */
  #rest(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #listen() {
    window.addEventListener("online", () => this.#wake());
    window.addEventListener("offline", () => this.#say("offline"));
    document.addEventListener("visibilitychange", () => !document.hidden && this.#wake());
    this.clock.onSecond(() => {
      const silentMs = this.clock.mark() - this.heardMark;
      if (this.state === "live" && !document.hidden && silentMs > LATE_AFTER_MS) this.#say("late");
      else if (this.state === "late") this.onState();
    });
  }

  #say(state) {
    if (state === this.state && state !== "live") return;
    this.state = state;
    this.onState();
  }
}

/* The line that says how fresh the page is, with what is still to be sent. */
export function connectionText({ state, heardAt, heardMark, broken }, clock, waiting) {
  const seconds = Math.round((clock.mark() - heardMark) / 1_000);
  const shown = {
    connecting: () => text("hand.connecting"),
    live: () => text(broken ? `hand.broken.${broken}` : "hand.live"),
    late: () => text("hand.late", { seconds }),
    busy: () => text("hand.busy"),
    offline: () => (heardAt ? text("hand.offline_since", { time: timeText(heardAt, clock.now()) }) : text("hand.offline")),
    signed_out: () => text("hand.signed_out"),
  }[state]();
  return waiting > 0 ? `${shown} · ${text("hand.waiting", { count: waiting })}` : shown;
}
