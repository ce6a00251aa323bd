/* The time axis of the lanes: instants to pixels and back, with round marks of the city's clock. */

import { cityTime } from "../wall/format.mjs";

const MINUTE_MS = 60_000;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180].map((minutes) => minutes * MINUTE_MS);

export function timeScale({ from, to, left, right }) {
  const perMs = (right - left) / (to - from);
  return {
    from, to, left, right,
    x: (at) => left + (Math.min(to, Math.max(from, at)) - from) * perMs,
    at: (x) => from + Math.min(1, Math.max(0, (x - left) / (right - left))) * (to - from),
  };
}

/* Instants of round minutes, at least `apart` pixels from one another. */
export function marks({ from, to, left, right }, apart) {
  const step = STEPS.find((ms) => ((right - left) * ms) / (to - from) >= apart) ?? STEPS.at(-1);
  const found = [];
  for (let at = from - (cityTime(from).msOfDay % step) + step; at < to; at += step) found.push(at);
  return found;
}
