/* The part of the page that speaks to the server of wordings: asks on news, sends what an officer wrote. */

import { idempotencyKey, isPassing, Malformed, Refused } from "../hand/api.mjs";
import { AskOnNews } from "../live/ask_on_news.mjs";
import { text } from "../live/catalogue.mjs";
import { giveButton, wordingsView } from "./wordings_view.mjs";

const PATH = "/api/v1/hotline/wordings";
const APART_MS = 500; // of two asks: thirty seats sign within a minute

export class WordingsPart {
  #given = null;
  #form = null;

  constructor(hand, repaint) {
    Object.assign(this, { hand, repaint });
    const { facts } = hand;
    this.places = [{ code: facts.jurisdiction, name: facts.place }, ...facts.regions.filter(({ code }) => code !== facts.jurisdiction)];
    this.news = new AskOnNews({ apartMs: APART_MS, ask: () => this.#ask() });
  }

  told() {
    this.news.told();
  }

  parts() {
    return { children: wordingsView(this.#given, { form: this.#form, places: this.places, names: this.hand.facts.categories }), tools: giveButton(this.#given, this.#form) };
  }

  /* A button of the panel: what it does and to which wording. */
  async click(what, id) {
    if (what === "read") await this.#send(`${PATH}/${id}/read`, { version: this.#versionOf(id) });
    else if (what === "close" || (this.#form?.kind === what && this.#form.id === id)) this.#form = null;
    else this.#form = { kind: what, id: id ?? null, ...this.#opening(what, id), busy: false, wrong: "" };
    this.repaint();
    document.querySelector(".hotline-form")?.querySelector("textarea")?.focus();
  }

  give() {
    if (this.#given?.may_give) this.click("give");
  }

  async submit(form) {
    const { kind, id, version } = this.#form;
    const said = Object.fromEntries(new FormData(form));
    this.#form = { ...this.#form, busy: true, wrong: "" };
    this.repaint();
    if (kind === "give") await this.#send(PATH, { text: said.text, place: said.place, category: said.category });
    if (kind === "revise") await this.#send(`${PATH}/${id}/revise`, { text: said.text, expected_version: version });
    if (kind === "end") await this.#send(`${PATH}/${id}/end`, { reason: said.text });
  }

  /* What the form is about as it was when it was opened: another officer's change meanwhile is the server's to refuse. */
  #opening(what, id) {
    const found = this.#given.wordings.find((one) => one.id === id);
    return { version: found?.version ?? 0, text: what === "revise" ? (found?.text ?? "") : "" };
  }

  #versionOf(id) {
    return this.#given.wordings.find((one) => one.id === id)?.version ?? 1;
  }

  async #send(path, body) {
    try {
      await this.hand.api.post(path, body, { key: idempotencyKey() });
      this.#form = null;
      await this.#ask();
    } catch (error) {
      const wrong = error instanceof Refused ? error.message : isPassing(error) ? text("hand.offline") : error instanceof Malformed ? text("hotline.malformed") : null;
      if (wrong === null) throw error;
      if (this.#form) this.#form = { ...this.#form, busy: false, wrong };
      else this.hand.notice(wrong);
    }
    this.repaint();
  }

  async #ask() {
    try {
      this.#given = (await this.hand.api.get(PATH)).value;
      this.repaint();
      return true;
    } catch (error) {
      if (isPassing(error)) return false;
      throw error;
    }
  }
}
