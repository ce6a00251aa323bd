/* One form at a time, in a dialog: built from fields, remembers what was typed until it is sent or thrown away. */

import { el } from "../wall/element.mjs";
import { paint } from "../wall/paint.mjs";
import { text } from "../live/catalogue.mjs";
import { cityTimeValue, readFields } from "./fields.mjs";

/* Opens a form and calls `onSend(values)` with what was filled in; a rejected promise shows its words in the form.
 *
 * {id, title, note, send, fields, extra}: `extra` are further descriptions above the fields. */
export class FormDialog {
  #shown = null;

  constructor(parent, { store, clock }) {
    this.store = store;
    this.clock = clock;
    this.dialog = document.createElement("dialog");
    this.dialog.className = "unit-dialog";
    parent.append(this.dialog);
    this.dialog.addEventListener("click", (event) => event.target.closest("[data-cancel]") && this.dialog.close());
    this.dialog.addEventListener("submit", (event) => this.#submit(event));
    this.dialog.addEventListener("input", (event) => {
      this.#say("");
      this.#wrong(event.target.name, "");
      this.#changed();
    });
  }

  async open(shown) {
    this.#shown = shown;
    const draft = (await this.store.get(`draft:${shown.id}`)) ?? {};
    this.dialog.replaceChildren();
    paint(this.dialog, [this.#view(shown)]);
    for (const [name, value] of Object.entries(draft)) this.#restore(name, value);
    this.#showDependent();
    this.dialog.showModal();
  }

  get isOpen() {
    return this.dialog.open;
  }

  #view({ title, note, send, fields, extra = [] }) {
    return el(
      "form",
      { method: "dialog", novalidate: "" },
      el("h2", { class: "hand-title" }, title),
      note ? el("p", { class: "hand-label" }, note) : null,
      ...extra,
      ...fields.map((field) => this.#field(field)),
      el("p", { class: "unit-missing", role: "alert" }),
      el(
        "div",
        { class: "unit-buttons" },
        el("button", { type: "submit", class: "hand-button primary" }, send),
        el("button", { type: "button", class: "hand-button", "data-cancel": "" }, text("unit.cancel")),
      ),
    );
  }

  #field(field) {
    const label = field.label ?? text(`field.${field.name}`);
    const shown = field.isRequired || field.shownWhen ? label : text("unit.optional", { label });
    if (field.kind === "yes_no") return this.#choice(field, shown, [["yes", text("unit.yes")], ["no", text("unit.no")]]);
    if (field.kind === "choice") return this.#choice(field, shown, field.options);
    return el("div", { class: "hand-field", "data-field": field.name }, el("label", {}, shown, this.#input(field)), this.#wrongLine(field));
  }

  /* What is wrong with a field stands at the field; its input names this line for whoever cannot see it. */
  #wrongLine({ name }) {
    return el("span", { class: "hand-wrong", id: `wrong-${name}`, role: "alert", hidden: "" });
  }

  #wrong(name, words) {
    const line = this.dialog.querySelector(`#wrong-${CSS.escape(name)}`);
    if (!line) return;
    line.textContent = words;
    line.hidden = words === "";
    const inputs = this.dialog.querySelectorAll(`[name="${CSS.escape(name)}"]`);
    for (const input of inputs) input.setAttribute("aria-invalid", words ? "true" : "false");
    if (!words) return;
    inputs[0]?.focus({ preventScroll: true });
    line.parentElement.scrollIntoView({ block: "center" });
  }

  #input(field) {
    const attributes = { name: field.name, autocomplete: "off", "aria-describedby": `wrong-${field.name}` };
    if (field.kind === "long") return el("textarea", { ...attributes, maxlength: 2_000, rows: 3 });
    if (field.kind !== "time") return el("input", { ...attributes, maxlength: field.longest ?? 120, inputmode: field.inputmode });
    const value = field.isPast ? cityTimeValue(this.clock.now()) : (field.value ?? null);
    return el("input", { ...attributes, type: "datetime-local", value });
  }

  #choice(field, label, options) {
    return el(
      "fieldset",
      { class: "hand-field unit-choice", "data-field": field.name },
      el("legend", {}, label),
      el(
        "div",
        { class: "hand-choices" },
        ...options.map(([value, words]) =>
          el(
            "label",
            {},
            el("input", { type: "radio", name: field.name, value, checked: field.value === value ? "" : null, "aria-describedby": `wrong-${field.name}` }),
            el("span", {}, words),
          ),
        ),
      ),
      this.#wrongLine(field),
    );
  }

  #raw() {
    return Object.fromEntries(new FormData(this.dialog.querySelector("form")).entries());
  }

  #restore(name, value) {
    for (const input of this.dialog.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (input.type === "radio") input.checked = input.value === value;
      else input.value = value;
    }
  }

  #changed() {
    this.#showDependent();
    this.store.put(`draft:${this.#shown.id}`, this.#raw());
  }

  #showDependent() {
    const raw = this.#raw();
    for (const field of this.#shown.fields) {
      if (!field.shownWhen) continue;
      const [name, wanted] = field.shownWhen;
      const isShown = raw[name] === (wanted ? "yes" : "no");
      this.dialog.querySelector(`[data-field="${CSS.escape(field.name)}"]`).hidden = !isShown;
    }
  }

  async #submit(event) {
    event.preventDefault();
    const shown = this.#shown;
    const read = readFields(shown.fields, this.#raw());
    if (read.missing) {
      const field = shown.fields.find(({ name }) => name === read.missing);
      this.#wrong(read.missing, text("unit.missing", { label: field.label ?? text(`field.${field.name}`) }));
      return;
    }
    const button = event.submitter ?? this.dialog.querySelector("[type=submit]");
    button.disabled = true;
    try {
      await shown.onSend(read.values);
      await this.store.remove(`draft:${shown.id}`);
      this.dialog.close();
    } catch (error) {
      this.#say(error.message);
    } finally {
      button.disabled = false;
    }
  }

  #say(words) {
    this.dialog.querySelector(".unit-missing").textContent = words;
  }
}
