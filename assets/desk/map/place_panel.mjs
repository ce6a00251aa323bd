/* The strip over the map: where it stands (city > county > township > village > grid), the figures of that place, and one
 * field that finds places, people, units and numbers. With nothing written the field's list is what lies in the place, so
 * that the whole drill-down goes by keyboard: arrows, Enter, and Esc back up. */

import { text } from "../../live/catalogue.mjs";
import { UNKNOWN, childRows, foundRows, number } from "./found_list.mjs";
import { gapsOf } from "./place_figures.mjs";

const TYPING_SETTLES_MS = 160;
const OPTION_ID = "map-option-";

export class PlacePanel {
  #caret = -1;
  #rows = [];
  #found = null; // null: nothing asked; "asking", "failed", or the answer
  #asked = 0;
  #takesFirst = false; // when the answer comes

  /* `choose(row)` takes a chosen row, `goTo(code)` a step of the path, `back()` answers whether there was a way up;
   * `find(words)` resolves to an answer of /api/v1/map/found or null; `point(code)` marks a place on the map. */
  constructor(root, acts) {
    Object.assign(this, acts);
    this.node = root;
    this.path = make("nav", "map-path", { "aria-label": text("desk_map.path") });
    this.field = make("input", "map-field", {
      type: "text", role: "combobox", "aria-expanded": "false", "aria-controls": "map-list", "aria-autocomplete": "list",
      autocomplete: "off", spellcheck: "false", maxlength: "40", "aria-label": text("desk_map.find"), placeholder: text("desk_map.find.hint"), id: "map-field",
    });
    this.figures = make("p", "map-figures", { id: "map-figures" });
    this.list = make("div", "map-list", { id: "map-list", role: "listbox", "aria-label": text("desk_map.list") });
    this.list.hidden = true;
    const bar = make("div", "map-bar");
    bar.append(this.path, this.field);
    root.replaceChildren(bar, this.figures, this.list);
    this.field.addEventListener("focus", () => this.#open());
    this.field.addEventListener("blur", () => this.close());
    this.field.addEventListener("input", () => this.#typed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.path.addEventListener("click", (event) => event.target.closest("[data-code]") && this.goTo(event.target.closest("[data-code]").dataset.code));
    // A press on a row must not take the focus from the field: the list would close before the click.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("[data-at]");
      if (row) this.#take(Number(row.dataset.at));
    });
  }

  focus() {
    this.field.focus();
  }

  /* The chosen place with its path. */
  showPlace(answer) {
    this.answer = answer;
    this.path.replaceChildren(...answer.chain.flatMap(({ code, name }, at) => {
      const isLast = at === answer.chain.length - 1;
      const step = make(isLast ? "b" : "button", "step", isLast ? { "aria-current": "location" } : { type: "button", "data-code": code });
      step.textContent = at > 0 && name.startsWith(answer.chain[at - 1].name) ? name.slice(answer.chain[at - 1].name.length) : name;
      return at === 0 ? [step] : [separator(), step];
    }));
    this.path.scrollLeft = this.path.scrollWidth; // where one stands is never what is cut
  }

  /* The figures of the place, and of those in it when the list shows them. `asOf` is a time of day when they are old. */
  showFigures(figures, asOf) {
    this.counted = figures;
    const { own, elsewhere } = figures;
    const known = (value) => (figures.knowsFleet ? number(value) : UNKNOWN);
    this.figures.dataset.state = asOf ? "late" : "fresh";
    const parts = [
      [text("desk_map.workers", { fresh: known(own.fresh), workers: known(own.workers) })],
      [text("desk_map.gaps", { gaps: known(gapsOf(own)), grids: number(own.grids) })],
      own.lost > 0 && [text("desk_map.lost", { lost: number(own.lost) })],
      own.calling > 0 && [text("desk_map.calling", { calling: number(own.calling) }), "overdue"],
      [text("desk_map.open", { open: number(own.open) })],
      own.overdue > 0 && [text("desk_map.overdue", { overdue: number(own.overdue) }), "overdue"],
      own.risk > 0 && [text("desk_map.risk", { risk: number(own.risk) }), "risk"],
      elsewhere.open > 0 && this.answer.children.length > 0 && [text("desk_map.elsewhere", { open: number(elsewhere.open) })],
      asOf && [text("desk_map.as_of", { time: asOf }), "late"],
    ].filter(Boolean);
    this.figures.replaceChildren(...parts.map(([words, state]) => {
      const node = make("span", state ?? "");
      node.textContent = words;
      return node;
    }));
    if (!this.list.hidden && this.field.value.trim() === "") this.#refresh();
  }

