/* The workers of this screen's view as typed arrays: folded from the wire, projected once per move, gliding for a
 * second from fix to fix. Instants ending in At are server ms, those called `drawnAt` are performance.now(). */

import { Posts } from "./posts.mjs";
import { SetCoding, WireError } from "./wire.mjs";

export const REPORTING = 0x01;
export const TASKED = 0x02;
export const SOS = 0x04;
export const OUT_OF_GRID = 0x08;
export const STOPPED = 0x10;
export const STALE = 0x20;
export const LOST = 0x40;
export const ASSESSED = 0x80;

export const GLIDE_MS = 1_000; // look.md, motion
/* Farther than this nobody went between two fixes: the place was corrected (a phone out of a dead zone, GCJ-02 or BD-09
 * taken for WGS-84: 500 m and more), and gliding there would show a way that nobody took. An electric bicycle goes 180 m
 * in the 30 s between two reports; the feeds' own limit of a leap is the same (data_feeds/position_board.py, JITTER_M). */
export const GLIDE_UP_TO_M = 200;

const HABIT_GAIN = 63; // as in dashboard/live/movement.py
const HABIT_EXPECTS = 80;
const QUARTERS = 0x3f3f3f3f; // what is left of four bytes shifted by two as one word
const PAIR_IS_WIDE = 0;
// Mercator is taken as straight for so many quanta (1 km) around the last exact projection: off by under 0.1 m.
const STRAIGHT_QUANTA = 2_000;
const METRES_PER_DEGREE = 111_320;

export class Fleet {
  constructor() {
    this.workers = new Map(); // slot -> {id, name, grid, township, region}; a wall is not told
    this.posts = null; // a desk has the roster, a wall the posts
    this.latest_at = null; // newest tick of the position feed
    this.revision = 0; // grows with every change, for whoever draws
    /* What the newest frame changed for whoever draws: the farthest way begun (mercator), and whether something is
     * to be seen at once: a state, a leap, a snapshot. */
    this.change = { mercator: 0, isAtOnce: false };
    this.load({
      number: 0, tickAt: 0, n: 0, quantum: { lonE6: 1, latE6: 1 }, slots: new Uint16Array(), x: new Int32Array(),
      y: new Int32Array(), ageS: new Uint16Array(), state: new Uint8Array(), stepX: new Int8Array(),
      stepY: new Int8Array(), habit: new Uint8Array(),
    });
  }

  /* Starts where a fleet snapshot says; nobody glides there. */
  load(snapshot) {
    const { n } = snapshot;
    this.n = n;
    this.number = snapshot.number;
    this.tickAt = snapshot.tickAt;
    this.quantum = snapshot.quantum;
    this.slots = snapshot.slots;
    this.x = snapshot.x;
    this.y = snapshot.y;
    this.state = snapshot.state;
    this.stepX = Int16Array.from(snapshot.stepX);
    this.stepY = Int16Array.from(snapshot.stepY);
    const habits = new Uint8Array((n + 3) & ~3); // whole words, for #learn
    habits.set(snapshot.habit);
    this.habit = habits.subarray(0, n);
    this.habitWords = new Uint32Array(habits.buffer);
    this.fixAt = Float64Array.from(snapshot.ageS, (age) => snapshot.tickAt - 1_000 * age);
    this.mercatorX = new Float64Array(n);
    this.mercatorY = new Float64Array(n);
    this.fromX = new Float64Array(n);
    this.fromY = new Float64Array(n);
    this.exactY = new Int32Array(n); // y of the last exact projection
    this.slopeY = new Float64Array(n); // mercator per quantum there
    this.glideFrom = new Float64Array(n).fill(-Infinity);
    this.lastGlideAt = -Infinity;
    this.moved = new Uint16Array(n + 1); // the last place is written to, never read (#addExpected)
    for (let index = 0; index < n; index += 1) this.#project(index);
    const metresPerMillionth = METRES_PER_DEGREE / 1e6;
    const middle = n > 0 ? Math.cos((this.lonLat(n >> 1)[1] * Math.PI) / 180) : 1;
    this.glideX = GLIDE_UP_TO_M / (this.quantum.lonE6 * metresPerMillionth * middle); // quanta
    this.glideY = GLIDE_UP_TO_M / (this.quantum.latE6 * metresPerMillionth);
    this.change = { mercator: 0, isAtOnce: true };
    this.revision += 1;
  }

  /* Takes a delta in; either all of it or, with a WireError, nothing. `drawnAt` starts the glides. */
  apply(delta, drawnAt) {
    const moved = this.#check(delta);
    this.#learn(moved);
    this.change = { mercator: 0, isAtOnce: delta.states.length > 0 };
    this.#move(delta, moved, drawnAt);
    for (const { index, x, y } of delta.far) this.#moveFar(index, x, y, drawnAt);
    for (const { index, state, ageS } of delta.states) {
      // Off duty a worker stands at the grid's post: nobody walked there.
      if (!(state & this.state[index] & REPORTING)) this.glideFrom[index] = -Infinity;
      this.state[index] = state;
      this.fixAt[index] = delta.tickAt - 1_000 * ageS;
    }
    this.number = delta.number;
    this.tickAt = delta.tickAt;
    this.revision += 1;
  }

