/* One panel of the page: its title, the time of its data, and what it says when they are late or gone. */

import { el } from "../wall/element.mjs";
import { clockText } from "../wall/format.mjs";
import { freshnessOf, hotlineFreshness } from "../live/freshness.mjs";
import { text } from "../live/catalogue.mjs";

const WORSE = { fresh: 0, late: 1, down: 2 };
const BOARD_INTERVAL_MS = 10_000; // the board is told at least so often, in real time
const RESULTS_INTERVAL_MS = 10_000; // RESULTS_EVERY of data_feeds/hotline_publisher.py, in real time

/* How fresh each picture is: what its source says, what the connection says, and the worse of them. `rate` is server ms per
 * real ms, since results are told by a real clock and stamped by the server's; `asked` is what the page asks for by itself,
 * as old as the connection. */
export function freshnesses(live, now, boardAgeMs, rate = 1) {
  const line = lineState(live.connection);
  const picture = { ...worse(hotlineFreshness(live.hotline, now, rate), line), fault: live.hotline?.fault ?? null };
  const own = freshnessOf({ asOf: live.board === null ? NaN : -boardAgeMs, intervalMs: BOARD_INTERVAL_MS, now: 0 });
  const board = worse({ ...hotlineFreshness(live.board, now, rate) }, worst(line, own.state));
  const results = worse(freshnessOf({ asOf: live.results?.at, intervalMs: RESULTS_INTERVAL_MS * Math.max(1, rate), now }), line);
  const { state, since } = live.connection;
  const asked = { state: line, asOf: state === "connecting" ? null : since };
  return { picture, board, results, asked };
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

/* {name, title, note, beside, freshness, children, keeps}: `note` explains the panel's signs, `beside` stands at the
 * right of its head. Old numbers are never shown as if they were live: once the data are gone so is what they said. Where
 * somebody may be writing (`keeps`) it stays, under the words that nobody is heard. */
export function panelView({ name, title, note = null, beside = null, freshness, children, tag = "section", tools = null, keeps = false }) {
  const { state, asOf } = freshness;
  const isGone = state === "down" && !keeps;
  const id = `hotline-${name}`;
  return el(tag, { class: "hotline-panel", "data-panel": name, "data-state": state, "aria-labelledby": id },
    el("header", { class: "hotline-panel-head" },
      el("h2", { id }, title),
      note ? el("span", { class: "hotline-note" }, note) : null,
      state === "late" || (keeps && state === "down") ? el("span", { class: "hotline-stale" }, text(`hotline.${state}`, { time: asOf === null ? "—" : clockText(asOf) })) : null,
      faultMark(freshness),
      beside !== null && !isGone ? el("span", { class: "hotline-beside" }, beside) : null,
      tools),
    isGone
      ? el("p", { class: "hotline-gone" }, text(asOf === null ? "hotline.never" : "hotline.down", { time: asOf === null ? "" : clockText(asOf) }))
      : children);
}

/* That the picture could not be made, which is this product's fault and not its sources': since when and how often. */
function faultMark({ fault = null }) {
  return fault === null ? null : el("span", { class: "hotline-stale", "data-fault": "true" }, text("hotline.fault", { time: clockText(fault.since), count: fault.count }));
}

/* Nothing to show is something to say. */
export function emptyView(words) {
  return el("p", { class: "hotline-empty" }, words);
}
