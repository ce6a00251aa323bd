/* The forms of a room: what each asks and where it is sent. `post(path, body)` resolves once the server has done it. */

import { text } from "../live/catalogue.mjs";

const HOUR_MS = 3_600_000;

/* Returns what RoomDialog.open takes. `room` is the room's id, `data` the pressed button's data attributes. */
export const FORMS = {
  decide: ({ room, facts, participants, post }) => ({
    title: text("room.decide"),
    send: text("room.decide_send"),
    fields: [
      { name: "decision", label: text("room.field.decision"), kind: "long", isRequired: true },
      { name: "owner", label: text("room.field.owner"), isRequired: true },
      { name: "due_at", label: text("room.field.due_at"), kind: "time" },
      { name: "owner_unit", label: text("room.field.owner_unit"), kind: "pick", options: unitOptions(facts, participants) },
    ],
    onSend: ({ decision, owner, owner_unit, due_at }) =>
      post(`/api/v1/rooms/${room}/decisions`, { decision, owner, owner_unit: owner_unit || null, due_at }),
  }),
  complete: ({ room, data, post }) => ({
    title: text("room.complete"),
    send: text("room.complete_send"),
    fields: [{ name: "result", label: text("room.field.result"), kind: "long", isRequired: true }],
    onSend: ({ result }) => post(`/api/v1/rooms/${room}/decisions/${data.item}/done`, { result }),
  }),
  move: ({ room, data, now, post }) => ({
    title: text("room.move"),
    note: text("room.move_note"),
    send: text("room.move_send"),
    fields: [{ name: "meets_at", label: text("room.field.meets_at"), kind: "time", isRequired: true, value: Number(data.at) || now + HOUR_MS }],
    onSend: ({ meets_at }) => post(`/api/v1/rooms/${room}/time`, { meets_at }),
  }),
  invite: ({ room, facts, post }) => ({
    title: text("room.invite"),
    note: text("room.invite_note"),
    send: text("room.invite_send"),
    fields: [
      {
        name: "who", label: text("room.field.who"), kind: "pick", isRequired: true,
        options: [
          ...facts.centres.map((one) => ({ value: `centre:${one.id}`, label: one.name, hint: text("room.centre") })),
          ...facts.units.map((one) => ({ value: `unit:${one.id}`, label: one.name, hint: one.region })),
        ],
      },
    ],
    onSend: ({ who }) => {
      const [kind, id] = who.split(/:(.*)/s);
      return post(`/api/v1/rooms/${room}/participants`, { kind, id });
    },
  }),
  remove: ({ room, data, post }) => ({
    title: text("room.remove_who", { name: data.name }),
    send: text("room.remove"),
    fields: [{ name: "reason", label: text("room.field.reason"), isRequired: true }],
    onSend: ({ reason }) => post(`/api/v1/rooms/${room}/participants/remove`, { kind: data.kind, id: data.id, reason }),
  }),
  book: ({ room, specialists, now, post }) => ({
    title: text("room.book"),
    note: text("room.book_note"),
    send: text("room.book_send"),
    fields: [
      { name: "specialist_id", label: text("room.field.specialist"), kind: "pick", isRequired: true, options: specialists.map(specialistOption) },
      { name: "question", label: text("room.field.question"), kind: "long", isRequired: true },
      { name: "wanted_at", label: text("room.field.wanted_at"), kind: "time", isRequired: true, value: now + HOUR_MS },
      { name: "way", label: text("room.field.way"), kind: "choice", value: "site", options: ["site", "phone", "video"].map((way) => ({ value: way, label: text(`room.way.${way}`) })) },
    ],
    onSend: ({ specialist_id, question, wanted_at, way }) => post(`/api/v1/rooms/${room}/bookings`, { specialist_id, question, wanted_at, way }),
  }),
  answer: ({ data, post }) => ({
    title: text("room.answer_of", { name: data.name }),
    send: text("room.record_answer"),
    fields: [
      {
        name: "answer", label: text("room.field.answer"), kind: "choice", isRequired: true,
        options: (data.state === "asked" ? ["accepted", "declined", "came", "cancelled"] : ["came", "declined", "cancelled"]).map((answer) => ({ value: answer, label: text(`room.booking.${answer}`) })),
      },
      { name: "words", label: text("room.field.words"), kind: "long" },
    ],
    onSend: ({ answer, words }) => post(`/api/v1/bookings/${data.booking}/answer`, { answer, words }),
  }),
};

/* Who takes part is likelier to owe something than who does not. */
function unitOptions(facts, participants) {
  const isIn = (one) => participants.some(({ kind, id, left_at: leftAt }) => kind === "unit" && id === one.id && leftAt === null);
  const sorted = [...facts.units].sort((one, other) => isIn(other) - isIn(one));
  return sorted.map((one) => ({ value: one.id, label: one.name, hint: isIn(one) ? text("room.takes_part") : one.region }));
}

function specialistOption(one) {
  const today = one.on_today ? text("room.on_today") : one.weekdays.length ? text("room.rota", { days: one.weekdays.map((day) => text(`room.day.${day}`)).join(text("room.and")) }) : "";
  const busy = one.open_bookings ? text("room.busy", { count: one.open_bookings }) : "";
  return { value: one.id, label: `${one.name} · ${one.field}`, hint: [text(`room.kind.${one.kind}`), one.organisation, today, busy].filter(Boolean).join(" · ") };
}
