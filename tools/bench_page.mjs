/* Times the decoding of deltas alone, and with everything the fleet does on arrival. */

import { Fleet } from "../assets/live/fleet.mjs";
import { decode, decodeDeflated } from "../assets/live/wire.mjs";

const PASSES = 60;

window.measure = async (frames) => {
  const [first, ...deltas] = frames.map((hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16)));
  const decodes = [];
  const applies = [];
  for (let pass = 0; pass < PASSES; pass += 1) {
    const fleet = new Fleet();
    fleet.load(await decodeDeflated(first));
    let began = performance.now();
    const values = deltas.map(decode);
    decodes.push((performance.now() - began) / deltas.length);
    began = performance.now();
    for (const [place, value] of values.entries()) fleet.apply(value, 1_000 * place);
    applies.push((performance.now() - began) / deltas.length);
  }
  const median = (list) => list.sort((a, b) => a - b)[list.length >> 1] * 1_000;
  const decodeUs = median(decodes);
  return { decode_us: decodeUs, apply_us: decodeUs + median(applies) };
};
