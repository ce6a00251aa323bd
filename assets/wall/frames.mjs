/* Painting with the next frame: each painter once, however often it is asked for in between. */

const waiting = new Set();

export function paintSoon(painter) {
  if (waiting.has(painter)) return;
  waiting.add(painter);
  requestAnimationFrame(() => {
    waiting.delete(painter);
    painter();
  });
}
