/* One form at a time. Fields: {name, label, kind: line | long | time | choice | pick, isRequired, options, value}.
 * `pick` is a long list of {value, label, hint} that is narrowed by typing. */

import { el } from "../wall/element.mjs";
import { paint } from "../wall/paint.mjs";
import { text } from "../live/catalogue.mjs";
import { cityTime, cityTimeValue } from "../unit/fields.mjs";

const MOST_SHOWN = 60;

export class RoomDialog {
  #shown = null;

  constructor(parent) {
    this.dialog = document.createElement("dialog");
    this.dialog.className = "room-dialog";
    parent.append(this.dialog);
    this.dialog.addEventListener("click", (event) => event.target.closest("[data-cancel]") && this.dialog.close());
    this.dialog.addEventListener("submit", (event) => this.#submit(event));
    this.dialog.addEventListener("input", (event) => {
      if (event.target.matches("[data-narrow]")) this.#narrow(event.target);
      else this.#wrong(event.target.name, "");
    });
  }

  /* Opens a form; `onSend(values)` may throw an error whose words are shown in it. */
  open({ title, note = "", send, fields, onSend }) {
    this.#shown = { fields, onSend };
    this.dialog.replaceChildren();
    const rows = fields.map((field) => this.#field(field));
    paint(this.dialog, [
      el(
        "form",
        { method: "dialog", novalidate: "" },
        el("h2", { class: "hand-title" }, title),
        note ? el("p", { class: "hand-label" }, note) : null,
        ...rows,
        el("p", { class: "room-missing", role: "alert" }),
        el(
          "div",
          { class: "room-buttons" },
          el("button", { type: "submit", class: "hand-button primary" }, send),
          el("button", { type: "button", class: "hand-button", "data-cancel": "" }, text("room.cancel")),
        ),
      ),
    ]);
    this.dialog.showModal();
  }

  #field(field) {
    const label = field.isRequired ? field.label : text("room.optional", { label: field.label });
    if (field.kind === "choice" || field.kind === "pick") return this.#options(field, label);
    const attributes = { name: field.name, autocomplete: "off", maxlength: field.longest ?? 500, "aria-describedby": `wrong-${field.name}` };
    const value = field.value ?? null;
    const input = {
      long: () => el("textarea", { ...attributes, rows: 3 }),
      time: () => el("input", { name: field.name, type: "datetime-local", value: value === null ? null : cityTimeValue(value) }),
      line: () => el("input", { ...attributes, value }),
    }[field.kind ?? "line"]();
    return el("div", { class: "hand-field" }, el("label", {}, label, input), wrongLine(field));
  }

  /* What is wrong with a field stands at the field; its inputs name this line for whoever cannot see it. */
  #wrong(name, words) {
    const line = this.dialog.querySelector(`#wrong-${CSS.escape(name)}`);
    if (!line) return;
    line.textContent = words;
    line.hidden = words === "";
    const inputs = this.dialog.querySelectorAll(`[name="${CSS.escape(name)}"], [data-narrow="${CSS.escape(name)}"]`);
    for (const input of inputs) input.setAttribute("aria-invalid", words ? "true" : "false");
    if (!words) return;
    inputs[0]?.focus({ preventScroll: true });
    line.parentElement.scrollIntoView({ block: "center" });
  }

  #options(field, label) {
    const isLong = field.kind === "pick";
    return el(
      "fieldset",
      { class: "hand-field room-options", "data-field": field.name },
      el("legend", {}, label),
      isLong ? el("input", { type: "search", "data-narrow": field.name, placeholder: text("room.narrow"), autocomplete: "off" }) : null,
      el("div", { class: isLong ? "room-picks" : "hand-choices" }, ...this.#choices(field, "")),
      wrongLine(field),
    );
  }

  #choices({ name, options, value }, sought) {
    const wanted = options.filter((one) => `${one.label} ${one.hint ?? ""}`.toLowerCase().includes(sought));
    return wanted.slice(0, MOST_SHOWN).map((one) =>
      el(
        "label",
        {},
        el("input", { type: "radio", name, value: one.value, checked: one.value === value ? "" : null }),
        el("span", {}, one.label, one.hint ? el("small", {}, one.hint) : null),
      ),
    );
  }

  #narrow(input) {
    const field = this.#shown.fields.find(({ name }) => name === input.dataset.narrow);
    const list = input.parentElement.querySelector(".room-picks");
    list.replaceChildren();
    paint(list, this.#choices(field, input.value.trim().toLowerCase()));
  }

  async #submit(event) {
    event.preventDefault();
    const raw = Object.fromEntries(new FormData(event.target).entries());
    const values = {};
    for (const field of this.#shown.fields) {
      const written = String(raw[field.name] ?? "").trim();
      values[field.name] = field.kind === "time" ? (written ? cityTime(written) : null) : written;
      if (field.isRequired && !values[field.name]) {
        this.#wrong(field.name, text("room.missing", { label: field.label }));
        return;
      }
    }
    const button = this.dialog.querySelector("[type=submit]");
    button.disabled = true;
    try {
      await this.#shown.onSend(values);
      this.dialog.close();
    } catch (error) {
      this.#say(error.message);
    } finally {
      button.disabled = false;
    }
  }

  #say(words) {
    this.dialog.querySelector(".room-missing").textContent = words;
  }
}

function wrongLine({ name }) {
  return el("span", { class: "hand-wrong", id: `wrong-${name}`, role: "alert", hidden: "" });
}
