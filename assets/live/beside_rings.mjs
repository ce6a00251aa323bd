/* A whistle's ring must not lie on another matter's mark, nor the mark on the ring's minutes. Pure; wall and desk share it. */

/* Where a mark of `radius` at [x, y] is drawn: its own place, or the nearest that touches no ring, in the direction in
 * which it lies from the ring's middle (to the lower right where both have one place). `rings` are {x, y, radius}. */
export function besideRings([x, y], radius, rings) {
  return rings.reduce(([atX, atY], ring) => {
    const least = ring.radius + radius;
    const [dx, dy] = [atX - ring.x, atY - ring.y];
    const away = Math.hypot(dx, dy);
    if (away >= least) return [atX, atY];
    const [towardsX, towardsY] = away < 1 ? [Math.SQRT1_2, Math.SQRT1_2] : [dx / away, dy / away];
    return [ring.x + towardsX * least, ring.y + towardsY * least];
  }, [x, y]);
}
