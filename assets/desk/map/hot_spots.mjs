/* Hot spots of the live analysis on the desk's map: a ring as wide as the place, and wide enough for its count. */

import { text } from "../../live/catalogue.mjs";
import { element } from "../symbols.mjs";

const LEAST_RADIUS_PX = 15; // room for two digits
const PX_PER_ROOT = 3; // a ring's least radius grows with the root of the count: twice as many are not twice as wide

/* {nodes, taken}: `at(lon, lat)` is a point in the map's window, `metrePx(lat)` how many pixels a metre has there. */
export function hotSpotMarks(spots, at, metrePx, size) {
  const marks = { nodes: [], taken: [] };
  for (const spot of spots) {
    const { x, y } = at(spot.lon, spot.lat);
    const radius = Math.max(spot.radiusM * metrePx(spot.lat), LEAST_RADIUS_PX, PX_PER_ROOT * Math.sqrt(spot.count) + 8);
    if (x < -radius || y < -radius || x > size.x + radius || y > size.y + radius) continue;
    const words = element("text", { y: 4, "text-anchor": "middle", "font-size": 13, "font-weight": 700, fill: "var(--ink)" });
    words.textContent = String(spot.count);
    const ring = { r: radius.toFixed(1), fill: "var(--risk)", "fill-opacity": 0.08, stroke: "var(--risk)", "stroke-width": 2, "stroke-dasharray": "7 4" };
    marks.nodes.push(element("g", {
      class: "hot-spot", transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`, "data-category": spot.category, "data-count": spot.count,
    }, [element("circle", ring), element("circle", { r: 11, fill: "var(--panel)", "fill-opacity": 0.85 }), words]));
    marks.taken.push([x - 12, y - 12, x + 12, y + 12]);
  }
  return marks;
}

/* What the layer's switch says: while the analysis does not speak, that it does not and since when. */
export function hotSpotsSaid(analysis, clock) {
  if (analysis.state === "live") return text("desk.layer.hot_spots");
  if (analysis.state === "starting") return text("desk_map.hot_spots.starting");
  return text("desk_map.hot_spots.down", { since: clock(analysis.since) });
}
