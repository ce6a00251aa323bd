/* The hotline: how far above the usual, why, and whether it is answered in time. */

import { text } from "../../live/catalogue.mjs";
import { hotlineFreshness } from "../../live/freshness.mjs";
import { hotlineModel, isHotlineEmpty } from "../hotline_model.mjs";
import { hotlineView } from "../hotline_view.mjs";
import { put } from "../slots.mjs";

export const scene = {
  name: "hotline",
  isOfCells: true,
  topics: { hotline: paint },
  build() {},
  paint,
  isEmpty: (wall) => isHotlineEmpty(wall.live.hotline),
};

function paint(wall, now) {
  const { hotline } = wall.live;
  const model = isHotlineEmpty(hotline) ? null : hotlineModel(hotline);
  put("scene-hotline", hotlineView(hotline, model, hotlineFreshness(hotline, now), wall.city.categories, now, wall.cells.hotline, text));
}
