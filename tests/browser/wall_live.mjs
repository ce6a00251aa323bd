/* A live picture that stands still until a test moves it. It offers what assets/live/client.mjs offers. */

import { Fleet } from "/assets/live/fleet.mjs";
import { fixedMorning, mountWall } from "/harness/wall_mount.mjs";

const picture = await fixedMorning();
const listeners = new Map();

function standingFleet(workers) {
  const fleet = new Fleet();
  const n = workers.length;
  fleet.load({
    number: 1, tickAt: picture.now, n, quantum: { lonE6: 1, latE6: 1 }, slots: Uint16Array.from(workers.keys()),
    x: Int32Array.from(workers, (worker) => worker[0]), y: Int32Array.from(workers, (worker) => worker[1]),
    state: Uint8Array.from(workers, (worker) => worker[2]), ageS: new Uint16Array(n), stepX: new Int8Array(n),
    stepY: new Int8Array(n), habit: new Uint8Array(n),
  });
  fleet.latest_at = picture.now;
  return fleet;
}

const live = {
  now: () => live.clock,
  on(topic, listener) {
    listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
    return () => listeners.set(topic, listeners.get(topic).filter((other) => other !== listener));
  },
  emit: (topic, detail) => (listeners.get(topic) ?? []).forEach((listener) => listener(detail)),
  /* What the page said to the server. */
  said: [],
  say: (words) => live.said.push(words),
  /* Moves the clock and says so, as a second does. */
  go(ms) {
    live.clock += ms;
    live.emit("second");
  },
  /* The morning as it was, whatever a test has done to it. */
  reset() {
    const { now, matters, commands, asks, log, hotline, rates, health, posts } = structuredClone(picture);
    const byId = (rows) => new Map(rows.map((row) => [row.id, row]));
    Object.assign(live, {
      clock: now, ready: true, seq: log[0].seq, matters: byId(matters), commands: byId(commands), asks: byId(asks), log, hotline, rates, health,
      connection: { state: "live", since: now, lag_ms: 0, missed: null, reason: null },
    });
    live.said.length = 0;
    delete live.fleet.summary;
    live.fleet.takePosts(posts);
    live.fleet.latest_at = now;
    live.emit("second");
  },
  fleet: standingFleet(picture.workers),
  view: { jurisdiction: "371100" },
};
live.reset();
window.live = live;

await mountWall(live);
