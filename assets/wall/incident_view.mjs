/* The incident scene's panels as elements: what is left, who is where, what is undecided. */

import { roleText, stepText } from "./board_view.mjs";
import { el } from "./element.mjs";
import { clockText, durationText, grouped, minuteText } from "./format.mjs";
import { COLOUR_OF, urgencyIcon } from "./symbols.mjs";
import { headOf, toneOf } from "./ticker.mjs";
import { placeOf, unitTrack, WIDTH } from "./unit_track.mjs";
import { remainingText } from "../live/countdown.mjs";

const MINUTE_MS = 60_000;
const AGENDA_ROWS = 3;
const LINES = 16;

/* --- title ------------------------------------------------------------------------------------------ */

export function titleView(incident, townships, others, text) {
  const { matter, clock } = incident;
  const state = matter.urgency === 1 && matter.acknowledged === false ? "overdue" : clock?.state ?? "ok";
  return [
    el("h1", {},
      el("span", { class: `in-flag ${state}${matter.acknowledged === false && matter.urgency === 1 ? " blink-fill" : ""}` },
        urgencyIcon(matter.urgency, "currentcolor"), text(`wall.incident.urgency.${matter.urgency}`)),
      el("span", { class: "cut in-name" }, matter.title),
      others ? el("span", { class: "others" },
        text("wall.incident.others", { count: others.count, title: others.worst.title, over: others.over })) : null),
    el("p", { class: "cut whole-line" },
      whole(el("b", {}, [townships.get(matter.township), matter.place].filter(Boolean).join(" "))),
      whole(` · ${matter.no}`),
      matter.unit_name ? whole(` · ${text("wall.incident.lead")} `, el("b", {}, matter.unit_name)) : null,
      incident.whistle
        ? whole(` · ${text("wall.incident.whistled", { no: incident.whistle.no, time: minuteText(incident.whistle.row.issued_at) })}`) : null,
      matter.merged > 1
        ? whole(` · ${text("wall.incident.merged")} `, el("b", {}, grouped(matter.merged)), ` ${text("wall.incident.calls")}`) : null),
  ];
}

/* Words that stay together on one panel. */
function whole(...words) {
  return el("span", { class: "whole" }, ...words);
}

/* --- the clock -------------------------------------------------------------------------------------- */

export function clockView({ clock, whistle }, text) {
  if (clock === null) return [el("div", { class: "wall-quiet" }, text("wall.incident.no_clock"))];
  const digits = remainingText(clock.leftMs);
  const limit = text("wall.incident.limit", { limit: limitText(clock.limitMs, text), time: minuteText(clock.dueAt) });
  const present = whistle && !whistle.confers ? [
    el("div", { class: "present" }, el("b", { class: "clock-face" }, String(whistle.present), el("small", {}, `/${whistle.called}`))),
  ] : [];
  return [
    el("div", { class: "wall-heading" },
      el("h2", {}, text(clock.isOfWhistle ? "wall.incident.whistle" : "wall.incident.step", { step: stepText("step", clock.step, text) })),
      el("span", { class: "second" }, limit)),
    el("div", { class: "digits" },
      el("b", {
        class: `clock-face left${digits.length > 6 ? " long" : ""}`, style: `color:${COLOUR_OF[clock.state]}`, "data-state": clock.state,
      }, digits),
      present),
    el("div", { class: "under second" },
      el("span", {}, text(clock.leftMs < 0 ? "wall.incident.over" : "wall.incident.left", { passed: durationText(clock.passedMs) })),
      present.length > 0 ? el("span", {}, text("wall.incident.present"))
        : el("span", {}, text("wall.board.act", { role: roleText(clock.mustAct, text), step: stepText("act", clock.step, text) }))),
  ];
}

function limitText(ms, text) {
  const minutes = Math.round(ms / MINUTE_MS);
  return minutes < 120 ? text("wall.incident.minutes", { minutes }) : text("wall.incident.hours", { hours: Math.round(minutes / 60) });
}

