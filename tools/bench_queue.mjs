/* Times the desk's queue from a change of the picture to its paint; evaluated in the page by tools/bench_queue.py, one
 * phase at a time: first_rows, change (of one row) or burst (of fifty). */
async ([phase, times]) => {
  const live = window.deskLive;
  live.stopped = true;
  const rows = [...live.matters.values()];
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  const grid = "#desk-queue .ag-center-cols-container";
  const until = async (holds) => { while (!holds()) await wait(2); await painted(); };
  const timed = async (act, holds) => {
    const began = performance.now();
    act();
    await until(holds);
    return performance.now() - began;
  };
  const shown = () => [...document.querySelectorAll(`${grid} .ag-row`)];
  const title = (id) => document.querySelector(`${grid} .ag-row[row-id="${CSS.escape(id)}"] [col-id="title"]`)?.textContent ?? "";
  const change = (ids, words) => live.put({ partial: true, matters: ids.map((id) => ({ ...live.matters.get(id), title: words })) });
  const found = [];
  for (let n = 0; n < times; n += 1) {
    const visible = shown().slice(0, 20).map((row) => row.getAttribute("row-id"));
    if (phase === "first_rows") {
      live.put({ matters: [] });
      await until(() => shown().length === 0);
      await wait(200);
      found.push(await timed(() => live.put({ matters: rows }), () => shown().length > 10));
      await wait(600);
    } else if (phase === "change") {
      const one = visible[n % visible.length];
      found.push(await timed(() => change([one], `改 ${n}`), () => title(one).includes(`改 ${n}`)));
    } else {
      const many = [...visible, ...rows.slice(100, 130).map((row) => row.id)];
      found.push(await timed(() => change(many, `批 ${n}`), () => visible.every((id) => title(id).includes(`批 ${n}`))));
    }
  }
  return found;
}
