/* All workers of the view on one canvas over a Leaflet map. It draws when something changed, and while symbols
 * visibly glide; never so often that drawing is most of what the page does. */

import { GLIDE_MS, REPORTING } from "./fleet.mjs";
import { Places, paintWorkers } from "./worker_paint.mjs";

const PANE = "zs-workers";
const PANE_LEVEL = 410; // above the base map's lines, below rings, links and labels (look.md, z-order)
const WALL_DESIGN_PX = 3840; // a wall's width in design pixels
const WALL_SYMBOLS = 1.25; // of desk sizes, in design pixels
const MARGIN_PX = 12; // a symbol whose middle lies outside may still reach in
const VISIBLE_STEP_PX = 0.5; // a glide in smaller steps is not seen
const STILL_REDRAW_MS = 1_000; // smaller changes than a step are drawn with the second
const PAN_REDRAW_MS = 100; // the canvas moves with the map: only who comes in at the edge waits
const BUSY_SHARE = 0.25; // of the main thread for drawing, at most
const FULL_SIZE_FROM_ZOOM = 11.5;
const SMALLEST_ON_DESK = 0.5;
const AGES_FROM_ZOOM = 12.5; // where single workers can be told apart
const LARGEST_PIXEL_RATIO = 2;

/* Adds the workers to `map` and returns the Leaflet layer. `layer.near(containerPoint, radiusPx)` answers the workers
 * drawn around a pointer, nearest first: [{index, slot, state, lon, lat, fix_at, id, name, ...}]; `layer.placeOf(slot)`
 * where one is drawn now, or null; `layer.onDrawn` is called after each drawing. `enlarged` multiplies the size of
 * symbols; `showsAges` false leaves the minutes beside silent workers out, where nobody could read them. */
export function addWorkerLayer(map, live, { enlarged = 1, showsAges = true } = {}) {
  const layer = new (layerClass())(live, { enlarged, showsAges });
  layer.addTo(map);
  return layer;
}

let made = null;

/* Leaflet comes with the page and may not be there when this module is read. */
function layerClass() {
  made ??= window.L.Layer.extend({
    initialize(live, look) {
      this.live = live;
      this.look = look;
    },
    onAdd(map) {
      this.drawing = new Drawing(map, this.live, this.look, () => this.onDrawn?.());
    },
    onRemove() {
      this.drawing.end();
      this.drawing = null;
    },
    getEvents() {
      return {
        viewreset: () => this.drawing.draw(),
        resize: () => this.drawing.draw(),
        moveend: () => this.drawing.draw(),
        move: () => this.drawing.schedule(PAN_REDRAW_MS),
        zoomanim: (event) => this.drawing.zoom(event),
      };
    },
    near(point, radiusPx) {
      return this.drawing?.near(point, radiusPx) ?? [];
    },
    placeOf(slot) {
      return this.drawing?.placeOf(slot) ?? null;
    },
    redraw() {
      this.drawing?.draw();
    },
  });
  return made;
}

class Drawing {
  #places = new Places();
  #colours = new Map();
  #frame = null;
  #timer = null;
  #timerAt = Infinity;
  #drawnAt = -Infinity;
  #owedPx = 0; // what the frames since the last drawing moved at most
  #glide = { restPx: 0, pxPerMs: 0 }; // of the farthest and of the fastest

  constructor(map, live, look, onDrawn) {
    this.look = look;
    this.onDrawn = onDrawn;
    this.map = map;
    this.live = live;
    this.drawMs = 0;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "worker-canvas leaflet-zoom-animated";
    paneOf(map).appendChild(this.canvas);
    this.context = this.canvas.getContext("2d");
    this.stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.themes = new MutationObserver(() => this.#forgetColours());
    this.themes.observe(document.documentElement, { attributes: true, subtree: true, attributeFilter: ["data-theme"] });
    this.stopListening = live.on("fleet", () => this.#fleetChanged());
    this.draw();
  }

  end() {
    this.stopListening();
    this.themes.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#forgetTimer();
    this.canvas.remove();
    this.map = null;
  }

  /* What can be seen is drawn at once; steps too small to be seen add up until they are a visible one. */
  #fleetChanged() {
    const { mercator, isAtOnce } = this.live.fleet.change;
    this.#owedPx += mercator * this.#worldPx();
    this.schedule(isAtOnce || this.#owedPx > VISIBLE_STEP_PX ? 0 : STILL_REDRAW_MS);
  }

  /* Draws in an animation frame, once, at least `apartMs` after the last drawing. */
  schedule(apartMs) {
    if (this.#frame !== null || this.map === null) return;
    const dueAt = this.#drawnAt + Math.max(apartMs, this.drawMs / BUSY_SHARE);
    const restMs = dueAt - performance.now();
    if (restMs <= 0) {
      this.#forgetTimer();
      this.#frame = requestAnimationFrame(() => this.draw());
    } else if (dueAt < this.#timerAt) {
      this.#forgetTimer();
      this.#timerAt = dueAt;
      this.#timer = setTimeout(() => {
        this.#forgetTimer();
        this.schedule(0);
      }, restMs);
    }
  }

  #forgetTimer() {
    clearTimeout(this.#timer);
    this.#timerAt = Infinity;
  }

  #worldPx() {
    return 256 * 2 ** this.map.getZoom();
  }

