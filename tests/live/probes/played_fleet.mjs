/* A fleet for a played server: everybody of a list, some of whom step, change state or leap in each frame. */

import { Kind } from "/assets/live/wire.mjs";
import { deflated, joined } from "/probes/played_server.mjs";

const QUANTUM = { lonE6: 44, latE6: 36 }; // a wall's
const BITMAP = 2;

export class PlayedFleet {
  number = 0;

  /* `workers` are [lon_e6, lat_e6, state]. */
  constructor(workers) {
    this.n = workers.length;
    this.x = Int32Array.from(workers, ([lon]) => Math.round(lon / QUANTUM.lonE6));
    this.y = Int32Array.from(workers, ([, lat]) => Math.round(lat / QUANTUM.latE6));
    this.state = Uint8Array.from(workers, ([, , state]) => state);
    this.stepX = new Int8Array(this.n);
    this.stepY = new Int8Array(this.n);
    this.habit = new Uint8Array(this.n);
  }

  async snapshot(now) {
    const head = new Uint8Array(20);
    const view = new DataView(head.buffer);
    head[0] = 0x10 | Kind.FLEET_SNAPSHOT;
    view.setUint32(2, this.number, true);
    view.setFloat64(6, now, true);
    view.setUint16(14, this.n, true);
    view.setUint16(16, QUANTUM.lonE6, true);
    view.setUint16(18, QUANTUM.latE6, true);
    const bytes = (column) => new Uint8Array(column.buffer);
    const columns = [this.x, this.y, Uint16Array.from(this.x, (_, slot) => slot), new Uint16Array(this.n)].map(bytes);
    return joined(head, await deflated(joined(...columns, this.state, bytes(this.stepX), bytes(this.stepY), this.habit)));
  }

  /* One frame: every worker with `index % apart === phase` steps by a quantum; `states` are [index, state]. */
  delta(now, { apart, phase, states = [] }) {
    this.number += 1;
    const set = new Uint8Array((this.n + 7) >> 3);
    const pairs = [];
    for (let index = phase % apart; index < this.n; index += apart) {
      set[index >> 3] |= 1 << (index & 7);
      // There and back, so that nobody leaves the city in a day.
      const turn = Math.floor(this.number / apart) % 4;
      const [x, y] = [[1, 0], [0, 1], [-1, 0], [0, -1]][turn];
      pairs.push(((x - this.stepX[index] + 8) << 4) | (y - this.stepY[index] + 8));
      this.stepX[index] = x;
      this.stepY[index] = y;
      this.x[index] += x;
      this.y[index] += y;
    }
    for (let index = 0; index < this.n; index += 1) this.habit[index] -= this.habit[index] >> 2;
    for (let index = phase % apart; index < this.n; index += apart) this.habit[index] += 63;
    const tail = new Uint8Array(5 * states.length);
    const rows = new DataView(tail.buffer);
    states.forEach(([index, state], place) => {
      this.state[index] = state;
      rows.setUint16(5 * place, index, true);
      rows.setUint8(5 * place + 2, state);
    });
    const head = new Uint8Array(24);
    const view = new DataView(head.buffer);
    head[0] = 0x10 | Kind.FLEET_DELTA;
    head[1] = BITMAP;
    view.setUint32(2, this.number, true);
    view.setFloat64(6, now, true);
    [set.length, pairs.length, 0, 0, states.length].forEach((count, place) => view.setUint16(14 + 2 * place, count, true));
    return joined(head, set, Uint8Array.from(pairs), tail);
  }
}
