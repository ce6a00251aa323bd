/* What the desk draws above the base map: matters, whistle rings, units on their way, recommended receivers.
 * One SVG in the map's own pane order; it is rebuilt on data, moved by Leaflet on pan. */

import { besideRings } from "../live/beside_rings.mjs";
import { text } from "../live/catalogue.mjs";
import { boxAround } from "../live/label_places.mjs";
import { isUnacknowledgedAlarm, standingOf, stateOf } from "./queue_model.mjs";
import { element, markOfState, urgencyMark } from "./symbols.mjs";

const RING_RADIUS_PX = 22;
const RING_WIDTH_PX = 4;
const UNIT_BOX_PX = 20;
const SPOT_PX = 8; // half of what a matter's mark takes from labels
const REDRAW_AFTER_MS = 120;
const FOLLOW_PADDING_PX = 48;
const FOLLOW_ROOM_PX = 36; // of a ring, and of a unit's chip with its minutes
const FOLLOW_LEAST_PX = 24; // between the two paddings; with less, only the matter itself is brought into view
const FOLLOW_ZOOM = 14; // streets and grid posts are told apart from here on
const DISTANCE_RINGS_KM = [1, 2];
const METRES_PER_DEGREE = 111_320;
const SHOWN_STATES = new Set(["running", "conferring", "resolved", "consultation"]);

/* Adds the overlay to `map`; `scene()` returns {matters, commands, chosen, recommended, shown, now}. `spots` of the layer
 * are the places in the map's window where matters were drawn. `scene().tools`, when there, adds what lies over all
 * symbols: labels that keep clear of them, what was found, the measure. */
export function createOverlay(map, scene) {
  const svg = element("svg", { class: "map-overlay" });
  const Layer = window.L.Layer.extend({
    onAdd(owner) {
      owner.getPanes().markerPane.append(svg);
      this.draw();
    },
    onRemove() {
      svg.remove();
    },
    getEvents() {
      return { moveend: this.draw, zoomend: this.draw, viewreset: this.draw, resize: this.draw, zoomstart: this.hide };
    },
    hide() {
      svg.replaceChildren();
    },
    draw() {
      this.spots = paint(svg, map, scene());
    },
    /* Redraws soon; many changes in one moment are one drawing. */
    schedule() {
      if (this.timer) return;
      this.timer = setTimeout(() => {
        this.timer = null;
        this.draw();
      }, REDRAW_AFTER_MS);
    },
  });
  const layer = new Layer();
  layer.addTo(map);
  return layer;
}

/* Brings the map to a matter, close enough to tell streets apart, without moving away from a closer look. While
 * units are on their way to its whistle, the view holds them too. `frame` says what lies over the map's edges. */
export function follow(map, frame, row, whistle) {
  if (!hasPlace(row)) return;
  const coming = (whistle?.receivers ?? []).filter((one) => one.at && !one.arrived_at && !one.declined_at && !one.recalled_at);
  const [head, foot] = [frame.stripPx + FOLLOW_ROOM_PX, frame.controlsPx + FOLLOW_ROOM_PX];
  if (coming.length > 0 && map.getSize().y >= head + foot + FOLLOW_LEAST_PX) {
    const bounds = window.L.latLngBounds([[row.lat, row.lon], ...coming.map(({ at: [lon, lat] }) => [lat, lon])]);
    map.fitBounds(bounds, { paddingTopLeft: [FOLLOW_PADDING_PX, head], paddingBottomRight: [FOLLOW_PADDING_PX, foot], maxZoom: FOLLOW_ZOOM, animate: false });
    return;
  }
  frame.show(map, [row.lat, row.lon], Math.max(map.getZoom(), FOLLOW_ZOOM));
}

function paint(svg, map, { matters, commands, chosen, recommended, shown, now, tools }) {
  const size = map.getSize();
  const origin = map.containerPointToLayerPoint([0, 0]);
  window.L.DomUtil.setPosition(svg, origin);
  svg.setAttribute("width", size.x);
  svg.setAttribute("height", size.y);
  const at = (lon, lat) => map.latLngToContainerPoint([lat, lon]);
  const inView = (point) => point.x > -40 && point.y > -40 && point.x < size.x + 40 && point.y < size.y + 40;
  const layers = { rings: [], links: [], matters: [], units: [], people: [], whistles: [], top: [] };
  const words = { labels: [], taken: [] };

  const row = matters.get(chosen);
  if (row && hasPlace(row)) layers.rings.push(...distanceRings(at(row.lon, row.lat), map, row, words));
  const rings = shown.whistles ? ringsOf(commands, at) : [];
  const spots = new Map();
  if (shown.matters) drawMatters(layers, matters, commands, chosen, now, at, inView, map.getZoom(), rings, spots);
  if (shown.whistles) drawWhistles(layers, commands, now, at, inView, row?.whistle ?? null, words);
  if (shown.recommended) drawRecommended(layers, recommended, at, inView, words);
  for (const { x, y, radius } of rings) words.taken.push(boxAround(x, y, radius));
  for (const { x, y } of spots.values()) words.taken.push(boxAround(x, y, SPOT_PX));
  const over = tools?.nodes({ ...words, spots, at, size, chosen, shown }) ?? [];
  svg.replaceChildren(...Object.values(layers).flat(), ...over);
  return spots;
}

