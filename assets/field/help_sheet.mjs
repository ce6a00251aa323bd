/* 求助: held for a second, so that a pocket does not call and a frightened hand can. */

import { node } from "./node.mjs";

const HOLD_MS = 1_000;

export class HelpSheet {
  #timer = null;

  constructor({ main, text, facts }, { onCall }) {
    this.onCall = onCall;
    this.hold = node("button", { type: "button", class: "field-sos" }, text("field.help.hold"));
    this.root = node(
      "dialog",
      { class: "field-sheet", "aria-label": text("field.help.title") },
      node("h2", {}, text("field.help.title")),
      node("p", {}, text("field.help.what")),
      this.hold,
      node("a", { class: "hand-button field-call", href: `tel:${facts.hotline}` }, text("field.help.phone", { phone: facts.hotline })),
      node("button", { type: "button", class: "hand-button", onclick: () => this.root.close() }, text("field.back")),
    );
    main.after(this.root);
    for (const name of ["pointerdown", "keydown"]) this.hold.addEventListener(name, (event) => this.#pressed(event));
    for (const name of ["pointerup", "pointerleave", "pointercancel", "keyup", "blur"]) this.hold.addEventListener(name, () => this.#released());
    this.hold.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  open() {
    if (!this.root.open) this.root.showModal();
  }

  #pressed(event) {
    if (this.#timer !== null || (event.type === "keydown" && !["Enter", " "].includes(event.key))) return;
    this.hold.dataset.held = "true";
    this.#timer = setTimeout(() => {
      this.#released();
      this.root.close();
      navigator.vibrate?.(200); // whoever does not look at the phone feels that it was done
      this.onCall();
    }, HOLD_MS);
  }

  #released() {
    clearTimeout(this.#timer);
    this.#timer = null;
    delete this.hold.dataset.held;
  }
}
