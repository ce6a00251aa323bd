/* Cell renderers of the queue: each is an AG Grid component class that paints one cell from an entry
 * {id, row, clock}. The countdown cells register with one painter, which the shared second ticks. */

import { remainingText } from "../live/countdown.mjs";
import { text } from "../live/catalogue.mjs";
import { isMine, isUnacknowledgedAlarm, stateOf } from "./queue_model.mjs";
import { levelPips, urgencyGlyph } from "./symbols.mjs";

export class CountdownPainter {
  constructor(now, viewer) {
    this.now = now;
    this.viewer = viewer;
    this.cells = new Set();
    this.heldBy = new Map(); // matter id -> masked names of those who have it open at another desk
  }

  paintAll() {
    const now = this.now();
    for (const cell of this.cells) cell.paint(now);
  }
}

function cellClass(fill) {
  return class {
    init(params) {
      this.gui = document.createElement("span");
      this.refresh(params);
    }
    getGui() {
      return this.gui;
    }
    refresh(params) {
      this.gui.replaceChildren();
      if (params.data) fill(this.gui, params.data);
      return true;
    }
  };
}

function remainingCell(painter) {
  return class {
    init(params) {
      this.gui = document.createElement("span");
      painter.cells.add(this);
      this.refresh(params);
    }
    getGui() {
      return this.gui;
    }
    refresh(params) {
      this.params = params;
      this.shown = undefined;
      this.paint(painter.now());
      return true;
    }
    destroy() {
      painter.cells.delete(this);
    }
    paint(now) {
      const { row, clock } = this.params.data;
      const state = stateOf(clock, now);
      const shown = state === "none" ? "—" : remainingText(clock.dueAt - now);
      if (shown !== this.shown) {
        this.gui.textContent = shown;
        this.shown = shown;
      }
      const line = this.params.eGridCell?.closest(".ag-row");
      if (!line) return;
      setFlag(line, "clock", state);
      setFlag(line, "mine", isMine(row, painter.viewer) ? "1" : "0");
      setFlag(line, "held", painter.heldBy.get(row.id)?.[0].slice(0, 1) ?? "");
      setFlag(line, "alarm", isUnacknowledgedAlarm(row) ? "1" : "0");
    }
  };
}

function setFlag(line, name, value) {
  if (line.dataset[name] !== value) line.dataset[name] = value;
}

/* Column id -> renderer class. */
export function renderers(painter, places) {
  return {
    remaining: remainingCell(painter),
    level: cellClass((gui, { row, whistle }) => {
      const level = Math.max(row.level, whistle?.level ?? 0);
      if (level > 0) gui.append(levelPips(level));
    }),
    urgency: cellClass((gui, { row }) => gui.append(urgencyGlyph(row.urgency))),
    no: cellClass((gui, { row, whistle }) => gui.append(whistle ? whistle.no : row.no)),
    title: cellClass((gui, { row }) => gui.append(row.title)),
    place: cellClass((gui, { row }) => {
      const name = places[row.township] ?? places[row.region] ?? "";
      const place = placeWithin(name, row.place);
      gui.append(name);
      if (place) gui.append(span(place, "sub"));
    }),
    owner: cellClass((gui, { row }) => gui.append(row.unit_name ?? text("desk.queue.no_unit"))),
    node: cellClass((gui, { row, clock }) => gui.append(nodeText(row, clock))),
    source: cellClass((gui, { row }) => gui.append(sourceText(row.source))),
    merged: cellClass((gui, { row }) => row.merged > 1 && gui.append(span(String(row.merged), row.merged > 4 ? "count" : "third"))),
  };
}

/* What a place says beyond the township beside it: places that platforms tell often begin with the township again. */
export function placeWithin(township, place) {
  return (place?.startsWith(township) ? place.slice(township.length) : place ?? "").trim();
}

export function nodeText(row, clock) {
  const label = text(clock.dueAt === null ? `desk.stage.${row.stage}` : clock.node);
  return clock.onSite && clock.node === "desk.due_for.on_site"
    ? `${label} ${clock.onSite.arrived}/${clock.onSite.called}`
    : label;
}

export function sourceText(source) {
  return source ? text(`desk.source.${source}`) : "";
}

function span(content, className) {
  const node = document.createElement("span");
  node.className = className;
  node.textContent = content;
  return node;
}
