/* Points that would touch on the screen become one sign. Pure; points are {id, x, y} in the map's window, px. */

/* [{x, y, ids}] with the middle of those that stand in one square of `cell` px; the squares lie fast on the map, at
 * `origin` px of its window, so that a pan forms no other groups. */
export function clustersOf(points, cell, origin = { x: 0, y: 0 }) {
  const squares = new Map();
  for (const { id, x, y } of points) {
    const square = `${Math.floor((x - origin.x) / cell)} ${Math.floor((y - origin.y) / cell)}`;
    const known = squares.get(square);
    if (known) {
      known.x += x;
      known.y += y;
      known.ids.push(id);
    } else {
      squares.set(square, { x, y, ids: [id] });
    }
  }
  return [...squares.values()].map(({ x, y, ids }) => ({ x: x / ids.length, y: y / ids.length, ids }));
}
