/* Which changes of place are glided over: answers where each worker is drawn half a second after a frame, as a share of
 * its way (0 old place, 1 new place), and what the frame asks of whoever draws. */

import { Fleet, REPORTING } from "/assets/live/fleet.mjs";

const HALF = 500;
const STEP_QUANTA = 40; // 22 m of a desk's half-metre quanta
const OFF_DUTY = 0;

export default function glides() {
  return {
    step: after({ steps: [[STEP_QUANTA, 0]] }),
    thirty_seconds_by_bicycle: after({ far: { x: 320, y: 0 } }),
    leap: after({ far: { x: 420, y: 0 } }),
    datum_correction: after({ far: { x: 800, y: 300 } }),
    leap_of_coarse_quanta: after({ steps: [[60, 0]], quantum: { lonE6: 44, latE6: 36 } }),
    off_duty: after({ steps: [[STEP_QUANTA, 0]], state: OFF_DUTY }),
    back_on_duty: after({ far: { x: 100, y: 0 }, before: OFF_DUTY, state: REPORTING }),
    second_step_under_way: twice(),
    only_a_state: change({ state: REPORTING }),
    only_a_step: change({ steps: [[1, 0]] }),
    only_a_leap: change({ far: { x: 800, y: 0 } }),
  };
}

function after(story) {
  const { fleet, before } = told(story);
  const [x] = fleet.placeAt(0, 10_000 + HALF, [0, 0]);
  return (x - before) / (fleet.mercatorX[0] - before);
}

function change(story) {
  return told(story).fleet.change.isAtOnce;
}

/* Half way along one step comes the next: nobody is set back. */
function twice() {
  const { fleet } = told({ steps: [[STEP_QUANTA, 0]] });
  const [at] = fleet.placeAt(0, 10_500, [0, 0]);
  fleet.apply(delta({ steps: [[STEP_QUANTA, 0]], number: 2, before: STEP_QUANTA }), 10_500);
  return fleet.placeAt(0, 10_500, [0, 0])[0] === at;
}

function told({ quantum = { lonE6: 6, latE6: 5 }, before: stateBefore = REPORTING, ...story }) {
  const fleet = new Fleet();
  fleet.load({
    number: 0, tickAt: 60_000, n: 1, quantum, slots: Uint16Array.of(0),
    x: Int32Array.of(119_400_000 / quantum.lonE6), y: Int32Array.of(35_400_000 / quantum.latE6), ageS: new Uint16Array(1),
    state: Uint8Array.of(stateBefore), stepX: new Int8Array(1), stepY: new Int8Array(1), habit: new Uint8Array(1),
  });
  const before = fleet.mercatorX[0];
  fleet.apply(delta({ ...story, at: [fleet.x[0], fleet.y[0]] }), 10_000);
  return { fleet, before };
}

/* A delta with at most one wide step, one far row and one state row, all of worker 0. */
function delta({ steps = [], far = null, state = null, at = null, number = 1, before = 0 }) {
  return {
    number, tickAt: 61_000, coding: 0, set: Uint8Array.from(steps, () => 0), pairs: Uint8Array.from(steps, () => 0),
    wide: Int8Array.from(steps.flatMap(([x, y]) => [x - before, y])),
    far: far === null ? [] : [{ index: 0, x: at[0] + far.x, y: at[1] + far.y }],
    states: state === null ? [] : [{ index: 0, state, ageS: 0 }],
  };
}
