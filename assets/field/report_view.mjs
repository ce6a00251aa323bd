/* 上报: an event found on the round, in three steps, kept on the phone first and sent when there is a network. */

import { positionNow } from "../hand/place.mjs";
import { timeText } from "../hand/clock.mjs";
import { node } from "./node.mjs";
import { PhotoPicker } from "../hand/photo_picker.mjs";

const HANDLINGS = ["self", "township", "emergency"];
const MOST_PHOTOS = 4;

export class ReportView {
  /* `onKept()` is called once everything is on the phone. */
  constructor(hand, { onKept }) {
    Object.assign(this, { hand, text: hand.text, onKept });
    this.kinds = hand.facts.kinds;
    this.picker = new PhotoPicker({ text: hand.text, most: MOST_PHOTOS, caption: () => this.caption() });
    this.root = node("section", { class: "field-report" });
    this.reset();
  }

  reset() {
    this.branch = null;
    this.category = null;
    this.handling = null;
    this.position = null;
    this.picker.clear();
    this.words = node("textarea", { name: "text", maxlength: 500, placeholder: this.text("field.report.hint") });
    this.warning = node("p", { class: "field-warning", role: "alert", hidden: true });
    this.branches = node("div", { class: "kinds" });
    this.leaves = node("div", { class: "field-chips" });
    this.handlings = node("div", { class: "kinds" });
    this.where = node("p", { class: "hand-label" });
    this.keep = node("button", { type: "button", class: "hand-button primary", onclick: () => this.save() }, this.text("field.report.keep"));
    const { text } = this;
    this.root.replaceChildren(
      node("h1", { class: "hand-title" }, text("field.report.title")),
      this.where,
      step(1, text("field.report.what"), this.branches, this.leaves),
      step(2, text("field.report.say"), this.picker.root, node("label", { class: "hand-field" }, text("field.report.hint"), this.words)),
      step(3, text("field.report.who"), this.handlings),
      node("footer", { class: "field-foot" }, this.warning, this.keep, node("p", { class: "hand-label" }, text("field.report.urgent", { phone: this.hand.facts.hotline }))),
    );
    this.paint();
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

  async caption() {
    const now = this.hand.clock.now();
    if (!this.position) await this.shown();
    const where = this.position ? this.text("field.accuracy", { metres: this.position.accuracy_m }) : this.hand.facts.heading;
    return { lines: [timeText(now, now), where], takenAt: now, place: this.position };
  }

  async save() {
    const missing = this.missing();
    this.warning.hidden = missing === "";
    this.warning.textContent = missing;
    if (missing) return;
    this.keep.disabled = true;
    await keepReport(this.hand, {
      category: this.category ?? this.branch, text: this.words.value.trim(), handling: this.handling, position: this.position,
      photos: this.picker.photos,
    });
    this.reset();
    this.onKept();
  }

  missing() {
    if (!this.branch) return this.text("field.report.choose_kind");
    if (!this.words.value.trim()) return this.text("field.report.write");
    if (!this.handling) return this.text("field.report.choose_who");
    return "";
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
