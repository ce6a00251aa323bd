/* What a worker does with a task: what it needs is asked for, then it is kept, then it is sent. */

import { timeText } from "../hand/clock.mjs";
import { positionNow } from "../hand/place.mjs";
import { PhotoPicker } from "../hand/photo_picker.mjs";
import { placeOf } from "./report_view.mjs";

const MOST_PHOTOS = 6;
// Answers and steps whose position is asked for: the first shows the way on the desk, the second proves the arrival.
const WITH_POSITION = new Set(["en_route", "arrived"]);
const YES_NO = new Set(["resolved"]);
const WITH_PHOTO = new Set(["done", "dispose", "close"]);

export class Acts {
  constructor(hand, sheet) {
    Object.assign(this, { hand, sheet, text: hand.text });
    this.position = null;
  }

  /* Does one step of a task; resolves with true once it is kept. */
  async perform(task, step, title) {
    const { text } = this;
    const isAnswer = step.act === "answer";
    const name = isAnswer ? step.to : step.act;
    const given = await this.#asked(step, name, title);
    if (given === null) return false;
    const position = WITH_POSITION.has(name) ? await this.#positionFor(text) : null;
    const uses = await this.#sendPhotos(task, given.photos);
    const item = isAnswer
      ? { kind: "answer", command_id: task.command.id, stage: step.to, ...given.values, ...placeOf(position) }
      : { kind: "step", matter_id: task.matterId, to: step.to, fields: given.values, expected_version: task.matter.version };
    await this.hand.queue.add(item, { uses });
    return true;
  }

  /* 求助: with whatever position the phone finds in time, and without one if it finds none; resolves with its key. */
  async callForHelp() {
    const position = await this.#positionFor(this.text);
    return this.hand.queue.add({ kind: "help", ...placeOf(position) });
  }

  async #positionFor(text) {
    this.hand.notice(text("hand.place.asking"));
    const found = await positionNow();
    this.hand.notice(found.why ? text(`hand.place.${found.why}`) : "");
    if (!found.why) this.position = found;
    return found.why ? null : found;
  }

  async #asked(step, name, title) {
    const needsPhoto = WITH_PHOTO.has(name);
    const fields = (step.required ?? []).map((field) => ({ name: field, kind: YES_NO.has(field) ? "yes_no" : "text" }));
    if (fields.length === 0 && !needsPhoto) return { values: {}, photos: [] };
    const picker = needsPhoto ? new PhotoPicker({ text: this.text, most: MOST_PHOTOS, caption: () => this.#caption() }) : null;
    return this.sheet.ask({ title, fields, picker, leastPhotos: needsPhoto ? this.hand.facts.result_photos : 0, button: title });
  }

  async #caption() {
    const now = this.hand.clock.now();
    const place = this.position;
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