/* The circles that whistles cover, in the map's pixels. */
function ringsOf(commands, at) {
  return [...commands.values()]
    .filter((command) => command.kind === "whistle" && SHOWN_STATES.has(command.state) && hasPlace(command))
    .map((command) => {
      const { x, y } = at(command.lon, command.lat);
      return { x, y, radius: RING_RADIUS_PX + RING_WIDTH_PX };
    });
}

function hasPlace(thing) {
  return thing && Number.isFinite(thing.lon) && Number.isFinite(thing.lat);
}

function placed(tag, point, attributes, children) {
  return element(tag, { transform: `translate(${point.x.toFixed(1)} ${point.y.toFixed(1)})`, ...attributes }, children);
}

function distanceRings(centre, map, row, words) {
  const pixelsPerMetre = 1 / metresPerPixel(map, row.lat);
  return DISTANCE_RINGS_KM.flatMap((km) => {
    const radius = km * 1_000 * pixelsPerMetre;
    if (radius < 24) return [];
    const edge = [centre.x - radius * Math.SQRT1_2, centre.y + radius * Math.SQRT1_2];
    words.labels.push({ at: edge, clear: 0, gap: 3, lines: [{ text: text("map.kilometres", { length: km }), size: 11 }], kind: "ring" });
    return [placed("g", centre, {}, [
      element("circle", { r: radius, fill: "none", stroke: "var(--line-strong)", "stroke-dasharray": "2 5" }),
    ])];
  });
}

function metresPerPixel(map, lat) {
  const circumference = METRES_PER_DEGREE * 360;
  return (circumference * Math.cos((lat * Math.PI) / 180)) / 2 ** (map.getZoom() + 8);
}

function drawMatters(layers, matters, commands, chosen, now, at, inView, zoom, rings, spots) {
  for (const row of matters.values()) {
    if (!hasPlace(row) || row.whistle) continue;
    const ordinary = row.urgency > 2;
    if (ordinary && zoom < 12 && row.id !== chosen) continue; // dots below town level are a texture, not an answer
    const place = at(row.lon, row.lat);
    if (!inView(place)) continue;
    const radius = row.urgency === 1 ? 9 : row.urgency === 2 ? 8 : 5;
    const [x, y] = besideRings([place.x, place.y], radius, rings);
    const point = { x, y };
    spots.set(row.id, point);
    const alarm = isUnacknowledgedAlarm(row);
    const state = alarm ? "overdue" : standingOf(row, commands, now);
    const mark = placed("g", point, { "data-state": state === "none" ? "ok" : state, "data-matter": row.id, ...(alarm ? { "data-alarm": "1" } : {}) }, [
      urgencyMark(row.urgency, radius), ...markOfState(alarm ? "unacknowledged" : state, radius),
    ]);
    if (row.id === chosen) mark.append(element("circle", { r: 15, class: "chosen" }));
    (row.urgency === 1 ? layers.top : layers.matters).push(mark);
  }
}

function drawWhistles(layers, commands, now, at, inView, chosenWhistle, words) {
  for (const command of commands.values()) {
    if (!SHOWN_STATES.has(command.state) || !hasPlace(command)) continue;
    const point = at(command.lon, command.lat);
    if (command.kind === "whistle" && inView(point)) layers.whistles.push(whistleRing(command, point, now));
    if (command.id === chosenWhistle) drawUnits(layers, command, point, now, at, inView, words);
  }
}

