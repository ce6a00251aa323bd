/* Marks what scrolls: a line under a box says what is still below its edge, and goes there when it is pressed. Boxes
 * whose bars appear only while they move would otherwise hide lines without a sign. */

const HIDDEN_PX = 6; // an item of which more than this is below the edge counts as not seen
const PAGE_SHARE = 0.85; // of the box: the last lines stay as the first ones

export class MoreMark {
  /* `items()` gives the box's items from top to bottom, `say(hidden)` the words for those below the edge, as text or as
   * a list of nodes. `go(event)` may take a press for itself and says so; else the box is scrolled by a page. */
  constructor(box, { items, say, go = () => false }) {
    this.box = box;
    this.items = items;
    this.say = say;
    this.mark = document.createElement("button");
    Object.assign(this.mark, { type: "button", className: "more-mark", tabIndex: -1, hidden: true });
    box.after(this.mark);
    this.mark.addEventListener("click", (event) => go(event) || box.scrollBy({ top: box.clientHeight * PAGE_SHARE }));
    box.addEventListener("scroll", () => this.soon(), { passive: true });
    this.sizes = new ResizeObserver(() => this.soon());
    this.sizes.observe(box);
    this.changes = new MutationObserver(() => this.soon());
    this.changes.observe(box, { childList: true, characterData: true, subtree: true, attributes: true, attributeFilter: ["hidden"] });
    this.soon();
  }

  soon() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.#draw();
    });
  }

  #draw() {
    const edge = this.box.getBoundingClientRect().bottom - HIDDEN_PX;
    const hidden = this.box.scrollHeight - this.box.clientHeight > HIDDEN_PX
      ? this.items().filter((item) => item.getClientRects().length > 0 && item.getBoundingClientRect().bottom > edge + HIDDEN_PX * 2)
      : [];
    const said = hidden.length > 0 ? this.say(hidden) : "";
    this.mark.hidden = said === "";
    if (typeof said !== "string") this.mark.replaceChildren(...said);
    else if (this.mark.textContent !== said) this.mark.textContent = said;
  }

  /* For a box that goes away: nothing is watched any more. */
  end() {
    this.sizes.disconnect();
    this.changes.disconnect();
    this.mark.remove();
  }
}
