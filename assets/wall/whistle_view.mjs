/* The whistle scene: who is there, who will be late, what is not decided, of every whistle that is out. */

import { roleText } from "./board_view.mjs";
import { drawing, el } from "./element.mjs";
import { clockText, durationText, grouped, percentText } from "./format.mjs";
import { at, panelView, rulesView } from "./panels.mjs";
import { urgencyIcon } from "./symbols.mjs";
import { axisView, trackView } from "./whistle_track.mjs";
import { whistleRing } from "./whistle_glyph.mjs";
import { remainingText } from "../live/countdown.mjs";

const MINUTE_MS = 60_000;
const ROWS = [540, 1080, 1620];
const CARD_HEIGHT = 540;
const RING = 150;
const TRACKS_HEIGHT = 430; // above the minutes of their axis
const PITCH = { least: 70, most: 96 };
const ROOM_FOR_ASKS = 4; // so few whistles leave the last row of screens free

/* Where the parts of a card stand, from its left edge, by how many cells the picture has each way: a wide card spans the
 * wall, a narrow one holds what there is room for beside others; null has given way. */
const NARROW = { tracks: 960, name: 260, axis: 360, end: 210, asks: null };
const HEAD_ALONE = { tracks: null, asks: null };
const CARDS = {
  4: { wide: { tracks: 960, name: 300, axis: 1140, end: 360, asks: 2880 }, narrow: NARROW, across: 2, width: 1920 },
  3: { wide: { ...NARROW, asks: 1920 }, narrow: HEAD_ALONE, across: 3, width: 960 },
  2: { wide: NARROW, narrow: HEAD_ALONE, across: 2, width: 960 },
};
const SUMS = { 4: ["open", "present", "undecided", "record"], 3: ["open", "present", "undecided"], 2: ["open", "present"] };

/* `record` is what became of whistles (null: not known), `recordFreshness` of when that is. */
export function whistleView(model, record, recordFreshness, now, cells, text) {
  const { wide, narrow } = CARDS[cells];
  const hasRowOfAsks = cells === 4 && !model.isWide && model.cards.length <= ROOM_FOR_ASKS;
  const columns = Array.from({ length: cells - 1 }, (_, place) => 960 * (place + 1)).filter((x) => !(model.isWide && cells === 4 && x === 1920));
  return [
    ...summaryView(model, record, recordFreshness, cells, text),
    ...(hasRowOfAsks ? model.cards.map((card, place) => asksView(card, [960 * place, 1620], text)) : []),
    ...model.cards.map((card, place) => cardView(card, boxOf(place, model.isWide, cells), model.isWide ? wide : narrow, now, text)),
    ...rulesView([
      ...columns.map((x) => [x - 1, 540, 2, 540 * (cells - 1)]), ...ROWS.slice(0, cells - 1).map((y) => [0, y - 1, 960 * cells, 2]),
    ]),
  ];
}

function boxOf(place, isWide, cells) {
  if (isWide) return [0, ROWS[place], 960 * cells, CARD_HEIGHT];
  const { across, width } = CARDS[cells];
  return [width * (place % across), ROWS[Math.floor(place / across)], width, CARD_HEIGHT];
}

/* --- the sum of all ------------------------------------------------------------------------------- */

const QUIET_AT = { 4: [960, 1180, 1920, 300], 3: [960, 660, 960, 300], 2: [960, 660, 960, 300] };

