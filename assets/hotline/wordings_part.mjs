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
  #opened = 0; // forms so far: each is its own, also of one wording

  constructor(hand, repaint) {
    Object.assign(this, { hand, repaint });
    const { facts } = hand;
    this.places = [{ code: facts.jurisdiction, name: facts.place }, ...facts.regions.filter(({ code }) => code !== facts.jurisdiction)];
    this.news = new AskOnNews({ apartMs: APART_MS, ask: () => this.#ask() });
  }

  told() {
    this.news.told();
  }

  /* `isHeard`: the server is, so that something can be sent. */
  parts(isHeard) {
    const { categories: names } = this.hand.facts;
    return { children: wordingsView(this.#given, { form: this.#form, places: this.places, names, isHeard }), tools: giveButton(this.#given, this.#form, isHeard) };
  }

  /* A button of the panel: what it does and to which wording. */
  async click(what, id) {
    if (what === "read") {
      const wrong = await this.#post(`${PATH}/${id}/read`, { version: this.#versionOf(id) });
      if (wrong) this.hand.notice(wrong); // whatever form is open is about something else
      return;
    }
    if (what === "close" || this.#isOpen(what, id)) this.#form = null;
    else this.#form = { kind: what, id: id ?? null, whose: `wording-${(this.#opened += 1)}`, ...this.#opening(what, id), busy: false, wrong: "" };
    this.repaint();
    this.#focus();
  }

  /* By key, so what is already being written is not thrown away. */
  give() {
    if (!this.#given?.may_give) return;
    if (this.#isOpen("give", null)) this.#focus();
    else this.click("give");
  }

  async submit(form) {
    const { kind, id, version, whose } = this.#form;
    const said = Object.fromEntries(new FormData(form));
    this.#form = { ...this.#form, busy: true, wrong: "" };
    this.repaint();
    const [path, body] = {
      give: () => [PATH, { text: said.text, place: said.place, category: said.category }],
      revise: () => [`${PATH}/${id}/revise`, { text: said.text, expected_version: version }],
      end: () => [`${PATH}/${id}/end`, { reason: said.text }],
    }[kind]();
    const wrong = await this.#post(path, body);
    if (this.#form?.whose === whose) this.#form = wrong ? { ...this.#form, busy: false, wrong } : null;
    else if (wrong) this.hand.notice(wrong); // another form was opened meanwhile
    this.repaint();
  }

  #isOpen(kind, id) {
    return this.#form?.kind === kind && this.#form.id === (id ?? null);
  }

  #focus() {
    document.querySelector('[data-panel="wordings"] .hotline-form')?.querySelector("textarea")?.focus();
  }

  /* What the form is about as it was when it was opened: another officer's change meanwhile is the server's to refuse. */
  #opening(what, id) {
    const found = this.#given.wordings.find((one) => one.id === id);
    return { version: found?.version ?? 0, about: found?.text ?? "", text: what === "revise" ? (found?.text ?? "") : "" };
  }

  #versionOf(id) {
    return this.#given.wordings.find((one) => one.id === id)?.version ?? 1;
  }

  /* Returns what was wrong in words, "" when it was done. */
  async #post(path, body) {
    try {
      await this.hand.api.post(path, body, { key: idempotencyKey() });
      await this.#ask();
      return "";
    } catch (error) {
      if (error instanceof Refused) return error.message;
      if (isPassing(error)) return text("hand.offline");
      if (error instanceof Malformed) return text("hotline.malformed");
      throw error;
    }
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
