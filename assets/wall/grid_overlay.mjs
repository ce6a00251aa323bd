/* What lies above the workers on the grid scene's map: names of counties, villages that nobody watches, calls for help.
 * Pure, as map_overlay.mjs. */

import { helpBlock } from "./alarms.mjs";
import { drawing, el, px } from "./element.mjs";
import { labelView, placeLabels, boxAround, textWidth } from "./labels.mjs";
import { offSeam, SEAMS } from "./panels.mjs";
import { COLOUR_OF, urgencySymbol } from "./symbols.mjs";

export const GRID_MAP = { x: 960, y: 120, width: 1920, height: 1500 }; // on the stage
export const GRID_CITY_BOX = [150, 16, 1990, 1440]; // where the city lies in it: below it stand the map's own lines

const GAP_SIDE = 18;
const SIZE_OF = { 1: 24, 2: 15 };
const HELP_RADIUS = 26;
const seamsX = SEAMS.x.map((x) => x - GRID_MAP.x);
const seamsY = SEAMS.y.map((y) => y - GRID_MAP.y);

/* `points` are events of grid_model.mjs, `calls` workers who call for help. */
export function gridOverlay(gaps, points, calls, city, project, text) {
  const names = city.regions.map((region) => nameOf(region, project));
  const placed = placeLabels(names, calls.map((call) => boxAround(...project(call.lon, call.lat), HELP_RADIUS)), [12, 12, GRID_MAP.width - 12, GRID_MAP.height - 120]);
  return drawing(
    GRID_MAP.width,
    GRID_MAP.height,
    {},
    el("g", { class: "gaps" }, gaps.map((gap) => {
      const [x, y] = project(gap.lon, gap.lat);
      return el("rect", {
        x: px(x - GAP_SIDE / 2), y: px(y - GAP_SIDE / 2), width: GAP_SIDE, height: GAP_SIDE, fill: "none", stroke: "var(--ink2)",
        "stroke-width": 4,
      });
    })),
    // Names first: a name that lay on an event would hide its clock.
    placed.map((label) => labelView(offSeams(label), { class: "label name" })),
    points.map((point) => {
      const colour = point.unacknowledged ? COLOUR_OF.overdue : COLOUR_OF[point.state];
      return urgencySymbol(point.urgency, ...project(point.lon, point.lat), SIZE_OF[point.urgency], colour, {
        "data-event": point.id, "data-state": point.state, class: point.unacknowledged ? "blink" : null,
      }, point.unacknowledged ? "unacknowledged" : point.state);
    }),
    calls.map((call) => helpBlock(call, project, text)),
  );
}

function nameOf(region, project) {
  const size = region.is_zone ? 42 : 56;
  return {
    at: project(region.lon, region.lat), clear: 0, centred: true,
    lines: [{ text: region.name, size, weight: 700, spacing: region.is_zone ? 0 : 14, colour: "var(--ink2)" }],
  };
}

/* Names may be read across no seam: they step aside, which a name amid its county can. */
function offSeams(label) {
  const [line] = label.lines;
  const half = textWidth(line.text, line.size, line.spacing ?? 0) / 2;
  const height = line.size * 1.2;
  return { ...label, x: label.x + offSeam(label.x - half, label.x + half, seamsX), y: label.y + offSeam(label.y, label.y + height, seamsY) };
}
