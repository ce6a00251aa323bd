/* A sheet from below that asks for what an act needs before it is done. */

import { node } from "./node.mjs";

export class Sheet {
  constructor(main, text) {
    this.text = text;
    this.root = node("dialog", { class: "field-sheet", oncancel: () => this.#answer(null) });
    main.after(this.root);
    this.resolve = () => {};
  }

  get isOpen() {
    return this.root.open;
  }

  /* Resolves with the fields by name, and the picker's photographs, or null when the person went back. `fields` are
   * {name, kind: "text" | "yes_no"}; `picker` a PhotoPicker with `leastPhotos`. */
  ask({ title, hint = "", fields, picker = null, leastPhotos = 0, button }) {
    const warning = node("p", { class: "field-warning", role: "alert", hidden: true });
    const form = node(
      "form",
      { method: "dialog", novalidate: true },
      node("h2", {}, title),
      hint && node("p", { class: "hand-label" }, hint),
      fields.map((field) => this.#field(field)),
      picker && node("div", { class: "field-photos" }, node("p", { class: "hand-label" }, this.text("field.photos_hint", { least: leastPhotos })), picker.root),
      warning,
      node("button", { type: "submit", class: "hand-button primary" }, button),
      node("button", { type: "button", class: "hand-button", onclick: () => this.#answer(null) }, this.text("field.back")),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const missing = this.#missing(form, fields, picker, leastPhotos);
      warning.hidden = missing === "";
      warning.textContent = missing;
      if (missing === "") this.#answer({ values: valuesOf(form, fields), photos: picker ? [...picker.photos] : [] });
    });
    this.root.replaceChildren(form);
    this.root.showModal();
    return new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  #field({ name, kind }) {
    const label = this.text(`field.input.${name}`);
    if (kind === "yes_no") {
      const choice = (value) => node("label", {}, node("input", { type: "radio", name, value }), node("span", {}, this.text(`field.${value}`)));
      return node("fieldset", { class: "field-choice" }, node("legend", { class: "hand-label" }, label), node("div", { class: "hand-choices" }, choice("yes"), choice("no")));
    }
    return node("label", { class: "hand-field" }, label, node("textarea", { name, maxlength: 500 }));
  }

  #missing(form, fields, picker, leastPhotos) {
    const empty = fields.find(({ name }) => !String(new FormData(form).get(name) ?? "").trim());
    if (empty) return this.text("field.missing", { name: this.text(`field.input.${empty.name}`) });
    if (picker && picker.photos.length < leastPhotos) return this.text("field.missing_photo", { least: leastPhotos });
    return "";
  }

  #answer(answer) {
    this.root.close();
    this.resolve(answer);
  }
}

function valuesOf(form, fields) {
  const data = new FormData(form);
  return Object.fromEntries(fields.map(({ name, kind }) => [name, kind === "yes_no" ? data.get(name) === "yes" : String(data.get(name)).trim()]));
}
