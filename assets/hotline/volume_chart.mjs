/* The day's calls per five minutes against the expected band, and what came beyond expectation below it. The chart is kept
 * and extended: a new bin is one more point and one more bar, a re-estimate is another band. Everything is drawn anew only
 * where the scale is another one: another day, another size of the panel, more calls than ever. */

import { el, px } from "../wall/element.mjs";
import { cityTime, DAY_MS, grouped, minuteText } from "../wall/format.mjs";
import { paint } from "../wall/paint.mjs";
import { text } from "../live/catalogue.mjs";

const SVG = "http://www.w3.org/2000/svg";
const LEFT = 34;
const RIGHT = 10;
const TOP = 22;
const HOURS_HIGH = 20; // px of the line of hours
const REST_HIGH = 64; // px of what came beyond expectation
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500]; // of the scale: calls per bin

export class VolumeChart {
  #scale = "";
  #band = "";
  #shown = []; // what the line has, bin by bin

  constructor() {
    this.svg = svgElement("svg", { class: "hotline-chart", role: "img" });
    const layer = (name) => this.svg.appendChild(svgElement("g", { class: `hotline-chart-${name}` }));
    Object.assign(this, { ground: layer("ground"), rest: layer("rest"), over: layer("over") });
    this.line = this.svg.appendChild(svgElement("polyline", { class: "hotline-chart-actual", fill: "none" }));
    this.now = layer("now");
    this.redraws = 0; // of everything, for tests and the bench
    this.points = 0; // added since
  }

