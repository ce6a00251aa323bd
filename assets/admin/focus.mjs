/* Keeps the keyboard where it was when the server draws a part of the page anew, and leads it from a chosen step to the
 * step's form: however long the answer takes, unless the person has gone elsewhere meanwhile. */

export class FocusKeeper {
  constructor(root) {
    this.root = root;
    this.place = null; // the button where the keyboard is or was: { ask, of, leads } with `leads` to the form
    this.title = root.querySelector("#admin-step-title");
    this.said = this.title?.textContent ?? "";
    new MutationObserver(() => this.drawn()).observe(root, { childList: true, subtree: true, characterData: true });
    root.addEventListener("focusin", (event) => this.moved(event.target));
    root.addEventListener("pointerdown", () => {
      this.place = null; // a click into nothing leaves the keyboard nowhere; one on a button is told by `after`
    });
  }

  /* Remember which button was pressed. */
  after(ask, of) {
    this.place = { ask, of, leads: ask === "step" };
  }

  moved(target) {
    const { ask, of } = target.dataset;
    if (this.place && this.place.ask === ask && this.place.of === of) return;
    this.place = ask ? { ask, of, leads: false } : null;
  }

  drawn() {
    const before = this.said;
    this.said = this.title?.textContent ?? "";
    const { place } = this;
    if (!place) return;
    if (place.leads && this.said && this.said !== before) {
      this.place = null;
      this.title.focus();
      return;
    }
    if (document.activeElement !== document.body) return;
    const again = [...this.root.querySelectorAll(`[data-ask="${place.ask}"]`)].find((one) => one.dataset.of === place.of);
    // A step that was taken out has no button any more: the place of the acts is the nearest.
    (again ?? this.title)?.focus();
  }
}
