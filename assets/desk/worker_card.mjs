/* Who stands under the pointer on the map, on a small card beside the symbol. A mouse sees it while it hovers; a click
 * or a touch pins it, and it then goes with the worker until another click, Escape, or the worker's leaving the map. */

import { LOST, OUT_OF_GRID, REPORTING, SOS, STALE, TASKED } from "../live/fleet.mjs";
import { text } from "../live/catalogue.mjs";

const MOUSE_REACH_PX = 10;
const FINGER_REACH_PX = 22; // half of the 44 px that a finger needs
const OFFSET_PX = 12;
const MINUTE_MS = 60_000;

export class WorkerCard {
  #shown = null; // {slot, others}
  #isPinned = false;
  #pointer = null;

  /* `map` and `layer` of the workers; `places` names division codes. */
  constructor(map, layer, live, places) {
    Object.assign(this, { map, layer, live, places });
    this.node = document.createElement("div");
    this.node.className = "worker-card";
    this.node.setAttribute("role", "status");
    this.node.hidden = true;
    map.getContainer().append(this.node);
    map.on("mousemove", (event) => this.#pointed(event));
    map.on("mouseout", () => this.#left());
    map.on("movestart", () => this.#left());
    live.on("second", () => this.#write());
    layer.onDrawn = () => this.#follow();
  }

  /* Pins the worker under a click or a touch; where nobody stands, the card goes. */
  pin({ containerPoint, originalEvent }) {
    const reach = originalEvent?.pointerType === "touch" ? FINGER_REACH_PX : MOUSE_REACH_PX;
    const [first, ...others] = this.layer.near(containerPoint, reach);
    this.#isPinned = first !== undefined;
    this.#show(first, others.length);
  }

  /* Pins a worker who is drawn, wherever that is. */
  pinSlot(slot) {
    this.#isPinned = true;
    this.#show({ slot });
  }

  /* How far the nearest worker is from a point, px; Infinity where none is in reach. */
  distanceTo(point) {
    const [first] = this.layer.near(point, MOUSE_REACH_PX);
    const at = first && this.layer.placeOf(first.slot);
    return at ? point.distanceTo(at) : Infinity;
  }

  hide() {
    this.#isPinned = false;
    this.#show(undefined);
  }

  get isPinned() {
    return this.#isPinned;
  }

  /* One look per frame, however many moves the mouse reports. */
  #pointed({ containerPoint, originalEvent }) {
    if (this.#isPinned || originalEvent?.pointerType === "touch") return;
    const isWaiting = this.#pointer !== null;
    this.#pointer = containerPoint;
    if (!isWaiting) requestAnimationFrame(() => this.#look());
  }

  #look() {
    const point = this.#pointer;
    this.#pointer = null;
    if (point === null || this.#isPinned) return;
    const [first, ...others] = this.layer.near(point, MOUSE_REACH_PX);
    this.#show(first, others.length);
  }

  #left() {
    this.#pointer = null;
    if (!this.#isPinned) this.#show(undefined);
  }

  #show(worker, others = 0) {
    this.#shown = worker === undefined ? null : { slot: worker.slot, others };
    this.node.hidden = this.#shown === null;
    this.#write();
    this.#follow();
  }

  #follow() {
    if (this.#shown === null) return;
    const at = this.layer.placeOf(this.#shown.slot);
    if (at === null) {
      this.hide();
      return;
    }
    const { clientWidth, clientHeight } = this.map.getContainer();
    const { offsetWidth, offsetHeight } = this.node;
    const x = at.x + OFFSET_PX + offsetWidth > clientWidth ? at.x - OFFSET_PX - offsetWidth : at.x + OFFSET_PX;
    const y = Math.min(Math.max(0, at.y - offsetHeight / 2), clientHeight - offsetHeight);
    this.node.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }

  #write() {
    if (this.#shown === null) return;
    const { fleet } = this.live;
    const index = fleet.indexOf(this.#shown.slot);
    if (index < 0) {
      this.hide();
      return;
    }
    const worker = fleet.worker(index);
    const place = [this.places[worker.township] ?? this.places[worker.region], worker.grid].filter(Boolean).join(" ");
    const others = this.#shown.others > 0 ? text("map.worker.others", { count: this.#shown.others }) : null;
    const lines = [worker.name ?? text("map.worker.unnamed"), statesOf(worker, this.live.now()).join(" · "), place, others];
    this.node.replaceChildren(...lines.filter(Boolean).map((line, row) => {
      const node = document.createElement(row === 0 ? "b" : "span");
      node.textContent = line;
      return node;
    }));
  }
}

/* What a worker's state says in words, most pressing first. */
export function statesOf({ state, fix_at: fixAt }, now) {
  if (!(state & REPORTING)) return [text("map.worker.off")];
  const minutes = fixAt === null ? 0 : Math.floor((now - fixAt) / MINUTE_MS);
  return [
    state & SOS ? text("map.worker.sos") : null,
    state & LOST ? text("map.worker.lost", { minutes }) : text(state & TASKED ? "map.worker.tasked" : "map.worker.idle"),
    state & STALE ? text("map.worker.stale", { minutes }) : null,
    state & OUT_OF_GRID && !(state & LOST) ? text("map.worker.out") : null,
  ].filter((word) => word !== null);
}
