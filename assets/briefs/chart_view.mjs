/* A brief's charts on a page, from the same data as on paper (dashboard/documents/charts.py). */

import { drawing, el, px } from "../wall/element.mjs";
import { text } from "../live/catalogue.mjs";

const WIDTH = 420;
const HEIGHT = 120;
const FOOT = 16;
const HEAD = 14;
const STEP_OF_SCALE = 5; // per cent
const NAMES_WIDTH = 96;
export const CHARTS = "charts"; // stands for a sentence where the number is a chart

/* `number` is its place in the brief; `answer` the node that says what its query answers, null while it is shut. */
export function chartView(chart, number, answer = null) {
  const drawn = chart.kind === "bars" ? bars(chart) : lines(chart);
  const label = [chart.title, ...chart.series.map(({ name, values }) => `${chart.kind === "bars" ? "" : name} ${values.map((one) => one ?? "–").join(" ")}`)].join(text("briefs.colon"));
  return el("figure", { class: "brief-chart", "data-chart": chart.kind, "data-sentence": CHARTS }, el("figcaption", { lang: "zh-CN" }, chart.query ? el("button", { type: "button", class: "brief-number", "data-number": number, "aria-expanded": String(answer !== null), title: text("briefs.chart_number") }, chart.title) : chart.title), drawing(WIDTH, HEIGHT, { role: "img", "aria-hidden": null, "aria-label": label }, ...drawn), answer);
}

function bars({ labels, series: [{ values }] }) {
  const most = Math.max(1, ...values);
  const step = WIDTH / values.length;
  const every = Math.ceil(values.length / 12);
  return values.map((value, place) => {
    const high = (value / most) * (HEIGHT - FOOT - HEAD);
    const middle = px(step * (place + 0.5));
    const isNamed = place % every === 0;
    return el(
      "g",
      {},
      el("rect", { x: px(step * (place + 0.15)), y: px(HEIGHT - FOOT - high), width: px(step * 0.7), height: px(Math.max(high, 1)), class: "brief-bar" }),
      isNamed ? el("text", { x: middle, y: px(HEIGHT - FOOT - high - 3), class: "brief-label" }, String(value)) : null,
      isNamed ? el("text", { x: middle, y: HEIGHT - 3, class: "brief-label" }, labels[place]) : null,
    );
  });
}

function lines({ labels, series }) {
  const right = WIDTH - NAMES_WIDTH;
  const known = series.flatMap(({ values, target }) => [...values, target]).filter((one) => one !== null && one !== undefined);
  const low = Math.max(0, Math.floor((Math.min(...known) - 1) / STEP_OF_SCALE) * STEP_OF_SCALE);
  const x = (place) => px((place / Math.max(labels.length - 1, 1)) * right);
  const y = (value) => px(HEIGHT - FOOT - ((value - low) / (100 - low)) * (HEIGHT - FOOT - 6));
  const names = [];
  const drawn = series.flatMap(({ name, values, target }, number) => {
    const last = values.filter((one) => one !== null).at(-1);
    let at = last === undefined ? HEIGHT - FOOT : y(last);
    while (names.some((one) => Math.abs(one - at) < 12)) at -= 1;
    names.push(at);
    return [
      target === undefined ? null : el("line", { x1: 0, x2: right, y1: y(target), y2: y(target), class: "brief-target", "data-line": number }),
      ...runs(values).map((run) => el("path", { d: run.map(([place, value], first) => `${first ? "L" : "M"}${x(place)} ${y(value)}`).join(""), class: "brief-line", "data-line": number })),
      el("text", { x: right + 6, y: px(at + 4), class: "brief-name", "data-line": number }, `${name} ${last === undefined ? "–" : last.toFixed(1)}`),
    ];
  });
  const named = labels.map((label, place) => (place % 3 === 0 ? el("text", { x: x(place), y: HEIGHT - 3, class: "brief-label", "data-first": place === 0 ? "true" : null }, label) : null));
  return [...drawn, ...named];
}

/* Pieces of a line between its gaps, each [[place, value], ...]; one point alone is drawn as a dot of no length. */
function runs(values) {
  const found = [];
  let run = [];
  for (const [place, value] of [...values, null].entries()) {
    if (value !== null) run.push([place, value]);
    else if (run.length) {
      found.push(run.length === 1 ? [run[0], run[0]] : run);
      run = [];
    }
  }
  return found;
}