  /* Brings the chart to `bins` at `now`, in a box of width x height px. */
  show(bins, now, width, height) {
    const [top, most] = scaleOf(bins);
    const scale = JSON.stringify([bins.start_at, bins.width_ms, width, height, top, most]);
    if (scale !== this.#scale) this.#begin(bins, { width, height, top, most });
    const band = JSON.stringify([scale, bins.low, bins.high, bins.expected]);
    if (band !== this.#band) this.#drawGround(bins);
    [this.#scale, this.#band] = [scale, band];
    this.#extend(bins);
    this.#moveNow(now);
    this.svg.setAttribute("aria-label", labelOf(bins));
  }

  #begin(bins, { width, height, top, most }) {
    this.redraws += 1;
    this.#shown = [];
    this.line.points.clear();
    this.rest.replaceChildren();
    this.over.replaceChildren();
    Object.assign(this, { width, height, top, most, count: Math.round(DAY_MS / bins.width_ms) });
    this.bottom = height - HOURS_HIGH - REST_HIGH;
    this.zero = height - REST_HIGH / 2; // of what came beyond expectation
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  }

  #drawGround(bins) {
    const { width, height } = this;
    const x = (bin) => this.#x(bin);
    const y = (value) => this.#y(value);
    const points = (values) => values.flatMap((value, bin) => (Number.isFinite(value) ? [`${x(bin + 0.5)} ${y(value)}`] : []));
    const upper = points(bins.high);
    const step = STEPS.find((one) => this.top / one <= 4) ?? STEPS.at(-1);
    paint(this.ground, [
      ...Array.from({ length: Math.floor(this.top / step) + 1 }, (_, place) => place * step).flatMap((value) => [
        el("line", { class: value ? "grid" : "axis", x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }),
        el("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, value),
      ]),
      el("path", { class: "band", d: upper.length ? `M${[...upper, ...points(bins.low).reverse()].join("L")}Z` : "" }),
      el("path", { class: "expected", d: bins.expected?.length ? `M${points(bins.expected).join("L")}` : "", fill: "none" }),
      ...[0, 3, 6, 9, 12, 15, 18, 21, 24].map((hour) =>
        el("text", { x: x((hour / 24) * this.count), y: this.bottom + 15, "text-anchor": hour === 24 ? "end" : hour === 0 ? "start" : "middle" }, text("wall.calls.hour", { hour }))),
      el("line", { class: "axis", x1: LEFT, x2: width - RIGHT, y1: this.zero, y2: this.zero }),
      el("text", { x: LEFT, y: height - REST_HIGH + 10, "text-anchor": "start" }, text("hotline.chart.rest")),
    ]);
  }

  /* Adds the bins that came; a bin that was told late takes its place without a new drawing. */
  #extend({ actual, expected, high }) {
    actual.forEach((value, bin) => {
      if (this.#shown[bin] === value) return;
      const isNew = bin >= this.line.points.numberOfItems;
      const point = isNew ? this.svg.createSVGPoint() : this.line.points.getItem(bin);
      point.x = this.#x(bin + 0.5);
      point.y = this.#y(value);
      if (isNew) this.line.points.appendItem(point);
      this.#bar(bin, value - (expected[bin] ?? 0), value > high[bin]);
      this.#mark(bin, value, value > high[bin]);
      this.#shown[bin] = value;
      this.points += 1;
    });
  }

  #bar(bin, beyond, isOver) {
    const bar = this.#of(this.rest, "rect", bin);
    const high = Math.min(REST_HIGH / 2 - 2, (Math.abs(beyond) / this.most) * (REST_HIGH / 2 - 2));
    set(bar, { x: this.#x(bin) + 0.3, width: Math.max(1, this.#x(1) - this.#x(0) - 0.6), y: px(beyond > 0 ? this.zero - high : this.zero), height: px(high), class: isOver ? "over" : "" });
  }

  #mark(bin, value, isOver) {
    const found = this.over.querySelector(`[data-bin="${bin}"]`);
    if (!isOver) found?.remove();
    else set(found ?? this.#of(this.over, "circle", bin), { cx: this.#x(bin + 0.5), cy: this.#y(value), r: 3.5 });
  }

  #of(layer, tag, bin) {
    return layer.querySelector(`[data-bin="${bin}"]`) ?? layer.appendChild(svgElement(tag, { "data-bin": bin }));
  }

  #moveNow(now) {
    const x = px(this.#x((cityTime(now).msOfDay / DAY_MS) * this.count));
    const isLate = x > this.width * 0.86;
    paint(this.now, [
      el("line", { x1: x, x2: x, y1: TOP - 8, y2: this.bottom }),
      el("text", { x: isLate ? x - 5 : x + 5, y: TOP, "text-anchor": isLate ? "end" : "start" }, minuteText(now)),
    ]);
  }

  #x(bin) {
    return px(LEFT + (bin / this.count) * (this.width - LEFT - RIGHT));
  }

  #y(value) {
    return px(this.bottom - (value / this.top) * (this.bottom - TOP));
  }
}

/* The scales of both drawings, in calls: round numbers, so that a re-estimate does not move what stands. */
function scaleOf({ actual, expected, high }) {
  const beyond = actual.map((value, bin) => Math.abs(value - (expected[bin] ?? 0)));
  const widths = high.map((value, bin) => value - (expected[bin] ?? 0));
  return [Math.max(5, ...high, ...actual), Math.max(5, ...beyond, ...widths)].map((value) => Math.ceil((value * 1.06) / 5) * 5);
}

/* The chart in words, for whoever does not see it. */
function labelOf({ actual, expected, low, high }) {
  const sum = (values) => Math.round(values.reduce((total, value) => total + value, 0));
  const bin = actual.length - 1;
  const over = actual.filter((value, place) => value > high[place]).length;
  return text("hotline.chart.label", {
    count: grouped(sum(actual)), expected: grouped(sum(expected.slice(0, actual.length))), over,
    last: bin < 0 ? "—" : actual[bin], low: bin < 0 ? "—" : Math.round(low[bin]), high: bin < 0 ? "—" : Math.round(high[bin]),
  });
}

/* Calls beyond what was to be expected up to the last whole bin; fewer is negative. */
export function surplusOf({ actual, expected }) {
  return Math.round(actual.reduce((sum, value, bin) => sum + value - (expected[bin] ?? 0), 0));
}

function svgElement(tag, attributes) {
  return set(document.createElementNS(SVG, tag), attributes);
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
