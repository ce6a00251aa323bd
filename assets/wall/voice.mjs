/* The wall's voice: one sentence at a time, the one that is due first, twenty seconds apart; it stops when the matter is
 * acknowledged and is silent while the wall is muted. What was said is not said again while its cause stands. */

import { el } from "./element.mjs";
import { minuteText } from "./format.mjs";

const APART_MS = 20_000;

export class Voice {
  #said = new Set();
  #playing = null;
  #freeAt = -Infinity; // steady ms

  /* `chime` is assets/live/chime.mjs or a stand-in; `steady()` any steady ms. */
  constructor({ chime, steady = () => performance.now() }) {
    this.chime = chime;
    this.steady = steady;
    this.state = "off";
  }

  /* Called with every second and every change. `isOn` false for a page that is no wall; `mutedUntil` UTC ms. */
  look(cues, { now, isOn, mutedUntil }) {
    const isMuted = mutedUntil > now;
    const keys = new Set(cues.map((cue) => cue.key));
    for (const key of this.#said) if (!keys.has(key)) this.#said.delete(key);
    if (this.#playing !== null && (isMuted || !isOn || !keys.has(this.#playing))) this.chime.stop();
    this.state = !isOn ? "off" : isMuted ? "muted" : this.chime.blocked ? "blocked" : "on";
    if (this.state !== "on" || this.#playing !== null || this.steady() < this.#freeAt) return;
    const cue = cues.find(({ key }) => !this.#said.has(key));
    if (cue) this.#play(cue);
  }

  async #play(cue) {
    this.#playing = cue.key;
    this.#said.add(cue.key);
    try {
      await this.chime.play(cue.say, cue.phrase);
    } finally {
      this.#playing = null;
      this.#freeAt = this.steady() + APART_MS;
    }
  }
}

/* What stands in the header while the wall does not speak; nothing while it does. */
export function voiceView(state, orders, text) {
  if (state === "muted") return [el("b", {}, text("wall.voice.muted", { time: minuteText(orders.muted_until) })), el("span", { class: "cut" }, orders.mute_reason)];
  if (state === "blocked") return [el("b", {}, text("wall.voice.blocked")), el("span", { class: "cut" }, text("wall.voice.blocked_how"))];
  return [];
}
