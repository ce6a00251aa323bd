/* The counties and zones side by side, and what they ask of each other. */

import { text } from "../../live/catalogue.mjs";
import { positionsFreshness } from "../../live/freshness.mjs";
import { districtNotes, crossingsOf, districtModel, isDistrictEmpty } from "../district_model.mjs";
import { districtView } from "../district_view.mjs";
import { ratesFreshness } from "../freshness.mjs";
import { dutyOf } from "../grid_model.mjs";
import { awaitingView } from "../panels.mjs";
import { put } from "../slots.mjs";

export const scene = {
  name: "district",
  isOfCells: true,
  topics: { matters: paint, commands: paint, rates: paint },
  build() {},
  paint,
  isEmpty: (wall) => isDistrictEmpty(wall.live.matters, wall.live.rates),
};

function paint(wall, now) {
  const { live, city } = wall;
  if (!live.ready) return put("scene-district", awaitingView(wall.cells.district, text));
  const fresh = { duty: positionsFreshness(live, now), rates: ratesFreshness(live.rates, now) };
  const duty = dutyOf(live.fleet)?.regions ?? null;
  const model = districtModel(live.matters, live.commands.values(), live.rates, duty, city, now);
  return put("scene-district", districtView(model, crossingsOf(live.asks, live.matters), city, { ...fresh, notes: districtNotes(fresh, text) }, now, wall.cells.district, text));
}
