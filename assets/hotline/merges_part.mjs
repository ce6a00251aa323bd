/* The part of the page that speaks to the server of merging: asks on news, merges, and records what is not the same. */

import { idempotencyKey, isPassing, Malformed, Refused } from "../hand/api.mjs";
import { AskOnNews } from "../live/ask_on_news.mjs";
import { text } from "../live/catalogue.mjs";
import { mergesView, rowKey } from "./merges_view.mjs";

const PATH = "/api/v1/hotline/merges";
const APART_MS = 2_000; // of two asks: a burst brings a proposal each second
const SPREAD_MS = 1_000; // every page hears of the analysis in the same instant

export class MergesPart {
  #list = null;
  #state = { dismissing: null, busy: null, said: "" };
  #opened = 0; // forms so far: each is its own

  constructor(hand, repaint) {
    Object.assign(this, { hand, repaint });
    this.news = new AskOnNews({ apartMs: APART_MS, spreadMs: SPREAD_MS, ask: () => this.#ask() });
  }

  told() {
    this.news.told();
  }

  /* `isHeard`: the server is, so that something can be sent. */
  parts(isHeard) {
    return { children: mergesView(this.#list, { ...this.#state, isHeard }), beside: this.#list?.in_all ? text("hotline.merges.in_all", { count: this.#list.in_all }) : null };
  }

  async click(what, key) {
    const row = this.#rowOf(key);
    const isItsForm = this.#state.dismissing?.key === key;
    if (what === "close" || isItsForm) this.#state = { ...this.#state, dismissing: null };
    if (what === "dismiss" && row && !isItsForm) {
      const nos = [row.carrier, ...row.others].map(({ no }) => no).join(" ");
      this.#state = { ...this.#state, dismissing: { key, nos, whose: `merge-${(this.#opened += 1)}`, busy: false, wrong: "" }, said: "" };
    }
    if (what === "do" && row) await this.#merge(row, key);
    if (what !== "close" && !row && !isItsForm) this.#state = { ...this.#state, said: text("hotline.merges.gone") };
    this.repaint();
    if (what === "dismiss") document.querySelector("#hotline-dismiss")?.focus();
  }

  async submit(form) {
    const { key, whose } = this.#state.dismissing;
    const row = this.#rowOf(key);
    const reason = new FormData(form).get("text");
    if (!row) {
      this.#state = { ...this.#state, dismissing: null, said: text("hotline.merges.gone") };
      return this.repaint();
    }
    this.#state = { ...this.#state, dismissing: { ...this.#state.dismissing, busy: true, wrong: "" } };
    this.repaint();
    const wrong = await this.#post(`/api/v1/matters/${row.carrier.id}/merges/reject`, { matter_ids: row.others.map(({ id }) => id), reason });
    if (this.#state.dismissing?.whose === whose) this.#state = { ...this.#state, dismissing: wrong ? { ...this.#state.dismissing, busy: false, wrong } : null };
    else if (wrong) this.#state = { ...this.#state, said: wrong }; // the form of another row was opened meanwhile
    return this.repaint();
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
