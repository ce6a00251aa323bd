/* One panel of the page: its title, the time of its data, and what it says when they are late or gone. */

import { el } from "../wall/element.mjs";
import { clockText } from "../wall/format.mjs";
import { freshnessOf, hotlineFreshness } from "../live/freshness.mjs";
import { text } from "../live/catalogue.mjs";

const WORSE = { fresh: 0, late: 1, down: 2 };
const BOARD_INTERVAL_MS = 10_000; // the board is told at least so often, in real time

/* How fresh each picture is: what its source says, what the connection says, and the worse of them. */
export function freshnesses(live, now, boardAgeMs) {
  const line = lineState(live.connection);
  const picture = worse(hotlineFreshness(live.hotline, now), line);
  const own = freshnessOf({ asOf: live.board === null ? NaN : -boardAgeMs, intervalMs: BOARD_INTERVAL_MS, now: 0 });
  const board = worse({ ...hotlineFreshness(live.board, now) }, worst(line, own.state));
  const results = worse({ state: live.results === null ? "down" : "fresh", asOf: live.results?.at ?? null }, line);
  return { picture, board, results };
}

function lineState({ state }) {
  if (state === "down" || state === "reconnecting") return "down";
  return state === "late" ? "late" : "fresh";
}

function worst(one, other) {
  return WORSE[one] >= WORSE[other] ? one : other;
}

function worse(freshness, state) {
  return { ...freshness, state: worst(freshness.state, state) };
}

/* {name, title, note, beside, freshness, children, always}: `note` explains the panel's signs, `beside` stands at the
 * right of its head. Old numbers are never shown as if they were live: once the data are gone so is what they said. */
export function panelView({ name, title, note = null, beside = null, freshness, children, tag = "section", tools = null }) {
  const { state, asOf } = freshness;
  const isGone = state === "down";
  const id = `hotline-${name}`;
  return el(tag, { class: "hotline-panel", "data-panel": name, "data-state": state, "aria-labelledby": id },
    el("header", { class: "hotline-panel-head" },
      el("h2", { id }, title),
      note ? el("span", { class: "hotline-note" }, note) : null,
      state === "late" ? el("span", { class: "hotline-stale" }, text("hotline.late", { time: asOf === null ? "—" : clockText(asOf) })) : null,
      beside !== null && !isGone ? el("span", { class: "hotline-beside" }, beside) : null,
      tools),
    isGone
      ? el("p", { class: "hotline-gone" }, text(asOf === null ? "hotline.never" : "hotline.down", { time: asOf === null ? "" : clockText(asOf) }))
      : children);
}

/* Nothing to show is something to say. */
export function emptyView(words) {
  return el("p", { class: "hotline-empty" }, words);
}
