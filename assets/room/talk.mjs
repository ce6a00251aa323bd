/* The part of a room where one speaks: the newest messages, earlier ones when asked for, and what of it has been read. */

import { paint } from "../wall/paint.mjs";
import { text } from "../live/catalogue.mjs";
import { messagesView } from "./message_view.mjs";
import { lastNo } from "./news.mjs";

const AT_ONCE = 60; // a phone paints three hundred messages in half a second, sixty in a tenth
const END_PX = 80;

export class Talk {
  #view = null;
  #count = AT_ONCE;
  #newAfter = null;
  #wasAtEnd = true;

  /* `onRead(no)` is called with the number of the last message that stood on a page in front of somebody. */
  constructor(parent, { onRead }) {
    this.onRead = onRead;
    this.box = section(parent, "div", "room-messages");
    this.box.setAttribute("aria-live", "polite");
    this.box.tabIndex = 0; // scrolled by keys
    this.down = section(parent, "button", "hand-button room-down");
    this.down.type = "button";
    this.down.hidden = true;
    this.down.addEventListener("click", () => this.#toEnd());
    this.box.addEventListener("click", (event) => event.target.closest("[data-earlier]") && this.#earlier());
    this.box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // A line more to write in, or a keyboard, must not push what was said last below the edge.
    new ResizeObserver(() => this.#wasAtEnd && this.#toEnd()).observe(this.box);
    document.addEventListener("visibilitychange", () => this.attend());
  }

  show(view, now) {
    this.now = now;
    const wasAtEnd = this.#view === null || this.isAtEnd;
    const isFirst = this.#view === null;
    this.#view = view;
    if (isFirst) this.#enter(view);
    this.#paint();
    if (wasAtEnd) this.#toEnd();
    else this.#sayNew();
    this.attend();
  }

  /* Whatever is new must be on the page, however much of it there is. */
  #enter(view) {
    const me = view.participants.find((one) => one.kind === view.me.kind && one.id === view.me.id);
    this.#newAfter = me?.read_no ?? 0;
    const fresh = view.messages.filter(({ no }) => no > this.#newAfter).length;
    this.#count = Math.max(AT_ONCE, fresh);
  }

  #paint() {
    const from = Math.max(0, this.#view.messages.length - this.#count);
    paint(this.box, messagesView(this.#view, { from, newAfter: this.#newAfter < lastNo(this.#view) ? this.#newAfter : 0 }, this.now));
  }

  #earlier() {
    const below = this.box.scrollHeight - this.box.scrollTop;
    this.#count = this.#view.messages.length;
    this.#paint();
    this.box.scrollTop = this.box.scrollHeight - below; // what was looked at stays where it was
  }

  get isAtEnd() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < END_PX;
  }

  #toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
    this.#wasAtEnd = true;
    this.attend();
  }

  #scrolled() {
    this.#wasAtEnd = this.isAtEnd;
    this.attend();
  }

  #sayNew() {
    this.down.hidden = this.isAtEnd;
    this.down.textContent = text("room.newer");
  }

  /* Read is what stood at the end of a visible page: neither another tab of it nor what lies below the edge. */
  attend() {
    if (!this.#view || document.hidden || this.box.getClientRects().length === 0 || !this.isAtEnd) return;
    this.down.hidden = true;
    this.onRead(this.#view.room.last_no);
  }
}

function section(parent, tag, name) {
  const element = document.createElement(tag);
  element.className = name;
  parent.append(element);
  return element;
}
