/* The city's cameras as signs with ids. They are asked for once, when the layer is first wanted, and no picture ever. */

import { text } from "../../live/catalogue.mjs";
import { textWidth } from "../../live/label_places.mjs";
import { element } from "../symbols.mjs";
import { clustersOf } from "./clusters.mjs";

const ADDRESS = "/api/v1/map/cameras";
const CELL_PX = 56;
const HEIGHT_PX = 16;
const FONT_PX = 11;
const REACH_PX = 6; // around a sign
const IDS_WRITTEN = 6;

export class CameraLayer {
  #cameras = null;
  #signs = [];

  /* `ask(address)` resolves to a value or null, `say(words)` writes the map's note, `changed()` asks for a drawing. */
  constructor(map, { ask, say, changed }) {
    Object.assign(this, { map, ask, say, changed });
  }

  async show(isShown) {
    this.isShown = isShown;
    if (!isShown) this.say("");
    else if (!this.#cameras) await this.#fetch();
    this.changed();
  }

  async #fetch() {
    const found = await this.ask(ADDRESS);
    if (!this.isShown) return;
    if (!found) this.say(text("desk_map.cameras.failed"));
    else if (!found.is_known) this.say(text("desk_map.cameras.none"));
    else this.#cameras = found.cameras;
  }

  /* {nodes, taken} of the signs in sight; `at(lon, lat)` is a point in the map's window, `size` the window's. */
  draw(at, size) {
    this.#signs = [];
    if (!this.isShown || !this.#cameras) return { nodes: [], taken: [] };
    const points = this.#cameras.map(([id, lon, lat]) => ({ id, ...pick(at(lon, lat)) }));
    const inSight = points.filter(({ x, y }) => x > -CELL_PX && y > -CELL_PX && x < size.x + CELL_PX && y < size.y + CELL_PX);
    this.#signs = clustersOf(inSight, CELL_PX, this.map.latLngToContainerPoint([0, 0])).map((one) => ({ ...one, box: boxOf(one) }));
    return { nodes: this.#signs.map(signNode), taken: this.#signs.map(({ box }) => box) };
  }

  /* Whether a click was on a sign, whose ids it then says. */
  takesClick({ x, y }) {
    const sign = this.#signs.find(({ box: [left, top, right, bottom] }) => x >= left - REACH_PX && x <= right + REACH_PX && y >= top - REACH_PX && y <= bottom + REACH_PX);
    if (!sign) return false;
    const ids = sign.ids.slice(0, IDS_WRITTEN).join(" ");
    this.say(text(sign.ids.length > IDS_WRITTEN ? "desk_map.cameras.more" : "desk_map.cameras.ids", { ids, count: sign.ids.length }));
    return true;
  }
}

const pick = ({ x, y }) => ({ x, y });
const wordsOf = ({ ids }) => `${text("desk_map.cameras.sign")} ${ids.length > 1 ? ids.length : ids[0]}`;

function boxOf(sign) {
  const half = textWidth(wordsOf(sign), FONT_PX) / 2 + 5;
  return [sign.x - half, sign.y - HEIGHT_PX / 2, sign.x + half, sign.y + HEIGHT_PX / 2];
}

function signNode(sign) {
  const [left, top, right, bottom] = sign.box;
  const words = element("text", { x: sign.x.toFixed(1), y: (sign.y + 4).toFixed(1), "text-anchor": "middle", "font-size": FONT_PX });
  words.textContent = wordsOf(sign);
  return element("g", { class: "camera-sign" }, [
    element("rect", { x: left.toFixed(1), y: top.toFixed(1), width: (right - left).toFixed(1), height: (bottom - top).toFixed(1) }), words,
  ]);
}
