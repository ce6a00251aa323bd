/* A row of photographs taken for one act, and the square that takes the next. */

import { node } from "./node.mjs";
import { photoOf, UnreadablePhoto } from "./photo.mjs";

export class PhotoPicker {
  /* `caption()` gives the lines burnt into the next photograph, `most` is how many it takes. */
  constructor({ text, caption, most, onChange = () => {} }) {
    Object.assign(this, { text, caption, most, onChange });
    this.photos = []; // {blob, address, takenAt, place}
    this.warning = node("p", { class: "field-warning", role: "alert", hidden: true });
    this.row = node("div", { class: "photo-row" });
    this.root = node("div", {}, this.row, this.warning);
    this.paint();
  }

  paint() {
    const cards = this.photos.map(({ address }, place) => this.#card(address, place));
    const input = node("input", { type: "file", accept: "image/*", capture: "environment", onchange: (event) => this.#take(event.target) });
    const add = this.photos.length < this.most && node("label", { class: "photo-add" }, this.text("field.add_photo"), input);
    this.row.replaceChildren(...[...cards, add].filter(Boolean));
  }

  clear() {
    for (const { address } of this.photos) URL.revokeObjectURL(address);
    this.photos = [];
    this.paint();
  }

  #card(address, place) {
    const number = place + 1;
    return node(
      "figure",
      { class: "photo" },
      node("img", { src: address, alt: this.text("field.photo", { number }) }),
      node("button", { type: "button", class: "photo-remove", "aria-label": this.text("field.remove_photo", { number }), onclick: () => this.#remove(place) }, "×"),
    );
  }

  async #take(input) {
    const [file] = input.files;
    if (!file) return;
    try {
      const { lines, takenAt, place } = await this.caption();
      const blob = await photoOf(file, lines);
      this.photos.push({ blob, address: URL.createObjectURL(blob), takenAt, place });
      this.warning.hidden = true;
    } catch (error) {
      if (!(error instanceof UnreadablePhoto)) throw error;
      this.warning.textContent = this.text("field.photo_unreadable");
      this.warning.hidden = false;
    }
    this.paint();
    this.onChange();
  }

  #remove(place) {
    const [gone] = this.photos.splice(place, 1);
    URL.revokeObjectURL(gone.address);
    this.paint();
    this.onChange();
  }
}