  /* Where a worker is drawn, as mercator fractions of the world; written to `into`. */
  placeAt(index, drawnAt, into) {
    const part = (drawnAt - this.glideFrom[index]) / GLIDE_MS;
    if (part >= 1) {
      into[0] = this.mercatorX[index];
      into[1] = this.mercatorY[index];
    } else {
      into[0] = this.fromX[index] + (this.mercatorX[index] - this.fromX[index]) * part;
      into[1] = this.fromY[index] + (this.mercatorY[index] - this.fromY[index]) * part;
    }
    return into;
  }

  isGliding(drawnAt) {
    return drawnAt - this.lastGlideAt < GLIDE_MS;
  }

  lonLat(index) {
    return [(this.x[index] * this.quantum.lonE6) / 1e6, (this.y[index] * this.quantum.latE6) / 1e6];
  }

  /* Index of a roster slot in this view, -1 where the view does not show it. */
  indexOf(slot) {
    let low = 0;
    let high = this.n - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (this.slots[middle] === slot) return middle;
      if (this.slots[middle] < slot) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /* What a screen may say of a worker. */
  worker(index) {
    const slot = this.slots[index];
    const state = this.state[index];
    const [lon, lat] = this.lonLat(index);
    const isSilent = (state & (STALE | LOST)) !== 0;
    return { slot, state, lon, lat, fix_at: isSilent ? this.fixAt[index] : null, ...this.workers.get(slot) };
  }

  /* Whose grid each slot is; what a wall is told instead of a roster. */
  takePosts(value) {
    this.posts = new Posts(value);
  }

  takeRoster(roster) {
    this.workers = new Map(
      roster.workers.map(([slot, id, name, grid, township, region]) => [slot, { id, name, grid, township, region }]),
    );
  }

  /* The same counts as Fleet.summary in dashboard/live/fleet.py. */
  summary() {
    const counts = {
      platform_total: this.n, assessed_total: 0, on_duty: 0, idle: 0, tasked: 0, lost: 0, stale: 0, off_duty: 0, sos: 0,
      moving: 0,
    };
    for (let index = 0; index < this.n; index += 1) {
      const state = this.state[index];
      if (state & ASSESSED) counts.assessed_total += 1;
      if (!(state & REPORTING)) {
        counts.off_duty += 1;
        continue;
      }
      counts.on_duty += 1;
      if (state & SOS) counts.sos += 1;
      if (state & LOST) {
        counts.lost += 1;
        continue;
      }
      if (state & TASKED) counts.tasked += 1;
      else counts.idle += 1;
      if (state & STALE) counts.stale += 1;
      else if (!(state & STOPPED)) counts.moving += 1;
    }
    return counts;
  }

  /* The one hot loop of the page: everything it touches is local. */
  #move({ pairs, wide }, moved, drawnAt) {
    const { moved: indices, x, y, stepX, stepY, mercatorX, mercatorY, fromX, fromY, glideFrom, exactY, slopeY } = this;
    const { glideX, glideY } = this;
    const slopeX = this.quantum.lonE6 / 360e6;
    let atWide = 0;
    let farthest = 0;
    for (let place = 0; place < moved; place += 1) {
      const index = indices[place];
      const pair = pairs[place];
      let stepNowX = stepX[index];
      let stepNowY = stepY[index];
      if (pair === PAIR_IS_WIDE) {
        stepNowX += wide[atWide];
        stepNowY += wide[atWide + 1];
        atWide += 2;
      } else {
        stepNowX += (pair >> 4) - 8;
        stepNowY += (pair & 15) - 8;
      }
      stepX[index] = stepNowX > 127 ? 127 : stepNowX < -127 ? -127 : stepNowX;
      stepY[index] = stepNowY > 127 ? 127 : stepNowY < -127 ? -127 : stepNowY;
      x[index] += stepNowX;
      y[index] += stepNowY;
      if (stepNowX > glideX || stepNowX < -glideX || stepNowY > glideY || stepNowY < -glideY) {
        this.#project(index);
        this.change.isAtOnce = true;
        continue;
      }
      if (stepNowX > farthest) farthest = stepNowX;
      else if (-stepNowX > farthest) farthest = -stepNowX;
      if (stepNowY > farthest) farthest = stepNowY;
      else if (-stepNowY > farthest) farthest = -stepNowY;
      const part = (drawnAt - glideFrom[index]) / GLIDE_MS;
      const left = part >= 1 ? 0 : 1 - part;
      fromX[index] = mercatorX[index] - (mercatorX[index] - fromX[index]) * left;
      fromY[index] = mercatorY[index] - (mercatorY[index] - fromY[index]) * left;
      const offY = y[index] - exactY[index];
      if (offY > STRAIGHT_QUANTA || offY < -STRAIGHT_QUANTA) {
        this.#project(index);
      } else {
        mercatorX[index] += stepNowX * slopeX;
        mercatorY[index] += stepNowY * slopeY[index];
      }
      glideFrom[index] = drawnAt;
    }
    if (moved > 0) this.lastGlideAt = drawnAt;
    // A quantum of latitude is drawn about as long as one of longitude: both are chosen as equal lengths on the ground.
    this.change.mercator = farthest * slopeX;
  }

