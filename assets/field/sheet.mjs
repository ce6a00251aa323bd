/* A sheet from below that asks for what an act needs before it is done. What was written in it is kept on the phone until
 * it is sent or given up: the camera's program may push this page out of the memory. */

import { Draft } from "../hand/draft.mjs";
import { node } from "./node.mjs";

export class Sheet {
  constructor(main, text, store) {
    this.text = text;
    this.store = store;
    this.root = node("dialog", { class: "field-sheet", oncancel: () => this.#answer(null) });
    main.after(this.root);
    this.resolve = () => {};
  }

  get isOpen() {
    return this.root.open;
  }

  /* Resolves with the fields by name, the picker's photographs and `kept`, to be called once all of it waits to be sent, or
   * with null when the person went back. `fields` are
   * {name, kind: "text" | "yes_no"}; `picker` a PhotoPicker with `leastPhotos`; `id` names what is kept meanwhile. */
  async ask({ id, title, hint = "", fields, picker = null, leastPhotos = 0, button }) {
    const draft = new Draft(this.store, `sheet.${id}`);
    const left = await draft.open();
    const wrongs = new Map();
    const wrong = (name) => {
      const line = node("p", { class: "hand-wrong", id: `wrong-${name}`, role: "alert", hidden: true });
      wrongs.set(name, line);
      return line;
    };
    const form = node(
      "form",
      { method: "dialog", novalidate: true },
      node("h2", {}, title),
      hint && node("p", { class: "hand-label" }, hint),
      fields.map((field) => [this.#field(field), wrong(field.name)]),
      picker && node("div", { class: "field-photos" }, node("p", { class: "hand-label" }, this.text("field.photos_hint", { least: leastPhotos })), picker.root, wrong("photos")),
      node("button", { type: "submit", class: "hand-button primary" }, button),
      node("button", { type: "button", class: "hand-button", onclick: () => this.#answer(null) }, this.text("field.back")),
    );
    const written = () => ({ values: Object.fromEntries(new FormData(form).entries()), photos: picker?.kept ?? [] });
    const changed = () => {
      for (const line of wrongs.values()) line.hidden = true;
      draft.changed(written);
    };
    if (left) fill(form, picker, left);
    form.addEventListener("input", changed);
    if (picker) picker.onChange = changed;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const missing = this.#missing(form, fields, picker, leastPhotos);
      if (missing) {
        say(wrongs.get(missing.name), missing.words, form);
        return;
      }
      this.#answer({ values: valuesOf(form, fields), photos: picker ? [...picker.photos] : [], kept: () => draft.drop() });
    });
    this.root.replaceChildren(form);
    this.root.showModal();
    return new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  #field({ name, kind }) {
    const label = this.text(`field.input.${name}`);
    const described = `wrong-${name}`;
    if (kind === "yes_no") {
      const choice = (value) => node("label", {}, node("input", { type: "radio", name, value, "aria-describedby": described }), node("span", {}, this.text(`field.${value}`)));
      return node("fieldset", { class: "field-choice" }, node("legend", { class: "hand-label" }, label), node("div", { class: "hand-choices" }, choice("yes"), choice("no")));
    }
    return node("label", { class: "hand-field" }, label, node("textarea", { name, maxlength: 500, "aria-describedby": described }));
  }

  /* The first thing that is missing, as {name, words}; null for nothing. */
  #missing(form, fields, picker, leastPhotos) {
    const empty = fields.find(({ name }) => !String(new FormData(form).get(name) ?? "").trim());
    if (empty) return { name: empty.name, words: this.text("field.missing", { name: this.text(`field.input.${empty.name}`) }) };
    if (picker && picker.photos.length < leastPhotos) return { name: "photos", words: this.text("field.missing_photo", { least: leastPhotos }) };
    return null;
  }

  #answer(answer) {
    this.root.close();
    this.resolve(answer);
  }
}

function say(line, words, form) {
  line.textContent = words;
  line.hidden = false;
  form.querySelector(`[aria-describedby="${line.id}"]`)?.focus({ preventScroll: true });
  line.scrollIntoView({ block: "center" });
}

function fill(form, picker, { values, photos }) {
  for (const [name, value] of Object.entries(values)) {
    for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (input.type === "radio") input.checked = input.value === value;
      else input.value = value;
    }
  }
  picker?.put(photos);
}

function valuesOf(form, fields) {
  const data = new FormData(form);
  return Object.fromEntries(fields.map(({ name, kind }) => [name, kind === "yes_no" ? data.get(name) === "yes" : String(data.get(name)).trim()]));
}
