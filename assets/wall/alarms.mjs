/* Workers who call for help: above everything on the map, because nothing may hide an alarm. */

import { el, px } from "./element.mjs";
import { REPORTING, SOS } from "../live/fleet.mjs";

const BLOCK = 46; // design pixels; the character is above the floor of 36

/* Where workers on duty call for help: [{lon, lat, slot}]. */
export function callsForHelp(fleet) {
  const calls = [];
  for (let index = 0; index < fleet.n; index += 1) {
    const state = fleet.state[index];
    if (!(state & SOS) || !(state & REPORTING)) continue;
    const [lon, lat] = fleet.lonLat(index);
    calls.push({ lon, lat, slot: fleet.slots[index] });
  }
  return calls;
}

export function helpBlock(call, project, text) {
  const [x, y] = project(call.lon, call.lat);
  return el(
    "g",
    { class: "blink", "data-help": call.slot },
    el("rect", {
      x: px(x - BLOCK / 2), y: px(y - BLOCK / 2), width: BLOCK, height: BLOCK, fill: "var(--alarm-fill)",
      stroke: "var(--ground)", "stroke-width": 4,
    }),
    el("text", {
      x: px(x), y: px(y + BLOCK * 0.3), "font-size": BLOCK * 0.8, "text-anchor": "middle", "font-weight": 700,
      style: "fill:var(--alarm-ink)",
    }, text("wall.map.help")),
  );
}
