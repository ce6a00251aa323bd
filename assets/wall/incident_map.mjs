/* What is drawn above the incident's map: how far a kilometre is, who is on the way, who is free nearby, the ring. */

import { drawing, el, px } from "./element.mjs";
import { distanceText } from "./incident_view.mjs";
import { boxAround, labelView, overlap, placeLabels, textWidth } from "./labels.mjs";
import { pixelsPerKilometre } from "./map_overlay.mjs";
import { COLOUR_OF, urgencySymbol } from "./symbols.mjs";
import { linksOf } from "./unit_links.mjs";
import { whistleRing } from "./whistle_glyph.mjs";

export const MAP_WIDTH = 1920;
export const MAP_HEIGHT = 1348;
const STYLE = { ring: 104, chip: 76, line: 6, frame: [130, 60, 1790, 1200] };
const KILOMETRES = [1, 2, 3];
const FREE_RADIUS = 17;
const FREE_SIZE = 36;

/* `nearest` are of workersAround, `bounds` is the box that the map shows, `places` are its townships, `keepOff` boxes in
 * which nothing is written. */
export function incidentOverlay(incident, { nearest, bounds, places, taken: keepOff }, project, text) {
  const { matter, whistle, units } = incident;
  const [lon, lat] = [whistle?.row.lon ?? matter.lon, whistle?.row.lat ?? matter.lat];
  const at = project(lon, lat);
  const perKm = pixelsPerKilometre(project, bounds);
  const links = whistle ? linksOf(at, units, project, STYLE) : [];
  const taken = [...keepOff, boxAround(...at, STYLE.ring * 1.3), ...links.map((link) => boxAround(...link.at, 90))];
  const free = freeWorkers(nearest, project, taken);
  const frame = [20, 20, MAP_WIDTH - 20, MAP_HEIGHT - 96];
  const names = places.filter(({ lon: x, lat: y }) => x > bounds.west && x < bounds.east && y > bounds.south && y < bounds.north)
    .map((place) => ({ at: project(place.lon, place.lat), clear: 0, centred: true, lines: [{ text: place.name, size: 38, colour: "var(--ink4)" }] }));
  const present = whistle ? units.filter((unit) => unit.stage === "arrived").map((unit) => unit.code) : [];
  const here = {
    at, clear: STYLE.ring * 1.12,
    lines: [{ text: matter.title.slice(0, 10), size: 46, weight: 700, colour: COLOUR_OF[incident.clock?.state ?? "ok"] },
      ...(present.length > 0 ? [{ text: text("wall.incident.here", { codes: present.join(" ") }), size: 42, colour: "var(--ink)" }] : [])],
  };
  const placed = placeLabels([here, ...names], [...taken, ...free.map((one) => one.box)], frame);
  return drawing(
    MAP_WIDTH, MAP_HEIGHT, {},
    KILOMETRES.map((km) => distanceRing(at, km * perKm, km, text)),
    placed.slice(1).filter((label) => label.cost < 400).map((label) => labelView(label, { class: "label name" })),
    links.flatMap((link) => link.lines),
    free.map((one) => one.view),
    links.flatMap((link) => link.chip),
    whistle ? whistleRing(whistle, ...at, STYLE.ring, text)
      : urgencySymbol(matter.urgency, ...at, 64, COLOUR_OF[matter.acknowledged === false ? "overdue" : incident.clock?.state ?? "ok"],
        { class: matter.acknowledged === false && matter.urgency === 1 ? "blink" : null },
        matter.acknowledged === false && matter.urgency === 1 ? "unacknowledged" : incident.clock?.state ?? "ok"),
    labelView(placed[0]),
  );
}

function distanceRing([x, y], radius, km, text) {
  const side = radius * Math.SQRT1_2;
  return [
    el("circle", { cx: px(x), cy: px(y), r: px(radius), fill: "none", stroke: "var(--line-strong)", "stroke-width": 2.5, "stroke-dasharray": "4 12" }),
    el("text", { class: "outlined", x: px(x - side - 8), y: px(y + side + 40), "text-anchor": "end", "font-size": 36, "stroke-width": 8, style: "fill:var(--ink3)" },
      text("map.kilometres", { length: km })),
  ];
}

/* Rings around the nearest free workers with how far each is; one whose words find no place is left out. */
function freeWorkers(nearest, project, taken) {
  const kept = [];
  for (const worker of nearest) {
    const [x, y] = project(worker.lon, worker.lat);
    const words = distanceText(worker.km);
    const box = [x - FREE_RADIUS, y - FREE_SIZE / 2, x + FREE_RADIUS + 12 + textWidth(words, FREE_SIZE), y + FREE_SIZE / 2];
    if ([...taken, ...kept.map((one) => one.box)].some((other) => overlap(box, other) > 0)) continue;
    kept.push({
      box,
      view: el("g", { class: "free-worker" },
        el("circle", { cx: px(x), cy: px(y), r: FREE_RADIUS, fill: "none", stroke: "var(--people-tasked)", "stroke-width": 4 }),
        el("text", {
          class: "outlined", x: px(x + FREE_RADIUS + 10), y: px(y + 13), "font-size": FREE_SIZE, "font-weight": 600, "stroke-width": 9,
          style: "fill:var(--people-tasked)",
        }, words)),
    });
  }
  return kept;
}