/* --- units ------------------------------------------------------------------------------------------ */

/* `room` is how many units have a row. */
export function unitsView(units, now, room, text) {
  if (units.length === 0) return [el("div", { class: "wall-quiet" }, text("wall.incident.nobody"))];
  // Who is late or will be is never among those left out.
  const rank = { overdue: 0, risk: 1, ok: 2 };
  const kept = units.length <= room ? units
    : [...units].sort((one, other) => rank[one.state] - rank[other.state] || (one.stage === "arrived") - (other.stage === "arrived"))
      .slice(0, room);
  return [
    ...units.filter((unit) => kept.includes(unit)).map((unit) => unitRow(unit, now, text)),
    axisRow(units[0], units.length - kept.length, text),
  ];
}

function unitRow(unit, now, text) {
  const risk = unit.state === "risk" ? "risk" : unit.state === "overdue" ? "alarm" : "";
  return el("div", { class: "in-unit", "data-unit": unit.id, "data-stage": unit.stage, "data-state": unit.state },
    el("div", { class: "in-line" },
      el("span", { class: `in-chip ${unit.stage} ${risk}` }, unit.code),
      el("b", { class: "cut in-name" }, unit.name),
      el("span", { class: "second in-note" }, noteOf(unit, text)),
      el("span", { class: `in-value ${risk}` }, valueOf(unit, now, text))),
    unitTrack(unit, now));
}

function noteOf(unit, text) {
  if (unit.stage === "arrived") {
    const people = unit.people ? text("wall.incident.people", { count: unit.people }) : text("wall.incident.on_site");
    return `${text(`wall.incident.role.${unit.role === "lead" ? "lead" : "assist"}`)} · ${people}`;
  }
  if (unit.stage === "way" && unit.awayKm !== null) return text("map.kilometres", { length: unit.awayKm.toFixed(1) });
  return "";
}

function valueOf(unit, now, text) {
  const small = (words) => el("small", {}, words);
  if (unit.stage === "arrived") return [small(text("wall.incident.took")), el("b", { class: "clock-face" }, durationText(unit.arrivedAt - unit.issuedAt))];
  if (unit.state === "overdue") return [el("b", { class: "clock-face" }, remainingText(unit.dueAt - now)), small(text("wall.incident.not_there"))];
  if (unit.minutes === null) return [small(text(unit.acceptedAt ? "wall.incident.not_started" : "wall.incident.not_accepted"))];
  const late = unit.predictedLateMs > 0;
  return [
    el("b", { class: "clock-face" }, text("wall.map.minutes", { n: unit.minutes })),
    small(late ? text("wall.incident.late", { late: durationText(unit.predictedLateMs) }) : text("wall.incident.eta", { time: minuteText(unit.etaAt) })),
  ];
}

/* The axis that all tracks share, with what is left out above it. */
function axisRow(unit, left, text) {
  const minutes = unit.limitMs / MINUTE_MS;
  const marks = [0, 1 / 3, 2 / 3, 1].map((share) => ({ share, at: unit.issuedAt + share * unit.limitMs }));
  return el("div", { class: "in-axis" },
    marks.map(({ share, at }) => el("span", {
      style: `left:${((placeOf(unit, at) / WIDTH) * 100).toFixed(2)}%`, class: share === 0 ? "start" : share === 1 ? "end" : null,
    }, share === 0 ? minuteText(at) : text("wall.incident.axis", { minutes: Math.round(share * minutes) }))),
    left > 0 ? el("em", {}, text("wall.incident.more_units", { count: left })) : null);
}

/* --- agenda ----------------------------------------------------------------------------------------- */

