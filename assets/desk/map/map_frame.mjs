/* What lies over the edges of the desk's map: the strip of places above, the switches and the foot below. Knows how much of
 * the map they leave free, brings a place into the middle of that, and folds the switches into a list where one row has no
 * room for them: in English, or on a small screen, a second row would lie where the chosen ring is. */

import { text } from "../../live/catalogue.mjs";

export class MapFrame {
  /* `changed()` is called whenever another part of the map is free. */
  constructor(pane, changed) {
    this.pane = pane;
    this.changed = changed;
    this.strip = pane.querySelector("#map-places");
    this.controls = pane.querySelector("#map-controls");
    this.layers = pane.querySelector(".layers");
    this.switches = pane.querySelector("#map-layer-switches");
    this.button = pane.querySelector("#map-layers");
    this.button.addEventListener("click", () => this.#open(!this.isOpen));
    pane.addEventListener("pointerdown", (event) => this.isOpen && !this.layers.contains(event.target) && this.#open(false));
    this.layers.addEventListener("keydown", (event) => this.#key(event));
    this.switches.addEventListener("click", () => this.#say());
    this.stripPx = this.controlsPx = 0;
    const sizes = new ResizeObserver(() => this.#measure());
    for (const node of [pane, this.strip, this.controls, this.switches]) sizes.observe(node);
    new MutationObserver(() => this.#measure()).observe(this.switches, { childList: true, characterData: true, subtree: true });
    this.#measure();
  }

  get isOpen() {
    return this.button.getAttribute("aria-expanded") === "true";
  }

  /* Where the map's centre has to be, so that the place stands in the middle of what is free. */
  centreFor(map, place, zoom) {
    const shift = [0, (this.controlsPx - this.stripPx) / 2];
    return map.unproject(map.project(place, zoom).add(shift), zoom);
  }

  show(map, place, zoom) {
    map.setView(this.centreFor(map, place, zoom), zoom, { animate: false });
  }

  #measure() {
    if (this.pane.clientWidth === 0) return; // its window has it
    this.#fold();
    const [stripPx, controlsPx] = [this.strip.offsetHeight, this.controls.offsetHeight];
    if (stripPx === this.stripPx && controlsPx === this.controlsPx) return;
    Object.assign(this, { stripPx, controlsPx });
    this.pane.style.setProperty("--map-strip", `${stripPx}px`);
    this.changed();
  }

  #fold() {
    const wasFolded = this.layers.classList.contains("folded");
    this.layers.classList.remove("folded");
    const isFolded = this.layers.scrollWidth > this.layers.clientWidth;
    this.layers.classList.toggle("folded", isFolded);
    this.button.hidden = !isFolded;
    if (isFolded !== wasFolded) this.#open(false);
    this.#say();
  }

  #say() {
    const all = [...this.switches.querySelectorAll("[data-layer]")];
    const shown = all.filter((one) => one.getAttribute("aria-pressed") === "true").length;
    const words = text("desk_map.layers", { shown, all: all.length });
    if (this.button.textContent !== words) this.button.textContent = words;
  }

  #open(isOpen) {
    this.button.setAttribute("aria-expanded", String(isOpen));
    this.layers.classList.toggle("open", isOpen);
  }

  #key(event) {
    if (event.key !== "Escape" || !this.isOpen) return;
    event.stopPropagation();
    this.#open(false);
    this.button.focus();
  }
}
