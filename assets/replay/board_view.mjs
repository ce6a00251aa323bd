/* The board as it stood: open matters with their clocks then, the replayed one first. */

import { el } from "../wall/element.mjs";
import { clockText } from "../wall/format.mjs";
import { COLOUR_OF, urgencyIcon } from "../wall/symbols.mjs";
import { dueState, remainingText } from "../live/countdown.mjs";
import { text } from "../live/catalogue.mjs";
import { boardRows } from "./past.mjs";

const MOST_FILLED = 5; // overdue rows that are filled, as on the wall: a board that is red all over says nothing
const MINUTE_MS = 60_000;

export function boardView(past, boards, at, room) {
  const head = el("h2", {}, text("replay.board.title"), el("span", { class: "replay-beside" }, text("replay.board.as_of", { time: clockText(at) })));
  if (!boards.isKnown(at)) return [head, el("p", { class: "replay-words" }, unknownWords(past))];
  const rows = boardRows(boards, past.matter?.id);
  const late = rows.filter(({ dueAt, limitMs }) => dueState(dueAt, limitMs, at) === "overdue").length;
  const missing = past.boards.missing ? text("replay.board.missing", { count: past.boards.missing }) : "";
  let filled = 0;
  const shown = rows.slice(0, room).map((row) => {
    const state = dueState(row.dueAt, row.limitMs, at);
    const isFilled = state === "overdue" && filled++ < MOST_FILLED;
    return rowView(row, at, state, isFilled, row.matter.id === past.matter?.id);
  });
  return [
    head,
    el("ol", { class: "replay-rows" }, ...shown),
    el("p", { class: "replay-words" }, text("replay.board.sum", { count: rows.length, late }), rows.length > room ? text("replay.board.more", { count: rows.length - room }) : "", missing),
    el("p", { class: "replay-words" }, callsWords(past, at)),
  ];
}

function unknownWords({ boards }) {
  const days = Math.round(boards.kept_ms / (24 * 60 * MINUTE_MS));
  return text(boards.from === null ? "replay.board.forgotten" : "replay.board.forgotten_until", { days, time: boards.from === null ? "" : clockText(boards.from) });
}

function callsWords({ calls, from }, at) {
  if (!calls.per_minute) return "";
  const minute = Math.floor((at - from) / MINUTE_MS) - 1; // the last whole one
  if (minute < 0) return "";
  const recent = calls.per_minute.slice(Math.max(0, minute - 4), minute + 1).reduce((sum, count) => sum + count, 0);
  return text("replay.board.calls", { count: calls.per_minute[minute] ?? 0, recent });
}

function rowView({ matter, whistle, dueAt, limitMs }, at, state, isFilled, isOwn) {
  const clock = dueAt === null || dueAt === undefined ? text("replay.board.no_clock") : remainingText(dueAt - at);
  const no = whistle ? whistle.no : matter.no;
  return el(
    "li",
    { class: `replay-row${isFilled ? " filled" : ""}${isOwn ? " own" : ""}`, "data-state": state, "data-matter": matter.id },
    el("span", { class: "clock-face" }, clock),
    el("span", { class: "replay-row-title" }, urgencyIcon(matter.urgency, isFilled ? "var(--alarm-ink)" : COLOUR_OF[state]), el("b", {}, matter.title), el("span", {}, no)),
    el("span", { class: "replay-row-who" }, whoWords(matter, whistle)),
  );
}

function whoWords(matter, whistle) {
  const stage = text(`stage.${matter.stage}`);
  if (whistle) {
    const called = whistle.receivers.filter((one) => !one.declined_at && !one.recalled_at);
    const present = called.filter((one) => one.arrived_at);
    const away = called.filter((one) => !one.arrived_at).map((one) => one.name);
    const missing = away.length ? text("replay.board.away", { units: away.join(text("replay.board.and")) }) : "";
    return [text("wall.map.present", { present: present.length, called: called.length }), missing].filter(Boolean).join(" · ");
  }
  return [matter.unit_name, stage].filter(Boolean).join(" · ");
}
