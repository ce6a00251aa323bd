/* What several parts of the page draw: clocks, symbols, counts, the buttons of a matter, an emptiness said in words. */

import { el } from "../wall/element.mjs";
import { urgencyIcon } from "../wall/symbols.mjs";
import { dueState, remainingText } from "../live/countdown.mjs";
import { text } from "../live/catalogue.mjs";

const COLOUR_OF = { ok: "var(--ink)", risk: "var(--risk)", overdue: "var(--alarm)" };
const GROUPED = /\B(?=(\d{3})+(?!\d))/g;

export function grouped(number) {
  return String(number).replace(GROUPED, ",");
}

export function clock(dueAt, limitMs, now) {
  if (dueAt === null || dueAt === undefined) return el("span", { class: "leader-clock" }, text("leader.no_clock"));
  const attributes = { class: "leader-clock", "data-due": dueAt, "data-limit": limitMs, "data-state": dueState(dueAt, limitMs, now) };
  return el("span", attributes, remainingText(dueAt - now));
}

/* A clock that has ended says when instead of running on. */
export function ended(words) {
  return el("span", { class: "leader-clock leader-ended" }, words);
}

export function symbol(row, now) {
  return urgencyIcon(row.urgency, COLOUR_OF[dueState(row.due_at, row.limit_ms, now)]);
}

export function instructLink(matterId, { isFirst = false, label = text("leader.instruct") } = {}) {
  return el("a", { class: `hand-button leader-do${isFirst ? " primary" : ""}`, href: `#word/${encodeURIComponent(matterId)}` }, label);
}

export function nothing(words) {
  return el("p", { class: "leader-nothing" }, words);
}

/* `level` is h1 where the page has no other. */
export function head(title, beside = "", level = "h2") {
  return el("div", { class: "leader-head" }, el(level, {}, title), beside ? el("span", { class: "leader-beside" }, beside) : null);
}
