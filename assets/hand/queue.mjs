/* What the person did and the server does not have yet: kept first, sent in order, once.
 *
 * An entry is {type: "own", item} for POST /api/v1/own/answers, or {type: "post", key, path, body, headers} for any other
 * address (a photograph, a report). An own item that needs what a post gives (an attachment's id) names the post's key
 * in `uses`; it waits, and with it everything behind it, until the id is in its `photos`. */

import { Away, Malformed, Refused, SignedOut, idempotencyKey } from "./api.mjs";

const ADDRESS = "/api/v1/own/answers";
const MOST_AT_ONCE = 20;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const UPLOAD_TIMEOUT_MS = 120_000;
const LOST = "refused_acts";
const MOST_LOST = 20;
const SETTLED_AFTER_MS = 10_000; // an inbox that has not come by then will not be told of it

export class SendQueue {
  #sending = null;
  #again = false;
  #isBeside = false;
  #retry = null;
  #failures = 0;
  #settling = []; // {item, seq, until}: done, and not in any inbox that the page has seen

  /* `person` separates what several people of one device have to send; `locks` are the browser's, where it has them. */
  constructor({ api, store, clock, person, locks = globalThis.navigator?.locks }) {
    Object.assign(this, { api, store, clock, person, locks });
    this.entries = [];
    this.refused = [];
    this.onChange = () => {};
    this.onDone = () => {};
    this.onState = () => {};
  }

  /* Reads what was left from before. */
  async open() {
    this.entries = await this.store.waiting();
    this.refused = (await this.store.get(LOST)) ?? [];
    this.onChange();
  }

  /* What the person did and the server does not have; what the page says by itself does not count. */
  get count() {
    return this.entries.filter((entry) => !entry.isQuiet).length;
  }

  /* Keeps an own act and sends it when it can; resolves with its key once it is kept. An urgent one (a call for help) waits
   * behind nothing: it is sent beside a photograph that is under way, and first when there is a network again. */
  async add(item, { uses = [], isQuiet = false, isUrgent = false } = {}) {
    const key = item.key ?? idempotencyKey();
    const kept = { said_at: this.clock.now(), ...item, key };
    await this.#append({ type: "own", item: kept, isQuiet, isUrgent, ...(uses.length ? { uses } : {}) });
    return key;
  }

  /* Keeps a post of any other address; resolves with its key once it is kept. */
  async addPost({ path, body, headers = {}, key = idempotencyKey(), about = null }) {
    await this.#append({ type: "post", key, path, body, headers, about });
    return key;
  }

  /* Own items that the page's inbox does not know yet, in order: those kept here, and before them, with `isDone`, those that
   * were done a moment ago. Without the latter a button would come back between the answer and the next inbox, and be
   * pressed again. */
  get unsent() {
    const kept = this.entries.filter((entry) => entry.type === "own").map((entry) => entry.item);
    const now = this.clock.mark();
    return [...this.#settling.filter(({ until }) => until > now).map(({ item }) => ({ ...item, isDone: true })), ...kept];
  }

  /* Whether the act with this key is still only here. */
  isWaiting(key) {
    return this.entries.some((entry) => (entry.item?.key ?? entry.key) === key);
  }

  /* The page has an inbox of this place in the log. */
  seen(seq) {
    this.#settling = this.#settling.filter((one) => one.seq > seq);
  }

  async dismiss(key) {
    this.refused = this.refused.filter((each) => each.key !== key);
    await this.store.put(LOST, this.refused);
    this.onChange();
  }

  /* Sends what waits; one at a time for all tabs of this person. */
  send() {
    if (this.#sending) {
      this.#again = true;
      this.#sendBeside();
    } else {
      this.#sending = this.#run().finally(() => this.#ended());
    }
    return this.#sending;
  }

  async #append(entry) {
    const place = await this.store.append(entry);
    this.entries.push({ ...entry, place });
    this.onChange();
    this.send();
  }

  /* An urgent act beside the sending that is under way: a photograph on a bad line may hold that for two minutes. Should
   * both send it, its key makes it one. */
  async #sendBeside() {
    const urgent = this.entries.find((entry) => entry.isUrgent);
    if (!urgent || this.#isBeside) return;
    this.#isBeside = true;
    try {
      await this.#sendBatch([urgent]);
    } catch (error) {
      if (!(error instanceof Away || error instanceof SignedOut)) throw error; // the ordinary sending meets the same
    } finally {
      this.#isBeside = false;
    }
  }

