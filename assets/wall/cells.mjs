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

/* The seams of a wall of `columns` x `rows` panels in a picture of so many cells: {xs, ys, cells}, design pixels. `view` is
 * the size of all panels together in any unit: the picture stands 16:9 in the middle of a wall of another shape, whose
 * seams then divide the wall and not the picture; those beside the picture are left out. */
export function seamsOf([columns, rows], cells = MOST, view = [CELL.width, CELL.height]) {
  const picture = [CELL.width * cells, CELL.height * cells];
  const unit = Math.min(view[0] / picture[0], view[1] / picture[1]);
  const between = (axis, count) => {
    const [whole, length] = [view[axis] / unit, picture[axis]];
    return Array.from({ length: count - 1 }, (_, place) => Math.round((whole * (place + 1)) / count - (whole - length) / 2))
      .filter((seam) => seam > 0 && seam < length);
  };
  return { xs: between(0, columns), ys: between(1, rows), cells };
}

/* Whether every number and ring of all scenes keeps off the seams of a wall of 16:9 that is built so (tested for 2 x 2, 3 x 3
 * and 4 x 4, whose seams those of 1 x 2 or 4 x 2 are among). On any other the rows of lists, words of lines and, as far as a move of
 * 80 design pixels goes, rings keep off them, and other numbers may lie across one: the controller says so. */
export function keepsOffSeams(built) {
  const { scene } = cellsOf(built);
  return built.panels.every((count) => ANY_PANELS.has(count) && scene.cells % count === 0);
}
