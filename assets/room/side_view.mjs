/* Beside what is said: what was decided, who takes part, who was ordered, which files there are. Pure. */

import { el } from "../wall/element.mjs";
import { text } from "../live/catalogue.mjs";
import { timeText } from "../hand/clock.mjs";
import { decisionClock } from "./head_view.mjs";
import { fileView } from "./message_view.mjs";
import { byPressure } from "./news.mjs";

export function decisionsView({ decisions, me }, now) {
  const sorted = byPressure(decisions);
  const open = sorted.filter((one) => one.completed_at === null);
  const done = sorted.filter((one) => one.completed_at !== null);
  return [
    heading(text("room.decisions"), decisions.length, me, "decide_in_room", "decide"),
    ...open.map((one) => decision(one, me, now)),
    decisions.length ? null : empty("room.no_decision"),
    done.length ? el("h3", { class: "hand-label room-done" }, text("room.done_count", { count: done.length })) : null,
    ...done.map((one) => decision(one, me, now)),
  ];
}

/* Who owes it and how long is left stand first, what was decided below. */
function decision(one, me, now) {
  const isDone = one.completed_at !== null;
  const canReport = !isDone && one.mine && me.may.includes("complete_room_decision");
  const due = one.due_at === null ? text("room.no_end") : text("room.until", { time: timeText(one.due_at, now) });
  return el(
    "div",
    { class: "room-row", "data-decision": one.item, "data-done": isDone ? "1" : null },
    el(
      "p",
      { class: "room-owes" },
      el("b", {}, one.owner),
      isDone || one.due_at === null ? null : decisionClock(one, now, "hand-clock"),
    ),
    el("p", {}, text("room.item", { item: one.item }), " ", one.decision),
    el("p", { class: "hand-label" }, isDone ? text("room.done", { time: timeText(one.completed_at, now), by: one.completed_by, result: one.result }) : due),
    canReport ? el("button", { type: "button", class: "hand-button", "data-do": "complete", "data-item": one.item }, text("room.complete")) : null,
  );
}

export function participantsView({ participants, me, room }, now) {
  return [
    heading(text("room.participants"), participants.filter((one) => one.left_at === null).length, me, "invite_to_room", "invite"),
    el(
      "ul",
      { class: "room-people" },
      ...byAttention(participants, room).map((one) =>
        el(
          "li",
          { "data-part": `${one.kind}:${one.id}`, "data-left": one.left_at === null ? null : "1", "data-behind": isBehind(one, room) ? "1" : null },
          el("b", {}, one.name),
          el("span", { class: "hand-label" }, seen(one, room, now)),
          one.left_at === null && one.kind !== "officer" && me.may.includes("invite_to_room") ? button("remove", text("room.remove"), { kind: one.kind, id: one.id, name: one.name }) : null,
        ),
      ),
    ),
  ];
}

const isBehind = (one, room) => one.left_at === null && one.read_no < room.last_no;

/* Whoever has not looked comes first: that is who must be rung up. */
function byAttention(participants, room) {
  const rank = (one) => (one.left_at !== null ? 3 : one.came_at === null ? 0 : isBehind(one, room) ? 1 : 2);
  return [...participants].sort((one, other) => rank(one) - rank(other) || one.read_no - other.read_no);
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
