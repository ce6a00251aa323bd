/* The wall's page: takes the live picture, shows its scenes, and what is above them all: header, connection. All it
 * shows comes from the live stream, and the clock it counts by is the server's. */

import { brokenBehind } from "../live/broken.mjs";
import { text } from "../live/catalogue.mjs";
import { Chime } from "../live/chime.mjs";
import { cuesOf } from "./cues.mjs";
import { direct, startAt } from "./director.mjs";
import { cityTime, clockText, dateText } from "./format.mjs";
import { paintSoon } from "./frames.mjs";
import { connectionOf } from "./freshness.mjs";
import { platformsOf, platformsView } from "./platforms.mjs";
import { Orders } from "./orders.mjs";
import { indexView, lineView } from "./scene_index.mjs";
import { SCENES, sceneNamed } from "./scenes/index.mjs";
import { beatView, connectionView, returnedView } from "./signs_of_life.mjs";
import { cellsOf, seamsOf } from "./cells.mjs";
import { buildOf, keepRowsOff, keepWordsOff } from "./seams.mjs";
import { mark, put } from "./slots.mjs";
import { Stage } from "./stage.mjs";
import { Voice, voiceView } from "./voice.mjs";
import { alarmsOf } from "./wall_alarms.mjs";

const RETURNED_SHOWN_MS = 20_000; // long enough to be read by someone who looks up at the change of colour

/* Called once by zhongshu.mjs with the page's root and the live picture; returns when the page is drawn. */
export async function mount(root, live) {
  const city = JSON.parse(root.dataset.city);
  const asked = new URLSearchParams(location.search);
  const pinned = sceneNamed(asked.get("scene"));
  const wall = {
    root, live, city, shown: null, alarms: [], state: pinned ? null : startAt(live.now()), orders: null, scenes: [], said: null,
    voice: new Voice({ chime: window.zhongshu?.chime ?? new Chime() }), places: new Map(city.townships.map(({ code, name }) => [code, name])),
    missed: null, returnedAt: 0, built: null, cells: {},
  };
  const rebuild = () => build(wall, asked);
  rebuild();
  addEventListener("resize", rebuild); // a wall of another shape has its seams elsewhere
  const stage = new Stage(wall, SCENES);
  const look = () => lookAgain(wall, stage);
  if (!pinned) {
    wall.orders = new Orders({ live, name: asked.get("wall"), onChange: (row) => {
      if (row.speaks) learn(wall, row.recordings ?? {});
      rebuild();
      paintSoon(look);
    } });
    live.on("news", (kinds) => kinds === null && say(wall, { again: true }));
  }
  live.on("second", () => {
    look();
    paintFrame(wall);
    stage.paint();
    keepOff(wall);
  });
  for (const topic of ["matters", "commands"]) live.on(topic, () => paintSoon(look));
  for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => wall.voice.chime.unblock(), { passive: true });
  const connection = () => paintConnection(wall);
  live.on("connection", () => paintSoon(connection));
  paintFrame(wall);
  if (pinned) {
    lookAgain(wall, stage);
    await stage.show(pinned.name, asked.get("matter"));
    paintScene(wall);
  } else await lookAgain(wall, stage);
  keepOff(wall);
}

/* Takes in how the wall is built: how many cells its picture has, where its seams are, how large its words must be. */
function build(wall, asked) {
  const built = buildOf(asked, wall.orders?.row);
  const { wanted, used, ...levels } = cellsOf(built);
  const view = [innerWidth, innerHeight];
  const key = JSON.stringify([built.panels, levels, view]);
  wall.root.dataset.legible = String(wanted <= used + 1e-9);
  if (key === wall.built) return;
  const isFirst = wall.built === null;
  wall.built = key;
  lay(wall.root, levels.wall);
  Object.assign(wall.root.dataset, { panelColumns: String(built.panels[0]), panelRows: String(built.panels[1]) });
  // Nobody has said how it is built: a move of the map costs nothing, and most walls are 2 x 2 or 4 x 4.
  const rings = built.panels.join() === "1,1" ? [4, 4] : built.panels;
  wall.ringSeams = seamsOf(rings, levels.wall.cells, view);
  wall.seams = seamsOf(built.panels, levels.wall.cells, view);
  for (const { name, isOfCells } of SCENES) {
    const level = isOfCells ? levels.scene : levels.wall;
    wall.cells[name] = level.cells;
    lay(document.getElementById(`wall-scene-${name}`), level);
  }
  if (!isFirst) dispatchEvent(new Event("resize")); // maps are another size
}

