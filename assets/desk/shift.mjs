/* Who is on: the line in the top bar, and the hand-over in the duty pane. Asked from the server, because how long ago a
 * holder acted is no event: every 15 s, and at once when the log tells of a post or a sheet. */

import { remainingText } from "../live/countdown.mjs";
import { text } from "../live/catalogue.mjs";
import { idempotencyKey } from "./requests.mjs";

const ADDRESS = "/api/v1/shift";
const ASK_EVERY_MS = 15_000;
const SETTLE_MS = 120; // several log lines of one moment are one question
const POSTS = ["A", "B", "leader"];
const QUIET_MS = 60_000; // below this the bar says "now"
const TELLS_OF_SHIFT = new Set([
  "PostTaken", "PostLeft", "PostRelieved", "PostActsAgain", "AlarmHandedOn",
  "HandoverBegun", "HandoverItemConfirmed", "HandoverCompleted", "HandoverCancelled",
]);
const CITY_HOUR = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false });

export class Shift {
  constructor(root, live, { beginForm, choose }) {
    this.root = root;
    this.live = live;
    this.beginForm = beginForm;
    this.choose = choose;
    this.board = null;
    this.seen = 0;
    this.sending = new Set(); // lines whose confirmation is on its way
  }

  start() {
    this.seen = this.live.log[0]?.seq ?? 0;
    this.live.on("log", () => this.#told());
    this.live.on("second", () => this.#second());
    this.root.querySelector("#desk-hand-act").addEventListener("click", () => this.handOver());
    this.root.querySelector("#desk-hand-items").addEventListener("click", (event) => this.#clicked(event));
    this.root.querySelector("#desk-shift-posts").addEventListener("click", (event) => this.#postClicked(event));
    this.refresh();
  }

  async refresh() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), ASK_EVERY_MS);
    const asked = (this.asked = (this.asked ?? 0) + 1);
    try {
      const answer = await fetch(ADDRESS, { headers: { accept: "application/json" } });
      if (!answer.ok) return;
      const board = (await answer.json()).value;
      if (asked < (this.drawn ?? 0)) return; // a later question was answered first
      this.drawn = asked;
      this.board = board;
      this.draw();
    } catch {
      // The connection bar says that the server is not heard; ages go on from what is known.
    }
  }

  /* What H does now: come on duty, write the sheet, or take the post over. */
  handOver() {
    if (!this.board) return;
    const { handover, mine } = this.board;
    if (handover?.role === "from") this.beginForm("handover_cancel", { handover: handover.id });
    else if (handover?.role === "to") this.beginForm("handover_take", { handover: handover.id });
    else if (mine) this.beginForm(mine === "A" ? "handover" : "leave_post");
    else this.beginForm("take_post");
  }

  draw() {
    const { board } = this;
    this.#write("desk-shift-hours", `${hour(board.shift.from_at)}–${hour(board.shift.until_at)}`);
    this.#posts();
    const sheet = board.handover;
    const items = sheet ? sheet.items : board.proposed;
    const left = items.filter((item) => !item.confirmed_at).length;
    const kind = sheet ? sheet.role : "proposed";
    this.#write("desk-hand-title", sheet
      ? text("desk.hand.running", { post: text(`desk.post.${sheet.post}`), done: items.length - left, count: items.length })
      : text("desk.hand.proposed", { count: items.filter((item) => item.must).length }));
    this.#write("desk-hand-hint", text(`desk.hand.hint.${kind}`, { by: sheet?.from ?? "" }));
    const label = sheet
      ? { from: "desk.hand.act.cancel", to: "desk.hand.act.take", other: "" }[sheet.role]
      : board.mine ? (board.mine === "A" ? "desk.hand.act.begin" : "desk.hand.act.leave") : board.may_take.length > 0 ? "desk.hand.act.on" : "";
    this.root.querySelector("#desk-hand-act").hidden = !label;
    if (label) this.#write("desk-hand-label", text(label));
    this.#items(items, sheet);
    this.#second();
  }

