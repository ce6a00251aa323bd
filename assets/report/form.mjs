/* What is wrong in a grid: kind, photographs and words, place, and a telephone if the citizen likes. What is missing or
 * refused stands at its field; what was written survives the page. */

import { Draft } from "../hand/draft.mjs";
import { timeText } from "../hand/clock.mjs";
import { PhotoPicker } from "../hand/photo_picker.mjs";
import { positionNow } from "../hand/place.mjs";
import { withTelephones } from "../hand/telephones.mjs";
import { node } from "../field/node.mjs";
import { Delivery } from "./delivery.mjs";
import { mineView } from "./mine.mjs";

const LEAST_DIGITS = 7; // of a telephone number
const MINUTE_MS = 60_000;
const FIELD_OF = { no_such_category: "kind", text_missing: "text", text_too_long: "text", report_too_far: "place" };

export async function mountForm(hand) {
  const form = new ReportForm(hand);
  const delivery = new Delivery(hand, {
    onRefused: (error, kept) => form.refused(error, kept),
    onTaken: () => form.draft.drop(),
    onAnother: () => form.paint(),
  });
  form.onSend = (body, photos) => delivery.begin(body, photos);
  if (await delivery.restore()) return;
  await form.paint(await form.draft.open());
}

class ReportForm {
  constructor(hand) {
    Object.assign(this, { hand, text: hand.text, isSending: false });
    this.draft = new Draft(hand.store, `report.${hand.facts.grid}`);
  }

  /* `left` is what was written before, null for an empty form. */
  async paint(left = null) {
    const { text, hand } = this;
    this.isSending = false;
    this.position = null;
    this.words = node("textarea", { name: "text", maxlength: 500, rows: 4, "aria-describedby": "wrong-text" });
    this.place = node("input", { name: "place", maxlength: 100, autocomplete: "off", "aria-describedby": "wrong-place" });
    this.phone = node("input", { name: "phone", type: "tel", maxlength: 20, inputmode: "tel", autocomplete: "tel", "aria-describedby": "wrong-phone" });
    this.picker = new PhotoPicker({ text, most: hand.facts.most_photos, hasAlbum: true, caption: () => this.#caption(), onChange: () => this.#changed() });
    this.placeRow = node("div", { class: "report-place" });
    this.wrongs = Object.fromEntries(["kind", "text", "place", "phone", "sending"].map((name) => [name, node("p", { class: "hand-wrong", id: `wrong-${name}`, role: "alert", hidden: true })]));
    this.form = node(
      "form",
      { class: "report-form", novalidate: true, onsubmit: (event) => this.#submit(event), oninput: (event) => this.#typed(event) },
      this.#step(1, "kind", text("report.what"), node("div", { class: "kinds" }, hand.facts.kinds.map((kind) => this.#kind(kind)))),
      this.#step(2, "text", text("report.say"), this.picker.root, node("label", { class: "hand-field" }, text("report.say_hint"), this.words)),
      this.#step(3, "place", text("report.where"), this.placeRow, node("label", { class: "hand-field" }, text("report.place_hint"), this.place)),
      this.#step(4, "phone", text("report.contact"), node("label", { class: "hand-field" }, text("report.phone_hint"), this.phone)),
      node("p", { class: "hand-source" }, text("report.privacy")),
      this.wrongs.sending,
      (this.send = node("button", { type: "submit", class: "hand-button primary report-send" }, text("report.send"))),
      node("p", { class: "hand-label report-urgent" }, withTelephones(text("report.urgent"))),
    );
    hand.main.replaceChildren(
      ...[
        node("h1", { class: "report-head" }, text("report.title")),
        node("p", { class: "hand-label report-lead" }, text("report.lead")),
        await mineView(hand),
        this.form,
      ].filter(Boolean),
    );
    if (left) this.#fill(left);
    this.#paintPlace(text("report.position_grid", { grid: hand.facts.heading }));
  }

  #step(number, name, title, ...content) {
    return node("fieldset", { class: "report-step", "data-field": name }, node("legend", {}, node("b", {}, number), " ", title), ...content, this.wrongs[name]);
  }

  #kind({ code, name, name_en: nameEn }) {
    const shown = this.hand.facts.language === "en" ? nameEn || name : name;
    return node("label", { class: "kind" }, node("input", { type: "radio", name: "kind", value: code, "aria-describedby": "wrong-kind" }), node("span", {}, shown));
  }

  #caption() {
    const now = this.hand.clock.now();
    return { lines: [timeText(now, now)], takenAt: now, place: null };
  }

  // -- what was written ------------------------------------------------------------------------------------------

