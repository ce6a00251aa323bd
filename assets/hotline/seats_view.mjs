/* Seats needed from now on, half hour by half hour with their band, before the seats that are there: to the change of shift
 * after the next one. Pure; a shortage is framed in ink, as amber and red are the clocks'. */

import { drawing, el, px } from "../wall/element.mjs";
import { grouped, minuteText } from "../wall/format.mjs";
import { text } from "../live/catalogue.mjs";

const LEFT = 30;
const TOP = 8;
const FOOT = 16;
const EVERY_MS = 2 * 3_600_000; // a word of the time below
const STEPS = [2, 5, 10, 20, 50, 100, 200, 500];

export function seatsView({ state, seats }, width, height) {
  const curve = state === "live" ? (seats?.curve ?? []) : [];
  if (curve.length === 0) return el("p", { class: "hotline-empty" }, text("hotline.seatcurve.none"));
  const most = Math.max(4, ...curve.map(({ high, seats: there }) => Math.max(high, there)));
  const step = STEPS.find((one) => one * 3 >= most) ?? STEPS.at(-1);
  const top = Math.ceil(most / step) * step;
  const wide = (width - LEFT) / curve.length;
  const x = (place) => px(LEFT + place * wide);
  const y = (count) => px(TOP + (1 - count / top) * (height - TOP - FOOT));
  const stairs = (of, places = curve.map((_, place) => place)) => places.flatMap((place) => [[x(place), y(of(curve[place]))], [x(place + 1), y(of(curve[place]))]]);
  const points = (pairs) => pairs.map((pair) => pair.join(",")).join(" ");
  return drawing(px(width), px(height), { class: "hotline-seatcurve", role: "img", "aria-hidden": null, "aria-label": labelOf(curve), style: `height:${px(height)}px` },
    Array.from({ length: Math.floor(top / step) + 1 }, (_, line) => el("g", {},
      el("line", { class: "grid", x1: LEFT, x2: px(width), y1: y(line * step), y2: y(line * step) }),
      el("text", { x: LEFT - 6, y: px(Number(y(line * step)) + 4), "text-anchor": "end" }, String(line * step)))),
    curve.map(({ needed, seats: there }, place) => el("rect", { class: "there", "data-short": needed > there ? "true" : null, x: x(place), y: y(there), width: px(wide), height: px(height - FOOT - Number(y(there))) })),
    el("polygon", { class: "band", points: points([...stairs(({ high }) => high), ...stairs(({ low }) => low).reverse()]) }),
    el("polyline", { class: "needed", points: points(stairs(({ needed }) => needed)) }),
    curve.map(({ needed, seats: there }, place) => (needed > there ? el("rect", { class: "short", x: x(place), y: y(needed), width: px(wide), height: px(Number(y(there)) - Number(y(needed))) }) : null)),
    curve.map(({ at }, place) => ((at % EVERY_MS === 0 && place > 0) || place === 0 ? el("text", { class: "time", x: x(place), y: px(height - 3) }, minuteText(at)) : null)));
}

/* The first half hour that is short, for the head of the panel; null where none is. */
export function shortageText({ state, seats }) {
  const short = state === "live" ? (seats?.curve ?? []).find(({ needed, seats: there }) => needed > there) : undefined;
  return short ? text("hotline.seatcurve.short", { time: minuteText(short.at), count: grouped(short.needed - short.seats) }) : null;
}

function labelOf(curve) {
  return text("hotline.seatcurve.label", { steps: curve.map(({ at, needed, low, high, seats }) => text("hotline.seatcurve.step", { time: minuteText(at), needed, low, high, seats })).join(text("hotline.seatcurve.comma")) });
}
