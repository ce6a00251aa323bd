/* The wall's two Leaflet maps: fitted to their boxes in design pixels, and asked where a place lies. */

import { CITY_STYLE, INSET_STYLE, seamMove } from "./map_overlay.mjs";

/* Where the city lies in the map's cell, in design pixels [left, top, right, bottom]: beside it is room for
 * the inset and the legends, below it for a move of 80. The pack's box reaches over the sea to the islands. */
const CITY_BOX = [24, 20, 1510, 1360];

export const INSET_BOX = [1216, 656, 1896, 1476]; // in the city map's cell, as in wall.css
export const LEGEND_BOXES = [[1250, 10, 1912, 320], [24, 1100, 640, 1400]]; // labels keep off

const SEAMS = [420, 960]; // rows of the panel grid in the map's cell, which begins at 120

export async function openMaps(cityBounds, insetBounds) {
  const ids = ["wall-map-city", "wall-map-inset"];
  const [cityMap, insetMap] = await Promise.all(ids.map((id) => window.zhongshu.mapReady(id)));
  const city = fitted(cityMap, CITY_STYLE.width, cityBounds, CITY_BOX, false);
  const inset = fitted(insetMap, INSET_STYLE.width, insetBounds, [0, 0, INSET_STYLE.width, INSET_STYLE.height], true);
  let seen = null;
  let move = 0;
  const maps = {
    city,
    inset,
    /* How many times the inset enlarges the city map. */
    enlargement: () => 2 ** (insetMap.getZoom() - cityMap.getZoom()),
    fit(whistles) {
      seen = null;
      city.fit(move);
      inset.fit(0);
      maps.followWhistles(whistles);
    },
    /* Moves the city so that no ring lies on a seam; only when the whistles have changed. */
    followWhistles(whistles) {
      const ids = whistles.map((whistle) => whistle.id).join();
      if (ids === seen) return;
      seen = ids;
      const heights = whistles.map((whistle) => city.project(whistle.lon, whistle.lat)[1] - move);
      const wanted = seamMove(heights, CITY_STYLE.ring * 1.1, SEAMS);
      if (wanted !== move) city.fit((move = wanted));
    },
  };
  return maps;
}

/* One map that shows all of `bounds` in `box` of its own design pixels: {leaflet, fit(move), project(lon, lat)}. */
export async function openMap(id, designWidth, bounds, box) {
  return fitted(await window.zhongshu.mapReady(id), designWidth, bounds, box, false);
}

/* One map: `fit(move)` and `project(lon, lat)` in design pixels. `covers` fills the box with the bounds
 * instead of showing all of them. */
function fitted(leaflet, designWidth, bounds, box, covers) {
  const corners = window.L.latLngBounds([[bounds.south, bounds.west], [bounds.north, bounds.east]]);
  const scale = () => leaflet.getSize().x / designWidth;
  return {
    leaflet,
    fit(move) {
      leaflet.invalidateSize({ animate: false, pan: false });
      const size = leaflet.getSize();
      const [left, top, right, bottom] = box.map((value) => value * scale());
      const around = window.L.point(size.x - (right - left), size.y - (bottom - top));
      const zoom = leaflet.getBoundsZoom(corners, covers, around);
      const wanted = window.L.point((left + right) / 2, (top + bottom) / 2 + move * scale());
      const centre = leaflet.project(corners.getCenter(), zoom).add(size.divideBy(2)).subtract(wanted);
      leaflet.setView(leaflet.unproject(centre, zoom), zoom, { animate: false });
      window.zhongshu.baseMap.restyle(leaflet);
    },
    project(lon, lat) {
      const point = leaflet.latLngToContainerPoint([lat, lon]);
      return [point.x / scale(), point.y / scale()];
    },
  };
}
