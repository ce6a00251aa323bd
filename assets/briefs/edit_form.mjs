/* An officer's editing: one field per sentence with what the system wrote beside it. Filled once when it opens, so that
 * nothing that is painted later touches what is being written. */

import { text } from "../live/catalogue.mjs";

export class EditForm {
  #added = 0;

  constructor(main, { onSave, onClose }) {
    this.onSave = onSave;
    this.onClose = onClose;
    this.dialog = main.appendChild(document.createElement("dialog"));
    this.dialog.className = "briefs-edit";
    this.dialog.setAttribute("aria-label", text("briefs.edit"));
    this.dialog.addEventListener("close", () => this.onClose());
    this.dialog.addEventListener("click", (event) => this.#clicked(event));
  }

  open(brief) {
    this.#added = 0;
    const head = element("h2", {}, text("briefs.edit_head"));
    const rule = element("p", { class: "hand-label" }, text("briefs.edit_rule"));
    this.fields = element("div", { class: "briefs-fields" });
    this.fields.append(...brief.sentences.map((one) => this.#field(one)));
    const acts = element("p", { class: "briefs-acts" });
    for (const name of ["save", "add", "cancel"]) acts.append(element("button", { type: "button", class: name === "save" ? "hand-button primary" : "hand-button", "data-form": name }, text(`briefs.form.${name}`)));
    this.dialog.replaceChildren(head, rule, this.fields, acts);
    this.dialog.showModal();
  }

  close() {
    this.dialog.close();
  }

  async #clicked(event) {
    const act = event.target.closest("[data-form]")?.dataset.form;
    if (act === "cancel") this.close();
    if (act === "add") {
      this.#added += 1;
      // A name that no sentence of the brief has: sections are named by their number.
      this.fields.append(this.#field({ id: `new-${Date.now().toString(36)}-${this.#added}`, text: "", generated: null }));
      this.fields.lastElementChild.querySelector("textarea").focus();
    }
    if (act === "save") {
      const sentences = [...this.fields.querySelectorAll("textarea")].map((one) => ({ id: one.name, text: one.value }));
      event.target.disabled = true;
      await this.onSave(sentences);
      event.target.disabled = false;
    }
  }

  #field({ id, text: words, generated }) {
    const field = element("label", {});
    const area = element("textarea", { name: id, rows: "2", lang: "zh-CN" });
    area.value = words;
    if (generated !== null) field.append(element("span", { lang: "zh-CN" }, generated));
    else area.setAttribute("aria-label", text("briefs.form.added"));
    field.append(area);
    return field;
  }
}

function element(tag, attributes, words = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = words;
  return made;
}
