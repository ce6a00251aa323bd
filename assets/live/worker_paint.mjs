/* Paints worker symbols on a 2D canvas, all of a kind at once. Where they go is decided by the layer; what they look
 * like is here (look.md, map symbols).
 *
 * Without a GPU three thousand symbols cost, in one run: rectangles one by one 2 ms, circles in one path 16-25, sprites
 * 28, and a path of closed polygons over 200. So a crowd is drawn as rectangles, and circles are for the few. */

import { text } from "./catalogue.mjs";
import { LOST, OUT_OF_GRID, REPORTING, SOS, STALE, TASKED } from "./fleet.mjs";
import { PlaceIndex } from "./worker_index.mjs";

const SOS_BLOCK_PX = 17;
const AGES_SHOWN = 80; // more ages than this on one map are a texture, not information
const MINUTE_MS = 60_000;
const CIRCLES_UP_TO = 400; // symbols of a kind

/* Sizes in desk pixels; the order is the drawing order. */
export const KINDS = [
  { name: "off", token: "people-off", radius: 1.7, fill: fillDots },
  { name: "idle", token: "people", radius: 2.6, fill: fillDots },
  { name: "stale", token: "people", radius: 2.6, outline: circle, line: 1.2 },
  { name: "tasked", token: "people-tasked", radius: 2.9, fill: fillSquares },
  { name: "stale_tasked", token: "people-tasked", radius: 2.9, outline: square, line: 1.2 },
  { name: "out_of_grid", token: "ink2", radius: 6, outline: arrow, line: 1.2 },
  { name: "lost", token: "risk", radius: 4.6, outline: cross, line: 2.2 },
];
const ROW_OF = Object.fromEntries(KINDS.map(({ name }, row) => [name, row]));

/* Row in KINDS for a state byte. */
export function kindOfState(state) {
  if (!(state & REPORTING)) return ROW_OF.off;
  if (state & LOST) return ROW_OF.lost;
  if (state & TASKED) return state & STALE ? ROW_OF.stale_tasked : ROW_OF.tasked;
  return state & STALE ? ROW_OF.stale : ROW_OF.idle;
}

/* Flat [x, y, x, y, ...] lists of one drawing, by kind, and what stands on top. */
export class Places {
  #index = new PlaceIndex();
  #isIndexed = false;

  constructor() {
    this.byKind = KINDS.map(() => []);
    this.sos = [];
    this.ages = [];
    this.xs = [];
    this.ys = [];
    this.indices = [];
  }

  clear() {
    this.#isIndexed = false;
    for (const list of [...this.byKind, this.sos, this.ages, this.xs, this.ys, this.indices]) list.length = 0;
  }

  add(index, x, y, state, fixAt) {
    this.byKind[kindOfState(state)].push(x, y);
    this.xs.push(x);
    this.ys.push(y);
    this.indices.push(index);
    if (!(state & REPORTING)) return;
    if (state & OUT_OF_GRID && !(state & LOST)) this.byKind[ROW_OF.out_of_grid].push(x, y);
    if (state & SOS) this.sos.push(x, y);
    if (state & (STALE | LOST)) this.ages.push(x, y, fixAt);
  }

  /* Indices of the workers within `radius` of a point as last drawn, nearest first. */
  near(x, y, radius) {
    if (!this.#isIndexed) this.#index.build(this.xs, this.ys);
    this.#isIndexed = true;
    return this.#index.near(x, y, radius).map((place) => this.indices[place]);
  }
}

/* Paints places in colours (`colour(token)`), symbols enlarged by `scale`. `ages` names the minutes beside silent
 * workers, as of `now`. */
export function paintWorkers(context, places, { colour, scale, now, showsAges }) {
  for (const [row, kind] of KINDS.entries()) {
    const list = places.byKind[row];
    if (list.length === 0) continue;
    const radius = Math.max(0.8, kind.radius * scale);
    if (kind.fill) {
      context.fillStyle = colour(kind.token);
      kind.fill(context, list, radius);
      continue;
    }
    context.beginPath();
    for (let at = 0; at < list.length; at += 2) kind.outline(context, list[at], list[at + 1], radius);
    context.lineWidth = Math.max(0.8, kind.line * scale);
    context.strokeStyle = colour(kind.token);
    context.stroke();
  }
  if (showsAges) paintAges(context, places.ages, { colour, scale, now });
  paintSos(context, places.sos, { colour, scale });
}

function paintAges(context, ages, { colour, scale, now }) {
  if (ages.length / 3 > AGES_SHOWN) return;
  context.font = `${11 * scale}px ${FACE}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillStyle = colour("ink2");
  for (let at = 0; at < ages.length; at += 3) {
    const minutes = Math.floor((now - ages[at + 2]) / MINUTE_MS);
    context.fillText(text("live.age.minutes", { minutes }), ages[at] + 7 * scale, ages[at + 1]);
  }
}

function paintSos(context, sos, { colour, scale }) {
  if (sos.length === 0) return;
  const half = (SOS_BLOCK_PX / 2) * scale;
  context.font = `700 ${13 * scale}px ${FACE}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let at = 0; at < sos.length; at += 2) {
    context.fillStyle = colour("alarm-fill");
    context.fillRect(sos[at] - half, sos[at + 1] - half, 2 * half, 2 * half);
    context.fillStyle = colour("alarm-ink");
    context.fillText(text("live.symbol.sos"), sos[at], sos[at + 1] + 0.5 * scale);
  }
}

const FACE = '"IBM Plex Sans Condensed", "Source Han Sans SC", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "Zhongshu CJK", sans-serif';

/* At this size a dot is told from a square by its missing corners: two rectangles crossed. */
function fillDots(context, list, radius) {
  if (list.length / 2 <= CIRCLES_UP_TO) {
    context.beginPath();
    for (let at = 0; at < list.length; at += 2) circle(context, list[at], list[at + 1], radius);
    context.fill();
    return;
  }
  const arm = radius * 0.6;
  for (let at = 0; at < list.length; at += 2) {
    const x = list[at];
    const y = list[at + 1];
    context.fillRect(x - radius, y - arm, 2 * radius, 2 * arm);
    context.fillRect(x - arm, y - radius, 2 * arm, 2 * radius);
  }
}

function fillSquares(context, list, radius) {
  for (let at = 0; at < list.length; at += 2) {
    context.fillRect(list[at] - radius, list[at + 1] - radius, 2 * radius, 2 * radius);
  }
}

function circle(context, x, y, radius) {
  context.moveTo(x + radius, y);
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

function square(context, x, y, radius) {
  context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
}

function cross(context, x, y, radius) {
  context.moveTo(x - radius, y - radius);
  context.lineTo(x + radius, y + radius);
  context.moveTo(x + radius, y - radius);
  context.lineTo(x - radius, y + radius);
}

/* Leaves the dot towards the upper right, with a head. */
function arrow(context, x, y, radius) {
  const end = radius + 2;
  context.moveTo(x + radius * 0.45, y - radius * 0.45);
  context.lineTo(x + end, y - end);
  context.moveTo(x + end - radius * 0.6, y - end);
  context.lineTo(x + end, y - end);
  context.lineTo(x + end, y - end + radius * 0.6);
}
