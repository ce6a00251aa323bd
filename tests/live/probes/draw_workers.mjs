/* Draws five workers over a map that stands still, and answers what was drawn, picked and how they glided. */

import { Fleet, LOST, REPORTING, SOS, STALE, TASKED } from "/assets/live/fleet.mjs";
import { KINDS, Places, paintWorkers } from "/assets/live/worker_paint.mjs";

const SIDE = 400;

export default function draw() {
  const fleet = new Fleet();
  fleet.load(snapshotOf([0, REPORTING, REPORTING | TASKED | SOS, REPORTING | LOST, REPORTING | STALE]));
  const places = gather(fleet, Infinity);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d");
  const colour = (token) => (token === "alarm-fill" ? "#ff0000" : "#00ff00");
  paintWorkers(context, places, { colour, scale: 1, now: 120_000, showsAges: true });
  const counts = KINDS.map(({ name }, row) => [name, places.byKind[row].length / 2]).filter(([, count]) => count > 0);
  return {
    drawn: places.indices.length,
    kinds: Object.fromEntries(counts),
    picked: places.near(places.xs[1] + 3, places.ys[1], 10),
    nobody: places.near(-500, -500, 10),
    pixels_of_sos: reds(context),
    ...glide(fleet),
  };
}

/* Five workers in a row, 600 m apart, drawn so that the row fills the canvas. */
function snapshotOf(states) {
  const n = states.length;
  return {
    number: 0, tickAt: 60_000, n, quantum: { lonE6: 6, latE6: 5 },
    slots: Uint16Array.from(states, (_, index) => index),
    x: Int32Array.from(states, (_, index) => (119_400_000 + 6_600 * index) / 6),
    y: Int32Array.from(states, () => 35_400_000 / 5),
    ageS: Uint16Array.from(states, (state) => (state & (STALE | LOST) ? 60 : 0)),
    state: Uint8Array.from(states),
    stepX: new Int8Array(n), stepY: new Int8Array(n), habit: new Uint8Array(n),
  };
}

function gather(fleet, at) {
  const places = new Places();
  const [left, top] = [fleet.mercatorX[0], fleet.mercatorY[0]];
  const scale = 300 / (fleet.mercatorX[4] - left);
  const place = [0, 0];
  for (let index = 0; index < fleet.n; index += 1) {
    fleet.placeAt(index, at, place);
    places.add(index, 50 + (place[0] - left) * scale, 200 + (place[1] - top) * scale, fleet.state[index], fleet.fixAt[index]);
  }
  return places;
}

/* One worker steps east: half way after half a second, there after one. */
function glide(fleet) {
  const before = fleet.mercatorX[1];
  fleet.apply(
    { number: 1, tickAt: 61_000, coding: 0, set: Uint8Array.of(1), pairs: Uint8Array.of(0xf8), wide: new Int8Array(), far: [], states: [] },
    10_000,
  );
  const whole = fleet.mercatorX[1] - before;
  const part = (at) => (fleet.placeAt(1, at, [0, 0])[0] - before) / whole;
  return { half_way: part(10_500), arrived: part(11_000) };
}

function reds(context) {
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at] > 200 && data[at + 1] < 80) count += 1;
  return count;
}
