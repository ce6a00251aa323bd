/* The voice of a desk or a wall: a chime made here, and a sentence said by the browser's own Chinese voice. Where it has none,
 * a wall plays the city's recordings of the fixed phrases, and without these a figure of tones for each cause.
 * Browsers keep a page silent until somebody has touched it: `blocked` says so. */

import { EARCONS } from "./earcons.mjs";
import { RecordedVoice } from "./recorded_voice.mjs";

const CALL = [[880, 0.22], [660, 0.22]]; // [hertz, seconds]
const VOLUME = 0.35;
const VOICE_LANGUAGE = "zh-CN";
const LONGEST_SENTENCE_MS = 15_000;
const STOPPED = new Set(["canceled", "interrupted"]); // by us: no fault of the voice

export class Chime {
  #context = null;
  #turn = 0; // counts what was begun or stopped, so that what is stopped between its two times is not said again
  #recorded = new RecordedVoice();
  way = null; // of the last that was played: "speech", "recording", "earcon", "tones"

  get blocked() {
    return this.#open()?.state !== "running";
  }

  /* After a touch or a key: the browser lets the page sound from now on. */
  async unblock() {
    const context = this.#open();
    if (context?.state === "suspended") await context.resume().catch(() => {});
  }

  /* Takes in which recordings there are, {phrase: name of its file}; resolves to how many could be fetched. */
  learn(files) {
    return this.#recorded.load(files);
  }

  /* Chimes and says the sentence twice; resolves to true when it could be heard. `phrase` is what can be said without a
   * voice: {cause, clips}, the cause of earcons.mjs and the keys of the recordings in order. */
  async play(sentence, phrase = null) {
    if (this.blocked) return false;
    const turn = (this.#turn += 1);
    const isWanted = () => turn === this.#turn;
    for (let time = 0; time < 2 && isWanted(); time += 1) {
      await this.#sound(CALL);
      if (isWanted()) await this.#say(sentence, phrase, isWanted);
    }
    return isWanted();
  }

  stop() {
    this.#turn += 1;
    window.speechSynthesis?.cancel();
    this.#recorded.stop();
  }

  async #say(sentence, phrase, isWanted) {
    this.way = "speech";
    if (await spoken(sentence)) return;
    if (phrase !== null && isWanted() && this.#recorded.has(phrase.clips)) {
      this.way = "recording";
      if (await this.#recorded.play(this.#context, phrase.clips, isWanted)) return;
    }
    this.way = phrase === null ? "tones" : "earcon";
    if (phrase !== null && isWanted()) await this.#sound(EARCONS[phrase.cause]);
  }

  #open() {
    const Context = window.AudioContext;
    if (!this.#context && Context) this.#context = new Context();
    return this.#context;
  }

  #sound(tones) {
    const context = this.#context;
    let start = context.currentTime;
    for (const [hertz, seconds] of tones) {
      const tone = context.createOscillator();
      const gain = context.createGain();
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(VOLUME, start);
      gain.gain.exponentialRampToValueAtTime(0.001, start + seconds);
      tone.connect(gain).connect(context.destination);
      tone.start(start);
      start += seconds;
      tone.stop(start);
    }
    const lasts = tones.reduce((sum, [, seconds]) => sum + seconds, 0);
    return new Promise((resolve) => setTimeout(resolve, lasts * 1_000));
  }
}

/* Resolves to whether it was said, or stopped by us. An English voice reading Chinese would be worse than tones. */
function spoken(sentence) {
  const speech = window.speechSynthesis;
  const voice = speech?.getVoices().find((one) => one.lang.replace("_", "-").startsWith("zh"));
  if (!voice) return Promise.resolve(false);
  return new Promise((resolve) => {
    const words = new SpeechSynthesisUtterance(sentence);
    let hasBegun = false;
    const settle = (isSaid) => {
      clearTimeout(longest);
      resolve(isSaid);
    };
    const longest = setTimeout(() => {
      // What has not begun would be said over the tones that now stand in for it.
      if (!hasBegun) Object.assign(words, { onend: null, onerror: null });
      if (!hasBegun) speech.cancel();
      resolve(hasBegun);
    }, LONGEST_SENTENCE_MS);
    Object.assign(words, {
      voice, lang: VOICE_LANGUAGE, onstart: () => (hasBegun = true), onend: () => settle(true),
      onerror: ({ error }) => settle(STOPPED.has(error)),
    });
    speech.speak(words);
  });
}
