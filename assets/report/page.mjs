/* The citizens' pages: which of them this is. */

import { node } from "../field/node.mjs";
import { mountFollow } from "./follow.mjs";
import { mountForm } from "./form.mjs";

export async function mount(hand) {
  const { facts, main, text } = hand;
  if (facts.follow) mountFollow(hand);
  else if (facts.no_such_grid) main.append(node("p", { class: "hand-card" }, text("report.no_such_grid_text")));
  else await mountForm(hand);
}
