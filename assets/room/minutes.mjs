/* The minutes: drafted by the server from what was said and decided, written here, signed, and then only read. */

import { idempotencyKey } from "../hand/api.mjs";
import { text } from "../live/catalogue.mjs";
import { timeText } from "../hand/clock.mjs";

export class Minutes {
  #version = 0;
  #isTouched = false;
  #view = null;

  constructor(parent, hand) {
    this.hand = hand;
    this.box = document.createElement("section");
    this.box.className = "hand-card room-minutes";
    this.title = add(this.box, "h2", "room-heading");
    this.state = add(this.box, "p", "hand-label");
    this.text = add(this.box, "textarea", "");
    this.text.rows = 12;
    this.text.maxLength = 20_000;
    this.text.setAttribute("aria-label", text("room.minutes"));
    this.signed = add(this.box, "pre", "room-signed");
    this.problem = add(this.box, "p", "room-missing");
    this.problem.setAttribute("role", "alert");
    this.row = add(this.box, "div", "room-buttons");
    for (const act of ["draft", "save", "sign", "close"]) {
      const button = add(this.row, "button", act === "sign" ? "hand-button primary" : "hand-button");
      button.type = "button";
      button.dataset.minutes = act;
      button.textContent = text(`room.minutes_${act}`);
    }
    parent.append(this.box);
    this.text.addEventListener("input", () => (this.#isTouched = true));
    this.row.addEventListener("click", (event) => this.#pressed(event.target.closest("[data-minutes]")));
  }

  /* What was typed and not saved is never overwritten by what somebody else saved. */
  show(view, now) {
    this.#view = view;
    const { room, me } = view;
    const isSigned = room.signed_at !== null;
    const mayWrite = me.may.includes("edit_minutes") && !isSigned;
    this.title.textContent = text("room.minutes");
    if (!this.#isTouched) {
      this.text.value = room.minutes;
      this.#version = room.minutes_version;
    }
    this.text.hidden = !mayWrite;
    this.signed.hidden = mayWrite || !room.minutes;
    this.signed.textContent = room.minutes;
    this.state.textContent = stateText(room, now, this.#isTouched && this.#version !== room.minutes_version);
    for (const button of this.row.children) button.hidden = !offered(button.dataset.minutes, view, mayWrite);
    this.row.hidden = [...this.row.children].every((button) => button.hidden);
  }

  async #pressed(button) {
    if (!button || button.disabled) return;
    const { room } = this.#view;
    const base = `/api/v1/rooms/${room.id}`;
    button.disabled = true;
    this.problem.textContent = "";
    try {
      if (button.dataset.minutes === "draft") await this.#draft(base);
      else if (button.dataset.minutes === "save") await this.#save(base);
      else if (button.dataset.minutes === "sign") await this.#sign(base);
      else if (window.confirm(text("room.close_sure"))) await this.#post(`${base}/close`, {});
    } catch (error) {
      this.problem.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  }

  async #draft(base) {
    if (this.text.value.trim() && !window.confirm(text("room.draft_sure"))) return;
    const { value } = await this.hand.api.get(`${base}/minutes-draft`);
    this.text.value = value;
    this.#isTouched = true;
  }

  async #save(base) {
    const { value } = await this.#post(`${base}/minutes`, { text: this.text.value, minutes_version: this.#version });
    this.#version = value.minutes_version;
    this.#isTouched = false;
  }

  async #sign(base) {
    if (this.#isTouched) await this.#save(base);
    if (!window.confirm(text("room.sign_sure"))) return;
    await this.#post(`${base}/minutes/sign`, { minutes_version: this.#version });
  }

  #post(path, body) {
    return this.hand.api.post(path, body, { key: idempotencyKey() });
  }
}

function offered(act, { room, me }, mayWrite) {
  if (act === "close") return me.may.includes("close_room") && room.signed_at !== null;
  if (act === "sign") return mayWrite && me.may.includes("sign_minutes");
  return mayWrite;
}

function stateText(room, now, isBehind) {
  if (isBehind) return text("room.minutes_behind", { by: room.minutes_name });
  if (room.signed_at !== null) return text("room.minutes_signed", { by: room.signed_name, time: timeText(room.signed_at, now), mark: room.minutes_sha256.slice(0, 12) });
  if (room.minutes_at !== null) return text("room.minutes_saved", { by: room.minutes_name, time: timeText(room.minutes_at, now) });
  return text("room.minutes_none");
}

function add(parent, tag, name) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  parent.append(element);
  return element;
}
