/* A live picture for the desk's tests: the same surface as assets/live/client.mjs, filled by the test instead of a
 * socket. `window.deskLive.put({matters, commands, ...})` folds rows in; `poll(url)` asks the test's server. */

import { Fleet } from "/assets/live/fleet.mjs";

const POLL_EVERY_MS = 200;

/* A fleet snapshot of [lon e6, lat e6, state], heard of this very moment. */
function standing(workers, now) {
  const n = workers.length;
  return {
    number: 1, tickAt: now, n, quantum: { lonE6: 1, latE6: 1 }, slots: Uint16Array.from(workers.keys()),
    x: Int32Array.from(workers, (worker) => worker[0]), y: Int32Array.from(workers, (worker) => worker[1]),
    state: Uint8Array.from(workers, (worker) => worker[2]), ageS: new Uint16Array(n), stepX: new Int8Array(n),
    stepY: new Int8Array(n), habit: new Uint8Array(n),
  };
}

function openPicture() {
  const listeners = new Map();
  const emit = (topic) => { for (const listener of listeners.get(topic) ?? []) listener(); };
  let skew = 0;
  const live = {
    positionsAt: null, // newest position; null: it comes with every moment
    matters: new Map(), commands: new Map(), asks: new Map(), log: [], hotline: null, rates: null, health: null, view: "371100",
    fleet: Object.assign(new Fleet(), { summary: () => live.fleetSummary }),
    fleetSummary: null,
    connection: { state: "live", since: Date.now(), lag_ms: 400 },
    now: () => Date.now() + skew,
    on(topic, listener) {
      listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
      return () => listeners.set(topic, listeners.get(topic).filter((other) => other !== listener));
    },
    stopped: false, // set by a test that wants the picture for itself
    setNow: (now) => { skew = now - Date.now(); },
    connect: (state) => {
      live.connection = { state, since: live.now(), lag_ms: 400 };
      emit("connection");
    },
    put(picture) {
      if (live.ready === false) live.ready = true;
      if (picture.now) live.setNow(picture.now);
      for (const [topic, map] of [["matters", live.matters], ["commands", live.commands], ["asks", live.asks]]) {
        if (!picture[topic]) continue;
        const seen = new Set();
        let changed = false;
        for (const row of picture[topic]) {
          seen.add(row.id);
          const known = map.get(row.id);
          if (known && JSON.stringify(known) === JSON.stringify(row)) continue;
          map.set(row.id, row);
          changed = true;
        }
        if (!picture.partial) for (const id of [...map.keys()]) if (!seen.has(id)) changed = map.delete(id) || changed;
        if (changed) emit(topic);
      }
      if (picture.log) { live.log = picture.log; emit("log"); }
      for (const topic of ["hotline", "health"]) if (picture[topic]) { live[topic] = picture[topic]; emit(topic); }
      if (picture.workers && live.fleet.n === 0) live.fleet.load(standing(picture.workers, picture.now));
      if (picture.fleet) { live.fleetSummary = picture.fleet; emit("fleet"); }
    },
    async poll(url) {
      const picture = await (await fetch(url)).json();
      if (live.stopped) return;
      live.put(picture);
      setTimeout(() => live.poll(url), POLL_EVERY_MS);
    },
  };
  Object.defineProperty(live.fleet, "latest_at", { get: () => live.positionsAt ?? live.now() });
  setInterval(() => emit("second"), 1_000);
  return live;
}

function waitForRoot() {
  const find = () => document.querySelector("[data-page='desk']");
  return new Promise((resolve) => {
    if (find()) return resolve(find());
    const observer = new MutationObserver(() => {
      if (!find()) return;
      observer.disconnect();
      resolve(find());
    });
    observer.observe(document.body, { childList: true, subtree: true });
  });
}

const root = await waitForRoot();
const { mount } = await import(location.pathname.startsWith("/desk_map") ? "/assets/desk/map_window.mjs" : "/assets/desk/page.mjs");
window.deskLive = openPicture();
// A desk whose server has not sent its first picture yet; the test lets it come with `put`.
const isPlayed = new URLSearchParams(location.search).has("played");
if (isPlayed) Object.assign(window.deskLive, { ready: false, stopped: true });
else await window.deskLive.poll("/test/picture");
window.desk = await mount(root, window.deskLive);
