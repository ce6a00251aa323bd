/* The whistles: who is there, who will be late, what is not decided. */

import { text } from "../../live/catalogue.mjs";
import { ratesFreshness } from "../freshness.mjs";
import { awaitingView } from "../panels.mjs";
import { put } from "../slots.mjs";
import { isWhistleEmpty, whistleRecord, whistleSceneModel } from "../whistle_model.mjs";
import { whistleView } from "../whistle_view.mjs";

export const scene = {
  name: "whistle",
  topics: { commands: paint, matters: paint, rates: paint },
  build() {},
  paint,
  isEmpty: (wall) => isWhistleEmpty(wall.live.commands.values()),
};

function paint(wall, now) {
  const { live } = wall;
  if (!live.ready) return put("scene-whistle", awaitingView(text));
  const model = whistleSceneModel(live.commands.values(), live.matters, now);
  return put("scene-whistle", whistleView(model, whistleRecord(live.rates), ratesFreshness(live.rates, now), now, text));
}
