/* 民生十二时辰: the day as a clock of twelve watches of two hours. A sector is as long as its calls so far, an arc stands where
 * just these were to be expected (of a watch that is ahead, where all of it is), and outside stands what was asked for most.
 * Midnight is on top. */

import { drawing, el, px } from "../wall/element.mjs";
import { cityTime, grouped } from "../wall/format.mjs";
import { text } from "../live/catalogue.mjs";

const SIZE = 346;
const MIDDLE = SIZE / 2;
const INNER = 48;
const OUTER = 130;
const LABEL = 152; // of the middle of a label, which stays clear of the sectors
const LINE = 12.5; // px from one line of a label to the next
const WATCH = Math.PI / 6;
const MORE = 1.25; // a quarter more than expected is framed
const LEAST_HEARD = 12; // bins: an hour, as much as 子 has before midnight comes again

export function watchesView(watches, names, now, isFresh) {
  const { hour, msOfDay } = cityTime(now);
  const current = Math.floor((hour + 1) / 2) % 12;
  const most = Math.max(1, ...watches.map(({ actual, expected }) => Math.max(actual, expected)));
  const radius = (calls) => INNER + (OUTER - INNER) * Math.sqrt(Math.min(1, calls / most));
  return drawing(SIZE, SIZE, { class: "hotline-watches", role: "img", "aria-hidden": null, "aria-label": labelOf(watches, current) },
    watches.map((watch, place) => sector(watch, place, radius, isFresh, place === current)),
    watches.map((watch, place) => label(watch, place, names, current)),
    hand(msOfDay),
    el("circle", { class: "hub", cx: MIDDLE, cy: MIDDLE, r: INNER - 4 }),
    el("text", { class: "hub-name", x: MIDDLE, y: MIDDLE - 1 }, text(`hotline.watch.${current}`)),
    el("text", { class: "hub-hours", x: MIDDLE, y: MIDDLE + 17 }, hoursOf(current)));
}

/* What the calls so far are compared with. */
function due({ expected, expected_heard: sofar = expected, heard }) {
  return heard > 0 ? sofar : expected;
}

function sector(watch, place, radius, isFresh, isCurrent) {
  const [from, to] = [place * WATCH - WATCH / 2 + 0.02, place * WATCH + WATCH / 2 - 0.02];
  const { actual, heard } = watch;
  const expected = due(watch);
  const isMore = isFresh && heard >= LEAST_HEARD && actual >= 10 && actual > MORE * expected;
  return el("g", { class: "watch", "data-watch": place, "data-current": isCurrent ? "true" : null, "data-more": isMore ? "true" : null },
    el("path", { class: "ground", d: ring(INNER, OUTER, from, to) }),
    heard > 0 && actual > 0 ? el("path", { class: "came", d: ring(INNER, radius(actual), from, to) }) : null,
    expected > 0 ? el("path", { class: "expected", fill: "none", d: arc(radius(expected), from, to) }) : null);
}

function label({ actual, expected, heard, top }, place, names, current) {
  const angle = place * WATCH;
  const [x, y] = [px(MIDDLE + LABEL * Math.sin(angle)), px(MIDDLE - LABEL * Math.cos(angle))];
  const isAhead = heard === 0;
  const base = (line) => px(y + 4 + (line - (top ? 1 : 0.5)) * LINE);
  return el("g", { class: "watch-label", "data-ahead": isAhead ? "true" : null, "data-current": place === current ? "true" : null },
    el("text", { x, y: base(0) }, text(`hotline.watch.name.${place}`)),
    el("text", { class: "count", x, y: base(1) }, isAhead ? text("hotline.watch.about", { count: grouped(expected) }) : grouped(actual)),
    top ? el("text", { class: "top", x, y: base(2) }, (names[top] ?? top).slice(0, 8)) : null);
}

function hand(msOfDay) {
  const angle = (msOfDay / 86_400_000) * 2 * Math.PI; // midnight stands in the middle of 子
  const point = (radius) => [px(MIDDLE + radius * Math.sin(angle)), px(MIDDLE - radius * Math.cos(angle))];
  const [[x1, y1], [x2, y2]] = [point(INNER), point(OUTER)];
  return el("line", { class: "hand", x1, y1, x2, y2 });
}

function hoursOf(watch) {
  return text("hotline.watch.hours", { from: (watch * 2 + 23) % 24, to: (watch * 2 + 25) % 24 });
}

function labelOf(watches, current) {
  const rows = watches.map((watch, place) =>
    text(watch.heard > 0 ? "hotline.watch.said" : "hotline.watch.said_ahead", { name: text(`hotline.watch.name.${place}`), count: grouped(watch.actual), expected: grouped(due(watch)) }));
  return `${text(`hotline.watch.${current}`)} · ${rows.join(" ")}`;
}

function at(radius, angle) {
  return `${px(MIDDLE + radius * Math.sin(angle))} ${px(MIDDLE - radius * Math.cos(angle))}`;
}

function arc(radius, from, to) {
  return `M${at(radius, from)}A${px(radius)} ${px(radius)} 0 0 1 ${at(radius, to)}`;
}

function ring(inner, outer, from, to) {
  return `${arc(outer, from, to)}L${at(inner, to)}A${px(inner)} ${px(inner)} 0 0 0 ${at(inner, from)}Z`;
}
