/* Hotline calls: the day's headline, and calls per five minutes against their expected band. */

import { drawing, el, px } from "./element.mjs";
import { cityTime, DAY_MS, grouped } from "./format.mjs";

const WIDTH = 896;
const HEIGHT = 300;
const TOP = 24;
const BOTTOM = 48; // room for the hours
const HOURS = [0, 6, 12, 18, 24];
const BAND_LABEL_HOUR = 18.6; // the evening is where the band is widest and still empty in the morning

const WIDE_FROM = 1_000; // from here on the long words would push the expected count out of the line

/* {calls, expected, departure, isAbove, isBelow} of the hotline picture; `departure` in whole percent. */
export function headlineOf(hotline) {
  const { calls, expected_now: expected } = hotline.today;
  const departure = expected > 0 ? Math.round((calls / expected - 1) * 100) : null;
  const { actual, high } = hotline.bins;
  const recent = lastWhole(actual);
  return { calls, expected, departure, isAbove: recent >= 0 && actual[recent] > high[recent] };
}

/* Index of the last bin with a number. */
function lastWhole(actual) {
  for (let place = actual.length - 1; place >= 0; place -= 1) if (Number.isFinite(actual[place])) return place;
  return -1;
}

/* Old data takes part in no judgement: `isFresh` false leaves the departure out. */
export function headlineView(headline, isFresh, text) {
  const departure = isFresh ? headline.departure : null;
  const expectedKey = headline.calls < WIDE_FROM ? "wall.calls.expected" : "wall.calls.expected_wide";
  const key = departure !== null && departure < 0 ? "wall.calls.less" : "wall.calls.more";
  return [
    el("b", { class: "clock-face headline" }, grouped(headline.calls) ?? "—"),
    el("span", { class: "expected cut" }, text(expectedKey, { count: grouped(headline.expected) ?? "—" })),
    departure === null
      ? null
      : el("span", { class: `departure${headline.isAbove ? " risk" : " second"}` }, text(key, { percent: Math.abs(departure) })),
  ];
}

/* The chart of one day. A point above the band is marked in amber: more than this kind of day explains. */
export function volumeView(bins, now, text) {
  const count = Math.round(DAY_MS / bins.width_ms);
  const top = Math.max(1, ...bins.high, ...bins.actual.filter(Number.isFinite)) * 1.06;
  const x = (bin) => px((bin / count) * WIDTH);
  const y = (value) => px(TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM));
  const line = (values) => values.flatMap((value, bin) => (Number.isFinite(value) ? [`${x(bin + 0.5)} ${y(value)}`] : []));
  const upper = line(bins.high);
  const lower = line(bins.low).reverse();
  const actual = line(bins.actual);
  const nowX = px((cityTime(now).msOfDay / DAY_MS) * WIDTH);
  return drawing(
    WIDTH,
    HEIGHT,
    { class: "volume" },
    el("path", { class: "band", d: upper.length ? `M${[...upper, ...lower].join("L")}Z` : "", fill: "var(--band)" }),
    el("line", { x1: 0, x2: WIDTH, y1: y(0), y2: y(0), stroke: "var(--line)", "stroke-width": 2 }),
    HOURS.map((hour) => hourLabel(hour, text)),
    el("path", {
      class: "actual", d: actual.length ? `M${actual.join("L")}` : "", fill: "none", stroke: "var(--data)",
      "stroke-width": 4, "stroke-linejoin": "round",
    }),
    // In a group of their own: one more of them moves nothing of what follows.
    el("g", {}, surgePoints(bins).map((bin) =>
      el("circle", { class: "over", cx: x(bin + 0.5), cy: y(bins.actual[bin]), r: 6, fill: "var(--risk)" }),
    )),
    el("line", { class: "now", x1: nowX, x2: nowX, y1: TOP, y2: y(0), stroke: "var(--ink3)", "stroke-width": 2 }),
    lastBinLabels(bins, nowX, text),
    bandLabel(bins, count, x, y, nowX, text),
  );
}

/* Bins with more calls than the band allows. */
export function surgePoints(bins) {
  return bins.actual.flatMap((value, bin) => (Number.isFinite(value) && value > bins.high[bin] ? [bin] : []));
}

function hourLabel(hour, text) {
  const anchor = hour === 0 ? "start" : hour === 24 ? "end" : "middle";
  const place = { x: px((hour / 24) * WIDTH), y: HEIGHT - 8, "text-anchor": anchor };
  return el("text", { ...place, "font-size": 34, style: "fill:var(--ink3)" }, text("wall.calls.hour", { hour }));
}

/* The last whole bin in words beside the now line: its count, and what would have been usual. */
function lastBinLabels(bins, nowX, text) {
  const bin = lastWhole(bins.actual);
  if (bin < 0) return null;
  const isOver = bins.actual[bin] > bins.high[bin];
  const onLeft = nowX > WIDTH * 0.74;
  const at = { x: onLeft ? nowX - 14 : nowX + 14, "text-anchor": onLeft ? "end" : "start" };
  const fill = isOver ? "var(--risk)" : "var(--ink)";
  return [
    el("text", { ...at, y: TOP + 18, "font-size": 36, "font-weight": 600, style: `fill:${fill}` },
      text("wall.calls.last_bin", { count: bins.actual[bin] })),
    el("text", { ...at, y: TOP + 60, "font-size": 34, style: "fill:var(--ink3)" },
      text("wall.calls.band_now", { low: Math.round(bins.low[bin]), high: Math.round(bins.high[bin]) })),
  ];
}

function bandLabel(bins, count, x, y, nowX, text) {
  const bin = Math.round((BAND_LABEL_HOUR / 24) * count);
  if (!Number.isFinite(bins.high[bin]) || Math.abs(x(bin) - nowX) < 220) return null;
  const middle = (bins.high[bin] + bins.low[bin]) / 2;
  return el("text", { x: x(bin), y: y(middle) + 12, "font-size": 34, "text-anchor": "middle", style: "fill:var(--ink3)" },
    text("wall.calls.band"));
}
