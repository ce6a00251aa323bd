/* Which drawn places lie near a point: a grid of square cells over the window, so that a pointer looks at the few places
 * around it and not at the whole fleet. Built when first asked after a drawing; a map that nobody points at has none. */

const CELL_PX = 32; // a pointer's reach is 10 px, a finger's 22: one to four cells

export class PlaceIndex {
  #starts = new Uint32Array(0); // cell -> where its places begin in #order
  #next = new Uint32Array(0);
  #order = new Uint32Array(0);
  looked = 0; // places that the last question compared

  /* Takes the places in: `xs` and `ys` in pixels, of the same length, kept by reference. */
  build(xs, ys) {
    this.xs = xs;
    this.ys = ys;
    const count = xs.length;
    const [left, right] = extent(xs);
    const [top, bottom] = extent(ys);
    Object.assign(this, { left, top });
    this.columns = Math.floor((right - left) / CELL_PX) + 1;
    this.rows = Math.floor((bottom - top) / CELL_PX) + 1;
    const cells = this.columns * this.rows;
    if (this.#starts.length <= cells) {
      this.#starts = new Uint32Array(cells + 1);
      this.#next = new Uint32Array(cells + 1);
    }
    if (this.#order.length < count) this.#order = new Uint32Array(count);
    this.#starts.fill(0, 0, cells + 1);
    for (let place = 0; place < count; place += 1) this.#starts[this.#cellOf(place) + 1] += 1;
    for (let cell = 0; cell < cells; cell += 1) this.#starts[cell + 1] += this.#starts[cell];
    this.#next.set(this.#starts.subarray(0, cells + 1));
    for (let place = 0; place < count; place += 1) this.#order[this.#next[this.#cellOf(place)]++] = place;
    this.count = count;
  }

  /* Places within `radius` of a point, nearest first. */
  near(x, y, radius) {
    this.looked = 0;
    if (this.count === 0) return [];
    const found = [];
    const limit = radius * radius;
    const [fromColumn, toColumn] = range(x - radius - this.left, x + radius - this.left, this.columns);
    const [fromRow, toRow] = range(y - radius - this.top, y + radius - this.top, this.rows);
    for (let row = fromRow; row <= toRow; row += 1) {
      const first = row * this.columns + fromColumn;
      const last = row * this.columns + toColumn;
      if (last < first) continue;
      for (let at = this.#starts[first]; at < this.#starts[last + 1]; at += 1) {
        const place = this.#order[at];
        const square = (this.xs[place] - x) ** 2 + (this.ys[place] - y) ** 2;
        this.looked += 1;
        if (square <= limit) found.push({ place, square });
      }
    }
    return found.sort((one, other) => one.square - other.square).map(({ place }) => place);
  }

  #cellOf(place) {
    const column = Math.floor((this.xs[place] - this.left) / CELL_PX);
    const row = Math.floor((this.ys[place] - this.top) / CELL_PX);
    return row * this.columns + column;
  }
}

function extent(values) {
  let least = Infinity;
  let most = -Infinity;
  for (let place = 0; place < values.length; place += 1) {
    if (values[place] < least) least = values[place];
    if (values[place] > most) most = values[place];
  }
  return values.length > 0 ? [least, most] : [0, 0];
}

function range(from, to, cells) {
  return [Math.max(0, Math.floor(from / CELL_PX)), Math.min(cells - 1, Math.floor(to / CELL_PX))];
}
