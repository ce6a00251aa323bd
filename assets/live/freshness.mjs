/* How old data may be before it says so: later than twice its interval it is late, later than ten times it is gone and
 * its number is not shown. One rule for wall and desk; pure. */

const LATE_AFTER_INTERVALS = 2;
const DOWN_AFTER_INTERVALS = 10;
const SEVERITY = { fresh: 0, late: 1, down: 2 };
const POSITIONS_INTERVAL_MS = 10_000; // thousands of phones report every half minute or so: ten silent seconds are odd
const HOTLINE_INTERVAL_MS = 5_000; // heartbeat of the hotline platform

/* {state: "fresh"|"late"|"down", asOf: ms|null}. `sourceState` is what the source says of itself and can
 * only make it worse; data that never came is down. */
export function freshnessOf({ asOf, intervalMs, now, sourceState = "fresh" }) {
  if (!Number.isFinite(asOf)) return { state: "down", asOf: null };
  const age = now - asOf;
  let state = "fresh";
  if (age > DOWN_AFTER_INTERVALS * intervalMs) state = "down";
  else if (age > LATE_AFTER_INTERVALS * intervalMs) state = "late";
  return { state: SEVERITY[sourceState] > SEVERITY[state] ? sourceState : state, asOf };
}

/* Positions are as fresh as the newest movement frame. */
export function positionsFreshness(live, now) {
  return freshnessOf({ asOf: live.fleet.latest_at ?? null, intervalMs: POSITIONS_INTERVAL_MS, now });
}

/* The hotline picture is as fresh as its source, which may be late while the picture itself still comes. `rate` is server
 * ms per real ms: pictures come by a real clock, and on a demonstration's fast one each is soon seconds old. The page of the
 * hotline, which demonstrations play fast, gives it; walls and desks judge by the server's time alone. */
export function hotlineFreshness(hotline, now, rate = 1) {
  if (!hotline?.source) return { state: "down", asOf: null };
  const { as_of: asOf, state: sourceState } = hotline.source;
  return freshnessOf({ asOf, intervalMs: HOTLINE_INTERVAL_MS * Math.max(1, rate), now, sourceState });
}
