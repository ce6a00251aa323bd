/* What the desk's map has beside its symbols: places to go down into, figures, a field that finds, gaps, the measure. It
 * is given the map and the live picture, and tells the page whom or what was chosen. */

import { analysisOf } from "../../live/analysis_rows.mjs";
import { text } from "../../live/catalogue.mjs";
import { positionsFreshness } from "../../live/freshness.mjs";
import { BaseTiles } from "./base_tiles.mjs";
import { MapFrame } from "./map_frame.mjs";
import { figuresOf } from "./place_figures.mjs";
import { CameraLayer } from "./camera_layer.mjs";
import { hotSpotMarks, hotSpotsSaid } from "./hot_spots.mjs";
import { drawLabels, foundMark, labelsOf } from "./map_labels.mjs";
import { MeasureTool } from "./measure_tool.mjs";
import { PlacePanel } from "./place_panel.mjs";
import { PlaceShapes } from "./place_shapes.mjs";

const PLACES = "/api/v1/map/places/";
const FOUND = "/api/v1/map/found?words=";
const COUNTED_EVERY_MS = 2_000;
const AGAIN_FIRST_MS = 2_000;
const AGAIN_LONGEST_MS = 30_000;
const FIT_PADDING_PX = 30;
const ZOOM_BUTTONS_PX = [44, 70];
const CLOSEST_ZOOM = 16.5;
const FOUND_ZOOM = 15;
const EQUATOR_M = 40_075_017;
const TILE_ZOOM = 8; // the world is 256 pixels wide at zoom 0
const CITY_TIME = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const NOBODY_HEARD = { workers: new Map(), n: 0 };

export class MapTools {
  #asked = 0;
  #countedAt = -Infinity;
  #boxes = [];
  #missed = null; // {code, fits, failures, at} of a place that could not be had
  #mark = null; // what was found, drawn until something else is

