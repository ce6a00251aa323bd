/* 上报: an event found on the round, in three steps, kept on the phone first and sent when there is a network. */

import { positionNow } from "../hand/place.mjs";
import { timeText } from "../hand/clock.mjs";
import { Draft } from "../hand/draft.mjs";
import { PhotoPicker } from "../hand/photo_picker.mjs";
import { withTelephones } from "../hand/telephones.mjs";
import { node } from "./node.mjs";

const HANDLINGS = ["self", "township", "emergency"];
const MOST_PHOTOS = 4;

export class ReportView {
  /* `onKept()` is called once everything is on the phone. */
  constructor(hand, { onKept }) {
    Object.assign(this, { hand, text: hand.text, onKept });
    this.kinds = hand.facts.kinds;
    this.draft = new Draft(hand.store, "report");
    this.picker = new PhotoPicker({ text: hand.text, most: MOST_PHOTOS, caption: () => this.caption(), onChange: () => this.changed() });
    this.root = node("section", { class: "field-report" });
    this.reset();
  }

  /* What was being written when an earlier page died; resolves with whether there was anything. */
  async restore() {
    const left = await this.draft.open();
    if (!left || !(left.words || left.branch || left.photos.length)) return false;
    Object.assign(this, { branch: left.branch, category: left.category, handling: left.handling });
    this.words.value = left.words;
    this.picker.put(left.photos);
    this.discard.hidden = false;
    this.paint();
    return true;
  }

  reset() {
    Object.assign(this, { branch: null, category: null, handling: null, position: null });
    this.picker.clear();
    this.words = node("textarea", { name: "text", maxlength: 500, "aria-describedby": "wrong-words", oninput: () => this.changed("words") });
    this.wrongs = Object.fromEntries(["branch", "words", "handling"].map((name) => [name, node("p", { class: "hand-wrong", id: `wrong-${name}`, role: "alert", hidden: true })]));
    this.branches = node("div", { class: "kinds" });
    this.leaves = node("div", { class: "field-chips" });
    this.handlings = node("div", { class: "kinds" });
    this.where = node("p", { class: "hand-label", role: "status" });
    this.keep = node("button", { type: "button", class: "hand-button primary field-keep", onclick: () => this.save() }, this.text("field.report.keep"));
    this.discard = node("button", { type: "button", class: "hand-button field-discard", hidden: true, onclick: () => this.throwAway() }, this.text("field.report.discard"));
    const { text, wrongs } = this;
    this.root.replaceChildren(
      node("h1", { class: "hand-title" }, text("field.report.title")),
      this.where,
      step(1, text("field.report.what"), this.branches, this.leaves, wrongs.branch),
      step(2, text("field.report.say"), this.picker.root, node("label", { class: "hand-field" }, text("field.report.hint"), this.words), wrongs.words),
      step(3, text("field.report.who"), this.handlings, wrongs.handling),
      this.keep,
      this.discard,
      node("p", { class: "hand-label field-urgent" }, withTelephones(text("field.report.urgent", { phone: this.hand.facts.hotline }))),
    );
    this.paint();
  }

  async throwAway() {
    this.reset();
    await this.draft.drop();
    window.scrollTo(0, 0);
  }

  /* Asks for the position once the page is looked at: the place of an event is where the worker stands. */
  async shown() {
    if (this.position) return;
    this.where.textContent = this.text("hand.place.asking");
    const found = await positionNow();
    this.position = found.why ? null : found;
    this.where.textContent = found.why
      ? this.text("field.report.no_place", { why: this.text(`hand.place.${found.why}`), grid: this.hand.facts.heading })
      : this.text("field.report.place", { grid: this.hand.facts.heading, metres: found.accuracy_m });
  }

  paint() {
    const pick = (name, value) => {
      this[name] = value;
      if (name === "branch") this.category = null;
      this.changed(name === "category" ? "branch" : name);
      this.paint();
    };
    const chip = (name, value, ...shown) =>
      node("button", { type: "button", class: "kind", "aria-pressed": this[name] === value ? "true" : "false", onclick: () => pick(name, value) }, shown);
    const nameOf = (one) => (this.hand.facts.language === "en" ? one.name_en || one.name : one.name);
    this.branches.replaceChildren(...this.kinds.map((one) => chip("branch", one.code, nameOf(one))));
    const branch = this.kinds.find((one) => one.code === this.branch);
    this.leaves.replaceChildren(...(branch?.leaves ?? []).map((one) => chip("category", one.code, nameOf(one))));
    this.handlings.replaceChildren(
      ...HANDLINGS.map((one) => chip("handling", one, node("b", {}, this.text(`field.report.${one}`)), node("small", {}, this.text(`field.report.${one}_limit`)))),
    );
  }

  /* Something was written, taken or chosen; what was said about that field is settled. */
  changed(name) {
    if (this.wrongs?.[name]) this.wrongs[name].hidden = true;
    this.draft.changed(() => ({ branch: this.branch, category: this.category, handling: this.handling, words: this.words.value, photos: this.picker.kept }));
  }

  async caption() {
    const now = this.hand.clock.now();
    if (!this.position) await this.shown();
    const where = this.position ? this.text("field.accuracy", { metres: this.position.accuracy_m }) : this.hand.facts.heading;
    return { lines: [timeText(now, now), where], takenAt: now, place: this.position };
  }

  async save() {
    if (this.keep.disabled || this.isMissing()) return;
    this.keep.disabled = true;
    await keepReport(this.hand, {
      category: this.category ?? this.branch, text: this.words.value.trim(), handling: this.handling, position: this.position,
      photos: this.picker.photos,
    });
    this.reset();
    await this.draft.drop();
    this.onKept();
  }

  /* Says what is missing at its field, the first one in sight. */
  isMissing() {
    const missing = {
      branch: this.branch ? "" : this.text("field.report.choose_kind"),
      words: this.words.value.trim() ? "" : this.text("field.report.write"),
      handling: this.handling ? "" : this.text("field.report.choose_who"),
    };
    for (const [name, words] of Object.entries(missing)) {
      this.wrongs[name].textContent = words;
      this.wrongs[name].hidden = words === "";
    }
    const first = Object.keys(missing).find((name) => missing[name]);
    if (!first) return false;
    if (first === "words") this.words.focus({ preventScroll: true });
    this.wrongs[first].closest(".field-step").scrollIntoView({ block: "center" });
    return true;
  }
}

/* The report goes first, its photographs behind it under its key: the queue keeps the order. */
async function keepReport({ queue }, { category, text, handling, position, photos }) {
  const key = await queue.add({ kind: "event", category, text, handling, ...placeOf(position) });
  for (const { blob, takenAt, place } of photos) {
    const query = new URLSearchParams({ taken_at: String(takenAt), ...(place ? { lon: String(place.lon), lat: String(place.lat) } : {}) });
    await queue.addPost({ path: `/api/v1/field/reports/${key}/photos?${query}`, body: blob, headers: { "content-type": "image/jpeg" } });
  }
}

export function placeOf(position) {
  return position ? { lon: position.lon, lat: position.lat, accuracy_m: position.accuracy_m } : {};
}

function step(number, title, ...content) {
  return node("section", { class: "field-step" }, node("h2", {}, node("b", { class: "clock-face" }, number), " ", title), ...content);
}
