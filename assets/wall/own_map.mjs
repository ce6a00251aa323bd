/* A map that a scene makes for itself when it is first shown: the same base as Dash's maps, and no wall that never shows
 * the scene has paid for it. */

const PANES = { "zs-beyond": 310, "zs-land": 320, "zs-lines": 330 }; // as layouts/map.py; the lowest carries the canvas of all

/* The Leaflet map in the element `id`; `sources` are the city's files. Resolves when its base is drawn. */
export async function openOwnMap(id, sources) {
  const { L, zhongshu } = window;
  const still = ["dragging", "scrollWheelZoom", "doubleClickZoom", "boxZoom", "keyboard", "touchZoom", "zoomControl",
    "attributionControl", "zoomAnimation", "fadeAnimation", "inertia", "tap"];
  const map = L.map(id, { preferCanvas: true, zoomSnap: 0, ...Object.fromEntries(still.map((name) => [name, false])) });
  for (const [name, level] of Object.entries(PANES)) {
    const pane = map.createPane(name);
    pane.style.zIndex = String(level);
    pane.style.pointerEvents = "none";
  }
  map.setView([0, 0], 1, { animate: false });
  const [townships, regions] = await Promise.all([sources.townships, sources.regions].map(read));
  const layer = (data, pane, style) =>
    L.geoJSON(data, { pane, interactive: false, style: (feature) => zhongshu.baseMap[style](feature) }).addTo(map);
  layer(townships, "zs-land", "township");
  layer(regions, "zs-lines", "region");
  return map;
}

async function read(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}
