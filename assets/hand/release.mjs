/* A page of an earlier release must not go on talking to a later server: every answer names the server's release, and a
 * page that is another one loads itself again as soon as nobody is in the middle of something. */

import { notice } from "./frame.mjs";
import { text } from "../live/catalogue.mjs";

const TRIED = "zhongshu.hand.release";
const AGAIN_MS = 30_000; // after files that did not come

export class ReleaseWatch {
  #wanted = "";
  #isTaking = false;
  #isSaid = false;
  #notBefore = -Infinity;

  /* `isBusy()` says whether the person is in the middle of something; `prepare(release)` resolves once the new files can
   * be loaded. Both may be set later by the page. */
  constructor({ api, clock, facts, storage = sessionStorageOrNothing(), reload = () => window.location.reload() }) {
    Object.assign(this, { clock, facts, storage, reload });
    this.isBusy = isWriting;
    this.prepare = async () => {};
    api.onRelease = (release) => this.#heard(release);
    clock.onSecond(() => this.#look());
  }

  #heard(release) {
    if (!this.facts.release || release === this.facts.release || release === this.#wanted) return;
    this.#wanted = release;
    this.#look();
  }

  #look() {
    if (!this.#wanted || this.#isTaking || this.#isTried() || this.clock.mark() < this.#notBefore) return;
    if (this.isBusy()) this.#say();
    else this.#take();
  }

  /* Once per release: were two servers of different releases behind one address, the page would load itself for ever. */
  async #take() {
    this.#isTaking = true;
    try {
      await this.prepare(this.#wanted);
      this.storage?.setItem(TRIED, this.#wanted);
      this.reload();
    } catch (error) {
      console.warn("the new release waits", error);
      this.#notBefore = this.clock.mark() + AGAIN_MS;
    } finally {
      this.#isTaking = false;
    }
  }

  #isTried() {
    return this.storage?.getItem(TRIED) === this.#wanted;
  }

  #say() {
    if (this.#isSaid) return;
    this.#isSaid = true;
    notice(text("hand.new_release"), { action: { label: text("hand.load_now"), run: () => this.#take() } });
  }
}

/* A form is open, or words stand in a field that has the caret. */
export function isWriting(page = document) {
  const field = page.activeElement;
  return page.querySelector("dialog[open]") !== null || (["TEXTAREA", "INPUT"].includes(field?.tagName) && field.value !== "");
}

function sessionStorageOrNothing() {
  try {
    return window.sessionStorage;
  } catch {
    return null; // switched off by policy
  }
}
