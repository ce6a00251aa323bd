/* Asks a crowd of drawn workers who stands around points, and compares with looking at everybody. */

import { Places } from "/assets/live/worker_paint.mjs";
import { PlaceIndex } from "/assets/live/worker_index.mjs";
import { REPORTING } from "/assets/live/fleet.mjs";

const RADII = [10, 22];
const ASKED = 400;

export default function picking([count, width, height]) {
  const random = sequence(7);
  const xs = [];
  const ys = [];
  for (let place = 0; place < count; place += 1) {
    // Half of the fleet stands in a twentieth of the window, as a city's does.
    const share = random() < 0.5 ? 0.22 : 1;
    xs.push(random() * width * share);
    ys.push(random() * height * share);
  }
  const index = new PlaceIndex();
  index.build(xs, ys);
  let wrong = 0;
  let most = 0;
  for (let ask = 0; ask < ASKED; ask += 1) {
    const [x, y, radius] = [random() * (width + 40) - 20, random() * (height + 40) - 20, RADII[ask % 2]];
    const found = index.near(x, y, radius);
    most = Math.max(most, index.looked);
    const distance = (place) => (xs[place] - x) ** 2 + (ys[place] - y) ** 2;
    const all = xs.map((_, place) => place).filter((place) => distance(place) <= radius ** 2).sort((a, b) => distance(a) - distance(b));
    if (JSON.stringify(found.map(distance)) !== JSON.stringify(all.map(distance))) wrong += 1;
  }
  return { wrong, most, after_a_move: afterAMove(), nobody: empty() };
}

/* The index is of the last drawing: who has glided on is found where the eye sees the symbol. */
function afterAMove() {
  const places = new Places();
  const drawAt = (x) => {
    places.clear();
    places.add(3, x, 50, REPORTING, 0);
    places.add(9, x + 4, 50, REPORTING, 0);
  };
  drawAt(50);
  const before = places.near(53, 50, 10);
  drawAt(90);
  return { before, old_place: places.near(53, 50, 10), new_place: places.near(90, 50, 10) };
}

function empty() {
  return new Places().near(1, 1, 10);
}

function sequence(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
