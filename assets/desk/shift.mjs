/* Who is on: the line in the top bar and the duty pane's posts. Asked from the server when it tells that a holder acted,
 * when the log tells of a post or a sheet, or of anything else that may stand among the proposed lines, and when the
 * shift's hours are over; how long ago somebody acted counts on here. The sheet is hand_over.mjs's. */

import { remainingText } from "../live/countdown.mjs";
import { text } from "../live/catalogue.mjs";
import { AskOnNews } from "../live/ask_on_news.mjs";
import { HandOver } from "./hand_over.mjs";

const ADDRESS = "/api/v1/shift";
const APART_MS = 15_000; // the bar says minutes: acts that follow one another need no closer look
const SETTLE_MS = 120; // several log lines of one moment are one question
const SPREAD_MS = 500;
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
    this.board = null;
    this.seen = 0;
    this.hoursAskedFor = 0; // the end of a shift that was asked about when it was over
    this.news = new AskOnNews({ ask: () => this.#ask(), apartMs: APART_MS, spreadMs: SPREAD_MS });
    this.sheet = new HandOver(root, { address: ADDRESS, refresh: () => this.refresh(), choose });
  }

  start() {
    this.sheet.start();
    this.seen = this.live.log[0]?.seq ?? 0;
    this.live.on("log", () => this.#told());
    this.live.on("news", (kinds) => (kinds === null || kinds.has("posts")) && this.news.told());
    this.live.on("second", () => this.#second());
    this.root.querySelector("#desk-hand-act").addEventListener("click", () => this.handOver());
    this.root.querySelector("#desk-shift-posts").addEventListener("click", (event) => this.#postClicked(event));
    this.refresh();
  }

  /* Asks now; resolves once that was answered, or not. */
  refresh() {
    return this.news.now();
  }

  /* Returns whether it was answered. */
  async #ask() {
    try {
      const answer = await fetch(ADDRESS, { headers: { accept: "application/json" } });
      if (!answer.ok) return false;
      this.board = (await answer.json()).value;
    } catch {
      return false; // the connection bar says that the server is not heard; ages go on from what is known
    }
    this.draw();
    return true;
  }

  /* What H does now: come on duty, write the sheet, go through its lines while some are left, or take the post over. */
  handOver() {
    if (!this.board) return;
    const { handover, mine } = this.board;
    if (handover?.role === "from") this.beginForm("handover_cancel", { handover: handover.id });
    else if (handover?.role === "to" && this.sheet.left > 0) this.sheet.enter();
    else if (handover?.role === "to") this.beginForm("handover_take", { handover: handover.id });
    else if (mine) this.beginForm(mine === "A" ? "handover" : "leave_post");
    else this.beginForm("take_post");
  }

  draw() {
    const { board } = this;
    this.#write("desk-shift-hours", `${hour(board.shift.from_at)}–${hour(board.shift.until_at)}`);
    this.#posts();
    const sheet = board.handover;
    this.sheet.draw(board);
    const take = this.sheet.left > 0 ? "desk.hand.act.confirm" : "desk.hand.act.take";
    const label = sheet
      ? { from: "desk.hand.act.cancel", to: take, other: "" }[sheet.role]
      : board.mine ? (board.mine === "A" ? "desk.hand.act.begin" : "desk.hand.act.leave") : board.may_take.length > 0 ? "desk.hand.act.on" : "";
    this.root.querySelector("#desk-hand-act").hidden = !label;
    if (label) this.#write("desk-hand-label", text(label));
    this.#second();
  }

  #told() {
    const fresh = this.live.log.filter((line) => line.seq > this.seen);
    this.seen = this.live.log[0]?.seq ?? this.seen;
    if (fresh.length > 0) this.news.told();
    if (!fresh.some((line) => TELLS_OF_SHIFT.has(line.kind))) return;
    clearTimeout(this.settle);
    this.settle = setTimeout(() => this.refresh(), SETTLE_MS);
  }

  #second() {
    if (!this.board) return;
    const now = this.live.now();
    const left = this.board.shift.until_at - now;
    if (left <= 0 && this.hoursAskedFor !== this.board.shift.until_at) {
      this.hoursAskedFor = this.board.shift.until_at;
      this.refresh();
    }
    this.#write("desk-shift-until", left > 0
      ? text("desk.shift.until", { at: hour(this.board.shift.until_at), left: remainingText(left) })
      : text("desk.shift.past", { at: hour(this.board.shift.until_at) }));
    for (const node of this.root.querySelectorAll("[data-acted-at]")) {
      const ago = now - Number(node.dataset.actedAt);
      const words = actedText(ago);
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

  #write(id, value) {
    const node = this.root.querySelector(`#${id}`);
    if (node.textContent !== value) node.textContent = value;
  }
}

/* How long ago somebody acted, in words: "04:00" would read as a time of the day. */
function actedText(agoMs) {
  if (agoMs < QUIET_MS) return text("desk.shift.acted_now");
  const minutes = Math.floor(agoMs / QUIET_MS);
  return minutes < 60 ? text("desk.shift.acted", { minutes }) : text("desk.shift.acted_hours", { hours: Math.floor(minutes / 60) });
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