export function decidedView({ agenda, whistle }, now, text) {
  if (!whistle) return [el("div", { class: "second in-none" }, text("wall.incident.no_whistle"))];
  const open = agenda.open.length;
  return [
    agenda.decided.length === 0 ? el("div", { class: "second in-none" }, text("wall.incident.none_decided")) : null,
    ...agenda.decided.slice(0, AGENDA_ROWS).map((item) => agendaRow(item, "done", item.decision, [
      item.owner, text("wall.incident.decided_at", { time: minuteText(item.decided_at) }), executionText(item, now, text),
    ])),
    open > 0
      ? el("div", { class: "in-lock" }, el("b", {}, text("wall.incident.nobody_leaves")), el("span", {}, text("wall.incident.locked", { count: open })))
      : null,
  ];
}

export function openView({ agenda, whistle }, text) {
  if (!whistle) return [];
  if (agenda.open.length === 0) return [el("div", { class: "second in-none" }, text("wall.incident.all_decided"))];
  const more = agenda.open.length - AGENDA_ROWS;
  return [
    ...agenda.open.slice(0, AGENDA_ROWS).map((item) => agendaRow(item, "open", item.question, [text("wall.incident.undecided")])),
    more > 0 ? el("div", { class: "second in-none" }, text("wall.incident.more_open", { count: more })) : null,
    whistle.row.decider ? el("div", { class: "in-foot second" }, text("wall.incident.decider", { who: whistle.row.decider })) : null,
  ];
}

function agendaRow(item, kind, title, parts) {
  return el("div", { class: `in-item ${kind}`, "data-item": item.item },
    el("span", { class: "in-no" }, String(item.item)),
    el("div", {}, el("div", { class: "in-what cut" }, title), el("div", { class: "second cut" }, parts.filter(Boolean).join(" · "))));
}

function executionText(item, now, text) {
  if (item.completed_at) return text("wall.incident.carried_out");
  if (!item.due_at) return "";
  return text(item.due_at < now ? "wall.incident.due_over" : "wall.incident.due_by", {
    time: minuteText(item.due_at), left: remainingText(item.due_at - now),
  });
}

/* --- log, calls, workers ---------------------------------------------------------------------------- */

export function linesView(lines, say, text) {
  if (lines.length === 0) return [el("div", { class: "second in-none" }, text("wall.ticker.none"))];
  return lines.slice(0, LINES).map((line, place) =>
    el("div", { class: `happened${place < 4 ? " new" : ""}`, "data-seq": line.seq },
      el("time", {}, clockText(line.at)), el("b", { class: toneOf(line) }, headOf(line, text)), el("span", { class: "cut" }, say(line))));
}

export function factsView({ matter, lines }, categories, now, text) {
  const fact = (value, words) => el("div", {}, el("b", {}, value), ` ${words}`);
  return [
    el("div", { class: "in-big" }, el("b", { class: "clock-face" }, grouped(matter.merged)), el("span", { class: "second" }, text("wall.incident.merged_calls"))),
    el("div", { class: "in-facts second" },
      fact(categories[matter.category] ?? matter.category, ""),
      fact(durationText(now - matter.opened_at), text("wall.incident.since_opened", { time: minuteText(matter.opened_at) })),
      fact(grouped(lines.filter((line) => line.kind === "EscalationFired").length), text("wall.incident.escalations"))),
  ];
}

export function workersView(around, text) {
  return [
    ...around.bands.map((band) => el("div", { class: "in-band" },
      el("span", { class: "second" }, text("wall.incident.within", { km: band.km < 1 ? `${band.km * 1_000} m` : `${band.km} km` })),
      el("b", {}, grouped(band.free)), el("span", { class: "second" }, text("wall.incident.free")),
      el("b", {}, grouped(band.tasked)), el("span", { class: "second" }, text("wall.incident.tasked")))),
    el("div", { class: "second in-none" }, around.nearest.length > 0
      ? text("wall.incident.nearest", { near: distanceText(around.nearest[0].km), far: distanceText(around.nearest.at(-1).km), count: around.nearest.length })
      : text("wall.incident.no_worker")),
  ];
}

export function distanceText(km) {
  return km < 1 ? `${Math.round(km * 100) * 10} m` : `${km.toFixed(1)} km`;
}
