/* The incident: how long is left, who is on site, who will be late, what is undecided. */

import { text } from "../../live/catalogue.mjs";
import { remainingText } from "../../live/countdown.mjs";
import { positionsFreshness } from "../../live/freshness.mjs";
import { addWorkerLayer } from "../../live/worker_layer.mjs";
import { waitingText } from "../board_view.mjs";
import { boxOf, incidentOf, othersOverdue, workersAround } from "../incident.mjs";
import { MAP_HEIGHT, MAP_WIDTH, incidentOverlay } from "../incident_map.mjs";
import {
  clockView, decidedView, factsView, linesView, openView, titleView, unitsView, workersView,
} from "../incident_view.mjs";
import { fitted } from "../maps.mjs";
import { openOwnMap } from "../own_map.mjs";
import { positionsText } from "../signs_of_life.mjs";
import { seamBoxes } from "../seams.mjs";
import { mark, put } from "../slots.mjs";
import { durationText } from "../format.mjs";
import { pressingMatter } from "../wall_alarms.mjs";

const SHOWN_KM = 2.4; // above and below the place: the distance ring of 2 km whole
/* The place lies at 2240, 900 of the wall: as far as can be from every seam of 2 x 2, 3 x 3 and 4 x 4 panels. */
const MAP_BOX = [644, 4, 1916, 1204];
const MAP_CORNER = [960, 296]; // on the wall, as in wall_incident.css
/* In a picture of 3 x 3 cells the map is 784 high and begins 120 below its own top, as in wall_cells.css: no label is cut. */
const LOW = { corner: [960, 176], edges: Array(20).fill([[0, 0, MAP_WIDTH, 124], [0, 800, MAP_WIDTH, 910]]).flat() };
const SLOTS = ["title", "clock", "units", "lines", "decided", "open", "facts", "workers"];

let leaflet = null;
let map = null;
let shownAt = null; // "lon,lat" that the map is fitted to
let layer = null;

export const scene = {
  name: "incident",
  topics: { matters: paint, commands: paint, log: paint },
  async build(root, wall) {
    leaflet = await openOwnMap("wall-incident-map-base", wall.city.map_sources);
    addEventListener("resize", () => (shownAt = null));
  },
  enter(wall) {
    layer = addWorkerLayer(leaflet, wall.live, { showsAges: false, enlarged: 2 });
  },
  leave() {
    layer?.remove();
    layer = null;
  },
  paint,
  isEmpty: ({ live }, now) => pressingMatter(live.matters, [...live.commands.values()], now) === null,
};

function paint(wall, now) {
  const { live, city } = wall;
  const commands = [...live.commands.values()];
  const matterId = wall.shown?.matterId ?? pressingMatter(live.matters, commands, now);
  const incident = incidentOf(matterId, { matters: live.matters, commands, log: live.log }, now);
  mark("incident", "data-matter", matterId ?? "");
  if (incident === null) {
    for (const name of SLOTS) put(`incident-${name}`, name === "clock" ? (live.ready ? text("wall.incident.none") : waitingText(text)) : []);
    put("incident-map-overlay", []);
    return;
  }
  const others = othersOverdue(matterId, live.matters, commands, now);
  if (others) others.over = remainingText(others.worst.dueAt - now);
  const townships = new Map(city.townships.map((place) => [place.code, place.name]));
  put("incident-title", titleView(incident, townships, others, text));
  put("incident-clock", clockView(incident, text));
  put("incident-units", unitsView(incident.units, now, wall.cells.incident === 2 ? 2 : 5, text));
  put("incident-decided-count", incident.whistle ? String(incident.agenda.decided.length) : []);
  put("incident-decided", decidedView(incident, now, text));
  put("incident-open-count", incident.whistle ? String(incident.agenda.open.length) : []);
  put("incident-open", openView(incident, text));
  put("incident-facts", factsView(incident, city.categories, now, text));
  put("incident-lasted", text("wall.incident.lasted", { time: durationText(now - incident.matter.opened_at) }));
  put("incident-lines", linesView(incident.lines, (line) => text(`log.${line.kind}`, line.params), text));
  paintMap(wall, incident, now);
}

function paintMap(wall, incident, now) {
  const { live, city } = wall;
  const place = incident.whistle?.row ?? incident.matter;
  const hasPlace = Number.isFinite(place.lon) && Number.isFinite(place.lat);
  const positions = positionsFreshness(live, now);
  mark("incident-map", "data-freshness", positions.state);
  mark("incident-map", "data-placed", String(hasPlace));
  put("incident-positions", hasPlace ? positionsText(positions, text) : text("wall.incident.no_place"));
  const around = hasPlace && positions.state !== "down" ? workersAround(live.fleet, place.lon, place.lat) : null;
  put("incident-workers", around ? workersView(around, text) : hasPlace ? positionsText(positions, text) : text("wall.incident.no_place"));
  if (leaflet === null || !hasPlace) {
    put("incident-map-overlay", []);
    return;
  }
  const bounds = boxOf(place.lon, place.lat, SHOWN_KM);
  const key = `${place.lon},${place.lat}`;
  if (key !== shownAt) {
    shownAt = key;
    map = fitted(leaflet, MAP_WIDTH, bounds, MAP_BOX, false);
    map.fit([0, 0]);
  }
  const shown = leaflet.getBounds();
  const frame = { west: shown.getWest(), east: shown.getEast(), south: shown.getSouth(), north: shown.getNorth() };
  const { corner, edges } = wall.cells.incident === 3 ? LOW : { corner: MAP_CORNER, edges: [] };
  const taken = [...seamBoxes(wall.seams, corner, [MAP_WIDTH, MAP_HEIGHT]), ...edges];
  put("incident-map-overlay", incidentOverlay(incident, { nearest: around?.nearest ?? [], bounds: frame, places: city.townships, taken }, map.project, text));
}
