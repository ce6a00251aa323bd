/* Above the list: how much waits, where else to go, the search, the filters with their counts. What was chosen is kept on
 * the device; what was typed is not, because a forgotten word would hide matters. */

import { text } from "../live/catalogue.mjs";
import { countsOf, FILTERS } from "./filters.mjs";

const KEPT = "list.filter";

export class Finder {
  constructor(parent, { store, statistics, onChange }) {
    Object.assign(this, { store, onChange });
    this.filter = "all";
    this.summary = make("h1", "unit-sum"); // heard, not seen: the filters show the same figures
    this.chips = FILTERS.map((name, place) => this.#chip(name, place));
    this.search = make("input", "unit-search");
    Object.assign(this.search, { type: "search", autocomplete: "off", placeholder: text("unit.search") });
    this.search.setAttribute("aria-label", text("unit.search"));
    this.search.addEventListener("input", () => onChange());
    const row = make("div", "unit-chips");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", text("unit.filters"));
    row.append(...this.chips);
    const head = make("div", "unit-finder");
    head.append(this.search, link("/room", "unit.rooms"), link(`#${statistics}`, "unit.statistics"));
    parent.append(this.summary, head, row);
  }

  get sought() {
    return this.search.value;
  }

  async open() {
    const kept = await this.store.get(KEPT);
    if (FILTERS.includes(kept)) this.filter = kept;
  }

  choose(name) {
    this.filter = name;
    this.store.put(KEPT, name);
    this.onChange();
  }

  showAll() {
    this.search.value = "";
    this.choose("all");
  }

  show(groups, now) {
    const counts = countsOf(groups, now);
    this.summary.textContent = text("unit.summary", { mine: counts.all, overdue: counts.overdue });
    FILTERS.forEach((name, place) => {
      const chip = this.chips[place];
      chip.setAttribute("aria-pressed", name === this.filter ? "true" : "false");
      chip.dataset.empty = counts[name] === 0 ? "true" : "false";
      chip.lastChild.textContent = counts[name];
    });
  }

  #chip(name, place) {
    const chip = make("button", "unit-chip");
    chip.type = "button";
    chip.dataset.filter = name;
    chip.setAttribute("aria-keyshortcuts", String(place + 1));
    chip.append(`${text(`unit.filter.${name}`)} `, make("b", ""));
    chip.addEventListener("click", () => this.choose(name));
    return chip;
  }
}

function link(href, key) {
  const made = make("a", "hand-quiet");
  made.href = href;
  made.textContent = text(`${key}_short`);
  made.setAttribute("aria-label", text(key));
  return made;
}

function make(tag, name) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  return element;
}
