/* How a panel says that its data is old. Silence is normal: fresh data shows only its time. */

import { ageParts, clockText, minuteText } from "./format.mjs";
import { el } from "./element.mjs";
import { freshnessOf } from "../live/freshness.mjs";

const RATES_INTERVAL_MS = 60_000; // the feeds count the rates once a minute

/* The rates and what became of whistles are as fresh as their last count. */
export function ratesFreshness(rates, now) {
  return freshnessOf({ asOf: rates?.at ?? null, intervalMs: RATES_INTERVAL_MS, now });
}

/* The corner of a panel: its time, and a badge when the time is not now. */
export function freshnessView(freshness, text) {
  if (freshness.asOf === null) return [el("b", { class: "badge" }, text("wall.fresh.down"))];
  if (freshness.state === "fresh") return [clockText(freshness.asOf)];
  if (freshness.state === "late") {
    return [
      el("b", { class: "badge" }, text("wall.fresh.late")),
      text("wall.fresh.as_of", { time: clockText(freshness.asOf) }),
    ];
  }
  return [
    el("b", { class: "badge" }, text("wall.fresh.down")),
    text("wall.fresh.since", { time: minuteText(freshness.asOf) }),
  ];
}

/* What stands in place of a number that is too old to be shown: a dash, and the last value small. */
export function goneView(lastValue, asOf, text) {
  const last =
    asOf === null ? text("wall.fresh.never") : text("wall.fresh.last", { value: lastValue ?? "—", time: clockText(asOf) });
  return el("div", { class: "wall-gone" }, el("div", { class: "dash" }, "—"), el("div", { class: "last" }, last));
}

export function ageText(ms, text) {
  const [key, n] = ageParts(ms);
  return text(key, { n });
}

const SAYS_DOWN_AFTER_MS = 5_000; // a beat of the server is one second; five missed are no hiccup
const LOST_COLOUR_AFTER_MS = 30_000; // half a minute blind: nobody may take the wall for live

/* How blind the wall is: {state: "live"|"reconnecting"|"down", awayMs, lost}. `connection` is the live client's:
 * its `since` is the last sign of life in server time, so `now` is too. A page that is just opening (`hasPicture`
 * false) is not yet reconnecting. */
export function connectionOf(connection, hasPicture, now) {
  if (connection.state !== "down" && connection.state !== "reconnecting") return { state: "live", awayMs: 0, lost: false };
  const awayMs = Math.max(0, now - connection.since);
  const state = awayMs >= SAYS_DOWN_AFTER_MS ? "down" : hasPicture ? "reconnecting" : "live";
  return { state, awayMs, lost: awayMs > LOST_COLOUR_AFTER_MS };
}
