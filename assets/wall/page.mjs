/* The wall's page: takes the live picture, asks the views, paints their answers. All it shows comes from the
 * live stream, and the clock it counts by is the server's. */

import { text } from "../live/catalogue.mjs";
import { addWorkerLayer } from "../live/worker_layer.mjs";
import { callsForHelp } from "./alarms.mjs";
import { boardOf } from "./board.mjs";
import { boardView, calmView, overdueTotals, tallyView, totalView, waitingView } from "./board_view.mjs";
import { cityTime, clockText, dateText } from "./format.mjs";
import { connectionOf, freshnessView, goneView, positionsFreshness } from "./freshness.mjs";
import { hotlineFreshness } from "../live/freshness.mjs";
import { countByUrgency, whistleLegend, workerLegend } from "./legend.mjs";
import { cityOverlay, insetOverlay, mapModel } from "./map_overlay.mjs";
import { INSET_BOX, LEGEND_BOXES, openMaps } from "./maps.mjs";
import { paint } from "./paint.mjs";
import { platformsOf, platformsView } from "./platforms.mjs";
import { channelsView, connectedView, figuresView, seatCountsView, seatsView } from "./queue.mjs";
import { beatView, connectionView, positionsText, returnedView } from "./signs_of_life.mjs";
import { stripOf, stripView } from "./strip.mjs";
import { tickerView } from "./ticker.mjs";
import { topicsView } from "./topics.mjs";
import { headlineOf, headlineView, volumeView } from "./volume.mjs";

const INSET_ENLARGES = 1.5; // workers of the inset: fewer and nearer, so each may be a shape
const RETURNED_SHOWN_MS = 20_000; // long enough to be read by someone who looks up at the change of colour

/* Called once by zhongshu.mjs with the page's root and the live picture; returns when the page is drawn. */
export async function mount(root, live) {
  const city = JSON.parse(root.dataset.city);
  const wall = { root, live, city, maps: null, slots: new Map(), missed: null, returnedAt: 0 };
  paintAll(wall);
  live.on("second", () => paintAll(wall));
  for (const topic of ["matters", "commands"]) live.on(topic, () => soon(wall, paintMatters));
  live.on("log", () => soon(wall, paintLog));
  for (const topic of ["hotline", "health"]) live.on(topic, () => soon(wall, paintHotline));
  live.on("connection", () => soon(wall, paintConnection));
  await drawMaps(wall);
}

/* One paint per frame and kind, however many changes arrive in between. */
function soon(wall, painter) {
  wall.pending ??= new Set();
  if (wall.pending.has(painter)) return;
  wall.pending.add(painter);
  requestAnimationFrame(() => {
    wall.pending.delete(painter);
    painter(wall);
  });
}

function put(wall, name, nodes) {
  let slot = wall.slots.get(name);
  if (!slot) wall.slots.set(name, (slot = document.getElementById(`wall-${name}`)));
  paint(slot, nodes);
}

function mark(name, attribute, value) {
  const element = document.getElementById(`wall-${name}`);
  if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
}

function paintAll(wall) {
  paintTime(wall);
  paintHotline(wall);
  paintMatters(wall);
  paintLog(wall);
  paintConnection(wall);
}

function paintTime(wall) {
  const now = wall.live.now();
  put(wall, "clock", clockText(now));
  put(wall, "date", `${dateText(now)} ${text(`wall.weekday.${cityTime(now).weekday}`)}`);
  put(wall, "beat", beatView(now));
  const platforms = platformsOf(wall.city.platforms, wall.live.health?.platforms ?? [], now);
  put(wall, "platforms", platformsView(platforms, now, text));
}

/* --- hotline -------------------------------------------------------------------------------------- */

function paintHotline(wall) {
  const { hotline } = wall.live;
  const now = wall.live.now();
  const freshness = hotlineFreshness(hotline, now);
  for (const panel of ["calls", "queue", "topics"]) {
    mark(panel, "data-freshness", freshness.state);
    put(wall, `${panel}-as-of`, freshnessView(freshness, text));
  }
  if (freshness.state === "down") paintHotlineGone(wall, hotline, freshness);
  else paintHotlineNumbers(wall, hotline, freshness.state === "fresh", now);
}

