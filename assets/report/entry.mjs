/* Entry of the citizens' pages: which of them this is. A citizen has no inbox and no queue, and the page stays light. */

import { Api } from "../hand/api.mjs";
import { HandClock } from "../hand/clock.mjs";
import { notice, pageFacts, startPage } from "../hand/frame.mjs";
import { openStore } from "../hand/store.mjs";
import { withTelephones } from "../hand/telephones.mjs";
import { node } from "../field/node.mjs";
import { text } from "../live/catalogue.mjs";
import { mountFollow } from "./follow.mjs";
import { mountForm } from "./form.mjs";

startPage(async (main) => {
  const facts = pageFacts();
  const clock = new HandClock();
  if (facts.now) clock.told(facts.now);
  const hand = { main, facts, clock, api: new Api(clock), store: await openStore(facts.person), text, notice };
  main.replaceChildren();
  if (facts.follow) mountFollow(hand);
  else if (facts.no_such_grid) main.append(node("p", { class: "hand-card" }, withTelephones(text("report.no_such_grid_text"))));
  else await mountForm(hand);
});
