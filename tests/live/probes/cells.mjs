/* How many cells a wall's picture has, for walls as they are built. */

import { seamMove } from "/assets/wall/seams.mjs";
import { cellsOf, keepsOffSeams, seamsOf } from "/assets/wall/cells.mjs";

const at5m = (scale) => (20 * 3840) / (36 * scale); // lit width, mm

const RING = 66; // of a whistle, design pixels

export default () => ({
  byScale: [1, 1.12, 1.13, 1.25, 1.49, 1.5, 1.76, 2.24, 2.3].map((scale) => {
    const { wall, used } = cellsOf({ panels: [1, 1], width_mm: at5m(scale), distance_mm: 5_000 });
    return [scale, wall.cells, Number(used.toFixed(2))];
  }),
  byPanels: [[1, 1], [2, 2], [3, 3], [4, 4], [3, 2], [8, 8]].map((panels) =>
    [1, 1.25, 1.6].map((scale) => {
      const { wall, scene } = cellsOf({ panels, width_mm: at5m(scale), distance_mm: 5_000 });
      return [wall.cells, scene.cells];
    })),
  unmeasured: cellsOf({ panels: [1, 1], width_mm: 0, distance_mm: 5_000 }),
  seams: [seamsOf([3, 3], 3), seamsOf([2, 4])],
  many: [5, 6, 7, 8].map((count) => seamsOf([count, count]).xs),
  shapes: [[[3, 1], [5760, 1080]], [[2, 1], [3840, 1080]], [[2, 2], [2560, 1600]], [[6, 2], [5760, 1080]], [[4, 4], [1920, 1080]]].map(([panels, view]) => {
    const { xs, ys } = seamsOf(panels, 4, view);
    return { xs, ys };
  }),
  keeps: Object.fromEntries(["1x1", "2x2", "3x3", "4x4", "4x2", "2x1", "3x1", "3x2", "2x3", "4x3", "5x5", "6x6", "7x1", "8x8", "8x4"].map((name) => {
    const panels = name.split("x").map(Number);
    return [name, [1, 1.25, 1.6].map((scale) => keepsOffSeams({ panels, width_mm: at5m(scale), distance_mm: 5_000 }))];
  })),
  rings: [5, 6, 7, 8].map((count) => {
    const seams = seamsOf([count, count]);
    // One ring of each place of a lattice finer than the panels: how many of them a move brings off every seam.
    const places = Array.from({ length: 400 }, (_, at) => [97 + (at % 20) * 191, 53 + Math.floor(at / 20) * 107]);
    const isOff = ([x, y], [dx, dy]) => !seams.xs.some((one) => Math.abs(x + dx - one) < RING) && !seams.ys.some((one) => Math.abs(y + dy - one) < RING);
    return { count, off: places.filter((place) => isOff(place, seamMove([place], RING, seams))).length, of: places.length };
  }),
});