  #typed(event) {
    const step = event.target.closest("[data-field]");
    if (step) this.#wrong(step.dataset.field, "");
    this.#changed();
  }

  #changed() {
    this.draft.changed(() => this.#written());
  }

  #written() {
    return { kind: this.#chosen(), text: this.words.value, place: this.place.value, phone: this.phone.value, photos: this.picker.kept };
  }

  #chosen() {
    return this.form.elements.namedItem("kind")?.value ?? "";
  }

  #fill({ kind, text: words, place, phone, photos = [] }) {
    const option = kind && this.form.querySelector(`[name="kind"][value="${CSS.escape(kind)}"]`);
    if (option) option.checked = true;
    this.words.value = words ?? "";
    this.place.value = place ?? "";
    this.phone.value = phone ?? "";
    this.picker.put(photos);
  }

  // -- where -----------------------------------------------------------------------------------------------------

  #paintPlace(said) {
    const { text, position } = this;
    const button = position
      ? node("button", { type: "button", class: "hand-button", onclick: () => this.#usePosition(null, text("report.position_grid", { grid: this.hand.facts.heading })) }, text("report.position_off"))
      : node("button", { type: "button", class: "hand-button", onclick: () => this.#findPosition() }, text("report.use_position"));
    this.placeRow.replaceChildren(button, node("p", { class: "hand-label", role: "status" }, said));
  }

  async #findPosition() {
    this.#paintPlace(this.text("hand.place.asking"));
    const found = await positionNow();
    if (!found.why) this.#usePosition(found, this.text("report.position_used", { metres: found.accuracy_m }));
    else this.#usePosition(null, this.text("report.position_none", { why: this.text(`hand.place.${found.why}`), grid: this.hand.facts.heading }));
  }

  #usePosition(position, said) {
    this.position = position;
    this.#wrong("place", "");
    this.#paintPlace(said);
  }

  // -- sending ---------------------------------------------------------------------------------------------------

  async #submit(event) {
    event.preventDefault();
    if (this.isSending || this.#isMissing()) return; // a second tap is the first one's
    this.isSending = true;
    this.send.disabled = true;
    const { lon, lat } = this.position ?? {};
    await this.onSend(
      {
        grid: this.hand.facts.grid, category: this.#chosen(), text: this.words.value.trim(), place: this.place.value.trim(),
        phone: telephone(this.phone.value), ...(this.position ? { lon, lat } : {}),
      },
      this.picker.kept,
    );
  }

  /* Says what is missing at its field, the first one in sight. */
  #isMissing() {
    const { text } = this;
    const digits = this.phone.value.replaceAll(/\D/g, "").length;
    const wrong = {
      kind: this.#chosen() ? "" : text("report.choose_kind"),
      text: this.words.value.trim() ? "" : text("report.write_words"),
      phone: this.phone.value.trim() && digits < LEAST_DIGITS ? text("report.phone_wrong") : "",
    };
    const first = Object.keys(wrong).find((name) => wrong[name]);
    for (const name of Object.keys(wrong)) this.#wrong(name, wrong[name], { isFirst: name === first });
    return first !== undefined;
  }

  #wrong(name, words, { isFirst = false } = {}) {
    const line = this.wrongs[name];
    line.hidden = !words;
    line.textContent = words;
    const inputs = this.form.querySelectorAll(`[data-field="${name}"] :is([name="${name}"])`);
    for (const input of inputs) input.setAttribute("aria-invalid", words ? "true" : "false");
    if (!words || !isFirst) return;
    inputs[0]?.focus({ preventScroll: true });
    (line.closest(".report-step") ?? line).scrollIntoView({ block: "center" });
  }

  /* What was refused goes back into the form with its reason: nobody types a report twice. */
  async refused(error, { body, photos }) {
    await this.paint({ kind: body.category, text: body.text, place: body.place, phone: body.phone, photos });
    const { name, words } = this.#reason(error);
    this.#wrong(name, words, { isFirst: true });
    if (!this.wrongs[name].closest(".report-step")) this.wrongs[name].scrollIntoView({ block: "center" });
  }

  #reason({ code, params, faults, message }) {
    const { text, hand } = this;
    if (code === "report_too_many") {
      const time = timeText(hand.clock.now() + params.minutes * MINUTE_MS, hand.clock.now());
      return { name: "sending", words: `${message} ${text("report.again_at", { time })}` };
    }
    if (faults?.some(({ field }) => field.endsWith("phone"))) return { name: "phone", words: text("report.phone_wrong") };
    return { name: FIELD_OF[code] ?? "sending", words: code ? message : text("report.not_understood") };
  }
}

/* Brackets and other signs that people write between the digits are left out: the server takes digits, +, - and spaces. */
function telephone(written) {
  return written.trim().replaceAll(/[^\d+\- ]/g, "");
}
