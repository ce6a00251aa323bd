/* The day's calls per five minutes against their expected band, across panels: lines may cross the seams between them, words
 * and numbers may not. */

import { drawing, el, px } from "./element.mjs";
import { cityTime, DAY_MS, minuteText } from "./format.mjs";
import { textWidth } from "./labels.mjs";
import { offSeam, SEAMS } from "./panels.mjs";

const MARGIN = { left: 76, right: 18, top: 16, bottom: 62 };
const HOURS = { wide: [0, 3, 6, 9, 12, 15, 18, 21, 24], narrow: [0, 6, 12, 18, 24] };
const WIDE = 1_400; // design pixels; below it the hours between would lie on each other
const BAND_LABEL_HOUR = 19; // the evening is where the band is widest and still empty in the morning
const LABEL = 38;
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500]; // of the scale: calls per bin

/* `place` is where the drawing stands on the stage: {x, y, width, height}. */
export function chartView(bins, over, place, now, text) {
  const { width, height } = place;
  const seamsX = SEAMS.x.map((at) => at - place.x);
  const seamsY = SEAMS.y.map((at) => at - place.y);
  const plot = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
  const count = Math.round(DAY_MS / bins.width_ms);
  const top = Math.max(1, ...bins.high, ...bins.actual.filter(Number.isFinite)) * 1.06;
  const x = (bin) => px(plot.left + (bin / count) * (plot.right - plot.left));
  const y = (value) => px(plot.bottom - (value / top) * (plot.bottom - plot.top));
  const line = (values, from = 0) =>
    values.flatMap((value, bin) => (bin >= from && Number.isFinite(value) ? [`${x(bin + 0.5)} ${y(value)}`] : []));
  const path = (points, attributes) => el("path", { d: points.length ? `M${points.join("L")}` : "", fill: "none", ...attributes });
  const nowX = x((cityTime(now).msOfDay / DAY_MS) * count);
  return drawing(
    width,
    height,
    { class: "scene-chart" },
    scale(top, plot, seamsY, y),
    el("path", {
      class: "band", d: bins.high.length ? `M${[...line(bins.high), ...line(bins.low).reverse()].join("L")}Z` : "",
      fill: "var(--band)",
    }),
    path(line(bins.expected ?? []), {
      class: "expected", stroke: "var(--data-dim)", "stroke-width": 4, "stroke-dasharray": "14 12",
    }),
    el("line", { x1: plot.left, x2: plot.right, y1: y(0), y2: y(0), stroke: "var(--line)", "stroke-width": 3 }),
    HOURS[width < WIDE ? "narrow" : "wide"].map((hour) => hourLabel(hour, x((hour / 24) * count), plot, height, seamsX, text)),
    path(line(bins.actual), { class: "actual", stroke: "var(--data)", "stroke-width": 6, "stroke-linejoin": "round" }),
    // A departure is no clock: it is marked by shape, a ring of ink.
    el("g", {}, over.map((bin) => el("circle", {
      class: "over", cx: x(bin + 0.5), cy: y(bins.actual[bin]), r: 10, fill: "var(--ground)", stroke: "var(--ink)",
      "stroke-width": 5,
    }))),
    el("line", { class: "now", x1: nowX, x2: nowX, y1: plot.top, y2: y(0), stroke: "var(--ink2)", "stroke-width": 3 }),
    nowLabel(nowX, plot, seamsX, now),
    width < WIDE ? null : bandLabel(bins, count, x, y, nowX, seamsX, text),
  );
}

/* A few round numbers of calls with their lines; none where a seam would cut it. */
function scale(top, plot, seamsY, y) {
  const step = STEPS.find((one) => top / one <= 4) ?? STEPS[STEPS.length - 1];
  const values = Array.from({ length: Math.floor(top / step) }, (_, place) => (place + 1) * step);
  return values.flatMap((value) => [
    el("line", { x1: plot.left, x2: plot.right, y1: y(value), y2: y(value), stroke: "var(--hair)", "stroke-width": 3 }),
    seamsY.some((seam) => Math.abs(y(value) - seam) < LABEL)
      ? null
      : el("text", { x: plot.left - 12, y: y(value) + 13, "font-size": LABEL, "text-anchor": "end", style: "fill:var(--ink3)" }, value),
  ]);
}

function hourLabel(hour, x, plot, height, seamsX, text) {
  const words = text("wall.calls.hour", { hour });
  const half = textWidth(words, LABEL) / 2;
  const isLast = hour === 24;
  const at = isLast ? plot.right : px(x + offSeam(x - half, x + half, seamsX));
  return el("text", { x: at, y: height - 12, "text-anchor": isLast ? "end" : "middle", "font-size": LABEL, style: "fill:var(--ink3)" }, words);
}

function nowLabel(nowX, plot, seamsX, now) {
  const words = minuteText(now);
  const width = textWidth(words, LABEL);
  const onLeft = nowX + width + 20 > plot.right;
  const from = onLeft ? nowX - width - 14 : nowX + 14;
  const shift = offSeam(from, from + width, seamsX);
  return el("text", { x: px(from + shift), y: plot.top + 34, "font-size": LABEL, "font-weight": 600 }, words);
}

function bandLabel(bins, count, x, y, nowX, seamsX, text) {
  const bin = Math.round((BAND_LABEL_HOUR / 24) * count);
  const words = text("wall.hotline.band");
  const half = textWidth(words, LABEL) / 2;
  if (!Number.isFinite(bins.high[bin]) || Math.abs(x(bin) - nowX) < half + 40) return null;
  const shift = offSeam(x(bin) - half, x(bin) + half, seamsX);
  const middle = y(bins.high[bin]) - 30;
  return el("text", { x: px(x(bin) + shift), y: px(middle), "font-size": LABEL, "text-anchor": "middle", style: "fill:var(--ink3)" }, words);
}
