/* Beside what is said: what was decided, who takes part, who was ordered, which files there are. Pure. */

import { el } from "../wall/element.mjs";
import { dueState, remainingText } from "../live/countdown.mjs";
import { text } from "../live/catalogue.mjs";
import { timeText } from "../hand/clock.mjs";
import { fileView } from "./message_view.mjs";

export function decisionsView({ decisions, me }, now) {
  return [
    heading(text("room.decisions"), decisions.length, me, "decide_in_room", "decide"),
    ...decisions.map((one) => decision(one, me, now)),
    decisions.length ? null : empty("room.no_decision"),
  ];
}

function decision(one, me, now) {
  const isDone = one.completed_at !== null;
  const left = one.due_at === null || isDone ? null : one.due_at - now;
  const canReport = !isDone && one.mine && me.may.includes("complete_room_decision");
  return el(
    "div",
    { class: "room-row", "data-decision": one.item, "data-done": isDone ? "1" : null },
    el("p", {}, el("b", {}, text("room.item", { item: one.item })), " ", one.decision),
    el(
      "p",
      { class: "hand-label" },
      text("room.owner", { owner: one.owner }),
      one.due_at === null ? null : ` · ${text("room.until", { time: timeText(one.due_at, now) })}`,
    ),
    left === null ? null : el(
      "p",
      { class: "hand-clock", "data-due": one.due_at, "data-limit": one.due_at - one.decided_at, "data-state": dueState(one.due_at, one.due_at - one.decided_at, now) },
      remainingText(left),
    ),
    isDone ? el("p", {}, text("room.done", { time: timeText(one.completed_at, now), by: one.completed_by, result: one.result })) : null,
    canReport ? button("complete", text("room.complete"), { item: one.item }) : null,
  );
}

export function participantsView({ participants, me, room }, now) {
  return [
    heading(text("room.participants"), participants.filter((one) => one.left_at === null).length, me, "invite_to_room", "invite"),
    el(
      "ul",
      { class: "room-people" },
      ...participants.map((one) =>
        el(
          "li",
          { "data-part": `${one.kind}:${one.id}`, "data-left": one.left_at === null ? null : "1" },
          el("b", {}, one.name),
          el("span", { class: "hand-label" }, seen(one, room, now)),
          one.left_at === null && one.kind !== "officer" && me.may.includes("invite_to_room") ? button("remove", text("room.remove"), { kind: one.kind, id: one.id, name: one.name }) : null,
        ),
      ),
    ),
  ];
}

/* Silence is shown as what it is: nobody has looked yet. */
function seen(one, room, now) {
  if (one.left_at !== null) return text("room.left", { time: timeText(one.left_at, now) });
  if (one.came_at === null) return text("room.not_come");
  const behind = room.last_no - one.read_no;
  return behind > 0 ? text("room.behind", { count: behind, time: timeText(one.read_at, now) }) : text("room.up_to_date", { time: timeText(one.read_at, now) });
}

export function bookingsView({ bookings, me }, now) {
  if (bookings.length === 0 && !me.may.includes("book_specialist")) return [];
  return [
    heading(text("room.bookings"), bookings.length, me, "book_specialist", "book"),
    ...bookings.map((one) =>
      el(
        "div",
        { class: "room-row", "data-booking": one.id, "data-state": one.state },
        el("p", {}, el("b", {}, one.name), ` ${text(`room.kind.${one.kind}`)} · ${one.field} · ${one.organisation}`),
        el("p", {}, one.question),
        el("p", { class: "hand-label" }, text("room.wanted", { time: timeText(one.wanted_at, now), way: text(`room.way.${one.way}`) })),
        el("p", {}, one.answer ? text("room.answered", { state: text(`room.booking.${one.state}`), words: one.answer }) : text(`room.booking.${one.state}`)),
        one.phone && one.state !== "declined" && one.state !== "cancelled" ? el("a", { class: "hand-quiet", href: `tel:${one.phone.replaceAll(/[^\d+]/g, "")}` }, text("room.call", { phone: one.phone })) : null,
        me.may.includes("answer_booking") && (one.state === "asked" || one.state === "accepted") ? button("answer", text("room.record_answer"), { booking: one.id, name: one.name, state: one.state }) : null,
      ),
    ),
  ];
}

export function filesView({ attachments }) {
  if (attachments.length === 0) return [];
  return [
    el("h2", { class: "room-heading" }, text("room.files"), el("span", {}, attachments.length)),
    el("div", { class: "room-files" }, ...attachments.map(fileView)),
  ];
}

function heading(title, count, me, right, act) {
  return el(
    "h2",
    { class: "room-heading" },
    title,
    el("span", {}, count),
    me.may.includes(right) ? button(act, text(`room.${act}`)) : null,
  );
}

function button(act, label, data = {}) {
  const attributes = Object.fromEntries(Object.entries(data).map(([name, value]) => [`data-${name}`, value]));
  return el("button", { type: "button", class: "hand-quiet", "data-do": act, ...attributes }, label);
}

function empty(key) {
  return el("p", { class: "hand-label room-empty" }, text(key));
}
