/* Times the desk's queue from a change of the picture to its paint; evaluated in the page by tools/bench_queue.py. */
async (times) => {
  const live = window.deskLive;
  live.stopped = true;
  const rows = [...live.matters.values()];
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  const grid = "#desk-queue .ag-center-cols-container";
  const until = async (holds) => { while (!holds()) await new Promise((done) => setTimeout(done, 2)); await painted(); };
  const timed = async (act, holds) => {
    const began = performance.now();
    act();
    await until(holds);
    return performance.now() - began;
  };
  const shown = () => [...document.querySelectorAll(`${grid} .ag-row`)];
  const found = { first_rows: [], change: [], burst: [] };
  for (let n = 0; n < 5; n += 1) {
    live.put({ matters: [] });
    await until(() => shown().length === 0);
    found.first_rows.push(await timed(() => live.put({ matters: rows }), () => shown().length > 10));
    await new Promise((done) => setTimeout(done, 600));
  }
  const title = (id) => document.querySelector(`${grid} .ag-row[row-id="${CSS.escape(id)}"] [col-id="title"]`)?.textContent ?? "";
  const changed = (ids, words) => live.put({ partial: true, matters: ids.map((id) => ({ ...live.matters.get(id), title: words })) });
  for (let n = 0; n < times; n += 1) {
    const visible = shown().slice(0, 20).map((row) => row.getAttribute("row-id"));
    const one = visible[n % visible.length];
    found.change.push(await timed(() => changed([one], `改 ${n}`), () => title(one).includes(`改 ${n}`)));
    const many = [...visible, ...rows.slice(100, 130).map((row) => row.id)];
    found.burst.push(await timed(() => changed(many, `批 ${n}`), () => visible.every((id) => title(id).includes(`批 ${n}`))));
  }
  return found;
}
