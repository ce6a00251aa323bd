/* The queue pane: feeds AG Grid from the live picture and keeps the table still under the caret. */

import { text } from "../live/catalogue.mjs";
import { remainingText } from "../live/countdown.mjs";
import { showEmpty } from "./queue_empty.mjs";
import { CountdownPainter, renderers } from "./queue_cells.mjs";
import {
  CARET_LAPSES_AFTER_MS, FILTERS, ORDERS, QueueFeed, RESORT_EVERY_MS, countAll, foldedOverdue, isWithin, passes, stateOf,
} from "./queue_model.mjs";

const GRID_ID = "desk-queue";
const TOGETHER_MS = 20; // changes that come within it are one update of the table
const NARROW_PANE_PX = 760; // below this the table drops its last columns before it squeezes names
const NARROW_COLUMNS = ["source", "merged"];
const VERY_NARROW_PANE_PX = 640;
const VERY_NARROW_COLUMNS = ["owner"];

export class Queue {
  constructor(root, live, { onChoose }) {
    this.live = live;
    this.pane = root.querySelector("#desk-queue-pane");
    this.viewer = { role: root.dataset.role, unit: root.dataset.unit || null };
    this.places = JSON.parse(root.dataset.places || "{}");
    this.onChoose = onChoose;
    this.feed = new QueueFeed();
    this.filter = "all";
    this.narrowed = { region: "", unit: "", category: "", order: "remaining" }; // beside the filter chips
    this.unfolded = false;
    this.folded = new Set();
    this.verdicts = new Map(); // id -> whether the row passed when it was last asked about
    this.chosen = null;
    this.caretUsedAt = -Infinity; // performance.now() of the last key or pointer inside the pane
    this.pointerInside = false;
    this.lastResortAt = performance.now();
    this.painter = new CountdownPainter(() => live.now(), this.viewer);
  }

