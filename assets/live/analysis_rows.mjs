/* The analysis board (docs/wire.md, kind 12) with its cells named, and whether it still speaks. Pure. */

const SILENT_AFTER = 3; // times without the news that were promised
const EMPTY = { surges: [], hotSpots: [], merges: [], mergesInAll: 0, routing: new Map(), learnt: null, seats: null };

/* {state: "live"|"down"|"starting", since: ms|null, at: ms|null, surges, hotSpots, merges, mergesInAll, routing, learnt,
 * seats}. While it is down `since` says since when, and the rows are those of `at`: never shown as of now. */
export function analysisOf(board, now) {
  if (!Number.isFinite(board?.at)) return { state: "starting", since: null, at: null, ...EMPTY };
  const isSilent = now - board.at > SILENT_AFTER * board.every_ms;
  const state = isSilent ? "down" : board.state;
  return {
    state,
    since: isSilent && board.state === "live" ? board.at : board.since,
    at: board.at,
    surges: (board.surges ?? []).map(([category, township, since, counted, expected, region]) => (
      { category, township, since, counted, expected, region })),
    hotSpots: (board.hot_spots ?? []).map(([category, lon, lat, radiusM, since, count, expected, matters, region]) => (
      { category, lon, lat, radiusM, since, count, expected, matters, region })),
    merges: (board.merges ?? []).map(([one, other, likeness, reasons, byRule, region]) => (
      { one, other, likeness, reasons, byRule, region })),
    mergesInAll: board.merges_in_all ?? 0,
    routing: new Map((board.routing ?? []).map(([matter, categories, units]) => [matter, { categories, units }])),
    learnt: board.learnt ? { orders: board.learnt[0], at: board.learnt[1] } : null,
    seats: board.seats ? {
      now: seatNeed(board.seats.now), change: seatNeed(board.seats.change), changeFrom: board.seats.change_from,
    } : null,
  };
}

function seatNeed(row) {
  if (!row) return null;
  const [at, callsPerHour, needed, seats, short, inTime, abandoned] = row;
  return { at, callsPerHour, needed, seats, short, inTime, abandoned };
}