  zoom({ zoom, center }) {
    const offset = this.map._latLngBoundsToNewLayerBounds(this.map.getBounds(), zoom, center).min;
    window.L.DomUtil.setTransform(this.canvas, offset, this.map.getZoomScale(zoom));
  }

  near({ x, y }, radiusPx) {
    const { fleet } = this.live;
    const known = this.#places.near(x, y, radiusPx).filter((index) => index < fleet.n); // the roster may have changed
    return known.map((index) => ({ index, ...fleet.worker(index) }));
  }

  placeOf(slot) {
    const at = this.#places.indices.indexOf(this.live.fleet.indexOf(slot));
    return at < 0 ? null : { x: this.#places.xs[at], y: this.#places.ys[at] };
  }

  draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = null;
    if (this.map === null) return;
    const began = performance.now();
    const size = this.#fit();
    this.#gather(size, began);
    paintWorkers(this.context, this.#places, {
      colour: (token) => this.#colour(token),
      scale: symbolScale(this.map.getZoom()) * this.look.enlarged,
      now: this.live.now(),
      showsAges: this.look.showsAges && this.map.getZoom() >= AGES_FROM_ZOOM,
    });
    this.#drawnAt = began;
    this.#owedPx = 0;
    this.drawMs = performance.now() - began;
    this.canvas.dataset.drawn = String(this.#places.indices.length);
    this.onDrawn();
    const { restPx, pxPerMs } = this.#glide;
    if (restPx > VISIBLE_STEP_PX) this.schedule(VISIBLE_STEP_PX / pxPerMs);
  }

  /* Lays the canvas over the map's present window and clears it. */
  #fit() {
    const { canvas, map } = this;
    const size = map.getSize();
    const ratio = Math.min(window.devicePixelRatio || 1, LARGEST_PIXEL_RATIO);
    const [width, height] = [Math.round(size.x * ratio), Math.round(size.y * ratio)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
    }
    window.L.DomUtil.setTransform(canvas, map.containerPointToLayerPoint([0, 0]), 1);
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, width, height);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return size;
  }

  /* Collects who stands inside the window; notes how far and how fast gliders still go: half a pixel a drawing is smooth,
   * and at the walking pace of a city map that is a few drawings a second. */
  #gather(size, drawnAt) {
    const { map, live } = this;
    const { fleet } = live;
    const world = this.#worldPx();
    const origin = map.getPixelBounds().min;
    const still = this.stillness.matches || !fleet.isGliding(drawnAt);
    const at = still ? Infinity : drawnAt;
    const place = [0, 0];
    let restPx = 0;
    let pxPerMs = 0;
    this.#places.clear();
    for (let index = 0; index < fleet.n; index += 1) {
      fleet.placeAt(index, at, place);
      const x = place[0] * world - origin.x;
      const y = place[1] * world - origin.y;
      if (x < -MARGIN_PX || y < -MARGIN_PX || x > size.x + MARGIN_PX || y > size.y + MARGIN_PX) continue;
      this.#places.add(index, x, y, fleet.state[index], fleet.fixAt[index]);
      if (still || !(fleet.state[index] & REPORTING)) continue;
      const rest = Math.abs(fleet.mercatorX[index] - place[0]) + Math.abs(fleet.mercatorY[index] - place[1]);
      if (rest === 0) continue;
      const leftMs = fleet.glideFrom[index] + GLIDE_MS - drawnAt;
      if (rest * world > restPx) restPx = rest * world;
      if ((rest * world) / leftMs > pxPerMs) pxPerMs = (rest * world) / leftMs;
    }
    this.#glide = { restPx, pxPerMs };
  }

  #colour(token) {
    if (!this.#colours.has(token)) {
      const themed = this.map.getContainer().closest("[data-theme]") ?? document.documentElement;
      this.#colours.set(token, getComputedStyle(themed).getPropertyValue(`--${token}`).trim());
    }
    return this.#colours.get(token);
  }

  #forgetColours() {
    this.#colours.clear();
    this.draw();
  }
}

function paneOf(map) {
  const known = map.getPane(PANE);
  if (known) return known;
  const pane = map.createPane(PANE);
  pane.style.zIndex = String(PANE_LEVEL);
  pane.style.pointerEvents = "none";
  return pane;
}

/* A wall is looked at from five metres and its pixels are of any size; its symbols belong to its design. On a desk they
 * are pixels, smaller where the whole city fits a small map and they would grow together. */
function symbolScale(zoom) {
  const wall = document.querySelector("[data-page='wall']");
  if (wall) return Math.max(0.5, (wall.clientWidth / WALL_DESIGN_PX) * WALL_SYMBOLS);
  return Math.min(1, Math.max(SMALLEST_ON_DESK, 2 ** ((zoom - FULL_SIZE_FROM_ZOOM) / 3)));
}
