/* A picture of a room, looked at before it is downloaded: large, with the one before and the one after. */

import { text } from "../live/catalogue.mjs";
import { sizeText } from "./message_view.mjs";

export class Viewer {
  #files = [];
  #place = 0;

  constructor(parent) {
    this.dialog = make("dialog", { class: "room-viewer", "aria-label": text("room.picture") });
    this.picture = make("img", { alt: "" });
    this.name = make("p", { class: "room-viewer-name" });
    this.load = make("a", { class: "hand-button" }, text("room.download"));
    this.before = make("button", { type: "button", class: "hand-button" }, text("room.picture_before"));
    this.after = make("button", { type: "button", class: "hand-button" }, text("room.picture_after"));
    const close = make("button", { type: "button", class: "hand-button" }, text("room.picture_close"));
    const row = make("div", { class: "room-viewer-row" });
    row.append(this.before, this.after, this.load, close);
    this.dialog.append(this.picture, this.name, row);
    parent.append(this.dialog);
    this.before.addEventListener("click", () => this.#go(-1));
    this.after.addEventListener("click", () => this.#go(1));
    close.addEventListener("click", () => this.dialog.close());
    this.picture.addEventListener("error", () => (this.name.textContent = text("room.picture_failed")));
    this.dialog.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) this.#go(step);
    });
  }

  /* `files` are the room's attachments that are pictures, `id` the one to begin with. */
  open(files, id) {
    this.#files = files;
    this.#place = Math.max(0, files.findIndex((one) => one.id === id));
    this.#show();
    this.dialog.showModal();
  }

  #go(step) {
    this.#place = Math.min(Math.max(this.#place + step, 0), this.#files.length - 1);
    this.#show();
  }

  #show() {
    const file = this.#files[this.#place];
    const address = `/api/v1/attachments/${encodeURIComponent(file.id)}`;
    this.picture.src = address;
    this.picture.alt = file.name;
    this.name.textContent = text("room.picture_of", { name: file.name, size: sizeText(file.size_bytes), number: this.#place + 1, count: this.#files.length });
    this.load.href = address;
    this.load.download = file.name;
    this.before.disabled = this.#place === 0;
    this.after.disabled = this.#place === this.#files.length - 1;
  }
}

function make(tag, attributes, words = "") {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = words;
  return element;
}
