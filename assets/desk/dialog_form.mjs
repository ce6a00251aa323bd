/* Reads and moves inside an open dialog: rows of receivers that are ticked, alternatives, and text fields.
 * The dialog's markup comes from layouts/desk; this module knows only its data attributes. */

import { text } from "../live/catalogue.mjs";
import { FoundRows } from "./found_rows.mjs";
import { MoreMark } from "./more_mark.mjs";

export class DialogForm {
  constructor(content, { onChange }) {
    this.content = content;
    this.kind = content.dataset.dialog;
    this.onChange = onChange;
    for (const place of content.querySelectorAll("[data-input]")) place.append(plainInput(place.dataset));
    this.rows = [...content.querySelectorAll("tr[data-receiver]")];
    this.single = content.querySelector("table[data-single]") !== null;
    this.found = new FoundRows(content.querySelector("table[data-found]"));
    this.caret = -1;
    this.marks = [...content.querySelectorAll(".units-scroll, .dialog-fields")].map(markOf);
    content.addEventListener("click", (event) => this.#clicked(event));
    content.addEventListener("input", (event) => {
      if (event.target.closest("[data-find]")) this.#find(event.target.value.trim().toLowerCase());
      this.onChange();
    });
    this.#find("");
    if (this.rows.length > 0) this.#placeCaret(Math.max(0, this.rows.findIndex((row) => isOn(row))));
  }

  /* The dialog goes away. */
  end() {
    for (const mark of this.marks) mark.end();
  }

  /* Gives the focus to the first field, or to the dialog itself when rows are what is asked for first. */
  focusFirst(dialog) {
    const first = this.rows.length > 0 ? null : this.content.querySelector("input, .segment.on");
    (first ?? dialog).focus({ preventScroll: true });
  }

  #clicked(event) {
    const segment = event.target.closest(".segment");
    if (segment) {
      for (const other of segment.parentElement.children) other.classList.toggle("on", other === segment);
      this.onChange();
      return;
    }
    const row = event.target.closest("tr[data-receiver]");
    if (!row) return;
    this.#placeCaret(this.rows.indexOf(row));
    if (event.target.closest(".role-switch")) this.switchRole();
    else this.tick();
  }

  #placeCaret(index) {
    this.caret = index;
    this.rows.forEach((row, at) => row.classList.toggle("caret", at === index));
    this.rows[index]?.scrollIntoView({ block: "nearest" });
  }

  moveCaret(step) {
    let index = this.caret + step;
    while (this.rows[index]?.hidden) index += step;
    if (this.rows[index]) this.#placeCaret(index);
  }

  /* Adds the rows that are looked for, and lets go of those that are neither looked for nor ticked. */
  #find(query) {
    this.rows = this.found.show(query, this.rows, isOn);
    const first = query === "" ? -1 : this.rows.findIndex((row) => !row.hidden && row.dataset.search?.includes(query));
    if (first >= 0) this.#placeCaret(first);
  }

  /* Ticks these rows and no other, as a kept draft had them. */
  tickOnly(ids) {
    this.rows = [...this.rows, ...this.found.take(ids, this.rows)];
    for (const row of this.rows) setOn(row, ids.has(row.dataset.receiver));
    this.onChange();
  }

  tick() {
    const row = this.rows[this.caret];
    if (!row || row.dataset.locked) return; // what must be on the list stays on it
    const on = !isOn(row);
    if (this.single) for (const other of this.rows) setOn(other, false);
    setOn(row, on);
    if (on && row.dataset.role === "lead") this.#onlyLead(row);
    this.onChange();
  }

  /* Makes the row under the caret the lead; there is one lead, the others assist. */
  switchRole() {
    const row = this.rows[this.caret];
    if (!row || this.single) return;
    setRole(row, row.dataset.role === "lead" ? "assist" : "lead");
    if (row.dataset.role === "lead") {
      setOn(row, true);
      this.#onlyLead(row);
    }
    this.onChange();
  }

  #onlyLead(lead) {
    for (const row of this.rows) if (row !== lead && row.dataset.role === "lead") setRole(row, "assist");
  }

  picked() {
    return this.rows.filter(isOn).map((row) => ({
      id: row.dataset.receiver,
      kind: row.dataset.kind,
      role: row.dataset.role,
      name: row.dataset.name,
      minutes: row.dataset.minutes ? Number(row.dataset.minutes) : null,
      hands: Number(row.dataset.hands ?? 0),
    }));
  }

  value(name) {
    const control = this.content.querySelector(`[data-field="${name}"] :is(input, textarea, select)`);
    return control ? control.value.trim() : "";
  }

  values(prefix) {
    const controls = this.content.querySelectorAll(`[data-field^="${prefix}-"] input`);
    return [...controls].map((control) => control.value.trim()).filter(Boolean);
  }

  /* Every written field of a form act, as its markup describes it. */
  fields() {
    return [...this.content.querySelectorAll("[data-field][data-kind]")].map((place) => ({
      name: place.dataset.field, label: place.dataset.label, kind: place.dataset.kind,
      required: place.dataset.required === "1", value: this.value(place.dataset.field),
    }));
  }

  /* The table of rows to tick of a form act, null when it has none. */
  pick() {
    const place = this.content.querySelector("[data-pick]");
    return place ? { label: place.dataset.label, required: place.dataset.required === "1" } : null;
  }

  choices() {
    return Object.fromEntries([...this.content.querySelectorAll("[data-choice]")].map(({ dataset: { choice } }) => [choice, this.choice(choice)]));
  }

  choice(name) {
    return this.content.querySelector(`[data-choice="${name}"] .segment.on`)?.dataset.value ?? "";
  }
}

/* An input that belongs to nobody but the officer: React does not know it and cannot set it back. */
function plainInput({ input: id, placeholder, value, max, kind, groups }) {
  if (kind === "list") return plainList(id, placeholder, JSON.parse(groups));
  const control = document.createElement(kind === "long" ? "textarea" : "input");
  Object.assign(control, { id, placeholder, value, maxLength: Number(max), autocomplete: "off" });
  if (kind === "long") control.rows = 3;
  else control.type = "text";
  return control;
}

/* One of many, under headings; what stands under two of them is the same choice. */
function plainList(id, placeholder, groups) {
  const control = Object.assign(document.createElement("select"), { id });
  control.append(new Option(placeholder, ""));
  for (const [label, options] of groups) {
    const group = Object.assign(document.createElement("optgroup"), { label });
    group.append(...options.map(([value, words]) => new Option(words, value)));
    control.append(group);
  }
  return control;
}

/* What a dialog has below its edge: rows of a table, or fields. */
function markOf(box) {
  const isTable = box.matches(".units-scroll");
  const say = (hidden) => (isTable ? text("desk.more.count", { count: hidden.length }) : text("desk.more.fields"));
  return new MoreMark(box, { items: () => [...box.querySelectorAll(isTable ? "tr[data-receiver]" : ".field, .units-scroll")], say });
}

function isOn(row) {
  return row.getAttribute("aria-selected") === "true";
}

function setOn(row, on) {
  row.setAttribute("aria-selected", String(on));
}

function setRole(row, role) {
  row.dataset.role = role;
  const label = row.querySelector(".role-switch");
  if (label) label.textContent = role === "lead" ? label.dataset.lead : label.dataset.assist;
}
