/* A report on its way, what became of it, and what happens next. */

import { Away, Malformed, Refused } from "../hand/api.mjs";
import { timeText } from "../hand/clock.mjs";
import { withTelephones } from "../hand/telephones.mjs";
import { node } from "../field/node.mjs";
import { remember } from "./mine.mjs";
import { Sending } from "./sending.mjs";

const TRY_AGAIN_MS = 5_000;

export class Delivery {
  #stopWaiting = () => {};

  constructor(hand, { onRefused, onTaken, onAnother }) {
    Object.assign(this, { hand, text: hand.text, onRefused, onTaken, onAnother });
    this.sending = new Sending({ api: hand.api, store: hand.store, grid: hand.facts.grid });
  }

  /* Goes on with what an earlier page left; resolves with whether there was anything. */
  async restore() {
    if (!(await this.sending.restore())) return false;
    this.#deliver();
    return true;
  }

  async begin(body, photos) {
    this.isRemembered = false;
    await this.sending.begin(body, photos);
    await this.#deliver();
  }

  /* Sends until it is done; a dead line is waited out, a refusal goes back to the form. */
  async #deliver() {
    this.#stopWaiting();
    if (!this.sending.kept.taken) this.#paintWaiting(this.text("report.sending"), this.text("report.sending_text"));
    try {
      await this.sending.send((kept) => this.#taken(kept));
      await this.sending.drop();
    } catch (error) {
      if (error instanceof Away) this.#wait(error);
      else if (error instanceof Refused || error instanceof Malformed) await this.#refused(error);
      else throw error;
    }
  }

  #wait(error) {
    if (this.sending.kept.taken) this.#paintTaken(this.sending.kept);
    else this.#paintWaiting(this.text(error.isBusy ? "report.busy" : "report.away"), this.text("report.away_text"), { canRetry: true });
    const again = () => this.#deliver();
    const timer = setTimeout(again, TRY_AGAIN_MS);
    window.addEventListener("online", again);
    this.#stopWaiting = () => {
      clearTimeout(timer);
      window.removeEventListener("online", again);
    };
  }

  async #refused(error) {
    const { kept } = this.sending;
    if (!kept.taken) {
      await this.sending.drop();
      await this.onRefused(error, kept);
      return;
    }
    // A photograph that is not wanted does not undo the report.
    kept.sent += 1;
    this.hand.notice(this.text("report.photo_refused", { why: error.message }));
    await this.#deliver();
  }

  #paintWaiting(title, words, { canRetry = false } = {}) {
    const { text, hand } = this;
    hand.main.replaceChildren(
      ...[
        node("h1", { class: "report-head", role: "status" }, title),
        node("p", { class: "report-waiting" }, words),
        canRetry && node("button", { type: "button", class: "hand-button", onclick: () => this.#deliver() }, text("report.retry")),
        node("p", { class: "hand-label report-urgent" }, withTelephones(text("report.urgent"))),
      ].filter(Boolean),
    );
  }

  async #taken(kept) {
    if (!this.isRemembered) {
      this.isRemembered = true;
      await this.onTaken();
      await remember(this.hand, { no: kept.taken.no, code: kept.taken.code, category: kept.body.category, at: this.hand.clock.now() });
    }
    this.#paintTaken(kept);
  }

  #paintTaken({ taken, photos, sent }) {
    const { text, hand } = this;
    const now = hand.clock.now();
    const address = `/report/follow/${taken.code}`;
    const next = (key, at, without) => node("li", {}, at ? text(key, { time: timeText(at, now) }) : text(without));
    hand.main.replaceChildren(
      ...[
        node("h1", { class: "report-head", role: "status" }, text("report.taken")),
        node("p", { class: "report-number" }, text("report.number", { no: taken.no })),
        photos.length > 0 && node("p", { class: "hand-label", role: "status" }, text(sent < photos.length ? "report.photos_sending" : "report.photos_sent", { sent, all: photos.length })),
        node("h2", { class: "report-sub" }, text("report.next")),
        node(
          "ol",
          { class: "report-next" },
          next("report.next_check", taken.check_by, "report.next_check_soon"),
          node("li", {}, text("report.next_unit")),
          next("report.next_close", taken.close_by, "report.next_close_soon"),
        ),
        node("a", { class: "hand-button primary report-open", href: address }, text("report.open_follow")),
        node("button", { type: "button", class: "hand-button", onclick: (event) => this.#copy(address, event.target) }, text("report.copy_follow")),
        node("p", { class: "hand-label" }, text("report.kept_here")),
        node("p", { class: "report-link" }, new URL(address, window.location.href).href),
        node("button", { type: "button", class: "hand-button", onclick: () => this.onAnother() }, text("report.another")),
        node("p", { class: "hand-label report-urgent" }, withTelephones(text("report.urgent"))),
      ].filter(Boolean),
    );
  }

  async #copy(address, button) {
    try {
      await navigator.clipboard.writeText(new URL(address, window.location.href).href);
      button.textContent = this.text("report.copied");
    } catch {
      // No clipboard without a secure context: the link stands below in full, selected.
      window.getSelection().selectAllChildren(this.hand.main.querySelector(".report-link"));
    }
  }
}
