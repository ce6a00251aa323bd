/* The command bar: a line, what the server understood of it, and Enter, which opens the same form as the act's key.
 * Nothing is sent from here. */

import { bridge } from "../live/dash_bridge.mjs";

const TYPING_PAUSE_MS = 120; // shorter than a thought, longer than the time between two letters

export class CommandBar {
  constructor(root, { chosenId, perform }) {
    this.root = root;
    this.chosenId = chosenId;
    this.perform = perform; // ({act, matterId, line, numbers}) once a line is understood and Enter was pressed
    this.bar = root.querySelector("#desk-bar");
    this.said = root.querySelector("#desk-bar-said");
    this.revision = 0; // of the line as it stands
    this.entered = false; // Enter came before the answer to what stands in the line
    this.caret = 0;
  }

  start() {
    const place = this.bar.querySelector(".bar-input");
    this.input = Object.assign(document.createElement("input"), {
      id: "desk-bar-line", type: "text", maxLength: 200, autocomplete: "off", spellcheck: false, placeholder: place.dataset.placeholder,
    });
    this.input.setAttribute("aria-label", this.bar.getAttribute("aria-label"));
    place.append(this.input);
    this.input.addEventListener("input", () => this.#changed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.bar.addEventListener("click", (event) => {
      const offer = event.target.closest("[data-line]");
      if (offer) this.#write(offer.dataset.line);
    });
    new MutationObserver(() => this.#answered()).observe(this.said, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-revision"] });
  }

  get isOpen() {
    return !this.bar.hidden;
  }

  open() {
    this.bar.hidden = false;
    this.#write("");
    this.input.focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    clearTimeout(this.timer);
    this.entered = false;
    this.revision += 1; // what is still under way is of no use
    this.bar.hidden = true;
    this.input.blur();
  }

  #write(line) {
    this.input.value = line;
    this.input.focus({ preventScroll: true });
    this.#changed();
  }

  #changed() {
    this.entered = false;
    this.revision += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(), TYPING_PAUSE_MS);
  }

  #ask() {
    bridge.ask("desk-line", { line: this.input.value, matter_id: this.chosenId() ?? "", revision: this.revision, lang: this.root.dataset.lang });
  }

  #key(event) {
    if (event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key === "Enter") this.#enter();
    else if (event.key === "Escape") this.close();
    else if (event.key in steps) this.#move(steps[event.key]);
    else if (event.key === "Tab") this.#take();
    else return;
    event.preventDefault();
    event.stopPropagation(); // the desk's own keys are not meant
  }

  /* The answer to the line as it stands, undefined while it is not there. */
  #answer() {
    const answer = this.said.firstElementChild;
    return Number(answer?.dataset.revision) === this.revision ? answer : undefined;
  }

  #answered() {
    const answer = this.#answer();
    if (!answer) return;
    this.caret = 0;
    this.#paintCaret();
    if (this.entered) this.#enter();
  }

  #enter() {
    const answer = this.#answer();
    this.entered = !answer;
    if (!answer) return; // Enter counts for what is written, not for what was understood a letter ago
    if (answer.dataset.sendable !== "1") return;
    const { act, matter, numbers } = answer.dataset;
    const line = this.input.value;
    this.close();
    this.perform({ act, matterId: matter, line, numbers });
  }

  #offers() {
    return [...this.said.querySelectorAll("[data-line]")];
  }

  #move(step) {
    const offers = this.#offers();
    if (offers.length === 0) return;
    this.caret = (this.caret + step + offers.length) % offers.length;
    this.#paintCaret();
  }

  #paintCaret() {
    this.#offers().forEach((offer, at) => offer.classList.toggle("caret", at === this.caret));
  }

  #take() {
    const offer = this.#answer() && this.#offers()[this.caret];
    if (offer) this.#write(offer.dataset.line);
  }
}
