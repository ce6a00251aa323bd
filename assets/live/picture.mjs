/* The folded rows of this screen: last row per id, and the newest log lines. The same fold as dashboard/live. */

import { WireError } from "./wire.mjs";

export const LOG_SPAN = 2_000; // sequence numbers a line stays for, as in dashboard/live/picture.py
export const LOG_LINES = 200;
const TABLES = ["matters", "commands", "asks"];

export class Picture {
  constructor() {
    this.epoch = "";
    this.seq = 0;
    this.matters = new Map();
    this.commands = new Map();
    this.asks = new Map(); // what waits for somebody's ruling: a move between counties, a merge, a telling that failed
    this.log = []; // newest first
  }

  /* Starts over; the maps stay the same objects, pages hold on to them. */
  load(snapshot) {
    this.epoch = snapshot.epoch;
    this.seq = snapshot.seq;
    for (const name of TABLES) {
      this[name].clear();
      for (const row of snapshot[name]) this[name].set(row.id, row);
    }
    this.log = snapshot.log.slice().reverse();
    return { topics: [...TABLES, "log"], detail: { snapshot: true } };
  }

  /* Folds changes in and says which topics they touch; null for changes that are already in. */
  apply(changes) {
    if (changes.seq_to <= this.seq) return null;
    if (changes.seq_from > this.seq + 1) throw new WireError(0, `changes from ${changes.seq_from} after ${this.seq}`);
    const topics = [];
    for (const name of TABLES) {
      for (const row of changes.upserts[name]) this[name].set(row.id, row);
      for (const id of changes.gone[name]) this[name].delete(id);
      if (changes.upserts[name].length > 0 || changes.gone[name].length > 0) topics.push(name);
    }
    const lines = changes.log.filter((line) => line.seq > this.seq);
    this.seq = changes.seq_to;
    if (lines.length > 0) {
      topics.push("log");
      const oldest = this.seq - LOG_SPAN;
      this.log = [...lines.reverse(), ...this.log].filter((line) => line.seq > oldest).slice(0, LOG_LINES);
    }
    return { topics, detail: { upserts: changes.upserts, gone: changes.gone } };
  }
}