/* Outer arc: time left of the limit; inner segments: one per called unit, solid on site, part on its way. */
export function whistleRing(command, point, now) {
  const state = command.state === "running" ? stateOf({ dueAt: command.due_at, limitMs: command.limit_ms }, now) : "ok";
  const left = command.due_at - now;
  const share = command.state === "running" ? Math.min(1, Math.max(0, left / command.limit_ms)) : 1;
  const called = command.receivers.filter((receiver) => !receiver.declined_at && !receiver.recalled_at);
  const group = placed("g", point, { "data-state": state, "data-matter": command.matter_id }, [
    element("circle", { r: RING_RADIUS_PX + 3, fill: "var(--ground)", opacity: 0.86 }),
    arc(RING_RADIUS_PX, 0, share, "var(--mark)", RING_WIDTH_PX),
  ]);
  called.forEach((receiver, index) => {
    const from = index / called.length + 0.012;
    const to = (index + 1) / called.length - 0.012;
    const reached = receiver.arrived_at ? 1 : receiver.en_route_at ? 0.5 : 0;
    group.append(arc(RING_RADIUS_PX - 7, from, to, "var(--line)", RING_WIDTH_PX));
    if (reached > 0) group.append(arc(RING_RADIUS_PX - 7, from, from + (to - from) * reached, "var(--ink)", RING_WIDTH_PX));
  });
  const label = element("text", { y: 5, "text-anchor": "middle", "font-size": 14, "font-weight": 700, style: "fill:var(--mark)" });
  const minutes = `${left < 0 ? "+" : ""}${Math.ceil(Math.abs(left) / 60_000)}′`;
  label.textContent = command.state === "running" ? minutes : text("desk.glyph.conferring");
  group.append(label);
  return group;
}

function arc(radius, from, to, colour, width) {
  if (to - from >= 0.9999) return element("circle", { r: radius, fill: "none", stroke: colour, "stroke-width": width });
  const angle = (share) => share * 2 * Math.PI - Math.PI / 2;
  const point = (share) => `${(radius * Math.cos(angle(share))).toFixed(2)} ${(radius * Math.sin(angle(share))).toFixed(2)}`;
  const large = to - from > 0.5 ? 1 : 0;
  return element("path", {
    d: `M${point(from)}A${radius} ${radius} 0 ${large} 1 ${point(to)}`, fill: "none", stroke: colour, "stroke-width": width,
  });
}

function drawUnits(layers, command, target, now, at, inView, words) {
  for (const receiver of command.receivers) {
    if (receiver.arrived_at || receiver.declined_at || receiver.recalled_at) continue;
    const position = receiver.at ?? receiver.origin;
    if (!position) continue;
    const point = at(...position);
    if (receiver.en_route_at) {
      layers.links.push(line(point, target, "6 5", "var(--ink2)"));
      if (receiver.origin && receiver.at) layers.links.push(line(at(...receiver.origin), point, null, "var(--ink2)"));
    } else {
      layers.links.push(line(point, target, "1 6", "var(--line-strong)"));
    }
    if (inView(point)) layers.units.push(unitBox(receiver, point, now, words));
  }
}

function line(from, to, dash, colour) {
  const attributes = { x1: from.x, y1: from.y, x2: to.x, y2: to.y, stroke: colour, "stroke-width": 2 };
  return element("line", dash ? { ...attributes, "stroke-dasharray": dash } : attributes);
}

function unitBox(receiver, point, now, words) {
  const late = receiver.eta_at && receiver.due_at && receiver.eta_at > receiver.due_at;
  const state = receiver.due_at && receiver.due_at < now ? "overdue" : late ? "risk" : "ok";
  const half = UNIT_BOX_PX / 2;
  const code = element("text", { y: 5.5, "text-anchor": "middle", "font-size": 14, "font-weight": 700, style: "fill:var(--ground);stroke:none" });
  code.textContent = receiver.code;
  words.taken.push(boxAround(point.x, point.y, half));
  if (receiver.eta_at) {
    const minutes = `${Math.max(0, Math.ceil((receiver.eta_at - now) / 60_000))}′`;
    words.labels.unshift({ at: [point.x, point.y], clear: half, gap: 4, lines: [{ text: minutes, size: 13, weight: 700 }], kind: "eta", state });
  }
  return placed("g", point, { "data-state": state }, [
    element("rect", { x: -half, y: -half, width: UNIT_BOX_PX, height: UNIT_BOX_PX, fill: "var(--mark)", stroke: "var(--ground)" }), code,
    ...markOfState(state, half),
  ]);
}

function drawRecommended(layers, recommended, at, inView, words) {
  for (const candidate of recommended) {
    const point = at(candidate.lon, candidate.lat);
    if (!inView(point)) continue;
    words.taken.push(boxAround(point.x, point.y, SPOT_PX));
    const label = element("text", { y: 4, "text-anchor": "middle", "font-size": 11, "font-weight": 700, style: "fill:var(--people-tasked)" });
    label.textContent = candidate.number;
    layers.people.push(placed("g", point, {}, [
      element("circle", { r: 8, fill: "var(--land)", stroke: "var(--people-tasked)", "stroke-width": 1.6 }), label,
    ]));
  }
}
