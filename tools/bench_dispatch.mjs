/* Marks of one dispatch, by the wall clock, ms: evaluated in the desk's and the receiver's page by
 * tools/bench_dispatch.py. A page takes its own time, so nothing of the measuring lies in between. */
(() => {
  performance.setResourceTimingBufferSize(100_000);
  const wall = (mark) => performance.timeOrigin + mark;
  const marks = new Map(); // what was waited for -> {seen, painted}
  const waiting = new Map();
  const bench = { enter: 0 };
  window.addEventListener("keydown", (event) => {
    if (event.key === "Enter") bench.enter = wall(event.timeStamp);
  }, { capture: true });

  /* In the page now; painted once the frame that shows it is done. */
  const mark = (name) => {
    if (marks.has(name)) return;
    const found = { seen: wall(performance.now()) };
    marks.set(name, found);
    requestAnimationFrame(() => setTimeout(() => {
      found.painted = wall(performance.now());
      waiting.get(name)?.(found);
    }, 0));
  };
  const look = () => {
    for (const { dataset: { item } } of document.querySelectorAll("[data-item]")) mark(item);
    for (const [name, holds] of bench.wanted) if (holds()) mark(name);
  };
  bench.wanted = new Map();
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["data-item"] });
  look();

  bench.has = (name) => marks.has(name);
  bench.shown = (name) => new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`${name} was not shown`)), 60_000);
    if (marks.get(name)?.painted) resolve(marks.get(name));
    else waiting.set(name, resolve);
  });
  /* Ids of the queue's rows whose cell says just this. */
  bench.rows = (column, words) => [...document.querySelectorAll(`#desk-queue .ag-row .ag-cell[col-id="${column}"]`)]
    .filter((cell) => cell.textContent === words).map((cell) => cell.closest(".ag-row").getAttribute("row-id"));
  /* Watches a row of the desk's queue until its cell says something. */
  bench.watchRow = (row, column, words) => {
    const cell = () => document.querySelector(`#desk-queue .ag-row[row-id="${CSS.escape(row)}"] .ag-cell[col-id="${column}"]`);
    bench.wanted = new Map([[row, () => cell()?.textContent.includes(words) ?? false]]);
  };
  /* Requests of an address that began and ended in a span of time: when each was sent, answered and read. */
  bench.requests = (address, from, to) => performance.getEntriesByType("resource")
    .filter(({ name, startTime, responseEnd }) => name.includes(address) && responseEnd > 0 && wall(responseEnd) <= to && wall(startTime) >= from)
    .map(({ requestStart, responseStart, responseEnd, transferSize }) => ({
      sent: wall(requestStart), answered: wall(responseStart), read: wall(responseEnd), bytes: transferSize,
    }));
  window.bench = bench;
})();