function summaryView({ totals, hidden, cards }, record, recordFreshness, cells, text) {
  const panel = (name, x, children, extra = {}) => SUMS[cells].includes(name) &&
    panelView({ name: `whistle-${name}`, box: [x, 120, 960, 420], title: text(`wall.whistle.${name}`), text, children, ...extra });
  const big = (value, second = null) => el("div", { class: "scene-figure", style: at(36, 66, 888, 200) },
    el("b", { class: "clock-face huge" }, value, second === null ? null : el("small", {}, second)));
  const below = (...words) => el("div", { class: "line scene-below", style: at(36, 316, 888, 64) }, words);
  const count = (key, value, tone) => value === 0 ? null : el("span", { class: tone, "data-count": key }, text(`wall.whistle.${key}`, { count: value }));
  const rows = [
    panel("open", 0, [big(grouped(totals.open)), below(
      hidden > 0 ? el("b", {}, text("wall.whistle.hidden", { count: hidden })) : null,
      totals.confers > 0 ? el("span", {}, text("wall.whistle.confers", { count: totals.confers })) : null)]),
    panel("present", 960, [big(grouped(totals.present), `/${grouped(totals.called)}`), below(
      count("late", totals.late, "alarm"), count("predicted", totals.predicted, "risk"), count("objecting", totals.objecting, null),
      totals.late + totals.predicted + totals.objecting === 0 ? el("span", { class: "second" }, text("wall.whistle.none_late")) : null)]),
    panel("undecided", 1920, [big(grouped(totals.undecided)), below(
      el("span", { class: "second" }, text("wall.whistle.decided", { count: totals.decided })), el("span", { class: "second" }, text("wall.whistle.rule")))]),
    panel("record", 2880, record === null ? el("div", { class: "line quiet", style: at(36, 100, 888, 60) }, text("wall.fresh.never")) : [
      el("div", { class: "scene-figure", style: at(36, 66, 888, 200) },
        el("b", { class: "clock-face huge" }, record.of > 0 ? percentText(record.onTime / record.of) : "—", record.of > 0 ? el("small", {}, "%") : null)),
      el("div", { class: "line", style: at(36, 274, 888, 56) }, text("wall.whistle.on_time", { on_time: grouped(record.onTime), of: grouped(record.of) })),
      el("div", { class: "line", style: at(36, 330, 888, 64) }, text("wall.whistle.today", { resolved: grouped(record.resolvedToday), raised: grouped(record.raisedToday) }))],
    { freshness: record === null ? null : recordFreshness, gone: el("div", { class: "wall-gone", style: at(36, 72, 888, 240) }, el("div", { class: "dash" }, "—")) }),
  ];
  return cards.length > 0 ? rows : [...rows, el("div", { class: "wall-quiet scene-quiet", style: at(...QUIET_AT[cells]) }, el("b", {}, text("wall.whistle.none")))];
}

/* --- one whistle ---------------------------------------------------------------------------------- */

function cardView(card, box, place, now, text) {
  const pitch = Math.max(PITCH.least, Math.min(PITCH.most, Math.floor(TRACKS_HEIGHT / Math.max(1, card.units.length))));
  const tracksWidth = place.name + place.axis + place.end + 60;
  const left = place.tracks + 24;
  return el(
    "section",
    { class: "scene-whistle", style: at(...box), "data-whistle": card.id, "data-state": card.ring.confers ? "confers" : card.state },
    drawing(340, 340, { class: "ring", style: at(30, 36, 340, 340) }, whistleRing(card.ring, 170, 170, RING, text)),
    el("div", { class: "head", style: at(390, 30, 550, 400) },
      el("div", { class: "no" }, urgencyIcon(card.urgency, "var(--ink)"), el("b", {}, card.no), el("span", { class: "second" }, text("wall.whistle.blown", { time: clockText(card.issuedAt).slice(0, 5) }))),
      el("div", { class: "title clamp" }, card.title),
      el("div", { class: "line second cut" }, card.place)),
    el("div", { class: "clock", style: at(36, 396, 560, 120) }, clockView(card, now, text)),
    el("div", { class: "sum", style: at(604, 396, 336, 120) },
      el("b", { class: "clock-face" }, card.ring.present, el("small", {}, `/${card.ring.called}`)), el("span", { class: "line" }, text("wall.whistle.on_site"))),
    place.tracks === null ? null : el("div", { class: "tracks", style: at(left, 24, tracksWidth, 500) },
      card.units.map((unit, row) => unitView(unit, row * pitch, pitch, card, place, text)),
      el("div", { style: at(place.name + 72, card.units.length * pitch, place.axis, 46) }, axisView(place.axis, text)),
      card.hiddenUnits > 0 ? el("div", { class: "line quiet", style: at(0, 436, place.name + 60, 50) }, text("wall.whistle.hidden_units", { count: card.hiddenUnits })) : null),
    place.asks === null ? null : asksView(card, [place.asks, 0], text),
    place.asks === null ? el("div", { class: "open-asks", style: at(390, 320, 550, 56) }, undecidedText(card, text)) : null,
  );
}

