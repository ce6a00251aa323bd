/* The line of figures above everything: each with what was to be expected of it, its target or its denominator. */

import { el } from "../wall/element.mjs";
import { clockText, durationText, grouped, minuteText, percentText } from "../wall/format.mjs";
import { text } from "../live/catalogue.mjs";
import { hotlineModel } from "../wall/hotline_model.mjs";

export const CONNECTED_TARGET = 0.95; // of the day's calls
const SEATS = ["talk", "wrap", "idle", "rest"];

/* Six boxes; each is empty of numbers while the picture is gone. */
export function stripView(hotline, freshness, analysis) {
  const { state, asOf } = freshness;
  const isShown = hotline !== null && state !== "down";
  const model = isShown ? hotlineModel(hotline) : null;
  const isFresh = state === "fresh";
  const box = (name, target, inside) =>
    el("section", { class: "hotline-box", "data-box": name, "data-state": state, "aria-label": text(`hotline.box.${name}`) },
      el("header", {}, el("h2", {}, text(`hotline.box.${name}`)), el("span", { class: "hotline-note" }, isFresh || !isShown ? target : text("hotline.late", { time: clockText(asOf) }))),
      isShown
        ? el("p", { class: "hotline-figures" }, inside(hotline))
        : el("p", { class: "hotline-gone" }, text(asOf === null ? "hotline.never" : "hotline.down", { time: asOf === null ? "" : clockText(asOf) })));
  return [
    box("calls", isShown ? text("hotline.expected", { count: grouped(model.headline.expected) ?? "—" }) : "", () => callsFigures(model, isFresh)),
    box("queue", isShown ? clockText(asOf ?? hotline.at) : "", ({ queue }) => queueFigures(queue)),
    box("within", text("hotline.target", { percent: Math.round((hotline?.queue.target ?? 0.8) * 100) }), ({ queue }) => shareFigures(queue.within_15s, queue.within_15s_of, queue.target, "hotline.last_hour")),
    box("connected", text("hotline.target", { percent: CONNECTED_TARGET * 100 }), ({ connected_24h: share, connected_24h_of: of }) => [...shareFigures(share, of, CONNECTED_TARGET, "hotline.last_day"), bullet(share)]),
    box("seats", isShown ? text("hotline.seats_of", { count: seated(hotline.agents) }) : "", ({ agents }) => SEATS.map((doing) => figure(grouped(agents[doing]), text(`hotline.doing.${doing}`), { "data-doing": doing }))),
    box("staff", isShown ? text("hotline.staff_basis") : "", ({ agents }) => staffFigures(agents, analysis)),
  ];
}

export function seated(agents) {
  return SEATS.reduce((sum, doing) => sum + (agents[doing] ?? 0), 0);
}

function figure(value, words, attributes = {}) {
  return el("span", { class: "hotline-figure", ...attributes }, el("b", { class: "clock-face" }, value ?? "—"), el("span", {}, words));
}

function callsFigures({ headline, wholeDay }, isFresh) {
  const { departure } = headline;
  return [
    el("b", { class: "clock-face" }, grouped(headline.calls) ?? "—"),
    // Old numbers take part in no judgement.
    isFresh && departure !== null ? el("b", { class: "hotline-departure", "data-beyond": headline.isAbove ? "true" : null }, text(departure < 0 ? "hotline.less" : "hotline.more", { percent: Math.abs(departure) })) : null,
    wholeDay === null ? null : el("span", {}, text("hotline.whole_day", { count: grouped(wholeDay) })),
  ];
}

function queueFigures(queue) {
  if (!Number.isFinite(queue.waiting)) return el("span", {}, text("hotline.waiting_unknown"));
  return [
    figure(grouped(queue.waiting), text("hotline.waiting_people")),
    figure(durationText(queue.longest_wait_ms ?? 0), text("hotline.longest")),
  ];
}

/* Missing a target is no clock, so it has no colour: a hollow mark says it. */
function shareFigures(share, of, target, period) {
  const [part, whole] = of ?? [null, null];
  const misses = Number.isFinite(share) && share < target;
  return [
    el("b", { class: "clock-face", "data-misses": misses ? "true" : null }, Number.isFinite(share) ? `${percentText(share)}%` : "—"),
    misses ? el("span", { class: "hotline-miss" }, text("hotline.misses")) : null,
    el("span", {}, whole ? text(period, { part: grouped(part), whole: grouped(whole) }) : text("hotline.no_calls_yet")),
  ];
}

function bullet(share) {
  const from = 0.8;
  const at = (value) => Math.round(((Math.max(from, Math.min(1, value)) - from) / (1 - from)) * 100);
  return el("svg", { class: "hotline-bullet", viewBox: "0 0 100 16", preserveAspectRatio: "none", "aria-hidden": "true" },
    el("rect", { x: 0, y: 5, width: 100, height: 6, fill: "var(--line)" }),
    Number.isFinite(share) ? el("rect", { x: 0, y: 5, width: at(share), height: 6, fill: "var(--data)" }) : null,
    el("rect", { x: at(CONNECTED_TARGET) - 1, y: 0, width: 2, height: 16, fill: "var(--ink)" }));
}

/* Seats now, and at the next change of shift where the analysis speaks of it. */
function staffFigures(agents, { state, seats }) {
  const change = state === "live" ? (seats?.change ?? null) : null;
  const answering = agents.talk + agents.wrap + agents.idle;
  return [
    figure(grouped(answering), text("hotline.answering")),
    figure(grouped(agents.needed), text("hotline.needed")),
    el("b", { class: "hotline-short", "data-short": agents.short > 0 ? "true" : null }, agents.short > 0 ? text("hotline.short", { count: grouped(agents.short) }) : text("hotline.enough")),
    change === null ? null : el("span", { "data-change": "true" }, text(change.short > 0 ? "hotline.change_short" : "hotline.change_enough", { time: minuteText(change.at), count: grouped(change.short) })),
  ];
}
