/* A small line of values between 0 and their most, with gaps, a dot at its end and the target dashed. */

import { drawing, el, px } from "../wall/element.mjs";

const WIDTH = 100;
const HEIGHT = 20;
const EDGE = 3;

export function spark(values, { target = null, tone = null } = {}) {
  const known = [...values, target].filter((one) => one !== null);
  if (known.length < 2) return drawing(WIDTH, HEIGHT, { class: "leader-spark" });
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const x = (place) => px(EDGE + (place / Math.max(values.length - 1, 1)) * (WIDTH - 2 * EDGE));
  const y = (value) => px(HEIGHT - EDGE - ((value - low) / span) * (HEIGHT - 2 * EDGE));
  let isBroken = true;
  const path = values
    .map((value, place) => {
      if (value === null) {
        isBroken = true;
        return "";
      }
      const step = `${isBroken ? "M" : "L"}${x(place)} ${y(value)}`;
      isBroken = false;
      return step;
    })
    .join("");
  const end = values.findLastIndex((one) => one !== null);
  return drawing(
    WIDTH, HEIGHT, { class: "leader-spark", "data-tone": tone },
    target === null ? null : el("line", { x1: EDGE, x2: WIDTH - EDGE, y1: y(target), y2: y(target), class: "leader-spark-target" }),
    el("path", { d: path, class: "leader-spark-line" }),
    end < 0 ? null : el("circle", { cx: x(end), cy: y(values[end]), r: 2.4, class: "leader-spark-end" }),
  );
}