  /* New figures go into the rows that are there: a row that is drawn anew between press and release takes no click. */
  #refresh() {
    const rows = childRows(this.answer, this.counted);
    if (rows.length !== this.#rows.length || rows.some((row, at) => row.cells.length !== this.#rows[at].cells?.length || row.id !== this.#rows[at].id)) {
      this.#draw();
      return;
    }
    this.#rows = rows;
    for (const [at, row] of rows.entries()) {
      const cells = this.list.querySelectorAll(`[data-at="${at}"] .cell`);
      for (const [place, [words, state]] of row.cells.entries()) {
        if (cells[place].textContent === words) continue;
        cells[place].textContent = words;
        cells[place].className = `cell ${state}`;
      }
    }
  }

  /* What could not be had, in words, in place of the figures. */
  showFault(words) {
    this.figures.dataset.state = "down";
    this.figures.textContent = words;
  }

  get isOpen() {
    return !this.list.hidden;
  }

  close() {
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
    this.#caret = -1;
    this.point(null);
  }

  #open() {
    this.list.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
    this.#draw();
  }

  #typed() {
    clearTimeout(this.timer);
    this.#caret = -1;
    if (this.list.hidden) this.#open();
    this.#asked += 1; // an answer under way is of no use any more
    this.#found = this.field.value.trim() === "" ? null : "asking";
    this.#takesFirst = false;
    this.#draw();
    if (this.#found) this.timer = setTimeout(() => this.#ask(), TYPING_SETTLES_MS);
  }

  async #ask() {
    clearTimeout(this.timer);
    this.#asked += 1;
    const mine = this.#asked;
    if (typeof this.#found === "string") this.#found = "asking";
    this.#draw();
    const found = await this.find(this.field.value.trim());
    if (mine !== this.#asked) return;
    this.#found = found ?? "failed";
    this.#caret = -1;
    this.#draw();
    this.#move(1); // the best is what Enter takes
    if (this.#takesFirst) this.#take(this.#caret);
  }

  /* Enter came before the answer: what comes first is what was meant. */
  #askForFirst() {
    this.#takesFirst = true;
    this.#ask();
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (event.isComposing) return;
    if (step) {
      if (this.list.hidden) this.#open();
      this.#move(step);
    } else if (event.key === "Enter") {
      if (this.#caret >= 0) this.#take(this.#caret);
      else if (this.field.value.trim()) this.#askForFirst();
    } else if (event.key === "Escape") {
      this.#escape();
    } else if (event.key === "Backspace" && this.field.value === "") {
      this.back();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /* What was written goes first, then one place up at a time, then the field is left. */
  #escape() {
    if (this.field.value !== "") {
      this.clear();
      return;
    }
    if (!this.back()) this.field.blur();
  }

  clear() {
    this.field.value = "";
    this.#typed();
  }

  #take(at) {
    const row = this.#rows[at];
    if (!row || row.kind === "heading") return;
    this.#asked += 1;
    this.#takesFirst = false;
    this.#found = null;
    this.#caret = -1;
    this.field.value = "";
    this.choose(row);
    if (row.kind !== "place") this.field.blur();
  }

  #move(step) {
    const usable = this.#rows.map((row, at) => (row.kind === "heading" ? -1 : at)).filter((at) => at >= 0);
    if (usable.length === 0) return;
    const before = usable.indexOf(this.#caret);
    const next = before < 0 ? (step > 0 ? 0 : usable.length - 1) : Math.min(usable.length - 1, Math.max(0, before + step));
    this.#caret = usable[next];
    this.#mark();
  }

  #draw() {
    const isFinding = this.field.value.trim() !== "";
    this.#rows = isFinding ? (this.#found?.matters ? foundRows(this.#found) : []) : this.answer ? childRows(this.answer, this.counted) : [];
    const head = isFinding || this.#rows.length === 0 ? [] : [headOf()];
    const nodes = this.#rows.map((row, at) => (row.kind === "heading" ? headingNode(row) : rowNode(row, at)));
    const words = this.#rows.length > 0 ? null : isFinding ? text(`desk_map.found.${typeof this.#found === "string" ? this.#found : this.#found ? "none" : "asking"}`) : text("desk_map.list.none");
    this.list.replaceChildren(...head, ...nodes, ...(words ? [stateNode(words)] : []));
    this.list.scrollTop = 0; // other rows than before
    this.#mark();
  }

  #mark() {
    const row = this.#rows[this.#caret];
    for (const node of this.list.querySelectorAll("[data-at]")) node.setAttribute("aria-selected", String(Number(node.dataset.at) === this.#caret));
    if (!row) {
      this.field.removeAttribute("aria-activedescendant");
    } else {
      this.field.setAttribute("aria-activedescendant", OPTION_ID + this.#caret);
      this.list.querySelector(`[data-at="${this.#caret}"]`).scrollIntoView({ block: "nearest" });
    }
    this.point(row?.kind === "place" ? row.id : null);
  }
}

function rowNode(row, at) {
  const node = make("div", `map-row ${row.kind}`, { role: "option", id: OPTION_ID + at, "data-at": String(at), "data-id": row.id, "aria-selected": "false" });
  const title = make("span", "title");
  title.textContent = row.title;
  const cells = (row.cells ?? []).map(([words, state]) => {
    const cell = make("span", `cell ${state}`);
    cell.textContent = words;
    return cell;
  });
  if (row.beside) {
    const beside = make("span", "beside");
    beside.textContent = row.beside;
    cells.push(beside);
  }
  node.append(title, ...cells);
  return node;
}

function headOf() {
  const node = make("div", "map-row head", { role: "presentation" });
  const title = make("span", "title");
  title.textContent = text("desk_map.list.place");
  node.append(title, ...["workers", "gaps", "open", "overdue"].map((name) => {
    const cell = make("span", "cell");
    cell.textContent = text(`desk_map.list.${name}`);
    return cell;
  }));
  return node;
}

function headingNode({ title, more }) {
  const node = make("div", "map-row heading", { role: "presentation" });
  const name = make("b", "title");
  name.textContent = title;
  const rest = make("span", "beside");
  rest.textContent = more;
  node.append(name, rest);
  return node;
}

function stateNode(words) {
  const node = make("div", "map-row state", { role: "status" });
  node.textContent = words;
  return node;
}

function separator() {
  const node = make("span", "sep", { "aria-hidden": "true" });
  node.textContent = "›";
  return node;
}

function make(tag, className, attributes = {}) {
  const node = document.createElement(tag);
  node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
