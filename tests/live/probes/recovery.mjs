/* A page's client against a server that the test plays: it can be gone, silent, of another epoch, and hours away. All
 * in one page on Playwright's clock, so that hours pass in no time and the same in every run. */

import { openLive } from "/assets/live/client.mjs";
import { remainingText } from "/assets/live/countdown.mjs";
import { freshnessOf } from "/assets/live/freshness.mjs";
import { PlayedServer, START, settled } from "/probes/played_server.mjs";

const DUE_IN_MS = 30 * 60_000;

export default function open() {
  const server = new PlayedServer();
  const page = { visibilityState: "visible", baseURI: document.baseURI, listeners: [] };
  page.addEventListener = (_name, listener) => page.listeners.push(listener);
  page.removeEventListener = () => {};
  const live = openLive({ url: "/live", document: page, view: "wall", WebSocket: server.Socket });
  const states = [];
  live.on("connection", ({ state }) => states.push(state));
  const show = (visibilityState) => {
    page.visibilityState = visibilityState;
    for (const listener of page.listeners) listener();
  };
  const dueAt = START + DUE_IN_MS;
  const look = async () => {
    await settled();
    const shownNow = live.now();
    return {
      state: live.connection.state, states: [...states], missed: live.connection.missed, epoch: live.epoch, matters: [...live.matters.keys()],
      off_ms: shownNow - server.now(), open: server.open, attempts: server.attempts,
      left: remainingText(dueAt - shownNow), true_left: remainingText(dueAt - server.now()),
      fresh: freshnessOf({ asOf: live.fleet.latest_at, intervalMs: 10_000, now: shownNow }).state,
    };
  };
  Object.assign(window, { server, live, show, look });
}
