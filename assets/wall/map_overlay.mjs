/* What is drawn above the map and its workers: names, matters, whistles with the units under way, labels.
 * Pure: `project(lon, lat)` gives design pixels of the map's cell, and the result is a description. */

import { helpBlock } from "./alarms.mjs";
import { drawing, el, px } from "./element.mjs";
import { boxAround, labelView, placeLabels } from "./labels.mjs";
import { COLOUR_OF, urgencySymbol } from "./symbols.mjs";
import { linksOf } from "./unit_links.mjs";
import { isShown, whistleModel, whistleRing } from "./whistle_glyph.mjs";
import { besideRings } from "../live/beside_rings.mjs";
import { dueState, remainingText } from "../live/countdown.mjs";

/* Sizes in design pixels of the city map and of its inset, which is read from nearer the middle. */
export const CITY_STYLE = { width: 1920, height: 1500, ring: 58, triangle: 26, diamond: 9.5, chip: 46, line: 4, label: 42 };
export const INSET_STYLE = { width: 680, height: 820, ring: 76, triangle: 30, diamond: 20, chip: 50, line: 5, label: 44 };

const STATE_ORDER = { overdue: 0, risk: 1, ok: 2 };

/* {whistles, points, calls}: what of the live picture has a place on a map, most pressing first. A matter whose
 * whistle is shown is inside its ring; one that is on the board (`listed` ids) has its name on the map too. `calls` are workers calling for help. */
export function mapModel(matters, commands, listed, calls, now) {
  const shown = [...commands].filter((command) => isShown(command) && hasPlace(command));
  const whistled = new Set(shown.map((command) => command.matter_id));
  const whistles = shown.map((command) => ({
    ...whistleModel(command, now),
    urgency: matters.get(command.matter_id)?.urgency ?? 2,
  }));
  const points = [];
  for (const matter of matters.values()) {
    if (matter.urgency > 2 || whistled.has(matter.id) || !hasPlace(matter)) continue;
    const state = matter.due_at ? dueState(matter.due_at, matter.limit_ms, now) : "ok";
    points.push({
      id: matter.id, urgency: matter.urgency, lon: matter.lon, lat: matter.lat, title: matter.title, state,
      leftMs: matter.due_at ? matter.due_at - now : null, step: matter.due_for,
      unacknowledged: matter.urgency === 1 && matter.acknowledged === false, isListed: listed.has(matter.id),
    });
  }
  points.sort((one, other) => one.urgency - other.urgency || STATE_ORDER[one.state] - STATE_ORDER[other.state]
    || (one.leftMs ?? Infinity) - (other.leftMs ?? Infinity));
  return { whistles, points, calls };
}

function hasPlace(row) {
  return Number.isFinite(row.lon) && Number.isFinite(row.lat);
}

export function isWithin(bounds, lon, lat) {
  return lon >= bounds.west && lon <= bounds.east && lat >= bounds.south && lat <= bounds.north;
}

/* The city map. `city` is the page's city, `taken` are boxes of legends; what lies in the inset is only
 * marked here, and drawn there. */
export function cityOverlay(model, city, project, insetBox, taken, text) {
  const style = CITY_STYLE;
  const inInset = (thing) => isWithin(city.inset, thing.lon, thing.lat);
  const whistles = apart(model.whistles.filter((whistle) => !inInset(whistle)), project, style);
  const outside = standing(model.points.filter((point) => !inInset(point)), whistles, project, style);
  const links = [...whistles, ...model.whistles.filter(inInset)].flatMap((whistle) => {
    const units = inInset(whistle) ? whistle.units.filter((unit) => unit.at && !isWithin(city.inset, ...unit.at)) : whistle.units;
    return linksOf(spotOf(whistle, project), units, project, style);
  });
  const marks = [
    ...model.points.filter((point) => inInset(point) && point.urgency === 1),
    ...model.whistles.filter(inInset),
  ];
  const names = city.regions.filter((region) => !inInset(region)).map((region) => nameLabel(region, project, region.is_zone ? 34 : 50));
  const labelled = labelsOf(whistles, outside, project, style, text);
  const calls = model.calls.filter((call) => !inInset(call));
  const obstacles = [...taken, insetBox, ...obstaclesOf(whistles, outside, calls, project, style), ...linkBoxes(links)];
  const placed = placeLabels([...labelled, ...names], obstacles, [12, 70, style.width - 12, style.height - 60]);
  return drawing(
    style.width,
    style.height,
    {},
    insetFrame(city.inset, project, insetBox),
    placed.slice(labelled.length).map((label) => labelView(label, { class: "label name" })),
    links.flatMap((link) => link.lines),
    outside.filter((point) => point.urgency === 2).map((point) => symbolOf(point, project, style)),
    links.flatMap((link) => link.chip),
    whistles.map((whistle) => whistleRing(whistle, ...spotOf(whistle, project), style.ring, text)),
    marks.map((mark) => symbolOf(mark, project, { ...style, triangle: 22 })),
    outside.filter((point) => point.urgency === 1).map((point) => symbolOf(point, project, style)),
    placed.slice(0, labelled.length).map((label) => labelView(label)),
    calls.map((call) => helpBlock(call, project, text)),
    scaleBar(project, city.bounds, 10, [950, 1470], "start", text),
  );
}