  /* `page` = {redraw(), framed(), chooseMatter(id), pinWorker(slot), isCardPinned()}; `framed` when another part of the map is
   * free. */
  constructor(pane, map, live, page) {
    Object.assign(this, { pane, map, live, page });
    this.home = pane.closest("[data-jurisdiction]").dataset.jurisdiction;
    const [west, south, east, north] = JSON.parse(pane.dataset.bounds);
    this.homeBounds = [[south, west], [north, east]];
    this.shapes = new PlaceShapes(map);
    this.note = pane.querySelector("#map-note");
    this.panel = new PlacePanel(pane.querySelector("#map-places"), {
      choose: (row) => this.#chosen(row),
      goTo: (code) => this.goTo(code),
      back: () => this.back(),
      find: (words) => ask(FOUND + encodeURIComponent(words)),
      point: (code) => this.#point(code),
    });
    this.measure = new MeasureTool(map, pane.querySelector("#map-measure"), { changed: () => page.redraw(), say: (words) => this.#say(words) });
    this.cameras = new CameraLayer(map, { ask, say: (words) => this.#say(words), changed: () => page.redraw() });
    pane.addEventListener("keydown", (event) => this.#key(event));
    this.frame = new MapFrame(pane, () => page.framed());
    this.#fitHome();
    live.on("second", () => this.#count());
    live.on("fleet", () => this.answer && !this.figures?.knowsFleet && this.#count(live.fleet.workers.size > 0));
    live.on("connection", () => this.#count(true));
    if (pane.dataset.base) this.#startBase(JSON.parse(pane.dataset.base));
    this.goTo(this.home, { fits: false });
  }

  /* The land is not filled where there are tiles to be seen, and is while there are none. */
  #startBase(described) {
    this.base = new BaseTiles(this.map, described, (state) => {
      window.zhongshu.baseMap.hasTiles = state === "shown";
      window.zhongshu.baseMap.restyle(this.map);
      this.#say(state === "missing" ? text("desk_map.base.missing") : "");
    });
    this.base.show(true);
  }

  /* Goes to a place: its border, its figures, what lies in it. An answer that comes late is of no use. */
  async goTo(code, { fits = true } = {}) {
    this.#asked += 1;
    const mine = this.#asked;
    const answer = await ask(PLACES + encodeURIComponent(code));
    if (mine !== this.#asked) return;
    if (!answer) {
      this.panel.showFault(text("desk_map.place.failed"));
      this.answer = null;
      this.#missed = { code, fits, failures: (this.#missed?.failures ?? 0) + 1, at: performance.now() };
      return;
    }
    this.#missed = null;
    this.answer = answer;
    this.figures = null;
    this.#mark = null;
    this.panel.showPlace(answer);
    this.shapes.show(answer);
    this.#count(true);
    if (fits) this.#fit();
    this.pane.dataset.place = answer.place.code;
  }

  /* One place up; whether there was one. */
  back() {
    const above = this.answer?.chain.at(-2);
    if (!above) return false;
    this.goTo(above.code);
    return true;
  }

  focus() {
    this.panel.focus();
  }

  /* Whether a click on the map was the tools': a point of the measure, a name, or empty ground of a place in the chosen one. */
  takesClick({ latlng, containerPoint }, isEmptyGround) {
    if (this.measure.isOn) {
      this.measure.add(latlng);
      return true;
    }
    if (this.cameras.takesClick(containerPoint)) return true;
    const named = this.#boxes.find(({ box: [left, top, right, bottom] }) =>
      containerPoint.x >= left && containerPoint.x <= right && containerPoint.y >= top && containerPoint.y <= bottom);
    const code = named?.code ?? (isEmptyGround && this.answer ? this.shapes.childAt(latlng, this.answer) : null);
    if (!code || code === this.answer.place.code) return false;
    this.goTo(code);
    return true;
  }

  /* Labels and marks for the overlay, on what is drawn already: `taken` boxes, `spots` of matters, `labels` of its own. */
  nodes({ taken, spots, labels, at, size, chosen, shown }) {
    const places = this.answer ? { answer: this.answer, figures: this.figures, showsGaps: shown.gaps } : null;
    const { stripPx, controlsPx } = this.frame;
    const strip = [0, 0, size.x, stripPx];
    const buttons = [0, 0, ZOOM_BUTTONS_PX[0], stripPx + ZOOM_BUTTONS_PX[1]];
    const foot = [0, size.y - controlsPx, size.x, size.y];
    const mark = this.#mark && foundMark(this.#mark, at);
    const own = labelsOf({ places, matters: this.live.matters, spots, mark: this.#mark, chosen, zoom: this.map.getZoom(), at });
    const measured = this.measure.labels(at);
    const cameras = this.cameras.draw(at, size);
    const hot = this.#hotSpots(at, size, shown.hot_spots);
    const drawn = drawLabels([...measured, ...labels, ...own], [...taken, ...cameras.taken, ...hot.taken, ...(mark ? [mark.box] : []), strip, buttons, foot], [0, 0, size.x, size.y]);
    this.#boxes = drawn.boxes;
    return [...hot.nodes, ...cameras.nodes, ...drawn.nodes, ...(mark ? [mark.node] : []), ...this.measure.nodes(at)];
  }

  /* The rings of the analysis while it speaks; its switch says so when it does not. */
  #hotSpots(at, size, isShown) {
    const analysis = analysisOf(this.live.analysis, this.live.now());
    const said = hotSpotsSaid(analysis, (instant) => CITY_TIME.format(instant));
    const button = this.pane.querySelector("[data-layer=hot_spots]");
    if (button && button.textContent !== said) button.textContent = said;
    if (!isShown || analysis.state !== "live") return { nodes: [], taken: [] };
    const metrePx = (lat) => 2 ** (this.map.getZoom() + TILE_ZOOM) / (EQUATOR_M * Math.cos((lat * Math.PI) / 180));
    return hotSpotMarks(analysis.hotSpots, at, metrePx, size);
  }

  /* Switches a layer that is not drawn by the overlay. */
  showLayer(name, isShown) {
    if (name === "gaps") this.showGaps(isShown);
    if (name === "base") this.base?.show(isShown);
    if (name === "cameras") this.cameras.show(isShown);
  }

  showGaps(isShown) {
    this.showsGaps = isShown;
    this.#hatch(null);
    this.page.redraw();
  }

  #point(code) {
    this.#hatch(code);
  }

  #hatch(pointedAt) {
    this.shapes.showGaps(this.showsGaps && this.figures ? this.figures.gaps : new Set(), pointedAt);
  }

  #count(isAtOnce = false) {
    if (this.#missed) this.#askAgain();
    if (!this.answer || (!isAtOnce && performance.now() - this.#countedAt < COUNTED_EVERY_MS)) return;
    this.#countedAt = performance.now();
    const gapsBefore = this.figures?.gaps;
    const now = this.live.now();
    // Who has not been heard of for ten intervals is neither on duty nor a gap: nobody knows.
    const fleet = positionsFreshness(this.live, now).state === "down" ? NOBODY_HEARD : this.live.fleet;
    this.figures = figuresOf(this.answer, { fleet, matters: this.live.matters, commands: this.live.commands, now });
    const { state, since } = this.live.connection;
    this.panel.showFigures(this.figures, state === "live" ? null : CITY_TIME.format(since));
    if (this.showsGaps && !sameSets(gapsBefore, this.figures.gaps)) this.#hatch(null);
    this.page.redraw();
  }

  /* Ever more slowly, while the live picture says that the server is there. */
  #askAgain() {
    const { code, fits, failures, at } = this.#missed;
    const waitMs = Math.min(AGAIN_LONGEST_MS, AGAIN_FIRST_MS * 2 ** (failures - 1));
    if (this.live.connection.state !== "live" || performance.now() - at < waitMs) return;
    this.#missed.at = Infinity; // it is under way
    this.goTo(code, { fits });
  }

  #fit() {
    const { place, box: [west, south, east, north], outlines } = this.answer;
    const rings = outlines[place.code]?.flat() ?? [];
    const points = [[south, west], [north, east], ...rings.map(([lon, lat]) => [lat, lon])];
    if (place.code === this.home) this.#fitHome();
    else this.#fitTo(points);
  }

  /* The whole of one's own is shown as large as it goes. */
  #fitHome() {
    const { stripPx, controlsPx } = this.frame;
    this.map.fitBounds(this.homeBounds, { paddingTopLeft: [0, stripPx], paddingBottomRight: [0, controlsPx], animate: false });
  }

  #fitTo(points) {
    const { stripPx, controlsPx } = this.frame;
    this.map.fitBounds(points, { paddingTopLeft: [FIT_PADDING_PX, stripPx + 8], paddingBottomRight: [FIT_PADDING_PX, controlsPx + 8], maxZoom: CLOSEST_ZOOM, animate: false });
  }

  #chosen({ kind, id, value }) {
    this.#mark = null;
    if (kind === "place") this.goTo(id);
    else if (kind === "unit") this.#show({ lon: value.lon, lat: value.lat, name: value.short, code: value.code }, value.is_assumed ? text("desk_map.unit.assumed", { name: value.name }) : value.name);
    else if (kind === "worker") this.#showWorker(value);
    else this.#showMatter(value);
  }

  #show(mark, words) {
    this.#mark = mark;
    this.#bring([mark.lat, mark.lon]);
    this.#say(words);
    this.page.redraw();
  }

  /* Where the worker stands now by the live picture, which goes on; whoever is not in it is shown at the own grid. */
  #showWorker({ slot, name, lon, lat, within }) {
    const index = this.live.fleet.indexOf(slot);
    const at = index < 0 ? null : this.live.fleet.lonLat(index);
    if (index >= 0) {
      this.#bring([at[1], at[0]]);
      this.page.pinWorker(slot); // the card goes with whom it is about, a mark would not
    } else {
      this.#show({ lon, lat, name }, text("desk_map.worker.unseen", { name, place: within }));
    }
  }

  #showMatter({ id, no, lon, lat, open }) {
    const isPlaced = Number.isFinite(lon);
    if (isPlaced && !open) this.#show({ lon, lat, name: no }, text("desk_map.matter.closed", { no }));
    else this.#say(isPlaced ? "" : text("desk_map.matter.nowhere", { no }));
    this.page.chooseMatter(id);
    if (isPlaced && open) this.#bring([lat, lon]);
  }

  #bring(place) {
    this.frame.show(this.map, place, Math.max(this.map.getZoom(), FOUND_ZOOM));
  }

  #say(words) {
    this.note.textContent = words;
    this.note.hidden = words === "";
  }

  /* The map's own keys, while the focus is in it. The rest of the keyboard goes on to the desk. */
  #key(event) {
    const onMap = event.target === this.map.getContainer();
    const isOurs = this.measure.key(event) || (onMap && this.#mapKey(event));
    if (!isOurs) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #mapKey(event) {
    if (event.key === "Escape") return !this.page.isCardPinned() && this.back();
    if (event.key === "Enter") {
      this.focus();
      return true;
    }
    return false;
  }
}

/* The answer's value, null where there is none. */
async function ask(address) {
  try {
    const answer = await fetch(address, { headers: { accept: "application/json" } });
    return answer.ok ? (await answer.json()).value : null;
  } catch {
    return null; // the connection bar says that the server is not heard; who asked says that this has no answer
  }
}

function sameSets(one, other) {
  return one !== undefined && one.size === other.size && [...one].every((item) => other.has(item));
}
