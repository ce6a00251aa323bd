/* Keeps the keyboard where it was when the server draws a part of the page anew, and leads it from a chosen step to the
 * step's form: however long the answer takes, unless the person has gone elsewhere meanwhile. */

export class FocusKeeper {
  constructor(root) {
    this.root = root;
    // Where the keyboard is or was: { ask, of } of a button, whether it `leads` to the form, and whether it `folds`: then
    // the keyboard is on the summary that the button is behind.
    this.place = null;
    this.title = root.querySelector("#admin-step-title");
    this.said = this.title?.textContent ?? "";
    new MutationObserver(() => this.drawn()).observe(root, { childList: true, subtree: true, characterData: true });
    root.addEventListener("focusin", (event) => this.moved(event.target));
    root.addEventListener("pointerdown", () => {
      this.place = null; // a click into nothing leaves the keyboard nowhere; one on a button is told by `after`
    });
  }

  /* Remember which button was pressed. What it meant was read: its disclosure closes, so that no second press follows by
   * mistake. */
  after(button) {
    const { ask, of } = button.dataset;
    const disclosure = button.closest("details.sure");
    if (disclosure) disclosure.open = false;
    this.place = { ask, of, leads: ask === "step", folds: Boolean(disclosure) };
    if (disclosure) disclosure.querySelector("summary").focus();
  }

  moved(target) {
    const folds = target.matches("summary");
    const { ask, of } = (folds ? target.parentElement.querySelector("[data-ask]") : target)?.dataset ?? {};
    if (this.place && this.place.ask === ask && this.place.of === of && this.place.folds === folds) return;
    this.place = ask ? { ask, of, leads: false, folds } : null;
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
    const button = [...this.root.querySelectorAll(`[data-ask="${place.ask}"]`)].find((one) => one.dataset.of === place.of);
    const again = place.folds ? button?.closest("details")?.querySelector("summary") : button;
    // A step that was taken out has no button any more: the place of the acts is the nearest.
    (again ?? this.title)?.focus();
  }
}
