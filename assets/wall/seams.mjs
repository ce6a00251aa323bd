/* Where a wall's panels meet, in design pixels, and how lists and maps keep off it. Pure but for `keepRowsOff`. */

import { CELL } from "./cells.mjs";

const MOST_PANELS = 8;
const SEAM_WIDTH = 12; // design pixels of two bezels; slim ones are 1.8 mm on a panel of 1,210 mm

/* How this wall is built: what its address says (`?panels=3x3&width=3630&distance=6000`), else what the desk has set. */
export function buildOf(asked, orders) {
  const named = /^([1-8])x([1-8])$/.exec(asked.get("panels") ?? "");
  const number = (name) => (/^\d{1,6}$/.test(asked.get(name) ?? "") ? Number(asked.get(name)) : null);
  const panels = named ? [Number(named[1]), Number(named[2])] : orders?.panels ?? [1, 1];
  return {
    panels: panels.map((count) => Math.max(1, Math.min(MOST_PANELS, count))),
    width_mm: number("width") ?? orders?.width_mm ?? 0,
    distance_mm: number("distance") ?? orders?.distance_mm ?? 5_000,
  };
}

/* The smallest move [dx, dy] of at most 80 design pixels that keeps every ring off the seams, or the one that cuts the
 * fewest. `spots` are the rings' middles without a move, `seams` in the same pixels. */
export function seamMove(spots, radius, { xs, ys }) {
  const steps = [0, 20, -20, 40, -40, 60, -60, 80, -80];
  const moves = steps.flatMap((dy) => steps.map((dx) => [dx, dy])).sort((a, b) => Math.abs(a[0]) + Math.abs(a[1]) - Math.abs(b[0]) - Math.abs(b[1]));
  const isCut = (at, seams) => seams.some((seam) => Math.abs(at - seam) < radius);
  const cuts = ([dx, dy]) => spots.filter(([x, y]) => isCut(x + dx, xs) || isCut(y + dy, ys)).length;
  return moves.reduce((best, move) => (cuts(move) < cuts(best) ? move : best));
}

const KEPT_OFF = 44; // design pixels: the bezels, and what a label is wider than it was taken for
const SEAM_COUNTS_AS = 20; // boxes: a number across a bezel is worse than one over a ring, which keeps its minutes beside

/* The seams as boxes that labels keep off, in the pixels of a cell whose corner is [left, top] on the wall. */
export function seamBoxes({ xs, ys }, [left, top], [width, height]) {
  const half = KEPT_OFF / 2;
  const boxes = [
    ...xs.map((x) => [x - left - half, 0, x - left + half, height]), ...ys.map((y) => [0, y - top - half, width, y - top + half]),
  ].filter(([x0, y0, x1, y1]) => x1 > 0 && y1 > 0 && x0 < width && y0 < height);
  return boxes.flatMap((box) => Array(SEAM_COUNTS_AS).fill(box));
}

/* Gaps before the rows of a list, design pixels, so that none lies across a seam; a row that has no room left below
 * `bottom` is null. Rows are heights from `top` on. */
export function gapsBefore(heights, top, bottom, seams) {
  let at = top;
  return heights.map((height) => {
    const seam = seams.find((one) => at < one && at + height > one);
    const gap = seam === undefined ? 0 : seam - at;
    if (at + gap + height > bottom + 1) return null;
    at += gap + height;
    return gap;
  });
}

const LISTS = [
  [".wall-board-rows", ".wall-due"], ["#wall-topic-rows", ".wall-topic"], [".incident-units", ".in-unit, .in-axis"],
  [".incident-lines", ".happened"], [".wall-rows", ".wall-row"],
];

/* Puts the rows of every list of the shown scene off the seams: the row moves down to the next panel, and the last ones
 * that find no room are hidden. A scene of one's own marks its list `.wall-rows` and its rows `.wall-row`. */
export function keepRowsOff(host, { ys, cells }) {
  if (host === null) return;
  const stage = host.getBoundingClientRect();
  const scale = (CELL.height * cells) / stage.height;
  for (const [list, rows] of LISTS) {
    for (const place of host.querySelectorAll(list)) {
      const box = place.getBoundingClientRect();
      const found = [...place.querySelectorAll(rows)];
      for (const row of found) if (row.dataset.cut === "true") row.dataset.cut = "false"; // only what is there has a height
      const gaps = gapsBefore(found.map((row) => row.offsetHeight * scale), (box.top - stage.top) * scale, (box.bottom - stage.top) * scale, ys);
      found.forEach((row, at) => setOff(row, gaps[at]));
    }
  }
}

/* Moves the words of a line (`.whole-line > .whole`) that would lie across a seam to the next panel. */
export function keepWordsOff(host, { xs, cells }) {
  if (host === null) return;
  for (const words of host.querySelectorAll(".whole-line > .whole")) {
    if (words.style.marginLeft) words.style.marginLeft = "";
    if (xs.length === 0) continue;
    const stage = host.getBoundingClientRect();
    const scale = (CELL.width * cells) / stage.width;
    const box = words.getBoundingClientRect();
    const [left, right] = [box.left, box.right].map((x) => (x - stage.left) * scale);
    const seam = xs.find((x) => left < x && right > x);
    if (seam !== undefined) words.style.marginLeft = `calc(${Math.ceil(seam - left) + SEAM_WIDTH} * var(--u))`;
  }
}

function setOff(row, gap) {
  const margin = gap ? `calc(${Math.round(gap)} * var(--u))` : "";
  if (row.style.marginTop !== margin) row.style.marginTop = margin;
  const isCut = String(gap === null);
  if (row.dataset.cut !== isCut) row.dataset.cut = isCut;
}
