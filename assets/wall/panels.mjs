/* Panels of the scenes: boxes on the panel grid, each with a title and the time of its data. A scene that has no map
 * describes itself as a whole, and keeps what is read off the seams between the screens of a wall. */

import { el } from "./element.mjs";
import { freshnessView } from "./freshness.mjs";

export const SEAMS = { x: [960, 1920, 2880], y: [540, 1080, 1620] }; // of 2 x 2 and 4 x 4 screens, design pixels

const length = (pixels) => `calc(${pixels} * var(--u))`;

/* Where something stands, in design pixels of the stage or of the panel that holds it. */
export function at(x, y, width, height) {
  return `left:${length(x)};top:${length(y)};width:${length(width)};height:${length(height)}`;
}

/* A panel `[x, y, width, height]` of the stage. `freshness` says from when its data is; without it the panel is as
 * live as the connection, which the wall's own bar tells of. `gone` stands in place of `children` where the data is
 * too old to be shown. */
export function panelView({ name, box, title, note, aside, freshness = null, gone = null, children = [], text }) {
  const state = freshness?.state ?? "fresh";
  return el(
    "section",
    { class: `wall-panel scene-panel scene-${name}`, style: at(...box), "data-panel": name, "data-freshness": state },
    el("div", { class: "wall-heading" },
      el("h2", {}, title),
      note ? el("span", { class: "wall-note" }, note) : null,
      el("div", { class: "wall-aside" }, aside ?? null),
      freshness === null ? null : el("div", { class: "wall-as-of" }, freshnessView(freshness, text))),
    el("div", { class: "wall-body" }, state === "down" ? gone : children),
    el("div", { class: "wall-hatch" }),
  );
}

/* Where blocks of these heights stand one below another between `top` and `bottom`, none across a seam: as many tops
 * as found room. */
export function flow(heights, top, bottom, seams = SEAMS.y) {
  const tops = [];
  let y = top;
  for (const height of heights) {
    const seam = seams.find((one) => y < one && y + height > one);
    if (seam !== undefined) y = seam;
    if (y + height > bottom) break;
    tops.push(y);
    y += height;
  }
  return tops;
}

/* How far a text between `from` and `to` has to move so that it lies on no seam: the shorter way. */
export function offSeam(from, to, seams = SEAMS.x, clear = 12) {
  const seam = seams.find((one) => from - clear < one && to + clear > one);
  if (seam === undefined) return 0;
  const [left, right] = [seam - clear - to, seam + clear - from];
  return Math.abs(left) < right ? left : right;
}

/* What fills a scene that is made of the picture alone until the first picture has come. */
export function awaitingView(cells, text) {
  const place = cells === 4 ? [960, 1180, 1920, 300] : [960, 660, 960, 300];
  return el("div", { class: "wall-quiet scene-quiet", style: at(...place) }, el("b", {}, text("wall.board.waiting")));
}

/* The lines between panels: [x, y, width, height] each. */
export function rulesView(boxes) {
  return boxes.map((box) => el("i", { class: "wall-rule", style: at(...box) }));
}
