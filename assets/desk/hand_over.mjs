/* The sheet of a hand-over, or what would stand on it: line by line, by mouse or by keyboard. Which line is confirmed
 * the server says; a lost answer is asked for again with the same key, so no line is confirmed twice. */

import { text } from "../live/catalogue.mjs";
import { askKey } from "./asks.mjs";
import { MoreMark } from "./more_mark.mjs";
import { post } from "./post.mjs";

const STEPS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
const CITY_HOUR = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false });

export class HandOver {
  /* `refresh()` asks for the board again, `choose(id)` opens a line's matter. */
  constructor(root, { address, refresh, choose }) {
    this.root = root;
    this.address = address;
    this.refresh = refresh;
    this.choose = choose;
    this.sheet = null;
    this.items = [];
    this.sending = new Set(); // lines whose confirmation is on its way
    this.leaving = null; // the line that the keyboard confirmed: once it is drawn as confirmed, the caret goes on
  }

  start() {
    this.list = this.root.querySelector("#desk-hand-items");
    this.list.addEventListener("click", (event) => this.#clicked(event));
    this.list.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("focusin", (event) => this.#current(event.target.closest("[data-ref]")));
    const say = (hidden) => text("desk.more.count", { count: hidden.length });
    new MoreMark(this.list, { items: () => [...this.list.children], say });
  }

  /* How many lines of the running sheet nobody has confirmed; 0 without a sheet. */
  get left() {
    return this.sheet ? this.items.filter((item) => !item.confirmed_at).length : 0;
  }

  draw(board) {
    this.sheet = board.handover;
    this.items = this.sheet ? this.sheet.items : board.proposed;
    const kind = this.sheet ? this.sheet.role : "proposed";
    const must = this.items.filter((item) => item.must).length;
    write(this.root, "desk-hand-title", this.sheet
      ? text("desk.hand.running", { post: text(`desk.post.${this.sheet.post}`), done: this.items.length - this.left, count: this.items.length })
      : text("desk.hand.proposed", { count: must }));
    write(this.root, "desk-hand-hint", this.#hint(kind, must));
    write(this.root, "desk-hand-blocks", this.#blocks(kind));
    this.#lines();
    this.#goOn();
  }

  /* The keyboard's way in: the first line that is left, or the first of all. */
  enter() {
    const first = this.#unconfirmed(0) ?? this.list.firstElementChild;
    first?.focus({ preventScroll: true });
    first?.scrollIntoView({ block: "nearest" });
  }

  /* Beside the title: who hands over, or how many lines are proposed besides those that must be handed over. */
  #hint(kind, must) {
    const optional = this.items.length - must;
    if (kind === "proposed" && optional === 0) return "";
    return text(`desk.hand.hint.${kind}`, { by: this.sheet?.from ?? "", count: optional });
  }

  /* What stands between now and the end of the hand-over, in one line. */
  #blocks(kind) {
    if (kind === "proposed") return "";
    return text(this.left > 0 ? `desk.hand.left.${kind}` : `desk.hand.all.${kind}`, { count: this.left });
  }

  /* Lines keep their nodes: one that is drawn anew between pressing and letting go would swallow the click. */
  #lines() {
    const known = new Map([...this.list.children].map((line) => [line.dataset.ref, line]));
    this.items.forEach((item, place) => {
      const line = known.get(item.ref) ?? newLine(item.ref);
      known.delete(item.ref);
      this.#paint(line, item);
      if (this.list.children[place] !== line) this.list.insertBefore(line, this.list.children[place] ?? null);
    });
    for (const line of known.values()) line.remove();
    if (!this.list.querySelector('[tabindex="0"]')) this.#current(this.list.firstElementChild);
  }

  #paint(line, item) {
    const [tick, what, when] = line.children;
    if (item.matter_id) line.dataset.matter = item.matter_id;
    line.dataset.must = item.must ? "1" : "0";
    tick.setAttribute("aria-checked", String(Boolean(item.confirmed_at)));
    tick.disabled = this.sheet?.role !== "to" || Boolean(item.confirmed_at) || this.sending.has(item.ref);
    what.textContent = what.title = itemText(item);
    when.textContent = item.confirmed_at ? `${hour(item.confirmed_at)} ${item.confirmed_by}` : item.due_at ? hour(item.due_at) : "";
  }

