/* A city's recordings of the fixed phrases (docs/wall.md): fetched before they are needed, kept as the bytes they are, decoded
 * when they are played. */

const PHRASES_APART_S = 0.25;
const OVERDUE_S = 2; // a sound that has not ended so long after its length never says that it has

export class RecordedVoice {
  #bytes = new Map(); // phrase -> its file's bytes
  #files = new Map(); // phrase -> name of the file
  #source = null;

  /* `files` is {phrase: name of its file}; resolves to how many are here. What cannot be fetched is asked for again with
   * the next orders. */
  async load(files) {
    for (const phrase of this.#files.keys()) if (files[phrase] !== this.#files.get(phrase)) this.#forget(phrase);
    for (const [phrase, file] of Object.entries(files)) {
      if (this.#files.has(phrase)) continue;
      try {
        const answer = await fetch(`/voice/${file}`);
        if (!answer.ok) continue;
        this.#bytes.set(phrase, await answer.arrayBuffer());
        this.#files.set(phrase, file);
      } catch {
        continue;
      }
    }
    return this.#bytes.size;
  }

  has(phrases) {
    return phrases.every((phrase) => this.#bytes.has(phrase));
  }

  /* Plays phrases one after another while `isWanted()`; false when one of them is no sound that this browser can read. */
  async play(context, phrases, isWanted) {
    try {
      for (const phrase of phrases) {
        // Decoding takes its bytes away, so it is given a copy.
        const sound = await context.decodeAudioData(this.#bytes.get(phrase).slice(0));
        if (isWanted()) await this.#sounded(context, sound);
      }
      return true;
    } catch {
      for (const phrase of phrases) this.#bytes.delete(phrase);
      return false;
    }
  }

  stop() {
    this.#source?.stop();
  }

  #sounded(context, sound) {
    return new Promise((resolve) => {
      const source = context.createBufferSource();
      source.buffer = sound;
      source.connect(context.destination);
      const ended = () => {
        clearTimeout(overdue);
        source.onended = null;
        this.#source = null;
        setTimeout(resolve, PHRASES_APART_S * 1_000);
      };
      // A loudspeaker that is taken away, or a browser that pauses the page's sound, would silence it until it is reloaded.
      const overdue = setTimeout(() => {
        source.stop();
        ended();
      }, (sound.duration + OVERDUE_S) * 1_000);
      source.onended = ended;
      this.#source = source;
      source.start();
    });
  }

  #forget(phrase) {
    this.#files.delete(phrase);
    this.#bytes.delete(phrase);
  }
}
