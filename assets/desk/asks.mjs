/* What waits for somebody's ruling: every row of `live.asks` by when it is due. A click opens its matter and, when the
 * row names one (`params.form`), the form that rules on it. Whose turn it is, the row says with `params.by`. */

import { paintCountdown } from "../live/countdown.mjs";
import { text } from "../live/catalogue.mjs";
import { MoreMark } from "./more_mark.mjs";

/* Soonest first; what has no clock stands after what has one, oldest first. */
export function asksInOrder(asks) {
  const end = (ask) => ask.due_at ?? Number.MAX_SAFE_INTEGER;
  return [...asks].sort((one, other) => end(one) - end(other) || one.made_at - other.made_at || (one.id < other.id ? -1 : 1));
}

/* The sentence for an ask; what came in without a reason has a sentence that leaves none out. */
const WITHOUT_REASON = { return: "ask.return_unsaid", extension: "ask.extension_unsaid" };
export function askKey(ask) {
  return (!ask.params?.reason && WITHOUT_REASON[ask.kind]) || `ask.${ask.kind}`;
}

export class Asks {
  constructor(root, live, { open }) {
    this.root = root;
    this.live = live;
    this.open = open;
    this.panel = root.querySelector("#desk-asks-panel");
    this.list = root.querySelector("#desk-asks");
    this.count = root.querySelector("#desk-asks-count");
  }

  start() {
    new MoreMark(this.list, { items: () => [...this.list.children], say: (hidden) => text("desk.more.count", { count: hidden.length }) });
    this.live.on("asks", () => this.draw());
    this.list.addEventListener("click", (event) => this.#clicked(event));
    this.draw();
  }

  draw() {
    const asks = asksInOrder(this.live.asks.values());
    const focused = this.root.ownerDocument.activeElement?.closest?.("[data-ask]")?.dataset.ask;
    this.panel.hidden = asks.length === 0;
    this.count.textContent = text("desk.asks.count", { count: asks.length });
    this.list.replaceChildren(...asks.map((ask) => this.#line(ask)));
    if (focused) this.list.querySelector(`[data-ask="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  #line(ask) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.ask = ask.id;
    button.dataset.tone = ask.params?.tone ?? "";
    const words = text(askKey(ask), { ...ask.params, no: ask.no, title: ask.title });
    button.title = words;
    button.append(this.#clock(ask), plain(words));
    item.append(button);
    return item;
  }

  #clock(ask) {
    const clock = plain("");
    if (ask.due_at === null || ask.due_at === undefined) return clock;
    clock.dataset.due = String(ask.due_at);
    clock.dataset.limit = String(Math.max(ask.due_at - ask.made_at, 0));
    paintCountdown(clock, this.live.now());
    return clock;
  }

  #clicked(event) {
    const ask = this.live.asks.get(event.target.closest("[data-ask]")?.dataset.ask);
    if (ask) this.open(ask);
  }
}

function plain(words) {
  const node = document.createElement("span");
  node.textContent = words;
  return node;
}
