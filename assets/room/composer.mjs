/* Where one writes and attaches files. Nothing leaves the box before the server has it; what was typed survives the
 * page's death, and a message that was sent twice is there once. */

import { Away, idempotencyKey } from "../hand/api.mjs";
import { text } from "../live/catalogue.mjs";

const MOST_HIGH_PX = 140;
const MOST_FILES = 9;
const MAX_BYTES = 10 * 1024 * 1024;
const UPLOAD_TIMEOUT_MS = 60_000;
const TYPES = "image/jpeg,image/png,image/webp,application/pdf";

export class Composer {
  #key = idempotencyKey();
  #files = []; // {file, key, id}: id once the server keeps it
  #isSending = false;

  /* `say(text, ids, key)` posts a message; `hand` gives api and notices, `store` keeps the draft. */
  constructor(parent, { hand, store, say }) {
    Object.assign(this, { hand, store, say });
    this.form = document.createElement("form");
    this.form.className = "room-composer";
    this.form.hidden = true;
    this.input = make("textarea", { rows: 1, maxlength: 2_000, "aria-label": text("room.write"), placeholder: text("room.write") });
    this.picker = make("input", { type: "file", multiple: "", accept: TYPES, hidden: "" });
    this.list = make("ul", { class: "room-attached" });
    this.attach = make("button", { type: "button", class: "hand-quiet", "aria-label": text("room.attach") }, text("room.attach"));
    this.send = make("button", { type: "submit", class: "hand-button primary" }, text("room.send"));
    this.problem = make("p", { class: "room-missing", role: "alert" });
    const row = make("div", { class: "room-compose-row" });
    row.append(this.attach, this.input, this.send);
    this.form.append(this.list, this.problem, row, this.picker);
    parent.append(this.form);
    this.#listen();
  }

  async start(room, matter) {
    this.room = room;
    this.matter = matter;
    if (!this.input.value) this.input.value = (await this.store.get(`draft:${room}`)) ?? "";
    this.#grow();
  }

  /* As high as what is written, up to a few lines: the talk above keeps its room. */
  #grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight + 2, MOST_HIGH_PX)}px`;
  }

  show(isShown) {
    this.form.hidden = !isShown;
  }

  #listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.input.addEventListener("input", () => {
      this.#grow();
      this.store.put(`draft:${this.room}`, this.input.value);
    });
    // Enter sends where there is a keyboard; a phone's Enter is a new line.
    this.input.addEventListener("keydown", (event) => {
      const isPlain = event.key === "Enter" && !event.shiftKey && !event.isComposing;
      if (!isPlain || !window.matchMedia("(pointer: fine)").matches) return;
      event.preventDefault();
      this.#submit();
    });
    this.attach.addEventListener("click", () => this.picker.click());
    this.picker.addEventListener("change", () => {
      this.#take([...this.picker.files]);
      this.picker.value = "";
    });
    this.list.addEventListener("click", (event) => {
      const place = event.target.closest("[data-drop]")?.dataset.drop;
      if (place === undefined || this.#isSending) return;
      this.#files.splice(Number(place), 1);
      this.#showFiles();
    });
  }

  #take(files) {
    const large = files.find((file) => file.size > MAX_BYTES);
    if (large) this.#say(text("room.too_large", { name: large.name }));
    const fitting = files.filter((file) => file.size <= MAX_BYTES);
    this.#files = [...this.#files, ...fitting.map((file) => ({ file, key: idempotencyKey(), id: null }))].slice(0, MOST_FILES);
    this.#showFiles();
  }

  #showFiles() {
    this.list.replaceChildren(
      ...this.#files.map(({ file, id }, place) => {
        const item = make("li", {}, `${file.name}${id ? " ✓" : ""}`);
        item.append(make("button", { type: "button", class: "hand-quiet", "data-drop": place, "aria-label": text("room.drop") }, "×"));
        return item;
      }),
    );
  }

  async #submit() {
    const written = this.input.value.trim();
    if (this.#isSending || (!written && this.#files.length === 0)) return;
    this.#isSending = true;
    this.send.disabled = true;
    this.#say("");
    try {
      for (const each of this.#files) await this.#upload(each);
      await this.say(written, this.#files.map(({ id }) => id), this.#key);
      this.#key = idempotencyKey();
      this.#files = [];
      this.input.value = "";
      this.#grow();
      await this.store.put(`draft:${this.room}`, "");
    } catch (error) {
      if (!(error instanceof Away)) this.#key = idempotencyKey(); // it was refused: the next try is another act
      this.#say(error instanceof Away ? text("room.not_sent") : error.message);
    } finally {
      this.#isSending = false;
      this.send.disabled = false;
      this.#showFiles();
    }
  }

  async #upload(each) {
    if (each.id) return;
    const kind = each.file.type === "application/pdf" ? "document" : "photo";
    const query = new URLSearchParams({ matter: this.matter, room: this.room, kind, name: each.file.name.slice(-120) });
    const { value } = await this.hand.api.post(`/api/v1/attachments?${query}`, each.file, {
      key: each.key, timeoutMs: UPLOAD_TIMEOUT_MS, headers: { "content-type": "application/octet-stream" },
    });
    each.id = value.id;
  }

  #say(words) {
    this.problem.textContent = words;
  }
}

function make(tag, attributes, words = "") {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = words;
  return element;
}
