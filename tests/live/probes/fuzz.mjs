/* Feeds mutated golden frames to the decoder and the fleet; answers what else than the documented error came out. */

import { Fleet } from "/assets/live/fleet.mjs";
import { Kind, WireError, decode, decodeDeflated, isDeflated, kindOf } from "/assets/live/wire.mjs";

const EDGES = [0, 1, 127, 128, 255];

export default async function fuzz([names, turns]) {
  const good = await Promise.all(names.map(load));
  const snapshot = await decodeDeflated(good[0]);
  const random = sequence(42);
  const fleet = new Fleet();
  const others = [];
  let refused = 0;
  for (let turn = 0; turn < turns; turn += 1) {
    if (turn % 200 === 0) fleet.load(copyOf(snapshot));
    try {
      await take(fleet, mutated(good[random(good.length)], random));
    } catch (error) {
      if (error instanceof WireError) refused += 1;
      else others.push(String(error));
    }
  }
  return { refused, others };
}

async function take(fleet, bytes) {
  const kind = kindOf(bytes);
  const value = isDeflated(kind) ? await decodeDeflated(bytes) : decode(bytes);
  if (kind === Kind.FLEET_DELTA) fleet.apply(value, 0);
  if (kind === Kind.FLEET_SNAPSHOT) new Fleet().load(value);
}

async function load(name) {
  return new Uint8Array(await (await fetch(`/golden/${name}`)).arrayBuffer());
}

function copyOf(snapshot) {
  const copied = Object.entries(snapshot).map(([name, value]) => [name, ArrayBuffer.isView(value) ? value.slice() : value]);
  return Object.fromEntries(copied);
}

function mutated(bytes, random) {
  const changed = bytes.slice();
  for (let hits = random(6); hits > 0; hits -= 1) {
    changed[random(changed.length)] = random(2) ? random(256) : EDGES[random(EDGES.length)];
  }
  return random(10) < 3 ? changed.slice(0, random(changed.length + 1)) : changed;
}

/* Whole numbers below a bound, the same in every run. */
function sequence(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
