/* The board's entries as elements. */

import { el } from "./element.mjs";
import { clockText, endOfCityDay, grouped } from "./format.mjs";
import { BIG_ROWS } from "./board.mjs";
import { COLOUR_OF, levelPips, urgencyIcon } from "./symbols.mjs";
import { remainingText } from "../live/countdown.mjs";

const MINUTE_MS = 60_000;
const LONG_DIGITS = 6; // "+02:47" fits at full size, "1:02:47" does not

const KNOWN_ROLES = new Set([
  "duty_officer", "duty_leader", "commander", "leader", "unit_liaison", "unit_head", "unit", "unit_duty", "receiver",
  "worker", "grid_worker", "grid_chief", "dispatch_desk", "duty_desk", "decider",
]);
const KNOWN_STEPS = new Set([
  "dispatch", "read", "ack", "accept", "sign", "arrive", "on_site", "feedback", "finish", "verify", "triage", "handle",
  "handling", "review", "callback", "redo", "return_ruling", "extension_ruling", "suspended_review",
  "supplement", "self_handling", "township", "county", "check", "contact",
  "register", "interview", "mediate", "settle", "choose", "arbitrate", "file", "agreement", "confirm",
  "conferring", "decide", "urge", "supervision",
]);

/* A role in words; a text that is not a role's key names the one who must act itself. */
export function roleText(role, text) {
  if (!role) return "";
  return KNOWN_ROLES.has(role) ? text(`wall.role.${role}`) : role;
}

export function stepText(kind, step, text) {
  return text(`wall.${kind}.${KNOWN_STEPS.has(step) ? step : "other"}`);
}

export function boardView(entries, now, text) {
  return entries.map((entry, place) => rowView(entry, place < BIG_ROWS, now, text));
}

function rowView(entry, isBig, now, text) {
  const left = remainingText(entry.dueAt - now);
  // On the red fill everything is white, so the symbol's colour cannot repeat the state.
  const ink = entry.state === "overdue" ? "var(--alarm-ink)" : COLOUR_OF[entry.state];
  const symbol = entry.unacknowledged && entry.state !== "overdue" ? COLOUR_OF.overdue : ink;
  const pips = entry.state === "overdue" ? "var(--alarm-ink)" : entry.level > 0 ? COLOUR_OF[entry.state] : "var(--ink)";
  return el(
    "div",
    {
      class: `wall-due${isBig ? " first" : ""}`,
      "data-id": entry.id,
      "data-state": entry.state,
      "data-unacknowledged": entry.unacknowledged ? "true" : null,
    },
    el("div", { class: `left clock-face${left.length > LONG_DIGITS ? " long" : ""}` }, left),
    el(
      "div",
      { class: "what" },
      el(
        "div",
        { class: "title" },
        urgencyIcon(entry.urgency, symbol),
        el("span", { class: "cut" }, entry.title),
        entry.merged > 1 ? el("span", { class: "merged" }, text("wall.board.merged", { count: entry.merged })) : null,
        levelPips(entry.level, pips),
      ),
      isBig ? bigLines(entry, text) : smallLine(entry, text),
    ),
  );
}

function bigLines(entry, text) {
  const step = entry.whistle ? whistleStep(entry.whistle, "name", text) : stepText("step", entry.step, text);
  const line = entry.whistle ? step : [entry.unit, step].filter(Boolean).join(" · ");
  return [el("div", { class: "step cut" }, line), el("div", { class: "who cut" }, actText(entry, text))];
}

function smallLine(entry, text) {
  const line = entry.whistle ? whistleStep(entry.whistle, "code", text) : entry.unit;
  const act = entry.whistle ? roleText(entry.mustAct, text) : actText(entry, text);
  return el(
    "div",
    { class: "step two" },
    el("span", { class: "cut" }, line ?? ""),
    line && act ? el("span", { class: "between" }, "·") : null,
    el("span", { class: "fixed" }, act),
  );
}

function actText(entry, text) {
  const step = stepText("act", entry.step, text);
  const role = roleText(entry.mustAct, text);
  return role ? text("wall.board.act", { role, step }) : step;
}

/* How many are there, and the one unit to speak of: the unit first where it has its name, so that a long one
 * is not cut before it is named. */
function whistleStep(whistle, naming, text) {
  const present = text("wall.board.present", { present: whistle.present, called: whistle.called });
  const worst = whistle.worst;
  if (whistle.confers || worst === null) return [present, whistle.confers ? text("wall.board.conferring") : ""].filter(Boolean).join(" · ");
  const unit = unitText(worst, worst[naming], naming, text);
  return naming === "name" ? `${unit} · ${whistle.present}/${whistle.called}` : `${present} · ${unit}`;
}

function unitText(worst, unit, naming, text) {
  const suffix = naming === "code" ? "_short" : "";
  if (worst.state === "overdue") return text(`wall.board.unit_late${suffix}`, { unit });
  if (worst.predictedLateMs > 0) {
    const minutes = Math.max(1, Math.round(worst.predictedLateMs / MINUTE_MS));
    return text(`wall.board.unit_predicted_late${suffix}`, { unit, minutes });
  }
  if (worst.stage === "not_started" || worst.minutes === null) return text(`wall.board.unit_not_started${suffix}`, { unit });
  return text("wall.board.unit_eta", { unit, minutes: worst.minutes });
}

/* When nothing urgent runs the board says so, with the time of the data: a silence that can be trusted. */
export function calmView(open, at, text) {
  return el(
    "div",
    { class: "wall-quiet" },
    el("b", {}, text("wall.board.calm")),
    el("span", {}, text("wall.board.calm_as_of", { time: clockText(at), open: grouped(open) })),
  );
}

export function waitingView(text) {
  return el("div", { class: "wall-quiet" }, el("span", {}, waitingText(text)));
}

/* What stands where a picture would, until the first one has come: never a zero that nobody counted. */
export function waitingText(text) {
  return text("wall.board.waiting");
}

export function tallyView(board, text) {
  const tally = text("wall.board.tally", { overdue: board.overdue, risk: board.risk });
  const more = board.unlisted > 0 ? `${text("wall.board.more", { count: board.unlisted })} · ` : "";
  return [`${more}${tally}`];
}

/* {overdue, longestMs, dueToday} of all open matters. */
export function overdueTotals(matters, now) {
  const dayEnd = endOfCityDay(now);
  const totals = { overdue: 0, longestMs: 0, dueToday: 0 };
  for (const matter of matters.values()) {
    if (matter.due_at === null || matter.due_at === undefined) continue;
    if (matter.due_at < now) {
      totals.overdue += 1;
      totals.longestMs = Math.max(totals.longestMs, now - matter.due_at);
    } else if (matter.due_at < dayEnd) totals.dueToday += 1;
  }
  return totals;
}

export function totalView(totals, text) {
  const late = totals.overdue > 0;
  const sentence = late
    ? text("wall.board.overdue_total", { longest: remainingText(totals.longestMs) })
    : text("wall.board.none_overdue");
  return [
    el("b", { class: `clock-face${late ? " alarm" : ""}` }, grouped(totals.overdue)),
    el("div", {}, sentence, el("span", {}, text("wall.board.due_today", { count: grouped(totals.dueToday) }))),
  ];
}
