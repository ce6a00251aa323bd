/* News must not move a button from under a finger: while one is down, the page is not painted anew. */

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
