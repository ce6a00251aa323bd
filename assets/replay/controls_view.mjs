/* The buttons below the lanes, and the keys that do the same. */

import { drawing, el } from "../wall/element.mjs";
import { clockText } from "../wall/format.mjs";
import { text } from "../live/catalogue.mjs";
import { SPEEDS } from "./player.mjs";

const KEYS = {
  " ": "play", ArrowLeft: "jump:-1", ArrowRight: "jump:1", "[": "event:-1", "]": "event:1", Home: "end:-1", End: "end:1",
  n: "finding", e: "export", 1: "speed:0", 2: "speed:1", 3: "speed:2", 4: "speed:3",
};
const OWN_KEYS = { BUTTON: [" "], A: [], INPUT: null, SELECT: null, TEXTAREA: null };

/* What a key does, null for one that belongs to whatever has the focus or to the browser. */
export function keyOf({ key, ctrlKey, altKey, metaKey, target }) {
  if (ctrlKey || altKey || metaKey) return null;
  const own = OWN_KEYS[target?.tagName];
  if (own === null || own?.includes(key)) return null;
  if (target?.closest?.(".replay-facts") && (key === "Home" || key === "End")) return null; // the list scrolls
  return KEYS[key] ?? null;
}

export function controlsView(past, player) {
  return [
    el("div", { class: "replay-buttons", role: "group", "aria-label": text("replay.controls") }, ...buttons(player)),
    el("div", { class: "replay-buttons", role: "group", "aria-label": text("replay.speeds") }, ...SPEEDS.map((speed, place) => speedButton(speed, place, player))),
    el("p", { class: "replay-words replay-keys" }, text("replay.keys")),
    el("p", { class: "replay-status", role: "status" }, statusWords(past, player)),
    el("p", { class: "replay-words replay-next" }, nextWords(past, player)),
  ];
}

function buttons({ isPlaying }) {
  const button = (what, key, words, name) =>
    el("button", { type: "button", "data-do": what, class: what === "play" ? "replay-button primary" : "replay-button", "aria-label": name, title: name, "aria-keyshortcuts": key === "␣" ? "Space" : key }, el("span", {}, words), el("kbd", {}, key));
  return [
    button("event:-1", "[", sign(-1), text("replay.do.previous")),
    button("jump:-1", "←", text("replay.do.back_short"), text("replay.do.back")),
    button("play", "␣", text(isPlaying ? "replay.do.pause" : "replay.do.play"), text(isPlaying ? "replay.do.pause" : "replay.do.play")),
    button("jump:1", "→", text("replay.do.on_short"), text("replay.do.on")),
    button("event:1", "]", sign(1), text("replay.do.next")),
  ];
}

/* Two triangles that point to the neighbouring event. */
function sign(way) {
  const triangle = (x) => `M${x} 2L${x + 7 * way} 7L${x} 12Z`;
  return drawing(20, 14, { class: "replay-sign" }, el("path", { d: triangle(way > 0 ? 3 : 17) + triangle(10) }));
}

function speedButton(speed, place, player) {
  return el("button", { type: "button", class: "replay-button", "data-do": `speed:${place}`, "aria-pressed": String(player.speed === speed), "aria-keyshortcuts": String(place + 1) }, el("span", {}, `×${speed}`), el("kbd", {}, String(place + 1)));
}

/* Said once, when it happens: a screen reader hears it, an eye finds it beside the speeds. */
function statusWords(past, player) {
  if (player.alarmAt !== null) return text("replay.slowed", { time: clockText(player.alarmAt) });
  if (player.at >= player.to) return text("replay.at_end");
  return past.lines_left || past.lanes_left ? text("replay.left_off", { lines: past.lines_left, lanes: past.lanes_left }) : "";
}

function nextWords({ lines }, player) {
  const next = lines.find(({ at }) => at > player.at);
  if (!next) return text("replay.no_next");
  return [text("replay.next"), " ", el("b", {}, clockText(next.at)), " ", text(`log.${next.kind}`, next.params)];
}
