/* What the hotline scene says, from the hotline's picture alone: pure. */

import { headlineOf, surgePoints } from "./volume.mjs";

export const TOPIC_ROWS = 8;

/* {headline, recent, surplus, over, surging, topics, unlisted, answered}: `recent` is the last whole bin {count, low,
 * high, side: "over"|"under"|"within"}; `surplus` calls more than expected up to the last whole bin (negative: fewer);
 * `over` the bins above the band; `surging` the topics that surge. */
export function hotlineModel(hotline) {
  const { bins, topics, queue } = hotline;
  const last = bins.actual.length - 1;
  const expected = bins.expected ?? [];
  const known = bins.actual.flatMap((value, bin) => (Number.isFinite(value) && Number.isFinite(expected[bin]) ? [bin] : []));
  return {
    headline: headlineOf(hotline),
    recent: last < 0 || !Number.isFinite(bins.actual[last]) ? null : recentOf(bins, last),
    surplus: Math.round(known.reduce((sum, bin) => sum + bins.actual[bin] - expected[bin], 0)),
    over: surgePoints(bins),
    wholeDay: wholeDayOf(bins, expected),
    surging: topics.filter((topic) => topic.surge),
    topics: topics.slice(0, TOPIC_ROWS),
    unlisted: Math.max(0, topics.length - TOPIC_ROWS),
    answered: answeredOf(queue),
  };
}

function recentOf(bins, bin) {
  const [count, low, high] = [bins.actual[bin], bins.low[bin], bins.high[bin]];
  return { count, low: Math.round(low), high: Math.round(high), side: count > high ? "over" : count < low ? "under" : "within" };
}

/* Calls of the whole day: those that came and those that are still expected; null without an expectation. */
function wholeDayOf(bins, expected) {
  if (expected.length === 0) return null;
  const came = bins.actual.reduce((sum, value) => sum + (Number.isFinite(value) ? value : 0), 0);
  return Math.round(came + expected.slice(bins.actual.length).reduce((sum, value) => sum + value, 0));
}

/* {share, inTime, of, misses}: the share answered within 15 s, and of how many calls where the picture says so. */
function answeredOf(queue) {
  const [inTime, of] = queue.within_15s_of ?? [null, null];
  const share = Number.isFinite(queue.within_15s) ? queue.within_15s : null;
  return { share, inTime, of, misses: share !== null && share < queue.target };
}

/* Nothing to say: no picture of the hotline has ever come. A source that is down has that to say. */
export function isHotlineEmpty(hotline) {
  return !hotline?.bins;
}
