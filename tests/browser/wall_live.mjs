/* A live picture that stands still until a test moves it. It offers what assets/live/client.mjs offers. */

const picture = await (await fetch("/harness/morning.json")).json();
const listeners = new Map();

const live = {
  clock: picture.now,
  now: () => live.clock,
  ready: true,
  seq: picture.log[0].seq,
  matters: new Map(picture.matters.map((row) => [row.id, row])),
  commands: new Map(picture.commands.map((row) => [row.id, row])),
  log: picture.log,
  hotline: picture.hotline,
  rates: picture.rates,
  health: picture.health,
  fleet: { latest_at: picture.now, summary: () => picture.fleet },
  connection: { state: "live", since: picture.now, lag_ms: 0 },
  view: { jurisdiction: "371100" },
  on: (topic, listener) => listeners.set(topic, [...(listeners.get(topic) ?? []), listener]),
  emit: (topic) => (listeners.get(topic) ?? []).forEach((listener) => listener()),
  /* Moves the clock and says so, as a second does. */
  go(ms) {
    live.clock += ms;
    live.emit("second");
  },
};
window.live = live;

const { mount } = await import("/assets/wall/page.mjs");
const root = await new Promise((resolve) => {
  const look = () => {
    const found = document.querySelector("[data-page='wall']");
    if (found) resolve(found);
    else requestAnimationFrame(look);
  };
  look();
});
await mount(root, live);
document.documentElement.dataset.mounted = "true";
