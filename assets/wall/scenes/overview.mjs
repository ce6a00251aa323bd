/* The overview: what is late or next and who must act, whether the hotline copes, and where. */

import { text } from "../../live/catalogue.mjs";
import { hotlineFreshness, positionsFreshness } from "../../live/freshness.mjs";
import { addWorkerLayer } from "../../live/worker_layer.mjs";
import { callsForHelp } from "../alarms.mjs";
import { boardOf } from "../board.mjs";
import { boardView, calmView, overdueTotals, tallyView, totalView, waitingView } from "../board_view.mjs";
import { freshnessView, goneView, ratesFreshness } from "../freshness.mjs";
import { countByUrgency, whistleLegend, workerLegend } from "../legend.mjs";
import { cityOverlay, insetOverlay, mapModel } from "../map_overlay.mjs";
import { INSET_BOX, LEGEND_BOXES, openMaps } from "../maps.mjs";
import { channelsView, connectedView, figuresView, seatCountsView, seatsView } from "../queue.mjs";
import { positionsText } from "../signs_of_life.mjs";
import { mark, put } from "../slots.mjs";
import { stripOf, stripView } from "../strip.mjs";
import { tickerView } from "../ticker.mjs";
import { topicsView } from "../topics.mjs";
import { headlineOf, headlineView, volumeView } from "../volume.mjs";

const BOARD_ROOM = { 4: 9, 3: 5, 2: 5 }; // clocks, by how many cells the picture has
const INSET_ENLARGES = 1.5; // workers of the inset: fewer and nearer, so each may be a shape

let maps = null;
let model = null;
let layers = [];

export const scene = {
  name: "overview",
  topics: {
    matters: paintMatters, commands: paintMatters, log: paintLog, hotline: paintHotline, health: paintHotline,
  },
  build: drawMaps,
  enter,
  leave,
  paint(wall, now) {
    paintHotline(wall, now);
    paintMatters(wall, now);
    paintLog(wall);
  },
  isEmpty: () => false,
};

/* --- hotline -------------------------------------------------------------------------------------- */

function paintHotline(wall, now) {
  const { hotline } = wall.live;
  const freshness = hotlineFreshness(hotline, now);
  for (const panel of ["calls", "queue", "topics"]) {
    mark(panel, "data-freshness", freshness.state);
    put(`${panel}-as-of`, freshnessView(freshness, text));
  }
  if (freshness.state === "down") paintHotlineGone(wall, hotline, freshness);
  else paintHotlineNumbers(wall, hotline, freshness.state === "fresh", now);
}

function paintHotlineNumbers(wall, hotline, isFresh, now) {
  const { agents, queue } = hotline;
  put("calls-aside", headlineView(headlineOf(hotline), isFresh, text));
  put("volume", volumeView(hotline.bins, now, text));
  put("queue-figures", figuresView(queue, text));
  put("seats", seatsView(agents));
  put("seat-counts", seatCountsView(agents, text));
  put("connected", connectedView(hotline.connected_24h, text));
  put("channels", channelsView(hotline.channels, text));
  put("topic-rows", topicsView(hotline.topics, wall.city.categories, text));
}

function paintHotlineGone(wall, hotline, { asOf }) {
  put("calls-aside", []);
  for (const slot of ["queue-figures", "seats", "seat-counts", "connected", "channels"]) put(slot, []);
  put("volume", goneView(hotline?.today.calls, asOf, text));
  put("seats", goneView(hotline?.queue.waiting, asOf, text));
  put("topic-rows", goneView(hotline?.topics.length, asOf, text));
}

/* --- matters and whistles ------------------------------------------------------------------------- */

function paintMatters(wall, now) {
  const { live, city } = wall;
  const commands = [...live.commands.values()];
  const board = boardOf(live.matters, commands, now, BOARD_ROOM[wall.cells.overview]);
  put("board-rows", rowsOf(wall, board, now));
  // Before the first picture nobody knows that nothing is overdue.
  put("board-aside", live.ready ? tallyView(board, text) : []);
  put("board-total", live.ready ? totalView(overdueTotals(live.matters, now), text) : []);
  const rates = ratesFreshness(live.rates, now);
  put("strip", stripView(stripOf(live.matters, rates.state === "down" ? null : live.rates, city, now), city, { isReady: live.ready, rates }, text));
  const listed = new Set(board.entries.map((entry) => entry.id));
  model = mapModel(live.matters, commands, listed, callsForHelp(live.fleet), now);
  paintMap(wall, now);
}

function rowsOf(wall, board, now) {
  if (board.entries.length > 0) return boardView(board.entries, now, text);
  return wall.live.ready ? calmView(wall.live.matters.size, now, text) : waitingView(text);
}

/* --- map ------------------------------------------------------------------------------------------ */

async function drawMaps(root, wall) {
  const opened = await openMaps(wall.city.bounds, wall.city.inset);
  const fit = () => {
    opened.fit(model.whistles, wall);
    paintMap(wall, wall.live.now());
  };
  maps = opened;
  fit();
  addEventListener("resize", fit);
}

/* Workers are drawn while the scene is shown, and cost nothing while another is. */
function enter(wall) {
  layers = [
    addWorkerLayer(maps.city.leaflet, wall.live, { showsAges: false }),
    addWorkerLayer(maps.inset.leaflet, wall.live, { showsAges: false, enlarged: INSET_ENLARGES }),
  ];
}

function leave() {
  for (const layer of layers.splice(0)) layer.remove();
}

function paintMap(wall, now) {
  const { live, city } = wall;
  const positions = positionsFreshness(live, now);
  mark("map", "data-freshness", positions.state);
  put("map-as-of", positionsText(positions, text));
  put("whistle-legend", whistleLegend(live.ready ? model.whistles : null, text));
  const counts = live.fleet.summary(now);
  put("worker-legend", workerLegend(counts, live.ready ? countByUrgency(live.matters) : null, positions.state !== "down", text));
  if (maps === null) return;
  maps.followWhistles(model.whistles, wall);
  put("map-city-overlay", cityOverlay(model, city, maps.city.project, INSET_BOX, [...LEGEND_BOXES, ...maps.seams.city], text));
  put("map-inset-overlay", insetOverlay(model, city, maps.inset.project, maps.seams.inset, maps.enlargement(), text));
}

/* --- log ------------------------------------------------------------------------------------------ */

function paintLog(wall) {
  const { log } = wall.live;
  const say = (line) => text(`log.${line.kind}`, line.params);
  put("ticker-aside", text("wall.ticker.note"));
  put("ticker-rows", wall.live.ready ? tickerView(log, wall.live.matters, say, text) : waitingView(text));
}
