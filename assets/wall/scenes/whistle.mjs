/* The whistles: who is there, who will be late, what is not decided. */

import { text } from "../../live/catalogue.mjs";
import { ratesFreshness } from "../freshness.mjs";
import { awaitingView } from "../panels.mjs";
import { put } from "../slots.mjs";
import { isWhistleEmpty, roomOf, whistleRecord, whistleSceneModel } from "../whistle_model.mjs";
import { whistleView } from "../whistle_view.mjs";

export const scene = {
  name: "whistle",
  isOfCells: true,
  topics: { commands: paint, matters: paint, rates: paint },
  build() {},
  paint,
  isEmpty: (wall) => isWhistleEmpty(wall.live.commands.values()),
};

function paint(wall, now) {
  const { live } = wall;
  if (!live.ready) return put("scene-whistle", awaitingView(wall.cells.whistle, text));
  const model = whistleSceneModel(live.commands.values(), live.matters, now, roomOf(wall.cells.whistle));
  return put("scene-whistle", whistleView(model, whistleRecord(live.rates), ratesFreshness(live.rates, now), now, wall.cells.whistle, text));
}
