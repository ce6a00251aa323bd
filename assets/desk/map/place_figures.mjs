/* What is going on in a place and in each of those directly in it, counted from the live picture. Pure: values in,
 * numbers out; `answer` is what /api/v1/map/places/<code> said. */

import { LOST, REPORTING, SOS, STALE } from "../../live/fleet.mjs";
import { standingOf } from "../queue_model.mjs";

/* Which of a matter's or a worker's divisions stands for a place of this level. */
const NAME_OF_LEVEL = { region: "region", township: "township", village: "village", grid: "grid" };
const BELOW = { city: "region", region: "township", township: "village", village: "grid", grid: null };

/* {own, children: Map(code -> figures), elsewhere, gaps, knowsFleet}: `elsewhere` holds what lies in the place and in none
 * of its children, like an order of which only the township is known; until the roster has come nothing is known of
 * workers, which is not the same as nobody. */
export function figuresOf(answer, { fleet, matters, commands, now }) {
  const { place, children, members } = answer;
  const figures = { own: nothing(place.grids), children: new Map(), elsewhere: nothing(0), gaps: new Set(), knowsFleet: fleet.workers.size > 0 };
  for (const child of children) figures.children.set(child.code, nothing(child.grids));
  if (figures.knowsFleet) countWorkers(figures, answer, fleet);
  for (const row of matters.values()) {
    if (!isIn(place, row, members)) continue;
    const state = standingOf(row, commands, now);
    for (const one of counted(figures, childOf(answer, row))) {
      one.open += 1;
      if (state === "overdue") one.overdue += 1;
      if (state === "risk") one.risk += 1;
    }
  }
  return figures;
}

/* A grid is covered while somebody whose own grid it is stands on duty with a fresh fix, wherever that is. */
function countWorkers(figures, answer, fleet) {
  const covered = new Set();
  for (let index = 0; index < fleet.n; index += 1) {
    const worker = fleet.workers.get(fleet.slots[index]);
    if (!worker || !isIn(answer.place, worker, answer.members)) continue;
    const state = fleet.state[index];
    const isOn = (state & REPORTING) !== 0;
    const isFresh = isOn && (state & (STALE | LOST)) === 0;
    const isFirst = isFresh && !covered.has(worker.grid);
    if (isFirst) covered.add(worker.grid);
    for (const one of counted(figures, childOf(answer, worker))) {
      one.workers += 1;
      if (isOn) one.onDuty += 1;
      if (isFresh) one.fresh += 1;
      if (isOn && state & LOST) one.lost += 1;
      if (isOn && state & SOS) one.calling += 1;
      if (isFirst) one.covered += 1;
    }
  }
  for (const grid of Object.keys(answer.members)) if (!covered.has(grid)) figures.gaps.add(grid);
}

/* Of grids without anybody: how many of how many. */
export function gapsOf({ grids, covered }) {
  return Math.max(0, grids - covered);
}

function nothing(grids) {
  return { grids, covered: 0, workers: 0, onDuty: 0, fresh: 0, lost: 0, calling: 0, open: 0, overdue: 0, risk: 0 };
}

function counted(figures, child) {
  return [figures.own, figures.children.get(child) ?? figures.elsewhere];
}

function isIn(place, thing, members) {
  if (place.level === "city") return true; // a screen is shown its jurisdiction and nothing else
  const own = NAME_OF_LEVEL[place.level];
  return thing[own] === place.code || (thing[own] === undefined && members[thing.grid] !== undefined);
}

function childOf({ place, members }, thing) {
  const below = BELOW[place.level];
  return below === null ? null : (thing[below] ?? members[thing.grid] ?? null);
}
