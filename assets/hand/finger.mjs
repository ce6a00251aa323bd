/* What a finger must not do unasked: press what news have moved under it, or press twice what was meant once. */

export class FingerWatch {
  /* `onUp()` is called after a finger has left `root`, when its click has been heard. */
  constructor(root, onUp) {
    this.isDown = false;
    this.onUp = onUp;
    root.addEventListener("pointerdown", (event) => (this.isDown = event.target.closest("button, a, label, summary") !== null));
    for (const name of ["pointerup", "pointercancel", "dragend"]) window.addEventListener(name, () => setTimeout(() => this.#up()));
  }

  /* Whatever was pressed has done its work. */
  release() {
    this.isDown = false;
  }

  #up() {
    if (!this.isDown) return;
    this.isDown = false;
    this.onUp();
  }
}

const SETTLED_AFTER_MS = 400; // two taps of one intention follow each other faster

/* For a moment after an act its buttons take no finger: where the pressed one stood stands the next one already. */
export function settle(main) {
  main.classList.add("settling");
  clearTimeout(settle.timer);
  settle.timer = setTimeout(() => main.classList.remove("settling"), SETTLED_AFTER_MS);
}
