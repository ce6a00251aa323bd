/* What a page keeps on its device, per person: the last it saw, and what it has still to send. IndexedDB, so that it
 * survives the page's death; where there is none, memory, and the page says so. */

const VERSION = 1;
const KEPT = "kept"; // by name
const TO_SEND = "to_send"; // in order of `place`

/* Opens the store of a person. */
export async function openStore(person, factory = globalThis.indexedDB) {
  try {
    return new Store(await opened(factory, `zhongshu.hand.${person || "citizen"}`));
  } catch (error) {
    console.warn("nothing can be kept here", error);
    return new MemoryStore();
  }
}

class Store {
  isLasting = true;

  constructor(database) {
    this.database = database;
  }

  get(name) {
    return this.#run(KEPT, "readonly", (table) => table.get(name));
  }

  put(name, value) {
    return this.#run(KEPT, "readwrite", (table) => table.put(value, name));
  }

  /* Keeps what can be asked for again: nobody waits for the disk, and it may be lost with the page. */
  async keep(name, value) {
    try {
      await this.#run(KEPT, "readwrite", (table) => table.put(value, name), "relaxed");
    } catch (error) {
      console.warn(`${name} is not kept on this device`, error);
    }
  }

  remove(name) {
    return this.#run(KEPT, "readwrite", (table) => table.delete(name));
  }

  /* Keeps an entry after all others; resolves with its place once it is on disk. */
  append(entry) {
    return this.#run(TO_SEND, "readwrite", (table) => table.add(entry));
  }

  /* Every entry that is still to be sent, in order, each with its `place`. */
  async waiting() {
    return this.#run(TO_SEND, "readonly", (table) => table.getAll());
  }

  replace(entry) {
    return this.#run(TO_SEND, "readwrite", (table) => table.put(entry));
  }

  drop(place) {
    return this.#run(TO_SEND, "readwrite", (table) => table.delete(place));
  }

  #run(table, mode, ask, durability = "strict") {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(table, mode, { durability });
      const request = ask(transaction.objectStore(table));
      // A page that goes takes the transactions with it that wait for its answer before they commit.
      if (mode === "readwrite") transaction.commit?.();
      // Written means committed: an act that is shown as kept must survive the next instant.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error("the device could not keep this"));
      transaction.onerror = () => reject(transaction.error);
    });
  }
}

class MemoryStore {
  isLasting = false;
  #kept = new Map();
  #entries = new Map();
  #places = 0;

  async get(name) {
    return this.#kept.get(name);
  }

  async put(name, value) {
    this.#kept.set(name, value);
  }

  async keep(name, value) {
    this.#kept.set(name, value);
  }

  async remove(name) {
    this.#kept.delete(name);
  }

  async append(entry) {
    const place = ++this.#places;
    this.#entries.set(place, { ...entry, place });
    return place;
  }

  async waiting() {
    return [...this.#entries.values()];
  }

  async replace(entry) {
    this.#entries.set(entry.place, entry);
  }

  async drop(place) {
    this.#entries.delete(place);
  }
}

function opened(factory, name) {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(KEPT);
      request.result.createObjectStore(TO_SEND, { keyPath: "place", autoIncrement: true });
    };
    request.onsuccess = () => {
      // Another tab with a newer page must be able to change the store.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked by another tab"));
  });
}