function clockView(card, now, text) {
  if (card.dueAt === null) {
    const since = card.consultationAt ? text("wall.whistle.confers_at", { time: clockText(card.consultationAt).slice(0, 5) }) : text("wall.board.conferring");
    return el("b", { class: "words" }, since);
  }
  return el("b", { class: "clock-face" }, remainingText(card.dueAt - now));
}

function undecidedText(card, text) {
  return card.open > 0 ? text("wall.whistle.card_undecided", { open: card.open, made: card.made }) : text("wall.whistle.card_decided", { made: card.made });
}

/* What is not decided, by whom it is to be, and who has to act now. */
function asksView(card, [x, y], text) {
  const role = roleText(card.mustAct, text);
  const line = (top, words, attributes = {}) => el("div", { class: "line cut", style: at(36, top, 888, 60), ...attributes }, words);
  const room = card.decider ? 3 : 4;
  const shown = card.asks.slice(0, room);
  const more = card.asks.length - shown.length;
  return el("section", { class: "scene-asks", style: at(x, y, 960, CARD_HEIGHT), "data-asks": card.id },
    el("h2", { style: at(36, 18, 888, 60) }, text("wall.whistle.asks_of", { no: card.no }), el("span", {}, undecidedText(card, text))),
    shown.map((ask, place) => el("div", { class: "ask", style: at(36, 92 + place * 84, 888, 76), "data-item": ask.item },
      el("em", {}, ask.item), el("span", { class: "cut" }, ask.question))),
    card.decider ? line(92 + room * 84, text("wall.whistle.decider", { who: card.decider }), { "data-decider": card.id }) : null,
    line(436, [
      el("b", {}, text(card.open > 0 ? "wall.whistle.nobody_leaves" : "wall.whistle.may_leave")),
      more > 0 ? el("span", { class: "second" }, text("wall.hotline.unlisted", { count: more })) : null,
      role ? el("span", { class: "second" }, text("wall.whistle.must_act", { role })) : null,
    ], { class: "line stays" }));
}

function unitView(unit, top, pitch, card, place, text) {
  const hollow = unit.stage === "not_started" || unit.objects;
  return el(
    "div",
    { class: "scene-unit", style: at(0, top, place.name + place.axis + place.end + 60, pitch), "data-unit": unit.id, "data-state": unit.state, "data-stage": unit.stage },
    el("em", { class: hollow ? "unit-chip hollow" : "unit-chip" }, unit.code || text("wall.map.unit_code_unknown")),
    el("span", { class: "name cut", style: at(72, 0, place.name - 14, PITCH.least) }, unit.name),
    el("div", { class: "lane", style: at(place.name + 72, 7, place.axis, 56) }, trackView(unit, card.nowMinutes, card.limitMinutes, place.axis)),
    el("span", { class: "end cut", style: at(place.name + place.axis + 84, 0, place.end - 24, PITCH.least) }, endText(unit, text)),
  );
}

/* Minutes and seconds while seconds count, whole minutes after an hour: five characters have room. */
function lateText(ms, text) {
  return ms < 60 * MINUTE_MS ? remainingText(-ms) : text("wall.map.minutes_over", { n: Math.floor(ms / MINUTE_MS) });
}

/* What there is to say of a unit in a few characters: when it was there, how late it is or will be, how far it is. */
function endText(unit, text) {
  if (unit.objects) return text("wall.whistle.objects");
  if (unit.hasLeft) return text("wall.whistle.left");
  if (unit.arrived !== null) {
    const took = durationText(unit.arrived * MINUTE_MS);
    return text(unit.wasLate ? "wall.whistle.arrived_late" : "wall.whistle.arrived", { took });
  }
  if (unit.state === "overdue") return text("wall.whistle.unit_late", { time: lateText(unit.lateMs, text) });
  if (unit.predictedLateMs > 0) return text("wall.whistle.unit_predicted", { minutes: Math.max(1, Math.round(unit.predictedLateMs / MINUTE_MS)) });
  if (unit.claims) return text("wall.whistle.claims");
  if (unit.stage === "not_started") return text(unit.accepted === null ? "wall.whistle.unanswered" : "wall.whistle.not_started");
  return unit.leftMinutes === null ? text("wall.whistle.way") : text("wall.whistle.minutes", { minutes: unit.leftMinutes });
}
