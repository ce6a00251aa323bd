/* Tellings to this desk: shows each, sounds those that sound, and says so to the server, which is the receipt. A line
 * counts as shown when the log list or the opened list has drawn it on a visible page. */

import { text } from "../live/catalogue.mjs";
import { AskOnNews } from "../live/ask_on_news.mjs";
import { Chime } from "../live/chime.mjs";
import { MoreMark } from "./more_mark.mjs";
import { Notices } from "./notices.mjs";
import { idempotencyKey } from "./requests.mjs";
import { SoundQueue } from "./telling_queue.mjs";

const RECEIPT_AFTER_MS = 1_000; // a line must stand that long to count as shown
const SPREAD_MS = 2_000; // forty desks show the same line: the first receipt counts, the others then have nothing to write
const APART_MS = 2_000; // of two looks at what other desks have shown meanwhile
const WAITING_MS = 3_600_000; // what nobody has shown for an hour is history: dashboard/service/telling/reading.py
const MOST_AT_ONCE = 200;
const LISTED = 30;

export class Tellings {
  constructor(root, live, { choose, chime = new Chime() }) {
    this.root = root;
    this.live = live;
    this.choose = choose;
    this.chime = chime;
    this.queue = new SoundQueue();
    this.waiting = new Map(); // id -> telling: not yet shown here, as far as this desk knows
    this.showing = new Set(); // drawn, and about to be receipted
    this.mutedUntil = 0;
    this.playing = null;
    this.news = new AskOnNews({ ask: () => this.#ask(), apartMs: APART_MS, spreadMs: SPREAD_MS });
  }

  start() {
    this.box = this.root.querySelector("#desk-told");
    this.mark = this.root.querySelector("#desk-told-count");
    this.list = this.root.querySelector("#desk-told-list");
    this.sound = this.root.querySelector("#desk-sound-state");
    this.form = this.root.querySelector("#desk-mute");
    this.reason = Object.assign(document.createElement("input"), { type: "text", maxLength: 200, placeholder: text("desk.sound.reason") });
    this.form.prepend(this.reason);
    this.notices = new Notices(this.root.querySelector("#desk-notices"), { choose: this.choose });
    this.notices.start();
    new MoreMark(this.list, { items: () => [...this.list.children], say: (hidden) => text("desk.more.count", { count: hidden.length }) });
    this.seen = this.live.log[0]?.seq ?? 0;
    this.live.on("log", () => this.#told());
    this.live.on("matters", () => this.#acknowledged());
    this.live.on("second", () => this.#second());
    this.box.addEventListener("toggle", () => this.#draw());
    this.list.addEventListener("click", (event) => this.#clicked(event));
    this.form.addEventListener("click", (event) => event.target.closest("button") && this.#mute());
    // What another desk has shown concerns this one only while it lists it as unseen; a new one the log has told.
    this.live.on("news", (kinds) => (kinds === null || (kinds.has("tellings") && this.waiting.size > 0)) && this.news.told());
    document.addEventListener("visibilitychange", () => this.#look());
    for (const touch of ["pointerdown", "keydown"]) window.addEventListener(touch, () => this.chime.unblock(), { passive: true });
    this.news.now();
  }

  /* What was told before this page opened or while it was not heard, and what others have shown since; returns whether
   * it was answered. */
  async #ask() {
    try {
      const answer = await fetch("/api/v1/tellings/waiting", { headers: { accept: "application/json" } });
      if (!answer.ok) return false;
      const { value } = await answer.json();
      this.waiting = new Map(value.filter((one) => one.means === "screen" && !this.showing.has(one.id)).map((one) => [one.id, one]));
    } catch {
      return false; // the connection bar says that the server is not heard
    }
    this.#draw();
    this.#shownInLog();
    return true;
  }

  #look() {
    if (document.hidden) return;
    this.#draw();
    this.#shownInLog();
  }

  /* With time alone a telling that nobody has shown becomes history. */
  #forgetOld() {
    const since = this.live.now() - WAITING_MS;
    const old = [...this.waiting.values()].filter((one) => one.made_at < since && !this.showing.has(one.id));
    for (const { id } of old) this.waiting.delete(id);
    if (old.length > 0) this.#draw();
  }

  #told() {
    const fresh = this.live.log.filter((line) => line.seq > this.seen).reverse();
    this.seen = Math.max(this.seen, this.live.log[0]?.seq ?? 0);
    for (const line of fresh) {
      const { tellings = [], due_at: dueAt, room } = line.params ?? {};
      for (const one of tellings) {
        // A consultation calls one county's desk; the others read the line and have nothing to confirm.
        if (one.place && one.place !== this.root.dataset.jurisdiction) continue;
        if (one.means === "screen") this.waiting.set(one.id, { ...one, text: one.say, text_en: one.say_en, matter_id: line.matter_id, made_at: line.at, origin: room ? "room" : "clock" });
        if (one.means === "sound") this.#cue([one.id], line.matter_id, dueAt ?? line.at, one.say);
      }
      const opened = line.kind === "MatterOpened" ? this.live.matters.get(line.matter_id) : undefined;
      if (opened?.urgency === 1) this.#cue([], line.matter_id, opened.due_at ?? line.at, text("desk.told.emergency", { no: opened.no, place: opened.place, title: opened.title }));
    }
    this.#draw();
    this.#shownInLog();
  }

  #cue(ids, matterId, dueAt, say) {
    const prefix = this.root.querySelector(".demonstration-tag") ? text("desk.told.demonstration") : "";
    this.queue.add({ ids, matterId, dueAt, addedAt: performance.now(), say: `${prefix}${say}` });
    this.notices.show(`${prefix}${say}`, matterId);
  }

  #acknowledged() {
    for (const [id, row] of this.live.matters) if (row.acknowledged) this.#hush(id);
  }

  #hush(matterId) {
    this.queue.drop(matterId);
    if (this.playing?.matterId === matterId) this.chime.stop();
  }

  #second() {
    const isMuted = this.live.now() < this.mutedUntil;
    this.#showSound(isMuted);
    this.#forgetOld();
    if (isMuted || this.playing || this.chime.blocked) return;
    const cue = this.queue.next(performance.now());
    if (cue) this.#play(cue);
  }

  async #play(cue) {
    this.playing = cue;
    try {
      if ((await this.chime.play(cue.say)) && cue.ids.length > 0) await this.#receipt(cue.ids);
    } finally {
      this.playing = null;
    }
  }

