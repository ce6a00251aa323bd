/* Where it was: the matter's place, its whistle as it stood, each called unit at the position it had last reported by
 * then, other open matters as their symbols. Nobody's track is kept, so none is drawn. */

import { drawing, el, px } from "../wall/element.mjs";
import { COLOUR_OF, urgencySymbol } from "../wall/symbols.mjs";
import { isShown, whistleModel, whistleRing } from "../wall/whistle_glyph.mjs";
import { dueState } from "../live/countdown.mjs";
import { text } from "../live/catalogue.mjs";

const KM_LAT = 1 / 110.95; // degrees of latitude
const LEAST_KM = 3; // from the centre to the edge: below it the townships' borders say nothing
const MOST_KM = 45;
const RING = 34;
const UNIT = 10;
const MATTER = 7;
const TURN = 2 * Math.PI;

/* Where the picture lies: around the matter and everybody who came to it, else the whole ground. */
export function viewOf(past, outlines, width, height) {
  const centre = past.matter?.lon === null || past.matter === null ? null : [past.matter.lon, past.matter.lat];
  if (centre) return around(centre, Math.min(MOST_KM, Math.max(LEAST_KM, 1.15 * furthest(past, centre))), width, height);
  const points = outlines.flatMap(({ rings }) => rings.flat());
  const [lons, lats] = [points.map(([lon]) => lon), points.map(([, lat]) => lat)];
  const middle = [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
  const narrow = Math.cos((middle[1] * Math.PI) / 180);
  const km = Math.max((Math.max(...lats) - Math.min(...lats)) / 2, (((Math.max(...lons) - Math.min(...lons)) / 2) * narrow * height) / width) / KM_LAT;
  return around(middle, km * 1.05, width, height);
}

function around([lon0, lat0], km, width, height) {
  const perLat = height / 2 / (km * KM_LAT);
  const perLon = perLat * Math.cos((lat0 * Math.PI) / 180);
  const at = (lon, lat) => [width / 2 + (lon - lon0) * perLon, height / 2 - (lat - lat0) * perLat];
  const holds = ([x, y]) => x > 0 && x < width && y > 0 && y < height;
  return { width, height, at, holds, perKm: perLat * KM_LAT, centre: [lon0, lat0] };
}

/* Kilometres from the centre to the furthest position that anybody of the matter's orders reported. */
function furthest({ base, changes, matter }, [lon0, lat0]) {
  const rows = [...base.commands, ...changes.flatMap(({ upserts }) => upserts.commands ?? [])].filter((row) => row.matter_id === matter.id);
  const narrow = Math.cos((lat0 * Math.PI) / 180);
  const away = ([lon, lat]) => Math.hypot((lon - lon0) * narrow, lat - lat0) / KM_LAT;
  return Math.max(0, ...rows.flatMap(({ receivers }) => receivers.flatMap(({ origin, at }) => [origin, at].filter(Boolean).map(away))));
}

/* Land, borders, names and distances; drawn once. `townships` are GeoJSON features, none while they were not loaded. */
export function groundView(view, { outlines, places }, townships, isAround) {
  const shapes = townships.map(({ geometry: { type, coordinates } }) => (type === "MultiPolygon" ? coordinates : [coordinates]).map(([ring]) => ring));
  const names = (isAround ? places : outlines).map(({ name, at: [lon, lat] }) => ({ name, spot: view.at(lon, lat) })).filter(({ spot }) => view.holds(spot));
  return [
    el("g", {}, ...shapes.map((rings) => el("path", { class: "replay-town", d: path(rings, view) }))),
    // Thinned for a hand's breadth: close up they would lie beside the townships' own borders.
    el("g", {}, ...(shapes.length && isAround ? [] : outlines).map(({ rings }) => el("path", { class: shapes.length ? "replay-region" : "replay-region land", d: path(rings, view) }))),
    el("g", {}, ...names.map(({ name, spot: [x, y] }) => el("text", { class: "replay-place", x: px(x), y: px(y) }, name))),
    el("g", {}, ...(isAround ? distances(view) : [])),
  ];
}

function distances({ width, height, perKm }) {
  const far = Math.min(width, height) / 2 / perKm;
  const step = [1, 2, 5, 10, 20].find((km) => far / km <= 3.2) ?? 20;
  return [1, 2, 3].map((n) => n * step).filter((km) => km < far).flatMap((km) => [
    el("circle", { class: "replay-distance", cx: width / 2, cy: height / 2, r: px(km * perKm) }),
    el("text", { class: "replay-km", x: px(width / 2 - km * perKm * 0.707 - 4), y: px(height / 2 + km * perKm * 0.707 + 12) }, text("replay.map.km", { km })),
  ]);
}

/* What stood there at `at`. */
export function actorsView(view, past, boards, at) {
  const own = past.matter?.id;
  if (!boards.isKnown(at)) return own && past.matter.lon !== null ? [placeMark(past.matter, view.at(past.matter.lon, past.matter.lat), "var(--ink)")] : [];
  const others = [...boards.matters.values()].filter(({ id, lon }) => id !== own && lon !== null && lon !== undefined);
  const commands = [...boards.commands.values()];
  const drawn = own ? commands.filter((one) => one.matter_id === own) : commands.filter((one) => one.kind === "whistle");
  const whistles = drawn.filter((one) => isShown(one) && one.lon !== null);
  return [
    el("g", { class: "replay-others" }, ...others.map((row) => other(row, view, at)).filter(Boolean)),
    ...drawn.filter(({ lon }) => lon !== null).map((one) => units(one, view, at)),
    ...whistles.map((one) => ring(one, view, at)),
    own && !whistles.length ? ownMark(boards.matters.get(own), past.matter, view, at) : null,
  ];
}

function other({ id, lon, lat, urgency, due_at: dueAt, limit_ms: limitMs }, view, at) {
  const spot = view.at(lon, lat);
  return view.holds(spot) ? urgencySymbol(urgency, ...spot, MATTER, COLOUR_OF[dueState(dueAt, limitMs, at)], { "data-matter": id }, dueState(dueAt, limitMs, at)) : null;
}

/* Before it was opened and after it was closed its place is open ground: a mark without a clock. */
function ownMark(row, matter, view, at) {
  if (matter.lon === null) return null;
  const spot = view.at(matter.lon, matter.lat);
  if (!row) return placeMark(matter, spot, "var(--ink3)");
  return urgencySymbol(row.urgency, ...spot, MATTER * 2, COLOUR_OF[dueState(row.due_at, row.limit_ms, at)], { "data-matter": row.id }, dueState(row.due_at, row.limit_ms, at));
}

function placeMark({ id }, [x, y], colour) {
  return el("path", { "data-matter": id, d: `M${px(x - 9)} ${px(y)}H${px(x + 9)}M${px(x)} ${px(y - 9)}V${px(y + 9)}`, stroke: colour, "stroke-width": 2.5 });
}

function ring(command, view, at) {
  const model = whistleModel(command, at);
  const [x, y] = view.at(command.lon, command.lat);
  return el(
    "g",
    {},
    whistleRing(model, x, y, RING, text),
    el("text", { class: "replay-present", x: px(x), y: px(y + RING + 16 + UNIT + 18) }, text("wall.map.present", { present: model.present, called: model.called })),
  );
}

/* Each unit that has not arrived, where it was last heard of, with a dashed way to go; on site it stands at the ring. */
function units(command, view, at) {
  const model = whistleModel(command, at);
  const [cx, cy] = view.at(command.lon, command.lat);
  return el(
    "g",
    {},
    ...model.units.map((unit, place) => {
      const spot = unit.at ?? unit.origin;
      const colour = COLOUR_OF[unit.state];
      if (unit.stage === "arrived") return chip(onRing([cx, cy], place, model.units.length), unit, colour);
      if (!spot) return null;
      const [x, y] = view.at(...spot);
      const way = { class: `replay-way ${unit.stage}`, "data-state": unit.state, d: `M${px(x)} ${px(y)}L${px(cx)} ${px(cy)}` };
      return el("g", {}, el("path", way), chip([x, y], unit, colour));
    }),
  );
}

function onRing([cx, cy], place, count) {
  const angle = ((place + 0.5) * TURN) / count;
  return [cx + (RING + 16) * Math.sin(angle), cy - (RING + 16) * Math.cos(angle)];
}

function chip([x, y], { id, code, stage }, colour) {
  return el(
    "g",
    { "data-unit": id, "data-stage": stage },
    el("rect", { class: "replay-chip", x: px(x - UNIT), y: px(y - UNIT), width: 2 * UNIT, height: 2 * UNIT, stroke: colour }),
    el("text", { class: "replay-chip-code", x: px(x), y: px(y + 5), fill: colour }, code || text("wall.map.unit_code_unknown")),
  );
}

function path(rings, { at }) {
  return rings.map((points) => `${points.map(([lon, lat], place) => `${place ? "L" : "M"}${at(lon, lat).map(px).join(" ")}`).join("")}Z`).join("");
}

export function mapDrawing(view, label, nodes) {
  return drawing(view.width, view.height, { class: "replay-drawing", "aria-hidden": null, role: "img", "aria-label": label }, nodes);
}
