/* Notices of the system for a desk that lies behind other windows: only what also sounds, only after an officer has
 * asked for them by the button, and only while the page is not in sight. What the browser forbids is said. */

import { text } from "../live/catalogue.mjs";

export class Notices {
  constructor(button, { choose, api = window.Notification, permissions = navigator.permissions, isHidden = () => document.hidden }) {
    Object.assign(this, { button, choose, api, permissions, isHidden });
  }

  start() {
    this.button.addEventListener("click", () => this.#ask());
    this.#watch();
    this.#say();
  }

  /* What is granted or taken away in the browser's own settings is said at once, where the browser tells of it. */
  async #watch() {
    const status = await this.permissions?.query({ name: "notifications" }).catch(() => null);
    status?.addEventListener("change", () => this.#say());
  }

  /* A cause that sounds: the sentence that is read out, which names no citizen. */
  show(sentence, matterId) {
    if (this.#state() !== "granted" || !this.isHidden()) return;
    const notice = new this.api(text("desk.page"), { body: sentence, tag: matterId, lang: "zh-CN" });
    notice.onclick = () => {
      window.focus();
      this.choose(matterId);
      notice.close();
    };
  }

  async #ask() {
    if (this.#state() === "default") await this.api.requestPermission();
    this.#say();
  }

  /* "missing" without a secure address: browsers offer notices over https and on the machine itself alone. */
  #state() {
    return this.api && window.isSecureContext ? this.api.permission : "missing";
  }

  #say() {
    const state = this.#state();
    this.button.dataset.state = state;
    this.button.disabled = state !== "default";
    this.button.textContent = text(`desk.notices.${state}`);
  }
}
