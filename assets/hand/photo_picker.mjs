/* Photographs for one act: taken, chosen, taken again, removed; what cannot be used is said in words below them. */

import { node } from "../field/node.mjs";
import { photoOf, UnreadablePhoto } from "./photo.mjs";

const MOST_FILE_BYTES = 40_000_000; // beyond it a phone of little memory is killed while it opens the picture

export class PhotoPicker {
  /* `caption()` gives {lines, takenAt, place} of the next photograph, `most` is how many it takes, `hasAlbum` whether one
   * may also be chosen among earlier ones: what proves something must be of now. */
  constructor({ text, caption, most, hasAlbum = false, onChange = () => {} }) {
    Object.assign(this, { text, caption, most, hasAlbum, onChange });
    this.photos = []; // {blob, address, takenAt, place}
    this.warning = node("p", { class: "hand-wrong", role: "alert", hidden: true });
    this.row = node("div", { class: "photo-row" });
    this.more = node("div", { class: "photo-more" });
    this.root = node("div", { class: "photos" }, this.row, this.more, this.warning);
    this.paint();
  }

  paint() {
    const { text, photos, most } = this;
    this.row.replaceChildren(...photos.map(({ address }, place) => this.#card(address, place)));
    const isFull = photos.length >= most;
    this.more.replaceChildren(
      ...[
        !isFull && this.#picker("photo-take", text("photo.take"), { isCamera: true }),
        !isFull && this.hasAlbum && this.#picker("photo-choose", text("photo.choose"), { isCamera: false }),
        node("span", { class: "hand-label" }, text("photo.count", { count: photos.length, most })),
      ].filter(Boolean),
    );
  }

  clear() {
    this.put([]);
  }

  /* Shows photographs that were kept: {blob, takenAt, place}. */
  put(kept) {
    for (const { address } of this.photos) URL.revokeObjectURL(address);
    this.photos = kept.map((photo) => ({ ...photo, address: URL.createObjectURL(photo.blob) }));
    this.warn("");
    this.paint();
  }

  /* What can be kept on the device. */
  get kept() {
    return this.photos.map(({ blob, takenAt, place }) => ({ blob, takenAt, place }));
  }

  warn(words) {
    this.warning.hidden = words === "";
    this.warning.textContent = words;
  }

  #picker(name, words, { isCamera, replaces = null }) {
    const input = node("input", { type: "file", accept: "image/*", capture: isCamera ? "environment" : null, onchange: (event) => this.#take(event.target, replaces) });
    return node("label", { class: `hand-button ${name}` }, words, input);
  }

  #card(address, place) {
    const number = place + 1;
    return node(
      "figure",
      { class: "photo" },
      node("img", { src: address, alt: this.text("photo.number", { number }) }),
      node(
        "figcaption",
        {},
        this.#picker("photo-again", this.text("photo.again"), { isCamera: true, replaces: place }),
        node("button", { type: "button", class: "photo-remove", "aria-label": this.text("photo.remove_number", { number }), onclick: () => this.#remove(place) }, this.text("photo.remove")),
      ),
    );
  }

  async #take(input, replaces) {
    const [file] = input.files;
    if (!file) return;
    const fault = faultOf(file);
    this.warn(fault ? this.text(fault, { megabytes: Math.round(file.size / 1_000_000) }) : "");
    if (!fault) await this.#read(file, replaces);
    this.paint();
    this.onChange();
  }

  async #read(file, replaces) {
    try {
      const { lines, takenAt, place } = await this.caption();
      const blob = await photoOf(file, lines);
      const photo = { blob, address: URL.createObjectURL(blob), takenAt, place };
      if (replaces === null) this.photos.push(photo);
      else URL.revokeObjectURL(this.photos.splice(replaces, 1, photo)[0].address);
    } catch (error) {
      if (!(error instanceof UnreadablePhoto)) throw error;
      this.warn(this.text("photo.unreadable"));
    }
  }

  #remove(place) {
    const [gone] = this.photos.splice(place, 1);
    URL.revokeObjectURL(gone.address);
    this.paint();
    this.onChange();
  }
}

/* What is wrong with a file before it is opened: the key of the words, "" for nothing. */
function faultOf(file) {
  if (file.type && !file.type.startsWith("image/")) return "photo.not_a_picture";
  return file.size > MOST_FILE_BYTES ? "photo.too_large" : "";
}
