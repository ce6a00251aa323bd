/* The part of the page that speaks to the server of merging: asks on news, merges, and records what is not the same. */

import { idempotencyKey, isPassing, Malformed, Refused } from "../hand/api.mjs";
import { AskOnNews } from "../live/ask_on_news.mjs";
import { text } from "../live/catalogue.mjs";
import { mergesView, rowKey } from "./merges_view.mjs";

const PATH = "/api/v1/hotline/merges";
const APART_MS = 2_000; // of two asks: a burst brings a proposal each second

export class MergesPart {
  #list = null;
  #state = { dismissing: null, busy: null, said: "" };

  constructor(hand, repaint) {
    Object.assign(this, { hand, repaint });
    this.news = new AskOnNews({ apartMs: APART_MS, ask: () => this.#ask() });
  }

  told() {
    this.news.told();
  }

  parts() {
    return { children: mergesView(this.#list, this.#state), beside: this.#list?.in_all ? text("hotline.merges.in_all", { count: this.#list.in_all }) : null };
  }

  async click(what, key) {
    const row = this.#rowOf(key);
    if (what === "close" || this.#state.dismissing?.key === key) this.#state = { ...this.#state, dismissing: null };
    if (what === "dismiss" && row && this.#state.dismissing?.key !== key) {
      const nos = [row.carrier, ...row.others].map(({ no }) => no).join(" ");
      this.#state = { ...this.#state, dismissing: { key, nos, busy: false, wrong: "" }, said: "" };
    }
    if (what === "do" && row) await this.#merge(row, key);
    this.repaint();
    if (what === "dismiss") document.querySelector("#hotline-dismiss")?.focus();
  }

  async submit(form) {
    const row = this.#rowOf(this.#state.dismissing.key);
    const reason = new FormData(form).get("text");
    if (!row) return; // somebody else ruled on it
    this.#state = { ...this.#state, dismissing: { ...this.#state.dismissing, busy: true, wrong: "" } };
    this.repaint();
    const wrong = await this.#post(`/api/v1/matters/${row.carrier.id}/merges/reject`, { matter_ids: row.others.map(({ id }) => id), reason });
    this.#state = { ...this.#state, dismissing: wrong ? { ...this.#state.dismissing, busy: false, wrong } : null };
    this.repaint();
  }

  async #merge({ carrier, others }, key) {
    this.#state = { ...this.#state, busy: key, said: "" };
    this.repaint();
    const said = await this.#post(`/api/v1/matters/${carrier.id}/merges`, { matter_ids: others.map(({ id }) => id), expected_version: carrier.version });
    this.#state = { ...this.#state, busy: null, said };
  }

  /* Returns what was wrong in words, "" when it was done. */
  async #post(path, body) {
    try {
      await this.hand.api.post(path, body, { key: idempotencyKey() });
      await this.#ask();
      return "";
    } catch (error) {
      if (error instanceof Refused) {
        await this.#ask(); // it was refused because things stand otherwise than shown
        return error.message;
      }
      if (isPassing(error)) return text("hand.offline");
      if (error instanceof Malformed) return text("hotline.malformed");
      throw error;
    }
  }

  #rowOf(key) {
    return this.#list?.rows.find(({ carrier, others }) => rowKey(carrier, others) === key);
  }

  async #ask() {
    try {
      this.#list = (await this.hand.api.get(PATH)).value;
      this.repaint();
      return true;
    } catch (error) {
      if (isPassing(error)) return false;
      throw error;
    }
  }
}
