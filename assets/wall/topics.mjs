/* What is reported most today, with its trend and its ratio to what is usual. */

import { drawing, el, px } from "./element.mjs";
import { grouped } from "./format.mjs";

const TOPIC_ROWS = 6;
const WIDTH = 170;
const HEIGHT = 44;

/* `categories` maps a category code to its name; a code the pack does not know is shown itself. */
export function topicsView(topics, categories, text) {
  if (topics.length === 0) return [el("div", { class: "wall-topic quiet" }, text("wall.topics.none"))];
  return topics.slice(0, TOPIC_ROWS).map((topic) => {
    const colour = topic.surge ? "var(--risk)" : "var(--data)";
    const ratio = Number.isFinite(topic.ratio) ? topic.ratio.toFixed(1) : "—";
    return el(
      "div",
      { class: "wall-topic", "data-category": topic.category },
      el("span", { class: "cut" }, categories[topic.category] ?? topic.category),
      spark(topic.spark ?? [], colour),
      el("span", { class: "count" }, grouped(topic.count) ?? "—"),
      el("span", { class: `ratio${topic.surge ? " risk" : ""}` }, text("wall.topics.ratio", { ratio })),
      topic.surge ? el("span", { class: "flag risk" }, text("wall.topics.surge")) : el("span", {}),
    );
  });
}

function spark(values, colour) {
  const top = Math.max(1, ...values);
  const points = values.map((value, place) => [
    px(6 + (place / Math.max(1, values.length - 1)) * (WIDTH - 12)),
    px(HEIGHT - 6 - (value / top) * (HEIGHT - 12)),
  ]);
  if (points.length === 0) return drawing(WIDTH, HEIGHT, {});
  const [lastX, lastY] = points[points.length - 1];
  return drawing(
    WIDTH,
    HEIGHT,
    {},
    el("path", { d: `M${points.map((point) => point.join(" ")).join("L")}`, fill: "none", stroke: colour, "stroke-width": 3.5, "stroke-linejoin": "round" }),
    el("circle", { cx: lastX, cy: lastY, r: 5, fill: colour }),
  );
}