  #ended() {
    this.#sending = null;
    if (!this.#again) return;
    this.#again = false;
    this.send();
  }

  async #run() {
    clearTimeout(this.#retry);
    try {
      if (this.locks) await this.locks.request(`zhongshu.hand.send.${this.person}`, () => this.#sendAll());
      else await this.#sendAll();
      this.#failures = 0;
    } catch (error) {
      if (error instanceof SignedOut) this.onState("signed_out");
      else if (error instanceof Away) this.#sendLater(error);
      else throw error;
    }
  }

  #sendLater(error) {
    this.onState(error.isBusy ? "busy" : "offline");
    const step = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#failures++, 8));
    this.#retry = setTimeout(() => this.send(), step * (0.5 + Math.random() / 2));
  }

  async #sendAll() {
    this.entries = await this.store.waiting(); // another tab may have sent some
    this.onChange();
    while (this.entries.length > 0) {
      const urgent = this.entries.find((entry) => entry.isUrgent);
      if (urgent) await this.#sendBatch([urgent]);
      else if (this.entries[0].type === "post") await this.#sendPost(this.entries[0]);
      else await this.#sendBatch(this.#batch());
    }
  }

  #batch() {
    const batch = [];
    for (const entry of this.entries) {
      if (entry.type !== "own" || batch.length === MOST_AT_ONCE) break;
      batch.push(entry);
    }
    return batch;
  }

  async #sendPost(entry) {
    let value = null;
    try {
      const { key, headers } = entry;
      const answer = await this.api.post(entry.path, entry.body, { key, headers, timeoutMs: UPLOAD_TIMEOUT_MS });
      value = answer.value ?? answer;
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Malformed)) throw error;
      await this.#refuse(entry, entry.key, error.message);
    }
    await this.#fill(entry.key, value?.id);
    await this.#drop(entry);
    if (value !== null) this.onDone(entry, value);
  }

  /* Puts what a post gave into the acts that wait for it; without it they go on as they are. */
  async #fill(key, id) {
    for (const entry of this.entries) {
      if (!entry.uses?.includes(key)) continue;
      entry.uses = entry.uses.filter((each) => each !== key);
      if (id) entry.item = { ...entry.item, photos: [...(entry.item.photos ?? []), id] };
      await this.store.replace(entry);
    }
  }

  async #sendBatch(batch) {
    let answer;
    try {
      answer = await this.api.post(ADDRESS, { items: batch.map((entry) => entry.item) });
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      await this.#withoutTheUnreadable(batch, error);
      return;
    }
    const byKey = new Map(answer.items.map((each) => [each.key, each]));
    for (const entry of batch) {
      const said = byKey.get(entry.item.key);
      if (!said || said.status === "later") throw new Away("the store is busy", { isBusy: true });
      if (said.status === "refused") await this.#refuse(entry, entry.item.key, said.words);
      if (said.status === "done") this.#settling.push({ item: entry.item, seq: said.seq, until: this.clock.mark() + SETTLED_AFTER_MS });
      await this.#drop(entry);
      if (said.status === "done") this.onDone(entry, said.value);
    }
  }

  /* One item that the server cannot read must not hold up the others: each goes alone, the unreadable one is shown. */
  async #withoutTheUnreadable(batch, error) {
    if (batch.length > 1) {
      for (const entry of batch) await this.#sendBatch([entry]);
      return;
    }
    await this.#refuse(batch[0], batch[0].item.key, error.message);
    await this.#drop(batch[0]);
  }

  async #refuse(entry, key, words) {
    if (entry.isQuiet) return; // nobody did it, so nobody has to be told
    const about = entry.item ?? entry.about;
    this.refused = [...this.refused, { key, words, about, at: this.clock.now() }].slice(-MOST_LOST);
    await this.store.put(LOST, this.refused);
    this.onChange();
  }

  async #drop(entry) {
    await this.store.drop(entry.place);
    this.entries = this.entries.filter((each) => each.place !== entry.place);
    this.onChange();
  }
}