  #clicked(event) {
    const line = event.target.closest("[data-ref]");
    if (!line) return;
    if (event.target.closest(".tick")) this.#confirm(line.dataset.ref);
    else if (line.dataset.matter) this.choose(line.dataset.matter);
  }

  /* Inside the list the queue's keys mean its lines; Space confirms the one under the caret and goes to the next left. */
  #key(event) {
    const line = event.target.closest("[data-ref]");
    if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key] ?? STEPS[event.key.toLowerCase()];
    if (step) this.#move(line, step);
    else if (event.key === " ") this.#confirm(line.dataset.ref);
    else if (event.key === "Enter" && line.dataset.matter) this.choose(line.dataset.matter);
    else if (event.key === "Escape") line.blur();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #move(line, step) {
    const next = step > 0 ? line.nextElementSibling : line.previousElementSibling;
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  }

  #current(line) {
    for (const one of this.list.children) one.tabIndex = one === line ? 0 : -1;
  }

  /* The first line from this place on, then from the top, that nobody has confirmed and that is not on its way. */
  #unconfirmed(from) {
    const lines = [...this.list.children];
    const left = (line) => line.querySelector(".tick").getAttribute("aria-checked") === "false" && !this.sending.has(line.dataset.ref);
    return lines.slice(from).find(left) ?? lines.find(left);
  }

  async #confirm(ref) {
    const { sheet } = this;
    const item = this.items.find((one) => one.ref === ref);
    if (sheet?.role !== "to" || !item || item.confirmed_at || this.sending.has(ref) || this.root.dataset.writable !== "1") return;
    if (document.activeElement?.dataset?.ref === ref) this.leaving = ref;
    this.sending.add(ref);
    this.#lines();
    const refusal = await post(`${this.address}/handovers/${sheet.id}/items`, { ref });
    const said = this.root.querySelector("#desk-hand-refusal");
    said.hidden = refusal === null;
    said.textContent = refusal ?? "";
    await this.refresh(); // until then the line is still drawn as sent, so that no second press asks again
    this.sending.delete(ref);
    this.#lines();
  }

  /* From the line that the keyboard confirmed to the next one left, if the caret is still there. */
  #goOn() {
    const ref = this.leaving;
    if (!ref || !this.items.find((item) => item.ref === ref)?.confirmed_at) return;
    this.leaving = null;
    if (document.activeElement?.dataset?.ref !== ref) return;
    const at = [...this.list.children].findIndex((line) => line.dataset.ref === ref);
    const next = this.#unconfirmed(at + 1);
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  }
}

function newLine(ref) {
  const line = document.createElement("li");
  line.dataset.ref = ref;
  line.tabIndex = -1;
  const tick = document.createElement("button");
  Object.assign(tick, { type: "button", className: "tick", tabIndex: -1 });
  tick.setAttribute("role", "checkbox");
  tick.setAttribute("aria-label", text("desk.hand.confirm"));
  line.append(tick, spanOf("what"), spanOf("third", "when"));
  return line;
}

/* One line of the sheet in words; callbacks/desk/shift.py says the same in the form. */
export function itemText(item) {
  if (item.ref === "overdue:rest") return text("desk.hand.rest", item.details);
  if (item.kind === "ask") {
    const ask = { kind: item.details.ask, params: item.details.params };
    return text(askKey(ask), { ...ask.params, no: item.no, title: item.title });
  }
  const title = `${item.no} ${item.title}`.trim();
  return text(`desk.hand.${item.kind}`, { ...item.details, title });
}

function write(root, id, value) {
  const node = root.querySelector(`#${id}`);
  if (node.textContent !== value) node.textContent = value;
}

function hour(at) {
  return CITY_HOUR.format(at);
}

function spanOf(...classes) {
  const node = document.createElement("span");
  node.classList.add(...classes);
  return node;
}
