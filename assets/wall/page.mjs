/* The wall's page: takes the live picture, shows its scenes, and what is above them all: header, connection. All it
 * shows comes from the live stream, and the clock it counts by is the server's. */

import { text } from "../live/catalogue.mjs";
import { cityTime, clockText, dateText } from "./format.mjs";
import { paintSoon } from "./frames.mjs";
import { connectionOf } from "./freshness.mjs";
import { platformsOf, platformsView } from "./platforms.mjs";
import { FIRST, SCENES, sceneNamed } from "./scenes/index.mjs";
import { beatView, connectionView, returnedView } from "./signs_of_life.mjs";
import { mark, put } from "./slots.mjs";
import { Stage } from "./stage.mjs";

const RETURNED_SHOWN_MS = 20_000; // long enough to be read by someone who looks up at the change of colour

/* Called once by zhongshu.mjs with the page's root and the live picture; returns when the page is drawn. */
export async function mount(root, live) {
  const city = JSON.parse(root.dataset.city);
  const wall = { root, live, city, shown: null, missed: null, returnedAt: 0 };
  const stage = new Stage(wall, SCENES);
  const paintAll = () => {
    paintFrame(wall);
    stage.paint();
  };
  live.on("second", paintAll);
  const lastChange = () => paintLastChange(wall);
  const connection = () => paintConnection(wall);
  live.on("log", () => paintSoon(lastChange));
  live.on("connection", () => paintSoon(connection));
  paintFrame(wall);
  const asked = new URLSearchParams(location.search);
  const scene = sceneNamed(asked.get("scene"))?.name ?? FIRST;
  await stage.show(scene, asked.get("matter"));
}

function paintFrame(wall) {
  paintTime(wall);
  paintLastChange(wall);
  paintConnection(wall);
}

function paintTime(wall) {
  const now = wall.live.now();
  put("clock", clockText(now));
  put("date", `${dateText(now)} ${text(`wall.weekday.${cityTime(now).weekday}`)}`);
  put("beat", beatView(now));
  const platforms = platformsOf(wall.city.platforms, wall.live.health?.platforms ?? [], now);
  put("platforms", platformsView(platforms, now, text));
}

function paintLastChange(wall) {
  const { log } = wall.live;
  put("scene-name", wall.shown ? text(`wall.scene.${wall.shown.scene}`) : []);
  put("last-change", log.length > 0 ? text("wall.last_change", { time: clockText(log[0].at) }) : []);
}

function paintConnection(wall) {
  const { live } = wall;
  const now = live.now();
  const connection = connectionOf(live.connection, live.ready, now);
  const missed = connection.state === "live" ? live.connection.missed : null;
  if (missed !== null && missed !== wall.missed) wall.returnedAt = now;
  wall.missed = missed;
  const tellsMissed = missed !== null && now - wall.returnedAt < RETURNED_SHOWN_MS;
  mark("connection", "data-state", tellsMissed ? "returned" : connection.state);
  put("connection", tellsMissed ? returnedView(missed, text) : connectionView(connection, text));
  const lost = connection.lost ? "true" : "false";
  if (wall.root.dataset.lost !== lost) wall.root.dataset.lost = lost;
}
