/* What the grid scene says: who is on duty where, which villages nobody watches, and what is open at which tier. Pure. */

import { ASSESSED, LOST, OUT_OF_GRID, REPORTING, SOS, TASKED } from "../live/fleet.mjs";
import { dueState } from "../live/countdown.mjs";

/* The tiers of a grid event: found in the grid, called by the village, graded to the county, taken up by the city. */
export const TIERS = [4, 3, 2, 1];

/* Stages of the machine of grid events (dashboard/domain/grid_event.py) as a wall can tell them apart. */
export const STAGES = [
  { key: "verify", of: ["REPORTED", "VERIFYING"] },
  { key: "self", of: ["SELF_HANDLING"] },
  { key: "triage", of: ["CALLED", "TRIAGED", "ESCALATED", "RETURNED"] },
  { key: "accept", of: ["ASSIGNED"] },
  { key: "dispose", of: ["ACCEPTED", "ON_SITE", "DISPOSING", "WHISTLED"] },
  { key: "check", of: ["DISPOSED", "CHECKING"] },
];
const STAGE_OF = new Map(STAGES.flatMap(({ key, of }) => of.map((stage) => [stage, key])));

const EMPTY = () => ({ of: 0, assessed: 0, on: 0, tasked: 0, lost: 0, out: 0, sos: 0, villages: 0, gaps: 0 });

/* {whole, regions, townships, regionOfTownship, gaps}: counts {of, assessed, on, tasked, lost, out, sos, villages, gaps} of the view,
 * by region and by township. `on` are those on duty and heard of, `lost` on duty and silent for more than ten minutes;
 * a village is a gap while none of its workers is on duty and heard of. `gaps` [{lon, lat}] are where those workers'
 * posts are. Null while it is not known which grid belongs to whom. */
export function dutyOf(fleet) {
  const posts = fleet.posts;
  if (!posts) return null;
  const whole = EMPTY();
  const [regions, townships, villages, regionOfTownship] = [new Map(), new Map(), new Map(), new Map()];
  const counts = (map, code) => map.get(code) ?? map.set(code, EMPTY()).get(code);
  for (let index = 0; index < fleet.n; index += 1) {
    const place = posts.placeOf(fleet.slots[index]);
    if (place === null) continue;
    const state = fleet.state[index];
    const [village, township, region] = place;
    regionOfTownship.set(township, region);
    const isHeard = (state & REPORTING) !== 0 && (state & LOST) === 0;
    for (const one of [whole, counts(regions, region), counts(townships, township)]) add(one, state);
    const watch = villages.get(village) ?? villages.set(village, { township, region, isWatched: false, lon: 0, lat: 0, n: 0 }).get(village);
    watch.isWatched ||= isHeard;
    const [lon, lat] = fleet.lonLat(index);
    watch.lon += lon;
    watch.lat += lat;
    watch.n += 1;
  }
  const gaps = [];
  for (const { township, region, isWatched, lon, lat, n } of villages.values()) {
    for (const one of [whole, regions.get(region), townships.get(township)]) {
      one.villages += 1;
      if (!isWatched) one.gaps += 1;
    }
    if (!isWatched) gaps.push({ lon: lon / n, lat: lat / n });
  }
  return { whole, regions, townships, regionOfTownship, gaps };
}

function add(counts, state) {
  counts.of += 1;
  if (state & ASSESSED) counts.assessed += 1;
  if (!(state & REPORTING)) return;
  if (state & SOS) counts.sos += 1;
  if (state & LOST) {
    counts.lost += 1;
    return;
  }
  counts.on += 1;
  if (state & TASKED) counts.tasked += 1;
  if (state & OUT_OF_GRID) counts.out += 1;
}

/* {total, overdue, tiers, stages, longestMs}: open grid events. `tiers` by tier 1..4 and `none`: {open, overdue}; `stages`
 * by key: {open, overdue, regions: {code: open}}; `regions` by code: open. */
export function eventsOf(matters, city, now) {
  const tiers = Object.fromEntries([...TIERS, "none"].map((tier) => [tier, { open: 0, overdue: 0 }]));
  const stages = Object.fromEntries(STAGES.map(({ key }) => [key, { open: 0, overdue: 0, regions: zeros(city) }]));
  const regions = zeros(city);
  let [total, overdue, longestMs] = [0, 0, 0];
  for (const matter of matters.values()) {
    if (matter.kind !== "event") continue;
    const isLate = dueState(matter.due_at, matter.limit_ms, now) === "overdue";
    const tier = tiers[matter.tier] ?? tiers.none;
    const stage = stages[STAGE_OF.get(matter.stage)];
    for (const counts of stage ? [tier, stage] : [tier]) {
      counts.open += 1;
      if (isLate) counts.overdue += 1;
    }
    total += 1;
    if (isLate) {
      overdue += 1;
      longestMs = Math.max(longestMs, now - matter.due_at);
    }
    const region = matter.moved_to ?? matter.region;
    if (region in regions) {
      regions[region] += 1;
      if (stage) stage.regions[region] += 1;
    }
  }
  return { total, overdue, longestMs, tiers, stages, regions };
}

/* {points, rest}: open events that are urgent or critical and have a place, as the map draws them, the gravest last so that
 * nothing lies on them; `rest` counts the other events. */
export function eventPoints(matters, now) {
  const points = [];
  let rest = 0;
  for (const matter of matters.values()) {
    if (matter.kind !== "event") continue;
    if (matter.urgency > 2 || !Number.isFinite(matter.lon) || !Number.isFinite(matter.lat)) {
      rest += 1;
      continue;
    }
    points.push({
      id: matter.id, urgency: matter.urgency, lon: matter.lon, lat: matter.lat,
      state: dueState(matter.due_at, matter.limit_ms, now),
      unacknowledged: matter.urgency === 1 && matter.acknowledged === false,
    });
  }
  const gravity = (point) => (2 - point.urgency) * 3 + STATES.indexOf(point.state);
  points.sort((one, other) => gravity(one) - gravity(other));
  return { points, rest };
}

const STATES = ["ok", "risk", "overdue"];

function zeros(city) {
  return Object.fromEntries(city.regions.map((region) => [region.code, 0]));
}

/* Nothing to say: no worker and no open event. */
export function isGridEmpty(fleet, matters) {
  if (fleet.n > 0) return false;
  for (const matter of matters.values()) if (matter.kind === "event") return false;
  return true;
}
