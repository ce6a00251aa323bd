/* Evaluated in the desk's page by tools/bench_pan.py: feeds fleet frames as the socket does, drags the map as a hand
 * does, and counts frames and long tasks. */
async ([hex, everyMs]) => {
  const { decode, decodeDeflated } = await import("/assets/live/wire.mjs");
  const live = window.deskLive;
  const bytesOf = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
  const [snapshot, ...frames] = hex.map(bytesOf);
  live.fleet.load(await decodeDeflated(snapshot));
  let given = 0;
  let timer = null;
  const give = () => {
    live.fleet.apply(decode(frames[given]), performance.now());
    given += 1;
    live.put({ fleet: {} });
    if (given === frames.length) clearInterval(timer);
  };

  const longTasks = [];
  const noted = (list) => longTasks.push(...list.getEntries().map(({ duration }) => duration));
  new PerformanceObserver(noted).observe({ type: "longtask" });

  const frame = () => new Promise(requestAnimationFrame);
  const map = window.desk.map;
  const pane = map.getPane("mapPane");

  /* A hand that draws circles: down, a move for every frame, up. */
  const drag = async (durationMs, times) => {
    const box = map.getContainer().getBoundingClientRect();
    const middle = [box.x + box.width / 2, box.y + box.height / 2];
    const radius = Math.min(box.width, box.height) / 4;
    const fire = (target, type, angle) => target.dispatchEvent(new MouseEvent(type, {
      bubbles: true, cancelable: true, view: window, button: 0, buttons: 1,
      clientX: middle[0] + radius * Math.cos(angle) - radius, clientY: middle[1] + radius * Math.sin(angle),
    }));
    fire(pane, "mousedown", 0);
    const began = await frame();
    for (let at = began; at - began < durationMs; at = await frame()) {
      times.push(at);
      fire(document, "mousemove", ((at - began) / 1_000) * Math.PI); // half a turn a second
    }
    fire(document, "mouseup", 0);
  };

  window.bench = {
    start: () => { timer = setInterval(give, everyMs); give(); },
    stop: () => clearInterval(timer),
    given: () => given,
    zoom: (zoom) => map.setZoom(zoom, { animate: false }),
    pan: async (durationMs) => {
      longTasks.length = 0;
      const times = [];
      await drag(durationMs, times);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const gaps = times.slice(1).map((at, place) => at - times[place]);
      return { frames: times.length, seconds: (times.at(-1) - times[0]) / 1_000, gaps, longTasks: [...longTasks] };
    },
    longTasks: () => longTasks.splice(0),
    drawn: () => Number(document.querySelector("#desk-map .worker-canvas").dataset.drawn),
  };
}
