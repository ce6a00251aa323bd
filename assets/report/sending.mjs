/* One report on its way: kept on the device with its keys before it is sent, so that a page that dies in the middle goes
 * on where it was and nothing is sent twice. */

import { idempotencyKey } from "../hand/api.mjs";

const ADDRESS = "/api/v1/reports";
const PHOTO_TIMEOUT_MS = 60_000;

export class Sending {
  constructor({ api, store, grid }) {
    Object.assign(this, { api, store, name: `report.${grid}` });
    this.kept = null;
  }

  /* Reads what an earlier page left; null when nothing is on its way. */
  async restore() {
    this.kept = (await this.store.get(this.name)) ?? null;
    return this.kept;
  }

  /* Keeps a report with its photographs before anything is sent. */
  async begin(body, photos) {
    this.kept = { key: idempotencyKey(), body, photos: photos.map((photo) => ({ key: idempotencyKey(), ...photo })), sent: 0 };
    await this.#keep();
  }

  /* Sends what has not been confirmed; `onProgress(kept)` is called once the report is taken and after each photograph.
   * Throws what `Api` throws; then call it again, or `drop` after a refusal. */
  async send(onProgress = () => {}) {
    if (!this.kept.taken) {
      const { value } = await this.api.post(ADDRESS, this.kept.body, { key: this.kept.key });
      this.kept.taken = value;
      await this.#keep();
    }
    await onProgress(this.kept);
    const { code } = this.kept.taken;
    while (this.kept.sent < this.kept.photos.length) {
      const { key, blob } = this.kept.photos[this.kept.sent];
      await this.#sendPhoto(`${ADDRESS}/${code}/photos`, blob, key);
      this.kept.sent += 1;
      await this.#keep();
      await onProgress(this.kept);
    }
  }

  async drop() {
    this.kept = null;
    await this.store.remove(this.name);
  }

  #sendPhoto(address, blob, key) {
    return this.api.post(address, blob, { key, headers: { "content-type": "image/jpeg" }, timeoutMs: PHOTO_TIMEOUT_MS });
  }

  #keep() {
    return this.store.put(this.name, this.kept);
  }
}
