/* The wall's two Leaflet maps: fitted to their boxes in design pixels, and asked where a place lies. */

import { CITY_STYLE, INSET_STYLE, isWithin } from "./map_overlay.mjs";
import { seamBoxes, seamMove } from "./seams.mjs";

/* Where the city lies in the map's cell, in design pixels [left, top, right, bottom]: beside it is room for
 * the inset and the legends, below it for a move of 80. The pack's box reaches over the sea to the islands. */
const CITY_BOX = [24, 20, 1510, 1360];

export const INSET_BOX = [1216, 656, 1896, 1476]; // in the city map's cell, as in wall.css
export const LEGEND_BOXES = [[1250, 10, 1912, 320], [24, 1100, 640, 1400]]; // labels keep off

/* Where the map's cell begins on the wall: beside the calls, or where these have given way at the left edge. */
const cornerOf = ({ cells }) => [cells === 4 ? 960 : 0, 120];

export async function openMaps(cityBounds, insetBounds) {
  const ids = ["wall-map-city", "wall-map-inset"];
  const [cityMap, insetMap] = await Promise.all(ids.map((id) => window.zhongshu.mapReady(id)));
  const city = fitted(cityMap, CITY_STYLE.width, cityBounds, CITY_BOX, false);
  const inset = fitted(insetMap, INSET_STYLE.width, insetBounds, [0, 0, INSET_STYLE.width, INSET_STYLE.height], true);
  let seen = null;
  let move = [0, 0];
  let insetMove = [0, 0];
  const within = ({ xs, ys }, [left, top]) => ({ xs: xs.map((x) => x - left), ys: ys.map((y) => y - top) });
  const moved = (map, before, whistles, ring, seams) => {
    const spots = whistles.map(({ lon, lat }) => map.project(lon, lat).map((at, axis) => at - before[axis]));
    const wanted = seamMove(spots, ring * 1.1, seams);
    if (wanted.join() !== before.join()) map.fit(wanted);
    return wanted;
  };
  const maps = {
    city,
    inset,
    seams: { city: [], inset: [] }, // boxes that labels keep off
    /* How many times the inset enlarges the city map. */
    enlargement: () => 2 ** (insetMap.getZoom() - cityMap.getZoom()),
    fit(whistles, built) {
      seen = null;
      city.fit(move);
      inset.fit(insetMove);
      maps.followWhistles(whistles, built);
    },
    /* Moves city and inset so that no ring lies on a seam, and notes where labels may not lie; only when the whistles or the seams have changed. */
    followWhistles(whistles, { seams, ringSeams }) {
      const ids = `${whistles.map((whistle) => whistle.id).join()} ${seams.xs} ${seams.ys} ${seams.cells}`;
      if (ids === seen) return;
      seen = ids;
      const cell = cornerOf(seams);
      const corner = [cell[0] + INSET_BOX[0], cell[1] + INSET_BOX[1]];
      maps.seams = {
        city: seamBoxes(seams, cell, [CITY_STYLE.width, CITY_STYLE.height]),
        inset: seamBoxes(seams, corner, [INSET_STYLE.width, INSET_STYLE.height]),
      };
      const inInset = ({ lon, lat }) => isWithin(insetBounds, lon, lat);
      move = moved(city, move, whistles.filter((one) => !inInset(one)), CITY_STYLE.ring, within(ringSeams, cell));
      insetMove = moved(inset, insetMove, whistles.filter(inInset), INSET_STYLE.ring, within(ringSeams, corner));
    },
  };
  return maps;
}

/* One map that shows all of `bounds` in `box` of its own design pixels: {leaflet, fit([dx, dy]), project(lon, lat)}. */
export async function openMap(id, designWidth, bounds, box) {
  return fitted(await window.zhongshu.mapReady(id), designWidth, bounds, box, false);
}

/* One map: `fit([dx, dy])` and `project(lon, lat)` in design pixels. `covers` fills the box with the bounds
 * instead of showing all of them. */
export function fitted(leaflet, designWidth, bounds, box, covers) {
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
      const wanted = window.L.point((left + right) / 2 + move[0] * scale(), (top + bottom) / 2 + move[1] * scale());
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