function lay(place, { cells, words }) {
  place.style.setProperty("--cells", String(cells));
  place.style.setProperty("--words", words.toFixed(3));
  place.dataset.cells = String(cells);
}

function keepOff(wall) {
  if (wall.shown === null) return;
  const { scene } = wall.shown;
  const host = document.getElementById(`wall-scene-${scene}`);
  const seams = seamsOf([wall.root.dataset.panelColumns, wall.root.dataset.panelRows].map(Number), wall.cells[scene], [innerWidth, innerHeight]);
  keepRowsOff(host, seams);
  keepWordsOff(host, seams);
}

/* Asks the director, and shows what it says. */
function lookAgain(wall, stage) {
  const { live } = wall;
  const now = live.now();
  wall.alarms = alarmsOf(live.matters, [...live.commands.values()], now);
  wall.scenes = SCENES.map((scene) => ({ name: scene.name, isEmpty: scene.isEmpty(wall, now) }));
  if (wall.state === null) return null;
  const isOpen = (id) => !live.ready || live.matters.has(id);
  wall.state = direct(wall.state, { orders: wall.orders?.row ?? null, alarms: wall.alarms, scenes: wall.scenes, isOpen, now });
  const { scene, matterId, revision } = wall.state;
  tell(wall, "revision", revision);
  const isShown = wall.shown?.scene === scene && wall.shown.matterId === matterId;
  const shown = isShown ? null : stage.show(scene, matterId);
  paintScene(wall);
  say(wall, {});
  speak(wall, now);
  return shown;
}

function speak(wall, now) {
  const { live, places, orders, voice } = wall;
  const cues = cuesOf(live.matters, [...live.commands.values()], now, { places, demonstration: live.demonstration }, text);
  voice.look(cues, { now, isOn: orders?.row?.speaks === true, mutedUntil: orders?.row?.muted_until ?? 0 });
  tell(wall, "voice", voice.state);
  tell(wall, "voiceWay", voice.chime.way ?? null);
  put("voice", voiceView(voice.state, orders?.row, text));
}

async function learn(wall, files) {
  tell(wall, "recordings", (await wall.voice.chime.learn?.(files)) ?? null);
}

/* Says in the page itself what it has taken in, for who looks from outside: the orders' revision, the state of the voice. */
function tell({ root }, name, value) {
  if (value !== null && root.dataset[name] !== String(value)) root.dataset[name] = String(value);
}

/* Tells the server what is shown, for the desks: when it changes, and to each new socket. */
function say(wall, { again = false }) {
  if (wall.shown === null || wall.state === null) return;
  const { scene, matterId } = wall.shown;
  const words = matterId ? `w${scene}:${matterId}` : `w${scene}`;
  if (words === wall.said && !again) return;
  wall.said = words;
  wall.live.say(words);
}

function paintFrame(wall) {
  paintTime(wall);
  paintScene(wall);
  paintConnection(wall);
}

function paintScene(wall) {
  if (wall.shown === null) return;
  put("scene-index", indexView(wall.shown.scene, wall.state, wall.scenes, text));
  put("scene-line", lineView(wall.shown.scene, wall.state, wall.alarms, text));
}

function paintTime(wall) {
  const now = wall.live.now();
  put("clock", clockText(now));
  put("date", `${dateText(now)} ${text(`wall.weekday.${cityTime(now).weekday}`)}`);
  put("beat", beatView(now));
  const platforms = platformsOf(wall.city.platforms, wall.live.health?.platforms ?? [], now);
  put("platforms", platformsView(platforms, now, text));
}

function paintConnection(wall) {
  const { live } = wall;
  const now = live.now();
  const connection = connectionOf(live.connection, live.ready, now);
  const missed = connection.state === "live" ? live.connection.missed : null;
  if (missed !== null && missed !== wall.missed) wall.returnedAt = now;
  wall.missed = missed;
  const tellsMissed = missed !== null && now - wall.returnedAt < RETURNED_SHOWN_MS;
  connection.broken = ["live", "late"].includes(live.connection.state) ? brokenBehind(live.health) : "";
  const isReturned = tellsMissed && !connection.broken;
  mark("connection", "data-state", isReturned ? "returned" : connection.broken || connection.state);
  put("connection", isReturned ? returnedView(missed, text) : connectionView(connection, text));
  const lost = connection.lost ? "true" : "false";
  if (wall.root.dataset.lost !== lost) wall.root.dataset.lost = lost;
}