function paintHotlineNumbers(wall, hotline, isFresh, now) {
  const { agents, queue } = hotline;
  put(wall, "calls-aside", headlineView(headlineOf(hotline), isFresh, text));
  put(wall, "volume", volumeView(hotline.bins, now, text));
  put(wall, "queue-figures", figuresView(queue, text));
  put(wall, "seats", seatsView(agents));
  put(wall, "seat-counts", seatCountsView(agents, text));
  put(wall, "connected", connectedView(hotline.connected_24h, text));
  put(wall, "channels", channelsView(hotline.channels, text));
  put(wall, "topic-rows", topicsView(hotline.topics, wall.city.categories, text));
}

function paintHotlineGone(wall, hotline, { asOf }) {
  put(wall, "calls-aside", []);
  for (const slot of ["queue-figures", "seats", "seat-counts", "connected", "channels"]) put(wall, slot, []);
  put(wall, "volume", goneView(hotline?.today.calls, asOf, text));
  put(wall, "seats", goneView(hotline?.queue.waiting, asOf, text));
  put(wall, "topic-rows", goneView(hotline?.topics.length, asOf, text));
}

/* --- matters and whistles ------------------------------------------------------------------------- */

function paintMatters(wall) {
  const { live, city } = wall;
  const now = live.now();
  const commands = [...live.commands.values()];
  const board = boardOf(live.matters, commands, now);
  put(wall, "board-rows", rowsOf(wall, board, now));
  put(wall, "board-aside", tallyView(board, text));
  put(wall, "board-total", totalView(overdueTotals(live.matters, now), text));
  put(wall, "strip", stripView(stripOf(live.matters, live.rates, city, now), city, text));
  const listed = new Set(board.entries.map((entry) => entry.id));
  wall.model = mapModel(live.matters, commands, listed, callsForHelp(live.fleet), now);
  paintMap(wall, now);
}

function rowsOf(wall, board, now) {
  if (board.entries.length > 0) return boardView(board.entries, now, text);
  return wall.live.ready ? calmView(wall.live.matters.size, now, text) : waitingView(text);
}

/* --- map ------------------------------------------------------------------------------------------ */

async function drawMaps(wall) {
  wall.maps = await openMaps(wall.city.bounds, wall.city.inset);
  const fit = () => {
    wall.maps.fit(wall.model.whistles);
    paintMap(wall, wall.live.now());
  };
  fit();
  addEventListener("resize", fit);
  addWorkerLayer(wall.maps.city.leaflet, wall.live, { showsAges: false });
  addWorkerLayer(wall.maps.inset.leaflet, wall.live, { showsAges: false, enlarged: INSET_ENLARGES });
}

function paintMap(wall, now) {
  const { live, maps, model, city } = wall;
  const positions = positionsFreshness(live, now);
  mark("map", "data-freshness", positions.state);
  put(wall, "map-as-of", positionsText(positions, text));
  put(wall, "whistle-legend", whistleLegend(model.whistles, text));
  const counts = live.fleet.summary(now);
  put(wall, "worker-legend", workerLegend(counts, countByUrgency(live.matters), positions.state !== "down", text));
  if (maps === null) return;
  maps.followWhistles(model.whistles);
  put(wall, "map-city-overlay", cityOverlay(model, city, maps.city.project, INSET_BOX, LEGEND_BOXES, text));
  put(wall, "map-inset-overlay", insetOverlay(model, city, maps.inset.project, maps.enlargement(), text));
}

/* --- log ------------------------------------------------------------------------------------------ */

function paintLog(wall) {
  const { log } = wall.live;
  const say = (line) => text(`log.${line.kind}`, line.params);
  put(wall, "ticker-aside", text("wall.ticker.note"));
  put(wall, "ticker-rows", tickerView(log, wall.live.matters, say, text));
  put(wall, "last-change", log.length > 0 ? text("wall.last_change", { time: clockText(log[0].at) }) : []);
}

/* --- connection ----------------------------------------------------------------------------------- */

function paintConnection(wall) {
  const { live } = wall;
  const now = live.now();
  const connection = connectionOf(live.connection, live.ready, now);
  const missed = connection.state === "live" ? live.connection.missed : null;
  if (missed !== null && missed !== wall.missed) wall.returnedAt = now;
  wall.missed = missed;
  const tellsMissed = missed !== null && now - wall.returnedAt < RETURNED_SHOWN_MS;
  mark("connection", "data-state", tellsMissed ? "returned" : connection.state);
  put(wall, "connection", tellsMissed ? returnedView(missed, text) : connectionView(connection, text));
  const lost = connection.lost ? "true" : "false";
  if (wall.root.dataset.lost !== lost) wall.root.dataset.lost = lost;
}
