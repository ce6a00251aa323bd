/* What is wrong in a grid: kind, photographs and words, place, and a telephone if the citizen likes. */

import { Away, Malformed, Refused } from "../hand/api.mjs";
import { timeText } from "../hand/clock.mjs";
import { positionNow } from "../hand/place.mjs";
import { node } from "../field/node.mjs";
import { photoOf, UnreadablePhoto } from "../field/photo.mjs";
import { Sending } from "./sending.mjs";

const TRY_AGAIN_MS = 5_000;

export async function mountForm(hand) {
  const form = new ReportForm(hand);
  if (await form.sending.restore()) form.deliver();
  else form.paint();
}

class ReportForm {
  constructor(hand) {
    Object.assign(this, { hand, text: hand.text });
    this.sending = new Sending({ api: hand.api, store: hand.store, grid: hand.facts.grid });
    this.photos = [];
    this.position = null;
    this.said = ""; // what a position could not be taken for, or that it was
  }

  paint() {
    const { text, hand } = this;
    this.words = node("textarea", { name: "text", maxlength: 500, required: true });
    this.place = node("input", { name: "place", maxlength: 100, autocomplete: "off" });
    this.phone = node("input", {
      name: "phone", type: "tel", maxlength: 20, inputmode: "tel", autocomplete: "tel",
    });
    this.photoRow = node("div", { class: "photo-row" });
    this.placeRow = node("div", { class: "report-place" });
    this.warning = node("p", { class: "report-warning", role: "alert", hidden: true });
    this.paintPhotos();
    this.paintPlace();
    hand.main.replaceChildren(
      node(
        "form",
        { class: "report-form", novalidate: true, onsubmit: (event) => this.submit(event) },
        step(1, text("report.what"), node("div", { class: "kinds", role: "radiogroup" }, hand.facts.kinds.map((kind) => this.kind(kind)))),
        step(2, text("report.say"), this.photoRow, node("label", { class: "hand-field" }, text("report.say_hint"), this.words)),
        step(3, text("report.where"), this.placeRow, node("label", { class: "hand-field" }, text("report.place_hint"), this.place)),
        step(4, text("report.contact"), node("label", { class: "hand-field" }, text("report.phone_hint"), this.phone)),
        node("p", { class: "hand-source" }, text("report.privacy")),
        node(
          "div",
          { class: "report-foot" },
          this.warning,
          node("button", { type: "submit", class: "hand-button primary" }, text("report.send")),
          node("p", { class: "hand-label" }, text("report.urgent")),
        ),
      ),
    );
  }

  kind({ code, name, name_en: nameEn }) {
    const shown = this.hand.facts.language === "en" ? nameEn || name : name;
    return node("label", { class: "kind" }, node("input", { type: "radio", name: "kind", value: code }), node("span", {}, shown));
  }

  paintPhotos() {
    const { text } = this;
    const cards = this.photos.map(({ address }, place) =>
      node(
        "figure",
        { class: "photo" },
        node("img", { src: address, alt: text("report.photo", { number: place + 1 }) }),
        node(
          "button",
          { type: "button", class: "photo-remove", "aria-label": text("report.remove_photo", { number: place + 1 }), onclick: () => this.removePhoto(place) },
          "×",
        ),
      ),
    );
    const input = node("input", { type: "file", accept: "image/*", capture: "environment", onchange: (event) => this.addPhoto(event.target) });
    const more = this.photos.length < this.hand.facts.most_photos;
    this.photoRow.replaceChildren(...cards, ...(more ? [node("label", { class: "photo-add" }, text("report.add_photo"), input)] : []));
  }

  async addPhoto(input) {
    const [file] = input.files;
    if (!file) return;
    try {
      const now = this.hand.clock.now();
      const blob = await photoOf(file, [timeText(now, now)]);
      this.photos.push({ blob, address: URL.createObjectURL(blob) });
      this.warn("");
    } catch (error) {
      if (!(error instanceof UnreadablePhoto)) throw error;
      this.warn(this.text("report.photo_unreadable"));
    }
    this.paintPhotos();
  }

  removePhoto(place) {
    const [gone] = this.photos.splice(place, 1);
    URL.revokeObjectURL(gone.address);
    this.paintPhotos();
  }

  paintPlace() {
    const { text } = this;
    const button = this.position
      ? node("button", { type: "button", class: "hand-quiet", onclick: () => this.usePosition(null) }, text("report.position_off"))
      : node("button", { type: "button", class: "hand-button", onclick: () => this.findPosition() }, text("report.use_position"));
    this.placeRow.replaceChildren(button, node("span", { class: "hand-label", role: "status" }, this.said));
  }

