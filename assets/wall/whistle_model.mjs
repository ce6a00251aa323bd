/* What the whistle scene says: every open whistle with its units on one axis of minutes. Pure. */

import { isShown, unitModel, whistleModel } from "./whistle_glyph.mjs";
import { dueState } from "../live/countdown.mjs";

const MINUTE_MS = 60_000;
export const AXIS_MINUTES = 30; // the article: on site within 30 minutes
/* By how many cells the picture has each way: at most so many whistles are shown, more are counted; so few have the whole
 * width each; so many at least are over their time where there are as many. */
const ROOMS = { 4: { most: 6, wide: 3, overdue: 3 }, 3: { most: 6, wide: 2, overdue: 3 }, 2: { most: 2, wide: 1, overdue: 1 } };
export const UNIT_ROWS = 6; // of one whistle; more are counted

export function roomOf(cells) {
  return ROOMS[cells];
}

/* {cards, hidden, totals}: open whistles, the soonest end first and consultations last; `totals` counts all of them. */
export function whistleSceneModel(commands, matters, now, room = ROOMS[4]) {
  const cards = [...commands].filter(isShown).map((command) => cardOf(command, matters.get(command.matter_id), now));
  cards.sort(soonest);
  const sum = (count) => cards.reduce((total, card) => total + count(card), 0);
  const units = (test) => sum((card) => card.units.filter(test).length);
  return {
    cards: chosen(cards, room),
    hidden: Math.max(0, cards.length - room.most),
    isWide: cards.length <= room.wide,
    totals: {
      open: cards.length,
      confers: cards.filter((card) => card.ring.confers).length,
      present: sum((card) => card.ring.present),
      called: sum((card) => card.ring.called),
      late: units((unit) => unit.state === "overdue" && !unit.objects),
      predicted: units((unit) => unit.state === "risk"),
      objecting: units((unit) => unit.objects),
      undecided: sum((card) => card.open),
      decided: sum((card) => card.made),
    },
  };
}

function soonest(one, other) {
  return (one.dueAt ?? Infinity) - (other.dueAt ?? Infinity) || (one.no < other.no ? -1 : 1);
}

/* Whistles that are over their time may not crowd out those that can still be met: as on the board, of more than there
 * is room for the gravest and the latest to fall due are kept. */
function chosen(cards, room) {
  const overdue = cards.filter((card) => card.state === "overdue");
  const coming = cards.filter((card) => card.state !== "overdue");
  const kept = [...overdue].sort((one, other) => one.urgency - other.urgency || other.dueAt - one.dueAt)
    .slice(0, Math.max(room.overdue, room.most - coming.length));
  return [...kept.sort(soonest), ...coming].slice(0, room.most);
}

function cardOf(command, matter, now) {
  const units = command.receivers.filter((receiver) => !receiver.recalled_at && receiver.decline_ruling !== "released")
    .map((receiver) => trackOf(receiver, command, now));
  units.sort((one, other) => one.place - other.place);
  return {
    id: command.id,
    no: command.no,
    title: command.title,
    place: command.place || matter?.place || "",
    urgency: matter?.urgency ?? 2,
    ring: whistleModel(command, now),
    dueAt: command.state === "running" ? command.due_at : null,
    issuedAt: command.issued_at,
    state: command.state === "running" ? dueState(command.due_at, command.limit_ms, now) : "ok",
    limitMinutes: Number.isFinite(command.limit_ms) ? command.limit_ms / MINUTE_MS : AXIS_MINUTES,
    nowMinutes: (now - command.issued_at) / MINUTE_MS,
    units: units.slice(0, UNIT_ROWS),
    hiddenUnits: Math.max(0, units.length - UNIT_ROWS),
    made: command.decisions?.made ?? 0,
    open: command.decisions?.open ?? 0,
    asks: (command.agenda ?? []).filter((item) => !item.decided_at).map((item) => ({ item: item.item, question: item.question, owner: item.owner, dueAt: item.due_at ?? null })),
    decider: command.decider ?? "",
    mustAct: command.must_act,
    consultationAt: command.consultation_at ?? null,
  };
}

/* One unit on the axis; all instants as minutes since the whistle, null where they have not come. `objects`: it says
 * that it need not come and nobody has ruled on it; `claims`: it says to be there without proof. */
function trackOf(receiver, command, now) {
  const unit = unitModel(receiver, command, now);
  const minutes = (at) => (Number.isFinite(at) && at ? (at - command.issued_at) / MINUTE_MS : null);
  const objects = Boolean(receiver.declined_at) && receiver.decline_ruling !== "insisted";
  const hasLeft = Boolean(receiver.left_at);
  const wasLate = unit.stage === "arrived" && receiver.due_at ? receiver.arrived_at > receiver.due_at : false;
  return {
    id: receiver.id,
    code: receiver.code,
    name: receiver.name,
    isLead: receiver.role === "lead",
    stage: objects ? "objects" : unit.stage,
    state: objects ? "ok" : unit.state,
    objects,
    hasLeft,
    claims: Boolean(receiver.claimed_at) && unit.stage !== "arrived",
    accepted: minutes(receiver.accepted_at),
    started: minutes(receiver.en_route_at),
    arrived: minutes(receiver.arrived_at),
    predicted: unit.stage === "arrived" || objects ? null : minutes(receiver.eta_at),
    wasLate,
    lateMs: unit.stage === "arrived" ? 0 : Math.max(0, now - (receiver.due_at ?? command.due_at ?? now)),
    predictedLateMs: unit.predictedLateMs,
    leftMinutes: unit.minutes,
    place: RANK[objects ? "objects" : unit.stage] * 10 + (unit.state === "overdue" ? 0 : unit.state === "risk" ? 1 : 2),
  };
}

/* Who is missing stands above who is there: they are the ones to speak of. */
const RANK = { objects: 0, not_started: 1, way: 1, arrived: 2 };

/* {resolvedToday, raisedToday, onTime, of} of all regions of the view, null where the feed does not say. */
export function whistleRecord(rates) {
  const rows = (rates?.regions ?? []).map((row) => row.whistles).filter(Boolean);
  if (rows.length === 0) return null;
  const sum = (pick) => rows.reduce((total, row) => total + pick(row), 0);
  return {
    raisedToday: sum((row) => row.raised_today),
    resolvedToday: sum((row) => row.resolved_today),
    onTime: sum((row) => row.on_site_30d[0]),
    of: sum((row) => row.on_site_30d[1]),
  };
}

/* Nothing to say: no whistle is out. What was resolved today is told while one is. */
export function isWhistleEmpty(commands) {
  return ![...commands].some(isShown);
}