  async start() {
    this.api = await this.#gridApi();
    const attach = renderers(this.painter, this.places);
    const columns = this.api.getColumnDefs().map((column) => ({
      ...column,
      cellRenderer: attach[column.colId],
      ...(column.colId === "remaining" ? { sort: "asc", comparator: (one, other) => ORDERS[this.narrowed.order](one, other) } : {}),
      valueGetter: (params) => params.data,
      equals: (one, other) => one === other,
    }));
    await this.#told("filterChanged", () => {
      this.api.setGridOption("columnDefs", columns);
      this.api.setGridOption("isExternalFilterPresent", () => true);
      this.api.setGridOption("doesExternalFilterPass", (node) => this.#passes(node.data));
    });
    this.#listen();
    this.#fit();
    this.take();
    this.setFilter(this.filter);
  }

  /* Resolves when the first picture is on screen, be it empty. */
  async filled() {
    if (this.live.ready === false) await new Promise((resolve) => { const stop = this.live.on("matters", () => { stop(); resolve(); }); });
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
  }

  async #gridApi() {
    for (;;) {
      try {
        return await window.dash_ag_grid.getApiAsync(GRID_ID);
      } catch {
        await new Promise((resolve) => requestAnimationFrame(resolve)); // the grid is not mounted yet
      }
    }
  }

  /* Dash copies the table's rows at a change of filter or order, and is told of it late: while there are none. */
  async #told(event, change) {
    let heard;
    const told = new Promise((resolve) => { heard = resolve; });
    this.api.addEventListener(event, heard);
    change();
    await told;
    this.api.removeEventListener(event, heard);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  #listen() {
    this.pane.addEventListener("pointerenter", () => this.#caretMoved(true));
    this.pane.addEventListener("pointermove", () => this.#caretMoved(true));
    this.pane.addEventListener("pointerleave", () => { this.pointerInside = false; });
    this.pane.addEventListener("click", (event) => {
      const row = event.target.closest(".ag-row");
      if (row) this.#chose(row.getAttribute("row-id")); // the next key is for this row, however late the grid says so
    }, true); // before the grid takes the click
    for (const chip of this.pane.querySelectorAll("[data-filter]")) {
      chip.addEventListener("click", () => this.setFilter(chip.dataset.filter));
    }
    this.api.addEventListener("selectionChanged", () => this.#keepChosen());
    this.live.on("matters", () => this.#takeSoon());
    this.live.on("commands", () => this.#takeSoon());
    this.live.on("second", () => this.second());
    new ResizeObserver(() => this.#fit()).observe(this.pane);
  }

  #caretMoved(pointer) {
    this.caretUsedAt = performance.now();
    if (pointer) this.pointerInside = true;
  }

  /* True while an officer is working inside the table: rows must not move under the caret. */
  held() {
    const inside = this.pointerInside || this.pane.contains(document.activeElement);
    return inside && performance.now() - this.caretUsedAt < CARET_LAPSES_AFTER_MS;
  }

  #takeSoon() {
    if (this.feed.entries.size === 0) this.take(); // whoever opens a desk is waiting for just this
    else this.takeTimer ??= setTimeout(() => this.take(), TOGETHER_MS);
  }

  take() {
    clearTimeout(this.takeTimer);
    this.takeTimer = null;
    if (!this.api) return;
    const before = this.feed.entries.size;
    const held = this.held(); // asked before the table changes: who has the focus is known only once styles are
    const transaction = this.feed.take(this.live.matters, this.live.commands, held);
    if (before === 0 && this.feed.entries.size > 0) {
      this.#refold(); // a desk opens on what is next, not on all that is late
    }
    this.#apply(transaction);
    this.#summarise(held);
  }

  #apply({ add, update, remove }) {
    if (add.length + update.length + remove.length === 0) return;
    for (const { id } of [...add, ...update, ...remove]) this.verdicts.delete(id);
    this.api.applyTransaction({ add, update, remove });
  }

  second() {
    const held = this.held();
    this.painter.paintAll();
    const now = performance.now();
    if (now - this.lastResortAt >= RESORT_EVERY_MS && !held) {
      this.lastResortAt = now;
      this.#apply(this.feed.resort());
      this.#refold();
      this.#refilter(); // a clock may have moved a row into or out of 将到 and 超时
    }
    this.#summarise(held);
  }

  /* A row's verdict stands until the row changes or the filter is asked again: the grid's delta sort leaves a hole for
   * a row that begins to pass in a transaction that does not name it. */
  #passes(entry) {
    if (!this.verdicts.has(entry.id)) this.verdicts.set(entry.id, this.#judge(entry));
    return this.verdicts.get(entry.id);
  }

  #judge(entry) {
    const now = this.live.now();
    if (this.filter === "all" && !this.unfolded && this.folded.has(entry.id) && entry.id !== this.chosen) return false;
    return isWithin(entry.row, this.narrowed) && passes(this.filter, entry.row, entry.clock, now, this.viewer);
  }

  /* Asks the filter again; unlike a changed filter this is told to nobody, and Dash does not copy the table's rows. */
  #refilter() {
    this.verdicts.clear();
    this.api.refreshClientSideRowModel("filter");
  }

  #refold() {
    this.folded = foldedOverdue(this.feed.everything(), this.live.now());
  }

  setFilter(name) {
    if (!FILTERS.includes(name)) return;
    this.filter = name;
    this.unfolded = name !== "all" ? this.unfolded : false;
    for (const chip of this.pane.querySelectorAll("[data-filter]")) {
      chip.classList.toggle("on", chip.dataset.filter === name);
      chip.setAttribute("aria-pressed", String(chip.dataset.filter === name));
    }
    this.#apply(this.feed.resort());
    this.#refold();
    this.#refilter();
    this.#summarise();
  }

  /* Narrows the queue beside the filter, and puts it in another order: `order` is one of ORDERS. */
  narrowTo(narrowed) {
    this.narrowed = narrowed;
    this.#apply(this.feed.resort());
    this.#refold();
    this.#refilter(); // sorts the whole anew, too
    this.#summarise();
  }

  /* Marks the rows of matters that others have open: matter id -> masked names. */
  showHeld(by) {
    this.painter.heldBy = by;
    this.painter.paintAll();
  }

  unfold() {
    this.unfolded = true;
    this.#refilter();
    this.#summarise();
  }

  #summarise(held = this.held()) {
    const now = this.live.now();
    const entries = [...this.feed.everything()];
    this.counts = countAll(entries, now, this.viewer);
    for (const name of FILTERS) {
      const node = this.pane.querySelector(`[data-count="${name}"]`);
      write(node, this.live.ready === false ? "–" : this.counts[name].toLocaleString("en-US"));
      node.toggleAttribute("data-any", this.counts[name] > 0);
    }
    this.#showHold(held, now);
    this.#showFold();
    this.#showEmpty(entries, now);
    const shown = this.api.getDisplayedRowCount();
    write(this.#part("desk-queue-shown"), this.live.ready === false ? "" : text("desk.queue.shown", { open: this.counts.all.toLocaleString("en-US"), shown }));
  }

  #showHold(held, now) {
    const waiting = [...this.feed.waiting.values()];
    const urgent = waiting.filter((entry) => entry.row.urgency === 1 || stateOf(entry.clock, now) === "overdue").length;
    let line = text("desk.queue.order");
    if (held) {
      line = waiting.length > 0
        ? text("desk.queue.held_with", { count: waiting.length, urgent })
        : text("desk.queue.held");
    }
    const node = this.#part("desk-queue-hold");
    write(node, line);
    node.classList.toggle("overdue", held && urgent > 0);
  }

  #showFold() {
    let fold = this.pane.querySelector(".queue-fold");
    const count = this.filter === "all" && !this.unfolded ? [...this.folded].filter((id) => this.feed.entries.has(id)).length : 0;
    if (!fold) {
      fold = document.createElement("button");
      fold.type = "button";
      fold.className = "queue-fold";
      fold.addEventListener("click", () => this.unfold());
      this.pane.querySelector(".chips").after(fold);
    }
    fold.hidden = count === 0;
    write(fold, count > 0 ? text("desk.queue.folded", { count }) : "");
  }

  #showEmpty(entries, now) {
    const { live, filter, narrowed, viewer } = this;
    const isEmpty = this.api.getDisplayedRowCount() === 0;
    showEmpty(this.#part("desk-queue-empty"), isEmpty ? { live, entries, filter, narrowed, viewer, now } : null);
  }

  #part(id) {
    return document.getElementById(id);
  }

  #fit() {
    if (!this.api) return;
    const width = this.pane.clientWidth;
    this.api.setColumnsVisible(NARROW_COLUMNS, width >= NARROW_PANE_PX);
    this.api.setColumnsVisible(VERY_NARROW_COLUMNS, width >= VERY_NARROW_PANE_PX);
  }

  /* The desk says which row is chosen, and the grid only paints it: what the grid tells of a selection is told later,
   * and may then be of a row that the next key has left already. */
  #chose(id) {
    if (id === this.chosen) return;
    this.chosen = id;
    this.onChoose(id);
  }

  /* Dash hands a selection back to the grid a moment after it was told of it, when the next key may have gone on. */
  #keepChosen() {
    const node = this.chosen ? this.api.getRowNode(this.chosen) : undefined;
    if (node && !node.isSelected()) node.setSelected(true, true);
  }

  /* Moves the caret by `step` rows; from nowhere it goes to the first row. */
  move(step) {
    this.pane.focus({ preventScroll: true });
    this.#caretMoved(false);
    const last = this.api.getDisplayedRowCount() - 1;
    if (last < 0) return;
    const current = this.chosen ? this.api.getRowNode(this.chosen) : undefined;
    const from = current && current.displayed ? current.rowIndex : step > 0 ? -1 : last + 1;
    const target = Math.min(last, Math.max(0, from + step));
    const node = this.api.getDisplayedRowAtIndex(target);
    node.setSelected(true, true);
    this.api.ensureIndexVisible(target);
    this.#chose(node.data.id);
  }

  /* Chooses a matter from outside the table (the map, the log). */
  choose(id) {
    const node = this.api.getRowNode(id);
    if (!node) return;
    node.setSelected(true, true);
    if (node.displayed) this.api.ensureNodeVisible(node, "middle");
    this.#chose(id);
  }

  leave() {
    if (this.pane.contains(document.activeElement)) document.activeElement.blur();
    this.caretUsedAt = -Infinity;
    this.pointerInside = false;
  }
}

function write(node, value) {
  if (node.textContent !== value) node.textContent = value;
}
