/* How large a wall's words must be: 20 mm high for each 5 m of distance (look.md). Pure. */

export const DESIGN_WIDTH = 3840;
export const LABEL_PX = 36; // the smallest label, design pixels
const LABEL_MM = 20;
const AT_MM = 5_000;

/* max(1, 20 / (36 x mm per px)), for the wall's own distance; 1 where nobody has measured it. */
export function wantedScale({ width_mm: widthMm, distance_mm: distanceMm }) {
  if (!widthMm) return 1;
  return Math.max(1, (LABEL_MM * (distanceMm / AT_MM)) / (LABEL_PX * (widthMm / DESIGN_WIDTH)));
}

/* Height of the smallest label, mm. */
export function labelMm({ width_mm: widthMm }) {
  return LABEL_PX * (widthMm / DESIGN_WIDTH);
}
