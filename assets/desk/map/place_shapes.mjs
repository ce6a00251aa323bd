/* Outlines of the chosen place and of what lies in it, and the grids that nobody covers, above the base map and below the
 * workers. Drawn by Leaflet, so that a pan costs nothing; none of it takes a click. */

import { element } from "../symbols.mjs";

const PANE = "zs-places";
const PANE_LEVEL = 405;
const HATCH = "map-gap-hatch";
const BASE_PANES = { region: "zs-lines", township: "zs-land" };

export class PlaceShapes {
  #drawn = [];
  #gaps = [];

  constructor(map) {
    this.map = map;
    const pane = map.createPane(PANE);
    pane.style.zIndex = String(PANE_LEVEL);
    pane.style.pointerEvents = "none";
    this.renderer = window.L.svg({ pane: PANE, padding: 0.5 });
  }

  /* Draws a place: its own border, and those of its children where there is no base map that has them. */
  show(answer) {
    for (const shape of this.#drawn) shape.remove();
    const { place, children, outlines } = answer;
    const small = children.filter(({ code }) => outlines[code]);
    this.#drawn = [
      ...small.map(({ code }) => this.#polygon(ringsOfOutline(outlines[code]), "place-child")),
      ...this.#own(place, outlines, children).map((rings) => this.#polygon(rings, "place-own")),
    ];
    this.outlines = outlines;
    this.showGaps(new Set(), null);
  }

  /* Hatches these grids; those of a child that the list's caret is on are outlined. */
  showGaps(gaps, pointedAt) {
    for (const shape of this.#gaps) shape.remove();
    const hatched = [...gaps].filter((grid) => this.outlines?.[grid]);
    this.#gaps = hatched.map((grid) => this.#polygon(ringsOfOutline(this.outlines[grid]), "place-gap", { fill: true, fillColor: `url(#${HATCH})`, fillOpacity: 1 }));
    const ring = pointedAt && this.outlines?.[pointedAt];
    if (ring) this.#gaps.push(this.#polygon(ringsOfOutline(ring), "place-pointed"));
    if (hatched.length > 0) this.#addHatch();
  }

  /* The child whose outline holds a point, null where there is none. */
  childAt({ lng, lat }, { children, outlines, place }) {
    for (const { code, level } of children) {
      const rings = outlines[code] ?? this.#baseRings(code, level) ?? [];
      if (rings.some((ring) => isInside([lng, lat], ring))) return code;
    }
    return BASE_PANES[place.level] && children.length === 0 ? place.code : null;
  }

  #own(place, outlines, children) {
    if (place.level === "city") return [];
    const rings = outlines[place.code] ?? this.#baseRings(place.code, place.level);
    if (rings) return [ringsOfOutline(rings)];
    // A functional zone has no border of its own: it is where its townships are.
    return children.map(({ code, level }) => this.#baseRings(code, level)).filter(Boolean).map(ringsOfOutline);
  }

  #baseRings(code, level) {
    let found = null;
    this.map.eachLayer((layer) => {
      if (found || layer.options?.pane !== BASE_PANES[level] || layer.feature?.properties.code !== code) return;
      const { type, coordinates } = layer.feature.geometry;
      found = type === "MultiPolygon" ? coordinates.map(([outer]) => outer) : [coordinates[0]];
    });
    return found;
  }

  #polygon(rings, className, style = { fill: false }) {
    return window.L.polygon(rings, { renderer: this.renderer, pane: PANE, interactive: false, className, ...style }).addTo(this.map);
  }

  /* The pattern stands in the drawing that uses it: a fill that is named elsewhere is lost with its page. */
  #addHatch() {
    const svg = this.renderer._container;
    if (!svg || svg.querySelector(`#${HATCH}`)) return;
    // Level lines: slanting ones are an affected area (look.md, map symbols).
    const pattern = { id: HATCH, width: 5, height: 5, patternUnits: "userSpaceOnUse" };
    svg.prepend(element("defs", {}, [element("pattern", pattern, [element("rect", { class: "gap-line", width: 5, height: 1.1 })])]));
  }
}

const ringsOfOutline = (rings) => rings.map((ring) => [ring.map(([lon, lat]) => [lat, lon])]);

/* Whether a point lies inside a ring of [lon, lat], by how often a ray to the east crosses it. */
export function isInside([x, y], ring) {
  let inside = false;
  for (let at = 0, before = ring.length - 1; at < ring.length; before = at, at += 1) {
    const [ax, ay] = ring[at];
    const [bx, by] = ring[before];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
