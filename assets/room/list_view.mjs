/* The rooms that wait for this person, and what stands where a matter has no room yet. Pure. */

import { el } from "../wall/element.mjs";
import { text } from "../live/catalogue.mjs";
import { timeText } from "../hand/clock.mjs";

export function listView(rooms, now) {
  const sorted = [...rooms].sort((one, other) => (other.unread > 0) - (one.unread > 0) || other.opened_at - one.opened_at);
  return [
    el("h1", { class: "hand-title room-list-title" }, text("room.list", { count: rooms.length })),
    rooms.length === 0 ? el("p", { class: "hand-card" }, text("room.none")) : null,
    ...sorted.map((room) =>
      el(
        "a",
        { class: "hand-card room-card", href: `/room/${encodeURIComponent(room.matter_id)}` },
        el("span", { class: "hand-title" }, `${room.no} ${room.title}`),
        el("span", {}, text("room.topic", { topic: room.topic })),
        el("span", { class: "hand-label" }, [text("room.open_since", { time: timeText(room.opened_at, now) }), room.meets_at ? text("room.meets", { time: timeText(room.meets_at, now) }) : ""].filter(Boolean).join(" · ")),
        room.unread ? el("b", { class: "room-unread" }, text("room.unread", { count: room.unread })) : null,
      ),
    ),
  ];
}

export function openView({ units }) {
  const mayOpen = units.length > 0;
  return [
    el("a", { class: "hand-quiet", href: "/room" }, text("room.all")),
    el("p", { class: "hand-card" }, text(mayOpen ? "room.not_open" : "room.not_asked")),
    mayOpen ? el("button", { type: "button", class: "hand-button primary", "data-do": "open" }, text("room.open")) : null,
  ];
}