  /* An absolute place: near enough it is a way like any other, else a leap. */
  #moveFar(index, x, y, drawnAt) {
    const isNear = Math.abs(x - this.x[index]) <= this.glideX && Math.abs(y - this.y[index]) <= this.glideY;
    const shown = this.placeAt(index, drawnAt, [0, 0]);
    this.x[index] = x;
    this.y[index] = y;
    this.stepX[index] = 0;
    this.stepY[index] = 0;
    this.#project(index);
    this.change.isAtOnce = true;
    if (!isNear) return;
    [this.fromX[index], this.fromY[index]] = shown;
    this.glideFrom[index] = drawnAt;
    this.lastGlideAt = drawnAt;
  }

  #project(index) {
    const lon = (this.x[index] * this.quantum.lonE6) / 1e6;
    const latitude = (this.y[index] * this.quantum.latE6 * Math.PI) / 180e6;
    const sine = Math.sin(latitude);
    this.mercatorX[index] = lon / 360 + 0.5;
    this.mercatorY[index] = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
    this.exactY[index] = this.y[index];
    this.slopeY[index] = -this.quantum.latE6 / 360e6 / Math.cos(latitude);
    this.glideFrom[index] = -Infinity;
  }

  /* Four habits at a time: a quarter of each byte is never more than the byte, so none borrows from its neighbour. */
  #learn(count) {
    const { habit, habitWords, moved } = this;
    for (let word = 0; word < habitWords.length; word += 1) habitWords[word] -= (habitWords[word] >>> 2) & QUARTERS;
    for (let place = 0; place < count; place += 1) habit[moved[place]] += HABIT_GAIN;
  }

  /* Reads who moved into `this.moved` and checks everything else; returns how many moved. */
  #check(delta) {
    if (delta.number !== (this.number + 1) % 2 ** 32) throw new WireError(2, `frame ${delta.number} after frame ${this.number}`);
    const moved = this.#readSet(delta);
    if (moved !== delta.pairs.length) throw new WireError(24, `the set names ${moved} workers, ${delta.pairs.length} moved`);
    let marks = 0;
    for (let place = 0; place < moved; place += 1) if (delta.pairs[place] === PAIR_IS_WIDE) marks += 1;
    if (2 * marks !== delta.wide.length) throw new WireError(24, "wide steps do not match their marks");
    for (const rows of [delta.far, delta.states]) {
      for (const { index } of rows) if (index >= this.n) throw new WireError(24, "a worker beyond the view");
    }
    return moved;
  }

  #readSet({ coding, set }) {
    if (coding === SetCoding.BITMAP) return this.#readBitmap(set);
    const isAgainst = coding === SetCoding.GAPS_AGAINST_EXPECTED;
    let index = -1;
    let moved = 0;
    for (let place = 0; place < set.length; place += 1) {
      const gap = set[place];
      const skipTo = Math.min(index + 1 + gap, this.n);
      if (isAgainst) moved = this.#addExpected(index + 1, skipTo, moved);
      if (gap === 255) {
        index = index + 255;
        continue;
      }
      index = index + 1 + gap;
      if (index >= this.n) throw new WireError(24, "a worker beyond the view");
      if (!isAgainst || this.habit[index] < HABIT_EXPECTS) this.moved[moved++] = index;
    }
    if (set.length > 0 && set[set.length - 1] === 255) throw new WireError(24 + set.length, "a gap that names nobody");
    return isAgainst ? this.#addExpected(index + 1, this.n, moved) : moved;
  }

  /* Without a branch, since who moves is what no processor can guess: each is written, only the expected are counted. */
  #addExpected(from, to, count) {
    const { habit, moved } = this;
    for (let index = from; index < to; index += 1) {
      moved[count] = index;
      count += (habit[index] + (256 - HABIT_EXPECTS)) >> 8;
    }
    return count;
  }

  #readBitmap(set) {
    if (set.length !== (this.n + 7) >> 3) throw new WireError(24, "bitmap of another length");
    let moved = 0;
    for (let byte = 0; byte < set.length; byte += 1) {
      for (let bits = set[byte], index = byte << 3; bits !== 0; bits >>= 1, index += 1) {
        if (!(bits & 1)) continue;
        if (index >= this.n) throw new WireError(24, "a worker beyond the view");
        this.moved[moved++] = index;
      }
    }
    return moved;
  }
}