  #showSound(isMuted) {
    const state = isMuted ? "muted" : this.chime.blocked ? "blocked" : "on";
    if (this.sound.dataset.state === state && state !== "muted") return;
    this.sound.dataset.state = state;
    const minutes = Math.ceil((this.mutedUntil - this.live.now()) / 60_000);
    this.sound.textContent = text(`desk.sound.${state}`, { minutes });
  }

  /* Lines that the log list draws and that its box has room for are on the screen. */
  #shownInLog() {
    const list = this.root.querySelector("#desk-log").getBoundingClientRect();
    const inSight = [...this.root.querySelectorAll("#desk-log [data-seq]")].filter((line) => isInside(line.getBoundingClientRect(), list));
    const drawn = new Set(inSight.map((line) => Number(line.dataset.seq)));
    const ids = this.live.log.filter((line) => drawn.has(line.seq)).flatMap((line) => line.params?.tellings ?? []);
    this.#willReceipt(ids.filter((one) => one.means === "screen").map((one) => one.id));
  }

  #willReceipt(ids) {
    const fresh = ids.filter((id) => this.waiting.has(id) && !this.showing.has(id));
    if (fresh.length === 0) return;
    for (const id of fresh) this.showing.add(id);
    setTimeout(() => this.#shown(fresh), RECEIPT_AFTER_MS + Math.random() * SPREAD_MS);
  }

  async #shown(ids) {
    const isSeen = !document.hidden;
    const isDone = isSeen && (await this.#receipt(ids));
    if (isSeen && !isDone) this.news.told(); // shown, but not said: the list is asked for again
    for (const id of ids) {
      this.showing.delete(id);
      if (isDone) this.waiting.delete(id);
    }
    this.#draw();
  }

  async #receipt(ids) {
    try {
      const answer = await fetch("/api/v1/tellings/receipts", {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ ids: ids.slice(0, MOST_AT_ONCE) }),
      });
      return answer.ok;
    } catch {
      return false;
    }
  }

  #draw() {
    const rows = [...this.waiting.values()].sort((one, other) => other.made_at - one.made_at);
    const unseen = rows.filter((one) => !this.showing.has(one.id));
    this.mark.textContent = text("desk.told.count", { count: unseen.length });
    this.box.dataset.state = unseen.length > 0 ? "unseen" : "";
    if (!this.box.open) return;
    this.list.replaceChildren(...rows.slice(0, LISTED).map((one) => this.#line(one)));
    this.#willReceipt(rows.slice(0, LISTED).map((one) => one.id));
  }

  #line(one) {
    const line = document.createElement("li");
    line.dataset.matter = one.matter_id;
    const words = this.root.dataset.lang === "en" ? one.text_en : one.text;
    // Whoever was asked into a room sees the room, not its matter.
    if (one.origin === "room") line.append(Object.assign(document.createElement("a"), { href: `/room/${encodeURIComponent(one.matter_id)}`, target: "_blank", rel: "noopener", textContent: words }));
    else line.append(Object.assign(document.createElement("button"), { type: "button", textContent: words }));
    return line;
  }

  #clicked(event) {
    const id = event.target.closest("[data-matter]")?.dataset.matter;
    if (!id || !this.live.matters.has(id)) return;
    this.box.open = false;
    this.choose(id);
  }

  async #mute() {
    const answer = await fetch("/api/v1/tellings/mute", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": idempotencyKey() },
      body: JSON.stringify({ reason: this.reason.value }),
    }).catch(() => null);
    const said = this.form.querySelector("[data-mute-said]");
    const body = answer ? await answer.json().catch(() => ({})) : {};
    said.textContent = answer?.ok ? "" : body.words ?? text("desk.sound.unheard");
    if (!answer?.ok) return;
    this.mutedUntil = body.value.until_at;
    this.chime.stop();
    this.reason.value = "";
    this.box.open = false;
  }
}

function isInside(line, box) {
  return line.height > 0 && line.right <= box.right + 1 && line.bottom <= box.bottom + 1;
}
