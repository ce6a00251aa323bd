/* How the unit stands: figures with what they are out of, and its whistles of thirty days. */

import { el } from "../wall/element.mjs";
import { text } from "../live/catalogue.mjs";
import { timeText } from "../hand/clock.mjs";

export function statisticsView(statistics, now) {
  if (!statistics) return [el("p", { class: "hand-label unit-loading" }, text("unit.loading"))];
  const { value, at } = statistics;
  const { matters, whistles } = value;
  return [
    el("header", { class: "unit-head" }, el("a", { class: "hand-quiet unit-back", href: "#" }, text("unit.back")), el("h1", { class: "hand-title" }, text("unit.statistics"))),
    card(
      "unit.statistics.matters",
      [
        ["unit.figure.open", matters.open, text("unit.figure.overdue", { count: matters.overdue })],
        ["unit.figure.closed", matters.closed, text("unit.figure.days", { days: value.days })],
        ["unit.figure.in_time", share(matters.closed_in_time, matters.closed_with_end), outOf(matters.closed_in_time, matters.closed_with_end)],
        ["unit.figure.resolved", share(matters.resolved, matters.resolved_known), outOf(matters.resolved, matters.resolved_known)],
        ["unit.figure.satisfied", share(matters.satisfied, matters.satisfied_known), outOf(matters.satisfied, matters.satisfied_known)],
        ["unit.figure.returned", matters.returned, text("unit.figure.days", { days: value.days })],
        ["unit.figure.sign_minutes", matters.sign_minutes ?? text("unit.figure.none"), text("unit.figure.average")],
        ["unit.figure.cards", cardsText(value.cards), text("unit.figure.month")],
      ],
    ),
    card(
      "unit.statistics.whistles",
      [
        ["unit.figure.called", whistles.called, text("unit.figure.days", { days: value.days })],
        ["unit.figure.on_time", whistles.on_time, text("unit.figure.of", { count: whistles.called })],
        ["unit.figure.late", whistles.late, text("unit.figure.of", { count: whistles.called })],
        ["unit.figure.refused", whistles.refused, text("unit.figure.of", { count: whistles.called })],
        ["unit.figure.minutes", whistles.average_min ?? text("unit.figure.none"), text("unit.figure.average")],
      ],
    ),
    el("p", { class: "hand-source" }, text("unit.figure.as_of", { time: timeText(at, now) })),
  ];
}

function card(title, figures) {
  return el(
    "section",
    { class: "hand-card" },
    el("h2", { class: "hand-label" }, text(title)),
    el(
      "dl",
      { class: "unit-figures" },
      ...figures.map(([key, figure, beside]) => el("div", {}, el("dt", {}, text(key)), el("dd", {}, String(figure)), el("dd", { class: "hand-source" }, beside))),
    ),
  );
}

/* A rate never stands alone: beside it stands what it is out of. */
function share(part, whole) {
  return whole ? `${Math.round((part / whole) * 1_000) / 10}%` : text("unit.figure.none");
}

function outOf(part, whole) {
  return `${part}/${whole}`;
}

function cardsText({ yellow, red }) {
  return text("unit.figure.cards_of", { yellow, red });
}
