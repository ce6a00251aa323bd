/* The voice of a desk or a wall: a chime made here, no file, and a sentence said by the browser's own Chinese voice where it has one.
 * Browsers keep a page silent until somebody has touched it: `blocked` says so. */

const TONES_HZ = [880, 660];
const TONE_S = 0.22;
const VOLUME = 0.35;
const VOICE_LANGUAGE = "zh-CN";
const LONGEST_SENTENCE_MS = 15_000;

export class Chime {
  #context = null;
  #turn = 0; // counts what was begun or stopped, so that what is stopped between its two times is not said again

  get blocked() {
    return this.#open()?.state !== "running";
  }

  /* After a touch or a key: the browser lets the page sound from now on. */
  async unblock() {
    const context = this.#open();
    if (context?.state === "suspended") await context.resume().catch(() => {});
  }

  /* Chimes and says the sentence twice; resolves to true when it could be heard. */
  async play(sentence) {
    if (this.blocked) return false;
    const turn = (this.#turn += 1);
    for (let time = 0; time < 2 && turn === this.#turn; time += 1) {
      await this.#tones();
      if (turn === this.#turn) await say(sentence);
    }
    return turn === this.#turn;
  }

  stop() {
    this.#turn += 1;
    window.speechSynthesis?.cancel();
  }

  #open() {
    const Context = window.AudioContext;
    if (!this.#context && Context) this.#context = new Context();
    return this.#context;
  }

  #tones() {
    const context = this.#context;
    for (const [place, hertz] of TONES_HZ.entries()) {
      const tone = context.createOscillator();
      const gain = context.createGain();
      const start = context.currentTime + place * TONE_S;
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(VOLUME, start);
      gain.gain.exponentialRampToValueAtTime(0.001, start + TONE_S);
      tone.connect(gain).connect(context.destination);
      tone.start(start);
      tone.stop(start + TONE_S);
    }
    return new Promise((resolve) => setTimeout(resolve, TONES_HZ.length * TONE_S * 1_000));
  }
}

/* A machine without a Chinese voice chimes only: an English voice reading Chinese would be worse than silence. */
function say(sentence) {
  const speech = window.speechSynthesis;
  const voice = speech?.getVoices().find((one) => one.lang.replace("_", "-").startsWith("zh"));
  if (!voice) return Promise.resolve();
  return new Promise((resolve) => {
    const words = new SpeechSynthesisUtterance(sentence);
    Object.assign(words, { voice, lang: VOICE_LANGUAGE, onend: resolve, onerror: resolve });
    speech.speak(words);
    setTimeout(resolve, LONGEST_SENTENCE_MS);
  });
}
