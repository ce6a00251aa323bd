/* When a page first shows what is live, ms since it was asked for: evaluated before any script in the product's pages by
 * tools/bench_first_load.py, which sets `window.firstLoad` to the selectors that must all be there. */
(() => {
  const load = { at: null };
  const wanted = window.firstLoad;
  const look = () => {
    if (!wanted.every((selector) => document.querySelector(selector))) return;
    watch.disconnect();
    // The frame in which it was drawn is done when the next one begins.
    requestAnimationFrame(() => requestAnimationFrame(() => { load.at = performance.now(); }));
  };
  const watch = new MutationObserver(look);
  watch.observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-drawn", "data-control"] });
  window.firstLoad = load;
})();
