/* Beside the list while nothing is open. Nothing opens by itself: an order that is shown is receipted as read. */

import { el } from "../wall/element.mjs";
import { dueState, remainingText } from "../live/countdown.mjs";
import { text } from "../live/catalogue.mjs";
import { timeText } from "../hand/clock.mjs";

/* `nearest` is the unit's most pressing matter, null when nothing waits; `unknown` is said while no inbox has come. */
export function noneChosenView({ isGone, nearest, unknown = null, now }) {
  return el(
    "div",
    { class: "unit-choose" },
    isGone ? el("p", {}, text("unit.gone")) : null,
    nearest ? next(nearest, now) : el("p", { class: "hand-label" }, unknown ?? text("unit.nothing")),
    el("p", { class: "hand-source unit-keys" }, text("unit.keys")),
  );
}

function next(item, now) {
  const { dueAt, limitMs } = item;
  return el(
    "div",
    { class: "hand-card unit-next" },
    el("p", { class: "hand-label" }, text("unit.nearest")),
    el("h1", { class: "hand-title" }, item.facts.title),
    dueAt === null ? null : el(
      "p",
      { class: "unit-left" },
      el("span", { class: "hand-clock unit-big", "data-due": dueAt, "data-limit": limitMs, "data-state": dueState(dueAt, limitMs, now) }, remainingText(dueAt - now)),
      el("span", { class: "hand-label" }, text("unit.until", { what: text(`due_for.${item.dueFor}`), time: timeText(dueAt, now) })),
    ),
    el("a", { class: "hand-button primary", href: `#m/${item.id}` }, text("unit.open_nearest")),
  );
}
