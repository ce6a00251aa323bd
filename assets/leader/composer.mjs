/* A leader's word about one matter: 批示, 督办单 or 催办 in one sheet. What is written is kept on the device until it is
 * sent; what was sent waits for the server's answer here, and goes on by itself when there is no line. */

import { Draft } from "../hand/draft.mjs";
import { timeText } from "../hand/clock.mjs";
import { el } from "../wall/element.mjs";
import { paint } from "../wall/paint.mjs";
import { text } from "../live/catalogue.mjs";
import { clock, symbol } from "./parts.mjs";
import { dueChoices, fromLocal, toLocal } from "./due_choices.mjs";
import { whyText } from "./sentence.mjs";

export const KINDS = ["instruct", "supervise", "urge"];
const ADDRESS = { instruct: "instructions", supervise: "supervisions", urge: "urges" };
const PHRASES = ["report", "first_handle", "lead", "explain"];
const IN_CHARGE = ["head", "deputy", ""];
const MOST_TEXT = 500; // as the server
const EMPTY = { kind: "instruct", text: "", units: null, in_charge: "head", due: "", at: null };

/* Whom a word about a matter is for, before anybody says otherwise: the units that did not come, else who has the matter. */
function suggested(row) {
  const late = (row.reasons ?? []).flatMap((one) => one.late ?? []).map(({ id }) => id);
  return late.length ? late : row.unit ? [row.unit] : [];
}

export class Composer {
  #row = null;
  #draft = null;
  #given = { ...EMPTY };
  #sending = null; // key of the word that the sheet waits for
  #wrong = "";
  #isKept = false; // what is written is on the device

