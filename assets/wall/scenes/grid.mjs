/* The grid: is every place watched, who is silent, what is open at which tier. */

import { text } from "../../live/catalogue.mjs";
import { positionsFreshness } from "../../live/freshness.mjs";
import { addWorkerLayer } from "../../live/worker_layer.mjs";
import { callsForHelp } from "../alarms.mjs";
import { dutyOf, eventPoints, eventsOf, isGridEmpty } from "../grid_model.mjs";
import { GRID_CITY_BOX, GRID_MAP, gridOverlay } from "../grid_overlay.mjs";
import { gridView, mapKeyView } from "../grid_view.mjs";
import { openMap } from "../maps.mjs";
import { positionsText } from "../signs_of_life.mjs";
import { mark, put } from "../slots.mjs";

let map = null;
let layer = null;

export const scene = {
  name: "grid",
  isOfCells: true,
  topics: { matters: paint },
  build: drawMap,
  enter(wall) {
    layer = addWorkerLayer(map.leaflet, wall.live, { showsAges: false });
  },
  leave() {
    layer.remove();
    layer = null;
  },
  paint,
  isEmpty: (wall) => isGridEmpty(wall.live.fleet, wall.live.matters),
};

async function drawMap(root, wall) {
  map = await openMap("wall-grid-map", GRID_MAP.width, wall.city.bounds, GRID_CITY_BOX);
  const fit = () => {
    map.fit([0, 0]);
    paint(wall, wall.live.now());
  };
  fit();
  addEventListener("resize", fit);
}

function paint(wall, now) {
  const { live, city } = wall;
  const positions = positionsFreshness(live, now);
  const duty = dutyOf(live.fleet);
  mark("grid-place", "data-freshness", positions.state);
  put("grid-panels", gridView(duty, live.ready ? eventsOf(live.matters, city, now) : null, positions, city, wall.cells.grid, text));
  const drawn = eventPoints(live.matters, now);
  put("grid-keys", live.ready ? mapKeyView(drawn, text) : []);
  put("grid-as-of", positionsText(positions, text));
  if (map === null) return;
  const gaps = positions.state === "down" ? [] : duty?.gaps ?? [];
  put("grid-overlay", gridOverlay(gaps, drawn.points, callsForHelp(live.fleet), city, map.project, text));
}
