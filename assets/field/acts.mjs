/* What a worker does with a task: what it needs is asked for, then it is kept, then it is sent. */

import { timeText } from "../hand/clock.mjs";
import { positionNow } from "../hand/place.mjs";
import { PhotoPicker } from "../hand/photo_picker.mjs";
import { placeOf } from "./report_view.mjs";

const MOST_PHOTOS = 6;
const FRESH_MS = 120_000; // an older position is where somebody was, and goes into nothing
const HELP_WAIT_MS = 1_500; // a call for help does not wait for satellites
const PHOTO_WAIT_MS = 3_000;
// Answers and steps whose position is asked for: the first shows the way on the desk, the second proves the arrival.
const WITH_POSITION = new Set(["en_route", "arrived"]);
const YES_NO = new Set(["resolved"]);
const WITH_PHOTO = new Set(["done", "dispose", "close"]);

export class Acts {
  #position = null; // {lon, lat, accuracy_m, mark}

  constructor(hand, sheet) {
    Object.assign(this, { hand, sheet, text: hand.text });
  }

  /* The last known position while it is fresh. */
  get position() {
    return this.#position && this.hand.clock.mark() - this.#position.mark < FRESH_MS ? this.#position : null;
  }

  /* Asks the phone where it is; resolves with the position, or with why there is none. */
  async locate() {
    const found = await positionNow();
    if (!found.why) this.#position = { ...found, mark: this.hand.clock.mark() };
    return found;
  }

  /* Does one step of a task; resolves with true once it is kept. */
  async perform(task, step, title) {
    const isAnswer = step.act === "answer";
    const name = isAnswer ? step.to : step.act;
    const given = await this.#asked(task, step, name, title);
    if (given === null) return false;
    const position = WITH_POSITION.has(name) ? await this.#positionFor() : null;
    const uses = await this.#sendPhotos(task, given.photos);
    const item = isAnswer
      ? { kind: "answer", command_id: task.command.id, stage: step.to, ...given.values, ...placeOf(position) }
      : { kind: "step", matter_id: task.matterId, to: step.to, fields: given.values, expected_version: task.matter.version };
    await this.hand.queue.add(item, { uses });
    await given.kept?.();
    return true;
  }

  /* 求助: at once, with the position if the phone has it; one that is found later follows by itself. */
  async callForHelp() {
    const asked = this.locate();
    const known = this.position ?? (await within(asked, HELP_WAIT_MS));
    const add = (position) => this.hand.queue.add({ kind: "help", ...placeOf(position) }, { isUrgent: true });
    await add(known);
    if (!known) asked.then((found) => !found.why && add(found));
  }

  async #positionFor() {
    const { notice } = this.hand;
    notice(this.text("hand.place.asking"));
    const found = await this.locate();
    notice(found.why ? this.text(`hand.place.${found.why}`) : "");
    return found.why ? null : found;
  }

  async #asked(task, step, name, title) {
    const needsPhoto = WITH_PHOTO.has(name);
    const fields = (step.required ?? []).map((field) => ({ name: field, kind: YES_NO.has(field) ? "yes_no" : "text" }));
    if (fields.length === 0 && !needsPhoto) return { values: {}, photos: [] };
    const picker = needsPhoto ? new PhotoPicker({ text: this.text, most: MOST_PHOTOS, caption: () => this.#caption() }) : null;
    return this.sheet.ask({ id: `${task.id}:${step.to}`, title, fields, picker, leastPhotos: needsPhoto ? this.hand.facts.result_photos : 0, button: title });
  }

  async #caption() {
    const now = this.hand.clock.now();
    const place = this.position ?? (await within(this.locate(), PHOTO_WAIT_MS));
    const where = place ? this.text("field.accuracy", { metres: place.accuracy_m }) : this.hand.facts.heading;
    return { lines: [timeText(now, now), where], takenAt: now, place };
  }

  /* Photographs go ahead of the act that speaks of them; it waits for their ids. */
  async #sendPhotos(task, photos) {
    const keys = [];
    for (const { blob, takenAt, place } of photos) {
      const query = new URLSearchParams({ matter: task.matterId, kind: "photo", taken_at: String(takenAt) });
      if (task.kind === "order") query.set("command", task.command.id);
      if (place) {
        query.set("lon", String(place.lon));
        query.set("lat", String(place.lat));
      }
      keys.push(await this.hand.queue.addPost({ path: `/api/v1/attachments?${query}`, body: blob, headers: { "content-type": "image/jpeg" } }));
    }
    return keys;
  }
}

/* What a promise finds in time, null for nothing or too late. */
async function within(asked, ms) {
  const found = await Promise.race([asked, new Promise((resolve) => setTimeout(() => resolve(null), ms))]);
  return found && !found.why ? found : null;
}
