/* How many cells a wall's picture has, for walls as they are built. */

import { cellsOf, seamsOf } from "/assets/wall/cells.mjs";

const at5m = (scale) => (20 * 3840) / (36 * scale); // lit width, mm

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
});
