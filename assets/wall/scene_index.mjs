/* The header's answer to "which picture is this, and for how long": one square a scene, and one line. */

import { el } from "./element.mjs";
import { minuteText } from "./format.mjs";

/* `state` is the director's, null where the page was opened for one scene; `scenes` [{name, isEmpty}] in order. */
export function indexView(name, state, scenes, text) {
  const isTaken = state?.why === "taken";
  return [
    isTaken ? el("b", { class: "alarm-square" }, text("wall.index.alarm")) : null,
    ...scenes.map((scene, place) =>
      el("b", {
        "data-scene": scene.name, "data-current": !isTaken && scene.name === name ? "true" : null,
        "data-empty": scene.isEmpty ? "true" : null,
      }, String(place + 1))),
  ];
}

/* What moves the wall next, or keeps it. A held wall that has an alarm says so in red: nothing hides one. */
export function lineView(name, state, alarms, text) {
  const scene = text(`wall.scene.${name}`);
  if (state === null) return text("wall.index.pinned", { scene });
  if (state.why === "held" && alarms.length > 0) {
    return el("em", { class: "alarm-line" }, text("wall.index.held_alarms", { count: alarms.length }));
  }
  if (state.why === "taken") return text("wall.index.taken", { time: minuteText(state.taken.since) });
  if (state.why === "turning" && state.nextMs !== null) {
    return text("wall.index.next", { scene, seconds: Math.max(0, Math.ceil(state.nextMs / 1_000)) });
  }
  return text(`wall.index.${state.why}`, { scene });
}