/* The urban core, enlarged; `taken` are boxes that labels keep off. */
export function insetOverlay(model, city, project, taken, times, text) {
  const isDivided = taken.some(([left, , right]) => right - left < INSET_STYLE.width);
  const style = isDivided ? { ...INSET_STYLE, titleCharacters: TITLE_BESIDE_SEAM } : INSET_STYLE;
  const within = (thing) => isWithin(city.inset, thing.lon, thing.lat);
  const whistles = apart(model.whistles.filter(within), project, style);
  const points = standing(model.points.filter(within), whistles, project, style);
  const links = whistles.flatMap((whistle) => linksOf(spotOf(whistle, project), whistle.units, project, style));
  const names = [...city.townships, ...city.regions.filter((region) => region.is_zone)].filter(within)
    .map((place) => nameLabel(place, project, 36));
  const labelled = labelsOf(whistles, points, project, style, text);
  const title = [0, 0, 250, 56];
  const calls = model.calls.filter(within);
  const obstacles = [...taken, title, ...obstaclesOf(whistles, points, calls, project, style), ...linkBoxes(links)];
  const placed = placeLabels([...labelled, ...names], obstacles, [8, 8, style.width - 8, style.height - 50]);
  const caption = text("wall.map.inset", { name: city.inset_name, times: times.toFixed(1) });
  return drawing(
    style.width,
    style.height,
    {},
    // A name that finds no free place is left out: in the core a name is worth less than what it would cover.
    placed.slice(labelled.length).filter((label) => label.cost < 400).map((label) => labelView(label, { class: "label name" })),
    links.flatMap((link) => link.lines),
    points.filter((point) => point.urgency === 2).map((point) => symbolOf(point, project, style)),
    links.flatMap((link) => link.chip),
    whistles.map((whistle) => whistleRing(whistle, ...spotOf(whistle, project), style.ring, text)),
    points.filter((point) => point.urgency === 1).map((point) => symbolOf(point, project, style)),
    placed.slice(0, labelled.length).map((label) => labelView(label)),
    calls.map((call) => helpBlock(call, project, text)),
    el("rect", { x: 0, y: 0, width: 236, height: 54, fill: "var(--ground)" }),
    el("text", { x: 18, y: 40, "font-size": 38, "font-weight": 700 }, caption),
    scaleBar(project, city.inset, 2, [style.width - 30, style.height - 22], "end", text),
  );
}

/* The whistles with the place where each ring is drawn: two at one address stand side by side, or one hides the other. */
function apart(whistles, project, style) {
  const rings = [];
  return whistles.map((whistle) => {
    const spot = besideRings(project(whistle.lon, whistle.lat), style.ring * 1.1, rings);
    rings.push({ x: spot[0], y: spot[1], radius: style.ring * 1.1 });
    return { ...whistle, spot };
  });
}

/* The points with the place where each is drawn: beside a whistle's ring, never under or on it. */
function standing(points, whistles, project, style) {
  const rings = whistles.map((whistle) => {
    const [x, y] = spotOf(whistle, project);
    return { x, y, radius: style.ring * 1.1 };
  });
  return points.map((point) => {
    const size = point.urgency === 1 ? style.triangle : style.diamond;
    return { ...point, spot: besideRings(project(point.lon, point.lat), size, rings) };
  });
}

function spotOf(thing, project) {
  return thing.spot ?? project(thing.lon, thing.lat);
}

function symbolOf(point, project, style) {
  const [x, y] = spotOf(point, project);
  const colour = point.unacknowledged ? COLOUR_OF.overdue : COLOUR_OF[point.state];
  const size = point.urgency === 1 ? style.triangle : style.diamond;
  const quiet = point.urgency === 2 && point.state === "ok";
  return urgencySymbol(point.urgency, x, y, size, colour, {
    "data-matter": point.id, "data-state": point.state,
    class: point.unacknowledged ? "blink" : null, opacity: quiet ? 0.72 : null,
  }, point.unacknowledged ? "unacknowledged" : point.state);
}

