/* Above everything in a room: which matter, which topic, and the decision that presses most, with who owes it. Pure. */

import { el } from "../wall/element.mjs";
import { dueState, remainingText } from "../live/countdown.mjs";
import { text } from "../live/catalogue.mjs";
import { timeText } from "../hand/clock.mjs";
import { byPressure } from "./news.mjs";

export function headView({ room, me }, now) {
  return [
    el("a", { class: "hand-quiet room-back", href: "/room", "aria-label": text("room.all") }, "‹"),
    el(
      "div",
      { class: "room-what" },
      el("h1", { class: "hand-title" }, el("span", { class: "room-no" }, room.no), " ", room.title),
      el("p", { class: "room-topic" }, text("room.topic", { topic: room.topic })),
      el("p", { class: "hand-label room-when" }, whenText(room, now)),
    ),
    me.may.includes("open_room") ? el("button", { type: "button", class: "hand-quiet room-move", "data-do": "move", "data-at": room.meets_at }, text("room.move")) : null,
  ];
}

function whenText(room, now) {
  const isOpen = room.state === "open";
  return [
    room.place,
    text(isOpen ? "room.open_since" : "room.closed_at", { time: timeText(isOpen ? room.opened_at : room.closed_at, now) }),
    room.host ? text("room.host", { host: room.host }) : "",
    room.meets_at ? text("room.meets", { time: timeText(room.meets_at, now) }) : "",
  ].filter(Boolean).join(" · ");
}

/* The nearest end among what was decided and is not done; null when nothing is owed. Leads to the decisions. */
export function pressingView({ decisions }, now) {
  const open = byPressure(decisions).filter((one) => one.completed_at === null);
  if (open.length === 0) return null;
  const [first] = open;
  return el(
    "button",
    { type: "button", class: "room-pressing", "data-goto": "decided" },
    first.due_at === null ? null : decisionClock(first, now, "hand-clock"),
    el("span", { class: "room-pressing-what" }, el("b", {}, first.owner), " ", first.decision),
    el("span", { class: "hand-label" }, text("room.pressing", { count: open.length })),
  );
}

export function decisionClock(one, now, name) {
  const limit = one.due_at - one.decided_at;
  const attributes = { class: name, "data-due": one.due_at, "data-limit": limit, "data-state": dueState(one.due_at, limit, now) };
  return el("span", attributes, remainingText(one.due_at - now));
}
