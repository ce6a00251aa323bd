/* The server's time on a device whose own clock may be anything: learnt from the time that every answer carries, kept
 * for a start without network, and one shared second for every countdown of the page. */

import { ServerClock } from "../live/clock.mjs";
import { paintCountdown, startSeconds } from "../live/countdown.mjs";

const QUICK_MS = 2_000; // an answer that took longer was waited for: half its trip says nothing
const KEPT = "zhongshu.hand.clock";

export class HandClock {
  #listeners = new Set();

  constructor(storage = localStorageOrNothing(), clock = new ServerClock()) {
    this.clock = clock;
    this.storage = storage;
    this.#restore();
    startSeconds({ now: () => this.now(), rate: () => this.clock.rate }, () => this.#tick());
  }

  /* Server ms. */
  now() {
    return Math.round(this.clock.now());
  }

  get rate() {
    return this.clock.rate;
  }

  mark() {
    return this.clock.mark();
  }

  /* The time that a page was built at, a moment ago. */
  told(now) {
    this.clock.told({ now, rate: this.rate });
  }

  /* An answer's time, asked for at `mark`. */
  heard(headers, mark) {
    const now = Number(headers.get("x-server-now"));
    const rate = Number(headers.get("x-server-rate"));
    if (!now || !rate) return;
    if (this.clock.steady() - mark < QUICK_MS) this.clock.answered({ now, rate, echo: mark });
    else this.clock.told({ now, rate });
    this.#keep();
  }

  /* Calls `listener` every whole second; returns how to stop. */
  onSecond(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /* Keeps every `[data-due]` below `root` current; returns how to stop. */
  countDown(root) {
    this.paintClocks(root);
    return this.onSecond(() => this.paintClocks(root));
  }

  paintClocks(root) {
    const now = this.now();
    for (const element of root.querySelectorAll("[data-due]")) paintCountdown(element, now);
  }

  #tick() {
    if (this.clock.hasJumped()) this.clock.forget();
    for (const listener of this.#listeners) listener();
  }

  #keep() {
    this.storage?.setItem(KEPT, JSON.stringify({ ahead: this.now() - Date.now(), rate: this.rate }));
  }

  #restore() {
    try {
      const { ahead, rate } = JSON.parse(this.storage?.getItem(KEPT) ?? "null") ?? {};
      if (Number.isFinite(ahead) && rate > 0) this.clock.told({ now: Date.now() + ahead, rate });
    } catch {
      return; // what was kept is unreadable: the device's own time until the server answers
    }
  }
}

const CITY_OFFSET_MS = 8 * 3_600_000;

/* "10:31" in the city, and with the day when it is another one. */
export function timeText(at, now) {
  const there = new Date(at + CITY_OFFSET_MS).toISOString();
  const today = new Date(now + CITY_OFFSET_MS).toISOString().slice(0, 10);
  return there.slice(0, 10) === today ? there.slice(11, 16) : `${there.slice(5, 10)} ${there.slice(11, 16)}`;
}

function localStorageOrNothing() {
  try {
    return window.localStorage;
  } catch {
    return null; // switched off by policy
  }
}