function labelsOf(whistles, points, project, style, text) {
  const ofWhistles = whistles.map((whistle) => {
    const present = { no: whistle.no, present: whistle.present, called: whistle.called };
    const colour = COLOUR_OF[whistle.state];
    return labelAt(whistle, style.ring * 1.1, whistle.title, text("wall.map.whistle_label", present), colour, project, style);
  });
  const ofPoints = points.filter((point) => point.urgency === 1 || point.isListed)
    .map((point) => {
      const step = point.leftMs === null ? "" : `${remainingText(point.leftMs)} ${text(`wall.step.${stepKey(point.step)}`)}`;
      const size = point.urgency === 1 ? style.triangle : style.diamond;
      const colour = point.unacknowledged ? COLOUR_OF.overdue : COLOUR_OF[point.state];
      return labelAt(point, size, point.title, step, colour, project, style);
    });
  return [...ofWhistles, ...ofPoints];
}

const SHORT_STEPS = new Set(["dispatch", "sign", "on_site", "feedback", "verify", "triage", "review", "callback", "accept"]);

function stepKey(step) {
  return SHORT_STEPS.has(step) ? step : "other";
}

const TITLE_CHARACTERS = 8; // longer titles are on the board beside; the map has no room
const TITLE_BESIDE_SEAM = 5; // of an inset that a seam divides

function labelAt(thing, clear, title, second, colour, project, style) {
  const room = style.titleCharacters ?? TITLE_CHARACTERS;
  const short = title.length > room ? `${title.slice(0, room - 1)}…` : title;
  const lines = [{ text: short, size: style.label, weight: 700, colour }];
  if (second) lines.push({ text: second, size: 37, colour: colour === COLOUR_OF.ok ? "var(--ink2)" : colour });
  return { at: spotOf(thing, project), clear, lines };
}

function nameLabel(place, project, size) {
  const big = size >= 50;
  return {
    at: project(place.lon, place.lat), clear: 0, centred: true,
    lines: [{ text: place.name, size, weight: big ? 700 : 400, spacing: big ? 14 : 0, colour: big ? "var(--ink3)" : "var(--ink4)" }],
  };
}

const HELP_RADIUS = 26;
const RING_COUNTS_AS = 8; // symbols: words over a ring hide its minutes, words over a diamond hide one of hundreds

function obstaclesOf(whistles, points, calls, project, style) {
  return [
    ...calls.map((call) => boxAround(...project(call.lon, call.lat), HELP_RADIUS)),
    ...whistles.flatMap((whistle) => Array(RING_COUNTS_AS).fill(boxAround(...spotOf(whistle, project), style.ring * 1.1))),
    ...points.map((point) => boxAround(...spotOf(point, project), point.urgency === 1 ? style.triangle : style.diamond)),
  ];
}

function linkBoxes(links) {
  return links.map((link) => boxAround(...link.at, 50));
}

function insetFrame(inset, project, [x0, y0, , y1]) {
  const [left, top] = project(inset.west, inset.north);
  const [right, bottom] = project(inset.east, inset.south);
  return [
    el("rect", {
      x: px(left), y: px(top), width: px(right - left), height: px(bottom - top), fill: "none",
      stroke: "var(--line-strong)", "stroke-width": 3,
    }),
    el("path", {
      d: `M${px(right)} ${px(top)}L${x0} ${y0}M${px(right)} ${px(bottom)}L${x0} ${y1}`, fill: "none",
      stroke: "var(--line)", "stroke-width": 2,
    }),
  ];
}

const EARTH_KM_PER_DEGREE = 111.32;

/* Pixels of one kilometre, measured in the middle of `bounds`. */
export function pixelsPerKilometre(project, bounds) {
  const lat = (bounds.south + bounds.north) / 2;
  const [x0] = project(bounds.west, lat);
  const [x1] = project(bounds.east, lat);
  return (x1 - x0) / ((bounds.east - bounds.west) * Math.cos((lat * Math.PI) / 180) * EARTH_KM_PER_DEGREE);
}

function scaleBar(project, bounds, kilometres, [x, y], side, text) {
  const length = pixelsPerKilometre(project, bounds) * kilometres;
  const left = side === "start" ? x : x - length;
  const label = text("map.kilometres", { length: kilometres });
  const at = side === "start" ? { x: px(left + length + 14) } : { x: px(left - 12), "text-anchor": "end" };
  return [
    el("path", { d: `M${px(left)} ${y - 10}v10h${px(length)}v-10`, fill: "none", stroke: "var(--ink3)", "stroke-width": 3 }),
    el("text", { ...at, y: y + 3, "font-size": 32, style: "fill:var(--ink3)" }, label),
  ];
}
