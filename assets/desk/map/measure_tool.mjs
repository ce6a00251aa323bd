/* The measure on the map: a click, or Enter under a cross that the arrows move, puts a point; the way from the first
 * point stands beside each. Backspace takes the last one back, Esc ends it. */

import { text } from "../../live/catalogue.mjs";
import { element } from "../symbols.mjs";
import { lengthsAlong, saidLength } from "./measure.mjs";

const STEP_PX = 10;
const LEAP_PX = 60;
const EDGE_PX = 40; // nearer than this to the window's edge the cross moves the map and not itself
const POINT_PX = 3.5;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class MeasureTool {
  isOn = false;
  points = [];
  #cross = null; // in the map's window, while the keyboard moves it

  /* `button` switches it, `changed()` asks for a drawing, `say(words)` tells what was measured. */
  constructor(map, button, { changed, say }) {
    Object.assign(this, { map, button, changed, say });
    button.addEventListener("click", () => this.toggle());
  }

  toggle(on = !this.isOn) {
    this.isOn = on;
    this.points = [];
    this.#cross = null;
    this.button.classList.toggle("on", on);
    this.button.setAttribute("aria-pressed", String(on));
    this.map.getContainer().classList.toggle("measuring", on);
    this.map.keyboard[on ? "disable" : "enable"]();
    this.map.doubleClickZoom[on ? "disable" : "enable"]();
    if (on) this.map.getContainer().focus({ preventScroll: true });
    this.#tell();
  }

  add({ lng, lat }) {
    this.points.push([lng, lat]);
    this.#tell();
  }

  /* Whether the key was the measure's. */
  key(event) {
    if (!this.isOn) return false;
    if (event.key in ARROWS) this.#move(ARROWS[event.key], event.shiftKey ? LEAP_PX : STEP_PX);
    else if (event.key === "Enter" || event.key === " ") this.add(this.map.containerPointToLatLng(this.#at()));
    else if (event.key === "Backspace") this.#takeBack();
    else if (event.key === "Escape") this.toggle(false);
    else return false;
    return true;
  }

  #takeBack() {
    this.points.pop();
    this.#tell();
  }

  #at() {
    this.#cross ??= this.map.getSize().divideBy(2).round();
    return this.#cross;
  }

  #move([x, y], step) {
    const size = this.map.getSize();
    const to = this.#at().add([x * step, y * step]);
    const inside = to.x > EDGE_PX && to.y > EDGE_PX && to.x < size.x - EDGE_PX && to.y < size.y - EDGE_PX;
    if (inside) this.#cross = to;
    else this.map.panBy([x * step, y * step], { animate: false });
    this.changed();
  }

  #tell() {
    const whole = lengthsAlong(this.points).at(-1);
    const isWay = this.points.length > 1;
    this.say(!this.isOn ? "" : isWay ? text("desk_map.measure.way", { length: lengthText(whole), legs: this.points.length - 1 }) : text("desk_map.measure.begin"));
    this.changed();
  }

  /* The way from the first point, beside each further one. */
  labels(at) {
    if (!this.isOn) return [];
    const lengths = lengthsAlong(this.points);
    return this.points.slice(1).map(([lon, lat], leg) => {
      const { x, y } = at(lon, lat);
      return { at: [x, y], clear: POINT_PX, gap: 4, lines: [{ text: lengthText(lengths[leg + 1]), size: 12, weight: 700 }], kind: "length" };
    });
  }

  /* SVG of the way, for the overlay; `at(lon, lat)` is a point in the map's window. */
  nodes(at) {
    if (!this.isOn) return [];
    const places = this.points.map(([lon, lat]) => at(lon, lat));
    const way = places.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
    return [
      element("polyline", { points: way, class: "measure-way" }),
      ...places.map(({ x, y }) => element("circle", { cx: x, cy: y, r: POINT_PX, class: "measure-point" })),
      ...(this.#cross ? [element("path", { d: `M${this.#cross.x - 9} ${this.#cross.y}h18M${this.#cross.x} ${this.#cross.y - 9}v18`, class: "measure-cross" })] : []),
    ];
  }
}

function lengthText(metres) {
  const { value, unit } = saidLength(metres);
  return text(`desk_map.length.${unit}`, { length: value });
}
