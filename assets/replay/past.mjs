/* The boards of a past period at any of its instants: the base and every change up to it, the same fold as
 * dashboard/domain/past.py. Going back starts over from the base: some thousand rows are a matter of milliseconds. */

const TABLES = ["matters", "commands"];

export class PastBoards {
  #next = 0;
  #at = -Infinity;

  constructor({ base, changes, boards }) {
    this.base = base;
    this.changes = changes;
    this.knownFrom = boards.from; // null: their rows are forgotten already
    this.matters = new Map();
    this.commands = new Map();
    this.#restart();
  }

  isKnown(at) {
    return this.knownFrom !== null && at >= this.knownFrom;
  }

  /* Brings both tables to `at` and returns this. */
  moveTo(at) {
    if (at < this.#at) this.#restart();
    while (this.#next < this.changes.length && this.changes[this.#next].at <= at) this.#take(this.changes[this.#next++]);
    this.#at = at;
    return this;
  }

  #restart() {
    this.#next = 0;
    for (const name of TABLES) {
      this[name].clear();
      for (const row of this.base[name]) this[name].set(row.id, row);
    }
  }

  #take({ upserts, gone }) {
    for (const name of TABLES) {
      for (const row of upserts[name] ?? []) this[name].set(row.id, row);
      for (const id of gone[name] ?? []) this[name].delete(id);
    }
  }
}

/* The rows of the board at an instant, the nearest end first, the replayed matter before all. A matter with a whistle
 * out goes by the whistle's clock until the whistle is decided: {matter, whistle, dueAt, limitMs}. */
export function boardRows({ matters, commands }, matterId) {
  const whistles = new Map();
  for (const one of commands.values()) {
    if (one.kind === "whistle" && one.state === "running") whistles.set(one.matter_id, one);
  }
  const rows = [...matters.values()].map((matter) => {
    const whistle = whistles.get(matter.id) ?? null;
    const { due_at: dueAt, limit_ms: limitMs } = whistle ?? matter;
    return { matter, whistle, dueAt, limitMs };
  });
  const end = ({ dueAt }) => dueAt ?? Infinity;
  const first = ({ matter }) => (matter.id === matterId ? 0 : 1);
  return rows.sort((one, other) => first(one) - first(other) || end(one) - end(other) || (one.matter.no < other.matter.no ? -1 : 1));
}
