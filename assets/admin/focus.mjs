/* Keeps the keyboard where it was when the server draws a part of the page anew, and leads it from a chosen step to the
 * step's form. */

const LASTING_MS = 4_000; // an answer that takes longer finds the person somewhere else

export class FocusKeeper {
  constructor(root) {
    this.root = root;
    this.wanted = null;
    this.title = root.querySelector("#admin-step-title");
    this.said = this.title?.textContent ?? "";
    new MutationObserver(() => this.drawn()).observe(root, { childList: true, subtree: true, characterData: true });
  }

  /* Remember which button was pressed. */
  after(ask, of) {
    this.wanted = { ask, of, until: Date.now() + LASTING_MS };
  }

  drawn() {
    const before = this.said;
    this.said = this.title?.textContent ?? "";
    const { wanted } = this;
    if (!wanted || Date.now() > wanted.until) return;
    if (wanted.ask === "step" && this.said && this.said !== before) {
      this.wanted = null;
      this.title.focus();
      return;
    }
    if (document.activeElement !== document.body) return;
    const again = [...this.root.querySelectorAll(`[data-ask="${wanted.ask}"]`)].find(
      (one) => one.dataset.of === wanted.of,
    );
    // A step that was taken out has no button any more: the place of the acts is the nearest.
    (again ?? this.title)?.focus();
  }
}
