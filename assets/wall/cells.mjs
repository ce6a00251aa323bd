/* How many cells a picture has each way, and how large its words are. A cell is 960 x 540 design pixels and holds one panel of
 * a scene as it is. A wall that must have larger words has fewer and larger cells: 4 x 4, 3 x 3, 2 x 2, and what a scene
 * shows gives way panel by panel (docs/wall.md). Pure. */

import { wantedScale } from "../live/legibility.mjs";

export const CELL = { width: 960, height: 540 };
const MOST = 4; // each way: the picture of 3840 x 2160
const WAYS = [4, 3, 2];
const LARGEST_WORDS = 1.12; // what is left for words within a cell
const ANY_PANELS = new Set([1, 2, 3, 4]); // for which the picture of 4 x 4 cells keeps rings and numbers off the seams

/* {wanted, used, wall, scene} for a wall of `panels` [across, down]: words must be `wanted` times as large and are `used`
 * times; `wall` is {cells, words} of the header, the overview and the incident, `scene` that of the scenes whose panels are
 * cells, which must lie on no seam. */
export function cellsOf({ panels, ...build }) {
  const wanted = wantedScale(build);
  const reaches = (cells) => wanted <= (MOST / cells) * LARGEST_WORDS + 1e-9;
  const isOnSeams = (cells) => panels.some((count) => cells % count !== 0);
  const reaching = WAYS.filter(reaches);
  const largest = reaching[0] ?? WAYS.at(-1);
  const onPanels = reaching.find((cells) => !isOnSeams(cells)) ?? largest;
  const wall = largest === MOST && panels.every((count) => ANY_PANELS.has(count)) ? MOST : onPanels;
  const level = (cells) => ({ cells, words: Math.min(LARGEST_WORDS, Math.max(1, (wanted * cells) / MOST)) });
  const [ofWall, ofScene] = [level(wall), level(onPanels)];
  return { wanted, used: (MOST / wall) * ofWall.words, wall: ofWall, scene: ofScene };
}

/* The seams of a wall of `columns` x `rows` panels in a picture of so many cells: {xs, ys, cells}, design pixels. */
export function seamsOf([columns, rows], cells = MOST) {
  const between = (length, count) => Array.from({ length: count - 1 }, (_, place) => (length * (place + 1)) / count);
  return { xs: between(CELL.width * cells, columns), ys: between(CELL.height * cells, rows), cells };
}
