/* How a call for help stands, on every view until it is over: not sent, at the desk, seen by an officer. Views. */

import { timeText } from "../hand/clock.mjs";
import { node } from "./node.mjs";

/* `item` is the call that the inbox does not know yet, `row` the matter that it became; null when there is none. */
export function helpCard({ text, item, row, phone, now }) {
  const state = stateOf(item, row);
  if (state === null) return null;
  const time = timeText(item?.said_at ?? row.opened_at, now);
  return node(
    "section",
    { class: "hand-card field-helped", "data-state": state, role: "status" },
    node("h2", {}, text(`field.helped.${state}`)),
    node("p", {}, text(`field.helped.${state}_text`, { time })),
    state !== "seen" && node("a", { class: "hand-button field-call", href: `tel:${phone}` }, text("hand.call", { phone })),
  );
}

function stateOf(item, row) {
  if (item) return item.isDone ? "sent" : "unsent";
  if (!row) return null;
  return row.acknowledged || row.stage !== "CALLED" ? "seen" : "sent";
}