  /* `onSent(word)` gives a word to the queue and returns its key; `isWaiting(matter)` says that one is still there. */
  constructor(parent, { hand, onClose, onSent, isWaiting }) {
    Object.assign(this, { hand, onClose, onSent, isWaiting });
    this.dialog = document.createElement("dialog");
    this.dialog.className = "leader-dialog";
    this.dialog.setAttribute("aria-labelledby", "leader-word-title");
    parent.append(this.dialog);
    this.dialog.addEventListener("click", (event) => this.#clicked(event));
    this.dialog.addEventListener("input", (event) => this.#changed(event.target));
    this.dialog.addEventListener("change", (event) => this.#changed(event.target));
    this.dialog.addEventListener("submit", (event) => this.#submit(event));
    this.dialog.addEventListener("close", () => this.#closed());
  }

  get isOpen() {
    return this.dialog.open;
  }

  /* Opens the sheet about a matter: {matter_id, title, place, urgency, unit, unit_name, due_at, limit_ms, reasons}. */
  async open(row) {
    this.#row = row;
    this.#wrong = "";
    this.#sending = null;
    this.#draft = new Draft(this.hand.store, `word.${row.matter_id}`);
    const kept = await this.#draft.open();
    this.#isKept = kept !== null;
    this.#draft.onKept = () => {
      this.#isKept = true;
      this.#paint();
    };
    this.#given = { ...EMPTY, units: suggested(row), ...kept };
    this.dialog.replaceChildren();
    this.#paint();
    const words = this.dialog.querySelector("textarea");
    words.value = this.#given.text;
    if (!this.dialog.open) this.dialog.showModal();
    words.focus({ preventScroll: true });
  }

  /* The queue has an answer to what the sheet waits for: done, refused with words, or no line. */
  heard({ key, refused = null }) {
    if (key !== this.#sending) return false;
    this.#sending = null;
    if (refused === null) {
      this.dialog.close();
    } else {
      this.#wrong = refused;
      this.#paint();
    }
    return true;
  }

  /* There is no line: the word is kept and goes out by itself, nobody has to stand by. True when one was waited for. */
  away() {
    if (this.#sending === null) return false;
    this.dialog.close();
    return true;
  }

  /* A word has been taken: what was written about its matter is not written a second time. */
  async forget(matterId) {
    await new Draft(this.hand.store, `word.${matterId}`).drop();
  }

  #closed() {
    this.#sending = null;
    this.onClose();
  }

  #clicked(event) {
    if (event.target.closest("[data-cancel]")) this.dialog.close();
    const phrase = event.target.closest("[data-phrase]");
    if (phrase) this.#addPhrase(text(`leader.phrase.${phrase.dataset.phrase}_words`));
    const dropped = event.target.closest("[data-drop-unit]");
    if (dropped) this.#set({ units: this.#given.units.filter((one) => one !== dropped.dataset.dropUnit) });
  }

  #addPhrase(words) {
    const area = this.dialog.querySelector("textarea");
    area.value = [area.value.trim(), words].filter(Boolean).join(text("leader.phrase.joint")).slice(0, MOST_TEXT);
    this.#set({ text: area.value });
    area.focus();
  }

  #changed(target) {
    const { name, value } = target;
    if (name === "text") this.#set({ text: value });
    else if (name === "kind" || name === "in_charge" || name === "due") this.#set({ [name]: value });
    else if (name === "at") this.#set({ due: "at", at: fromLocal(value) });
    else if (name === "unit") this.#addUnit(target);
  }

  #addUnit(input) {
    const unit = this.hand.facts.units.find(({ name }) => name === input.value.trim());
    if (!unit) return;
    input.value = "";
    if (!this.#given.units.includes(unit.id)) this.#set({ units: [...this.#given.units, unit.id] });
  }

  #set(more) {
    this.#wrong = "";
    this.#isKept = false;
    this.#given = { ...this.#given, ...more };
    this.#draft.changed(() => this.#given);
    this.#paint();
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#sending !== null) return;
    if (this.isWaiting(this.#row.matter_id)) {
      this.#wrong = text("leader.word.already_waiting");
      this.#paint();
      return;
    }
    const { kind } = this.#given;
    const words = this.#given.text.trim();
    const dueAt = this.#dueAt();
    const missing = kind !== "urge" && !words ? "text" : kind === "instruct" && this.#given.units.length === 0 ? "units" : kind === "instruct" && dueAt === null ? "due" : "";
    if (missing) {
      this.#wrong = text(`leader.word.missing_${missing}`);
      this.#paint();
      this.dialog.querySelector({ text: "textarea", units: "[name=unit]", due: "[name=due]" }[missing])?.focus();
      return;
    }
    await this.#draft.keep(this.#given);
    const body = kind === "instruct" ? { text: words, units: this.#given.units, due_at: dueAt, in_charge: this.#given.in_charge } : { text: words };
    const about = { kind, matter_id: this.#row.matter_id, title: this.#row.title, at: this.hand.clock.now() };
    const path = `/api/v1/matters/${encodeURIComponent(this.#row.matter_id)}/${ADDRESS[kind]}`;
    this.#sending = this.onSent({ path, body, about });
    this.#paint();
  }

  #dueAt() {
    if (this.#given.due === "at") return this.#given.at;
    return dueChoices(this.hand.clock.now()).find(({ id }) => id === this.#given.due)?.at ?? null;
  }

  #paint() {
    const { kind } = this.#given;
    const isSending = this.#sending !== null;
    paint(this.dialog, [
      el(
        "form",
        { method: "dialog", novalidate: "" },
        this.#head(),
        this.#choice("kind", text("leader.word.kind"), KINDS.map((one) => [one, text(`leader.kind.${one}`)]), "leader-kinds"),
        el("label", { class: "hand-field" }, text(`leader.word.${kind}_label`), el("textarea", { name: "text", rows: 3, maxlength: MOST_TEXT, autocomplete: "off" })),
        el("div", { class: "leader-phrases" }, ...(kind === "urge" ? [] : PHRASES.map((one) => el("button", { type: "button", class: "hand-quiet", "data-phrase": one }, text(`leader.phrase.${one}`))))),
        ...(kind === "instruct" ? this.#order() : [el("p", { class: "hand-label" }, text(this.#row.unit ? `leader.word.${kind}_to` : "leader.word.no_unit", { unit: this.#row.unit_name }))]),
        el("p", { class: "hand-source leader-kept", "data-kept": String(this.#isKept) }, this.#isKept ? text("leader.word.kept") : ""),
        el("p", { class: "leader-missing", role: "alert" }, this.#wrong),
        el(
          "div",
          { class: "leader-send" },
          el("button", { type: "button", class: "hand-button", "data-cancel": "" }, text(isSending ? "leader.word.behind" : "leader.word.keep")),
          el("button", { type: "submit", class: "hand-button primary", disabled: isSending ? "" : null }, text(isSending ? "leader.word.sending" : `leader.word.send_${kind}`)),
        ),
      ),
    ]);
  }

  #head() {
    const row = this.#row;
    const now = this.hand.clock.now();
    return el(
      "header",
      { class: "leader-word-head" },
      el("h2", { id: "leader-word-title" }, symbol(row, now), el("span", {}, [row.title, row.place].filter(Boolean).join(" · "))),
      clock(row.due_at, row.limit_ms, now),
      el("p", { class: "leader-why" }, row.no ? el("span", {}, row.no) : null, ...(row.reasons ?? []).map((one) => el("span", {}, whyText(one)))),
    );
  }

  /* What makes the word an order: to whom, by when, and what happens when that passes. */
  #order() {
    const { units, due } = this.#given;
    const names = new Map(this.hand.facts.units.map(({ id, name }) => [id, name]));
    const now = this.hand.clock.now();
    return [
      el("h3", { class: "leader-becomes" }, text("leader.word.becomes")),
      el(
        "div",
        { class: "hand-field" },
        el("label", { for: "leader-unit" }, text("leader.word.to")),
        el("div", { class: "leader-units" }, ...units.map((one) => el("button", { type: "button", class: "hand-quiet", "data-drop-unit": one, "aria-label": text("leader.word.drop", { unit: names.get(one) ?? one }) }, `${names.get(one) ?? this.#row.unit_name ?? one} ×`))),
        el("input", { id: "leader-unit", name: "unit", list: "leader-unit-names", autocomplete: "off", placeholder: text("leader.word.find_unit") }),
        el("datalist", { id: "leader-unit-names" }, ...this.hand.facts.units.map(({ name }) => el("option", { value: name }))),
      ),
      this.#choice("in_charge", text("leader.word.in_charge"), IN_CHARGE.map((one) => [one, text(`leader.in_charge.${one || "any"}`)])),
      this.#choice("due", text("leader.word.due"), [...dueChoices(now).map(({ id, at }) => [id, text(`leader.due.${id}`, { time: timeText(at, now) })]), ["at", text("leader.due.at")]]),
      el("div", { class: "hand-field", hidden: due === "at" ? null : "" }, el("input", { type: "datetime-local", name: "at", value: this.#given.at ? toLocal(this.#given.at) : null, "aria-label": text("leader.due.at") })),
      el("dl", { class: "leader-becomes-list" }, el("div", {}, el("dt", {}, text("leader.word.if_late")), el("dd", {}, text("leader.word.if_late_words"))), el("div", {}, el("dt", {}, text("leader.word.on_desk")), el("dd", {}, text("leader.word.on_desk_words")))),
    ];
  }

  #choice(name, label, options, more = "") {
    return el(
      "fieldset",
      { class: `hand-field leader-choice ${more}` },
      el("legend", {}, label),
      el("div", { class: "hand-choices" }, ...options.map(([value, words]) => el("label", {}, el("input", { type: "radio", name, value, checked: this.#given[name] === value ? "" : null }), el("span", {}, words)))),
    );
  }
}
