/* How the shared base map is painted, and how a page's modules reach its Leaflet map.
 *
 * A classic script at the root of assets, so that Dash loads it before it mounts a map: dash-leaflet looks
 * the style functions up by name at that moment. The modules under assets/ wait for
 * `zhongshu.mapReady(id)`. */
(function () {
  "use strict";

  const zhongshu = (window.zhongshu = window.zhongshu || {});
  const maps = new Map();
  const waiting = new Map();

  /* Resolves with the Leaflet map of the element `id`, now or when it is mounted. After a remount the
   * newest map is the one that answers. */
  zhongshu.mapReady = function mapReady(id) {
    if (maps.has(id)) return Promise.resolve(maps.get(id));
    return new Promise((resolve) => {
      waiting.set(id, [...(waiting.get(id) || []), resolve]);
    });
  };

  // Lowest first. Rivers and lakes lie below the borders of regions, in whatever order the files arrive.
  const BASE_PANES = ["zs-beyond", "zs-land", "zs-lines"];
  const rankOf = ({ options, feature }) => 2 * BASE_PANES.indexOf(options.pane) + (feature.properties.kind ? 0 : 1);
  const isBase = (layer) => layer.feature !== undefined && BASE_PANES.includes(layer.options.pane);

  /* One canvas for the whole base instead of one a pane: without a GPU each canvas is copied once more for every frame
   * of a dragged map (docs/performance.md, pan). */
  function drawOnOneCanvas(map) {
    const rendererOf = map.getRenderer;
    map.getRenderer = (layer) =>
      rendererOf.call(map, BASE_PANES.includes(layer.options.pane) ? { options: { pane: BASE_PANES[0] } } : layer);
    let frame = null;
    map.on("layeradd", ({ layer }) => {
      if (!isBase(layer) || frame !== null) return;
      frame = requestAnimationFrame(() => {
        frame = null;
        const base = [];
        map.eachLayer((one) => isBase(one) && base.push(one));
        for (const one of base.sort((a, b) => rankOf(a) - rankOf(b))) one.bringToFront();
      });
    });
  }

  /* For who wants no motion a map stands at once where it was moved to: Leaflet's glides are its own, and no style sheet
   * reaches them. Asked each time, because the wish may change while the page is open. */
  function moveAtOnce(map) {
    const wish = window.matchMedia("(prefers-reduced-motion: reduce)");
    for (const name of ["panBy", "setView"]) {
      const glide = map[name];
      map[name] = (...given) => {
        const at = name === "panBy" ? 1 : 2;
        if (wish.matches) given[at] = { ...given[at], animate: false };
        return glide.apply(map, given);
      };
    }
  }

  function register(map) {
    drawOnOneCanvas(map);
    moveAtOnce(map);
    const id = map.getContainer().id;
    if (!id) return;
    maps.set(id, map);
    map.on("unload", () => {
      if (maps.get(id) === map) maps.delete(id);
    });
    map.whenReady(() => {
      for (const resolve of waiting.get(id) || []) resolve(map);
      waiting.delete(id);
      document.dispatchEvent(new CustomEvent("zhongshu:map", { detail: { id } }));
    });
  }

  if (window.L) {
    window.L.Map.addInitHook(function () {
      register(this);
    });
  }

  function colour(token) {
    const themed = document.querySelector("[data-theme]") || document.documentElement;
    return getComputedStyle(themed).getPropertyValue("--" + token).trim();
  }

  /* Screen pixels of one design pixel: a map on the wall names the width it is designed at, in pixels of
   * a 3840-pixel wall; on the desk lines are plain pixels. */
  function scale() {
    const wall = document.querySelector("[data-page='wall']");
    return wall ? wall.clientWidth / 3840 : 1;
  }

  const onWall = () => document.querySelector("[data-page='wall']") !== null;
  const weight = (wallPixels, deskPixels) => (onWall() ? wallPixels * scale() : deskPixels);

  const WATER_KINDS = new Set(["water", "river"]);

  zhongshu.baseMap = {
    isNeighbour: (feature) => feature.properties.kind === "neighbour",
    isWater: (feature) => WATER_KINDS.has(feature.properties.kind),
    hasTiles: false, // a page that draws tiles below says so: the land is then outlines alone
    neighbours: () => ({ stroke: false, fill: true, fillColor: colour("beyond"), fillOpacity: zhongshu.baseMap.hasTiles ? 0 : 1 }),
    township: () => ({
      stroke: true, color: colour("town-line"), weight: weight(1.6, 0.8), fillColor: colour("land"),
      fillOpacity: zhongshu.baseMap.hasTiles ? 0 : 1,
    }),
    region: () => ({
      stroke: true, color: colour("region-line"), weight: weight(4, 1.6), lineJoin: "round", fill: false,
    }),
    water: (feature) =>
      feature.properties.kind === "river"
        ? { stroke: !zhongshu.baseMap.hasTiles, color: colour("water"), weight: 1.2, fill: false }
        : { stroke: false, fillColor: colour("water"), fillOpacity: zhongshu.baseMap.hasTiles ? 0 : 1 },
    /* Paints the layers again in the colours and at the scale of now; for a change of theme or size. */
    restyle(map) {
      const styles = { "zs-beyond": this.neighbours, "zs-land": this.township };
      map.eachLayer((layer) => {
        if (!layer.feature || !layer.setStyle) return;
        const pane = layer.options.pane;
        const lines = layer.feature.properties.kind ? this.water : this.region;
        layer.setStyle((styles[pane] || lines)(layer.feature));
      });
    },
  };
})();
