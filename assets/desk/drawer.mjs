/* The drawer's frame: which parts are still of the matter that was shown before, and which lie below its edge. */

import { text } from "../live/catalogue.mjs";
import { MoreMark } from "./more_mark.mjs";

export class Drawer {
  constructor(root, { chosenId }) {
    this.chosenId = chosenId;
    this.parts = root.querySelector(".drawer-parts");
  }

  start() {
    new MutationObserver(() => this.markBehind()).observe(this.parts, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-of"] });
    this.more = new MoreMark(this.parts, {
      items: () => this.#headings(), say: (hidden) => this.#names(hidden), go: (event) => this.#goTo(event),
    });
  }

  top() {
    this.parts.scrollTop = 0;
  }

  /* Parts come one by one. One that still shows the matter before is grey and takes no press: its buttons would act on
   * what is chosen now. */
  markBehind() {
    for (const part of this.parts.children) {
      const of = part.querySelector(":scope > [data-of]")?.dataset.of;
      part.toggleAttribute("data-behind", of !== undefined && of !== this.chosenId());
    }
  }

  /* The parts' headings, and the end of the last part: a long history alone is also something below. */
  #headings() {
    const headings = [...this.parts.querySelectorAll(".heading")].filter((one) => one.querySelector("b")?.textContent);
    const last = this.parts.querySelector(".timeline > :last-child");
    return last ? [...headings, last] : headings;
  }

  #names(hidden) {
    this.below = hidden.filter((one) => one.matches(".heading"));
    const names = this.below.map((heading, at) => named(heading, at));
    return [plain(names.length > 0 ? text("desk.more.below") : text("desk.more.history")), ...names];
  }

  #goTo(event) {
    const heading = this.below?.[Number(event.target.dataset?.at)];
    heading?.scrollIntoView({ block: "start" });
    return Boolean(heading);
  }
}

function named(heading, at) {
  const name = plain(heading.querySelector("b").textContent, "more-name");
  name.dataset.at = String(at);
  return name;
}

function plain(words, className = "") {
  const node = document.createElement("span");
  node.textContent = words;
  node.className = className;
  return node;
}
