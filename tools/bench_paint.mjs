/* When a worker is painted at a new place, by the wall clock, ms: evaluated before any script in the product's pages
 * and in their peer by tools/bench_paint.py. A page takes its own time. */
(() => {
  const NEAR_DEGREES = 5e-5; // a wall is told whole quanta of 4 m
  const wall = () => performance.timeOrigin + performance.now();
  const bench = { first: null };
  let wanted = null; // {slot, lon, lat, resolve, began}

  /* The frame in which it was drawn is done when the next one begins. */
  const afterFrame = (then) => requestAnimationFrame(() => then(wall()));

  const isThere = ({ lon, lat }, atLon, atLat) => Math.abs(lon - atLon) < NEAR_DEGREES && Math.abs(lat - atLat) < NEAR_DEGREES;

  /* After each drawing of the worker canvas: what it drew is what the fleet holds in this same task. */
  const drawn = (canvas) => {
    const fleet = window.zhongshu?.live?.fleet;
    if (!fleet) return;
    if (bench.first === null && Number(canvas.dataset.drawn) > 0) {
      bench.first = 0;
      afterFrame((at) => { bench.first = at - performance.timeOrigin; });
    }
    if (wanted === null || wanted.isSeen) return;
    const index = fleet.indexOf(wanted.slot);
    if (index < 0 || !isThere(wanted, ...fleet.lonLat(index))) return;
    const [x, y] = fleet.placeAt(index, performance.now(), [0, 0]);
    wanted.began ??= wall();
    if (x !== fleet.mercatorX[index] || y !== fleet.mercatorY[index]) return; // on its way
    finish();
  };

  const finish = () => {
    const { resolve, began } = wanted;
    wanted.isSeen = true;
    afterFrame((painted) => {
      wanted = null;
      resolve({ began: began ?? painted, painted });
    });
  };

  /* The peer's circles pass here when they are made; Leaflet draws them in the frame that follows. */
  bench.placed = (slot, lon, lat) => {
    if (bench.first === null) {
      bench.first = 0;
      requestAnimationFrame(() => afterFrame((at) => { bench.first = at - performance.timeOrigin; }));
    }
    if (wanted === null || wanted.isSeen || wanted.slot !== slot || !isThere(wanted, lon, lat)) return;
    wanted.isSeen = true;
    requestAnimationFrame(() => finish());
  };

  bench.watch = (slot, lon, lat) => {
    bench.seen = new Promise((resolve, reject) => {
      wanted = { slot, lon, lat, resolve, began: null, isSeen: false };
      setTimeout(() => reject(new Error(`worker ${slot} was not painted`)), 20_000);
    });
    bench.seen.catch(() => {}); // told to whoever waits for it
  };

  /* Long tasks and frames of a span, and what it cost: see measureFrames in the same tool. */
  const canvases = new WeakSet();
  new MutationObserver(() => {
    for (const canvas of document.querySelectorAll("#wall-map-city .worker-canvas, #desk-map .worker-canvas")) {
      if (canvases.has(canvas)) continue;
      canvases.add(canvas);
      new MutationObserver(() => drawn(canvas)).observe(canvas, { attributes: true, attributeFilter: ["data-drawn"] });
      drawn(canvas);
    }
  }).observe(document, { childList: true, subtree: true });
  window.bench = bench;
})();