  #told() {
    const fresh = this.live.log.filter((line) => line.seq > this.seen);
    this.seen = this.live.log[0]?.seq ?? this.seen;
    if (!fresh.some((line) => TELLS_OF_SHIFT.has(line.kind))) return;
    clearTimeout(this.settle);
    this.settle = setTimeout(() => this.refresh(), SETTLE_MS);
  }

  #second() {
    if (!this.board) return;
    const now = this.live.now();
    const left = this.board.shift.until_at - now;
    this.#write("desk-shift-until", left > 0
      ? text("desk.shift.until", { at: hour(this.board.shift.until_at), left: remainingText(left) })
      : text("desk.shift.past", { at: hour(this.board.shift.until_at) }));
    for (const node of this.root.querySelectorAll("[data-acted-at]")) {
      const ago = now - Number(node.dataset.actedAt);
      const words = ago < QUIET_MS ? text("desk.shift.acted_now") : text("desk.shift.acted", { ago: remainingText(ago) });
      if (node.textContent !== words) node.textContent = words;
    }
  }

  #posts() {
    const bar = this.root.querySelector("#desk-posts");
    const pane = this.root.querySelector("#desk-shift-posts");
    bar.replaceChildren(...POSTS.filter((post) => this.board.posts[post]).map((post) => this.#post(post, true)));
    pane.replaceChildren(...POSTS.map((post) => this.#post(post, false)));
  }

  #post(post, isInBar) {
    const holder = this.board.posts[post];
    const node = plain("", "post");
    node.dataset.post = post;
    node.append(plain(text(`desk.post.${post}`), "provenance"));
    if (!holder) {
      node.append(plain(text("desk.shift.nobody"), "third"));
      return node;
    }
    const name = document.createElement("b");
    name.textContent = holder.name;
    node.append(name);
    if (isInBar && post === "A") node.append(plain(`${hour(holder.since_at)}–${hour(holder.until_at)}`, "third"));
    if (holder.silent_at) {
      node.dataset.state = "silent";
      const deputy = this.board.posts.B?.name ?? this.board.posts.leader?.name ?? "—";
      node.append(plain(text("desk.shift.silent", { by: deputy }), "stood-in"));
    } else {
      const acted = plain("", "third");
      acted.dataset.actedAt = String(holder.acted_at);
      node.append(acted);
    }
    if (!isInBar && !holder.mine && this.root.dataset.mayRelieve === "1") node.append(this.#relieveButton(post));
    return node;
  }

  #relieveButton(post) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "relieve third";
    button.dataset.relieve = post;
    button.textContent = text("desk.shift.relieve");
    return button;
  }

  #postClicked(event) {
    const button = event.target.closest("[data-relieve]");
    if (button) this.beginForm("relieve_post", { post: button.dataset.relieve });
  }

  /* Lines keep their nodes: one that is drawn anew between pressing and letting go would swallow the click. */
  #items(items, sheet) {
    const list = this.root.querySelector("#desk-hand-items");
    const known = new Map([...list.children].map((line) => [line.dataset.ref, line]));
    items.forEach((item, place) => {
      const line = known.get(item.ref) ?? newLine(item.ref);
      known.delete(item.ref);
      this.#paint(line, item, sheet);
      if (list.children[place] !== line) list.insertBefore(line, list.children[place] ?? null);
    });
    for (const line of known.values()) line.remove();
  }

  #paint(line, item, sheet) {
    const [tick, what, when] = line.children;
    if (item.matter_id) line.dataset.matter = item.matter_id;
    tick.setAttribute("aria-checked", String(Boolean(item.confirmed_at)));
    tick.disabled = sheet?.role !== "to" || Boolean(item.confirmed_at) || this.sending.has(item.ref);
    what.textContent = what.title = itemText(item);
    when.textContent = item.confirmed_at ? `${hour(item.confirmed_at)} ${item.confirmed_by}` : item.due_at ? hour(item.due_at) : "";
  }

  #clicked(event) {
    const line = event.target.closest("[data-ref]");
    if (!line) return;
    if (event.target.closest(".tick")) this.#confirm(line.dataset.ref);
    else if (line.dataset.matter) this.choose(line.dataset.matter);
  }

  /* One line; a lost answer is asked for again with the same key, so no line is confirmed twice. */
  async #confirm(ref) {
    const sheet = this.board?.handover;
    if (!sheet || this.sending.has(ref) || this.root.dataset.writable !== "1") return;
    this.sending.add(ref);
    this.draw();
    const refusal = await post(`${ADDRESS}/handovers/${sheet.id}/items`, { ref });
    this.sending.delete(ref);
    const line = this.root.querySelector("#desk-hand-refusal");
    line.hidden = refusal === null;
    line.textContent = refusal ?? "";
    await this.refresh();
  }

  #write(id, value) {
    const node = this.root.querySelector(`#${id}`);
    if (node.textContent !== value) node.textContent = value;
  }
}

function newLine(ref) {
  const line = document.createElement("li");
  line.dataset.ref = ref;
  const tick = document.createElement("button");
  tick.type = "button";
  tick.className = "tick";
  tick.setAttribute("role", "checkbox");
  tick.setAttribute("aria-label", text("desk.hand.confirm"));
  line.append(tick, plain("", "what"), plain("", "third when"));
  return line;
}

/* One line of the sheet in words; callbacks/desk/shift.py says the same in the form. */
export function itemText(item) {
  if (item.ref === "overdue:rest") return text("desk.hand.rest", item.details);
  const title = `${item.no} ${item.title}`.trim();
  return text(`desk.hand.${item.kind}`, { ...item.details, title });
}

/* Posts an act; returns null when it was done, else the refusal in words. */
async function post(address, body) {
  const key = idempotencyKey();
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": key },
        body: JSON.stringify(body),
      });
      if (answer.ok) return null;
      if (answer.status < 500) return (await answer.json()).words ?? text("desk.failed.malformed");
    } catch {
      // no answer: ask again with the same key
    }
  }
  return text("desk.send.unanswered");
}

function hour(at) {
  return CITY_HOUR.format(at);
}

function plain(words, className = "") {
  const node = document.createElement("span");
  node.textContent = words;
  node.className = className;
  return node;
}
