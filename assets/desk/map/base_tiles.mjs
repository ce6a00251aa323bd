/* Tiles under the outlines, shifted as they are drawn when they stand in another reading of a place: the view's middle is
 * exact, and over one view the shift varies by less than a pixel. While none can be had the outlines stay filled. */

import { fromWgs84 } from "../../live/datum.mjs";

/* `base` as dashboard/domain/map_base.py describes it. `told(state)` hears "shown" when a tile has come, "missing" while
 * none can be had, "off" when they are switched off; each once. */
export class BaseTiles {
  #state = "off";

  constructor(map, base, told) {
    this.map = map;
    this.told = told;
    const [least, most] = base.zooms;
    this.layers = base.addresses.map((address) => new (layerClass())(address, {
      datum: base.datum, subdomains: base.servers || "a", minNativeZoom: least, maxNativeZoom: most, updateWhenZooming: false,
      // Whoever ties a key to a host must be told the host; nobody is told more.
      ...(base.has_key ? { referrerPolicy: "origin" } : {}),
    }));
    this.layers[0].on("tileload", () => this.#hear("shown"));
    this.layers[0].on("tileerror", () => !this.#hasSome() && this.#hear("missing"));
  }

  show(isShown) {
    for (const layer of this.layers) {
      if (isShown) layer.addTo(this.map);
      else layer.remove();
    }
    if (!isShown) this.#hear("off");
  }

  #hasSome() {
    return Object.values(this.layers[0]._tiles ?? {}).some(({ loaded, el }) => loaded && el.naturalWidth > 0);
  }

  #hear(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.told(state);
  }
}

let made = null;

/* Leaflet comes with the page. What of it is overridden asks where the map's middle is: it is told the middle's place in
 * the tiles' reading (Leaflet 1.9, GridLayer). */
function layerClass() {
  made ??= window.L.TileLayer.extend({
    _setZoomTransform(level, center, zoom) {
      window.L.TileLayer.prototype._setZoomTransform.call(this, level, this._read(center), zoom);
    },
    _getTiledPixelBounds(center) {
      return window.L.TileLayer.prototype._getTiledPixelBounds.call(this, this._read(center));
    },
    _onMoveEnd() {
      if (!this._map || this._map._animatingZoom) return;
      if (this.options.datum !== "wgs84") this._setZoomTransforms(this._map.getCenter(), this._map.getZoom());
      this._update();
    },
    _read(center) {
      const { lng, lat } = window.L.latLng(center);
      const [lon, at] = fromWgs84(lng, lat, this.options.datum);
      return window.L.latLng(at, lon);
    },
  });
  return made;
}