  async findPosition() {
    this.said = this.text("hand.place.asking");
    this.paintPlace();
    const found = await positionNow();
    if (found.why) this.said = this.text(`hand.place.${found.why}`);
    this.usePosition(found.why ? null : found, this.said);
  }

  usePosition(position, said = "") {
    this.position = position;
    this.said = position ? this.text("report.position_used", { metres: position.accuracy_m }) : said;
    this.paintPlace();
  }

  warn(words) {
    this.warning.hidden = !words;
    this.warning.textContent = words;
  }

  async submit(event) {
    event.preventDefault();
    const kind = event.target.elements.namedItem("kind").value;
    if (!kind) {
      this.warn(this.text("report.choose_kind"));
      return;
    }
    if (!this.words.value.trim()) {
      this.warn(this.text("report.write_words"));
      this.words.focus();
      return;
    }
    const { lon, lat } = this.position ?? {};
    const body = {
      grid: this.hand.facts.grid, category: kind, text: this.words.value.trim(), place: this.place.value.trim(),
      phone: this.phone.value.trim(), ...(this.position ? { lon, lat } : {}),
    };
    await this.sending.begin(body, this.photos.map((photo) => photo.blob));
    await this.deliver();
  }

  /* Sends until it is done; a dead line is waited out, a refusal goes back to the form. */
  async deliver() {
    this.paintSending(this.text("report.sending"));
    try {
      await this.sending.send(() => this.paintTaken());
      this.paintTaken();
      await this.sending.drop();
    } catch (error) {
      if (error instanceof Away) this.paintAway();
      else if (error instanceof Refused || error instanceof Malformed) await this.refused(error);
      else throw error;
    }
  }

  paintAway() {
    if (this.sending.kept.taken) this.paintTaken();
    else this.paintSending(this.text("report.away"));
    const again = () => {
      clearTimeout(timer);
      window.removeEventListener("online", again);
      this.deliver();
    };
    const timer = setTimeout(again, TRY_AGAIN_MS);
    window.addEventListener("online", again);
  }

  paintSending(words) {
    if (this.sending.kept?.taken) return;
    this.hand.main.replaceChildren(
      node("p", { class: "hand-card report-sending", role: "status" }, words),
      node("p", { class: "hand-label" }, this.text("report.urgent")),
    );
  }

  /* The words go back into the form: a refused report must not have to be typed again. */
  async refused(error) {
    const kept = this.sending.kept;
    if (kept.taken) {
      // A photograph that is not wanted does not undo the report.
      kept.sent += 1;
      this.hand.notice(error.message);
      await this.deliver();
      return;
    }
    await this.sending.drop();
    this.paint();
    this.words.value = kept.body.text;
    this.place.value = kept.body.place;
    this.phone.value = kept.body.phone;
    const chosen = this.hand.main.querySelector(`[name="kind"][value="${CSS.escape(kept.body.category)}"]`);
    if (chosen) chosen.checked = true;
    this.warn(error.message);
  }

  paintTaken() {
    const { text, hand } = this;
    const { taken, photos, sent } = this.sending.kept;
    const address = `/report/follow/${taken.code}`;
    hand.main.replaceChildren(
      node("h1", { class: "report-head" }, text("report.taken")),
      node("p", { class: "report-number" }, text("report.number", { no: taken.no })),
      node("p", {}, text("report.taken_text")),
      photos.length > 0 && node("p", { class: "hand-label", role: "status" }, text("report.photos_sent", { sent, all: photos.length })),
      node("p", { class: "report-link" }, new URL(address, window.location.href).href),
      node("a", { class: "hand-button primary report-open", href: address }, text("report.open_follow")),
      node("button", { type: "button", class: "hand-button", onclick: (event) => this.copy(address, event.target) }, text("report.copy_follow")),
      node("button", { type: "button", class: "hand-button", onclick: () => this.another() }, text("report.another")),
    );
  }

  async copy(address, button) {
    try {
      await navigator.clipboard.writeText(new URL(address, window.location.href).href);
      button.textContent = this.text("report.copied");
    } catch {
      // No clipboard without a secure context: the link stands above in full.
      window.getSelection().selectAllChildren(this.hand.main.querySelector(".report-link"));
    }
  }

  another() {
    this.photos = [];
    this.position = null;
    this.said = "";
    this.paint();
  }
}

function step(number, title, ...content) {
  return node("fieldset", { class: "report-step" }, node("legend", {}, node("b", {}, number), " ", title), ...content);
}
