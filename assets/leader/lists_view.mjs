/* What a number counts, and what became of one's own words: overdue and red matters, whistles, 批示 and 督办单. */

import { el } from "../wall/element.mjs";
import { timeText } from "../hand/clock.mjs";
import { exportButtons } from "../hand/export_buttons.mjs";
import { text } from "../live/catalogue.mjs";
import { clock, ended, grouped, head, instructLink, nothing } from "./parts.mjs";
import { whyText } from "./sentence.mjs";
import { title } from "./situation_view.mjs";

export function listView(which, list, now) {
  const more = list.count - list.rows.length;
  return [
    head(text(`leader.list.${which}`, { count: grouped(list.count) }), text(`leader.list.${which}_rule`), "h1"),
    list.count === 0 ? nothing(text(`leader.list.${which}_none`)) : null,
    el(
      "ol",
      { class: "leader-rows" },
      ...list.rows.map((row) =>
        el(
          "li",
          { class: "leader-row", "data-matter": row.matter_id },
          clock(row.due_at, row.limit_ms, now),
          el(
            "div",
            { class: "leader-row-words" },
            title(row, now),
            el("p", { class: "leader-why" }, ...[row.no, text(`stage.${row.stage}`), row.unit_name || text("leader.no_unit"), row.card === "red" ? text("leader.red_card") : ""].filter(Boolean).map((words) => el("span", {}, words)), el("a", { class: "leader-replay", href: `/replay/${encodeURIComponent(row.matter_id)}` }, text("leader.replay"))),
          ),
          instructLink(row.matter_id),
        ),
      ),
    ),
    more > 0 ? el("p", { class: "leader-more" }, text("leader.list.more", { count: grouped(more), shown: list.rows.length })) : null,
    list.count ? exportButtons(which) : null,
  ];
}

/* Whistles that wait for a word, with what the number over them is made of. No unit is ranked. */
export function whistlesView({ needs, numbers }, now) {
  const rows = needs.rows.filter((row) => row.reasons.some(({ reason }) => reason === "whistle"));
  const { on_time: onTime, judged, pending, today, minutes } = numbers.whistles;
  return [
    head(text("leader.list.whistles", { count: rows.length }), text("leader.list.whistles_rule"), "h1"),
    el("p", { class: "leader-made-of" }, text("leader.list.whistles_made_of", { minutes, on_time: onTime, judged, pending, today })),
    rows.length === 0 ? nothing(text("leader.list.whistles_none")) : null,
    el(
      "ol",
      { class: "leader-rows" },
      ...rows.map((row) =>
        el(
          "li",
          { class: "leader-row", "data-matter": row.matter_id },
          clock(row.due_at, row.limit_ms, now),
          el("div", { class: "leader-row-words" }, title(row, now), el("p", { class: "leader-why" }, ...row.reasons.map((one) => el("span", {}, whyText(one))))),
          instructLink(row.matter_id),
        ),
      ),
    ),
  ];
}

/* 我的批示. `waiting` are words that this device still has to send; `isShort` leaves out how far each receiver is. */
export function mineView({ mine }, waiting, now, { isShort = false } = {}) {
  const shown = isShort ? mine.rows.filter((row) => row.ended_at === null).slice(0, 4) : mine.rows;
  const supervisions = isShort ? [] : mine.supervisions;
  return [
    head(text("leader.mine.title"), text("leader.mine.sum", { month: mine.month, done: mine.done, on_time: mine.on_time }), isShort ? "h2" : "h1"),
    waiting.length === 0 && shown.length === 0 && supervisions.length === 0 ? nothing(text("leader.mine.none")) : null,
    el("ol", { class: "leader-rows" }, ...waiting.map((one) => waitingRow(one, now)), ...shown.map((row) => wordRow(row, now, isShort)), ...supervisions.map((row) => supervisionRow(row, now))),
  ];
}

function waitingRow({ about }, now) {
  return el(
    "li",
    { class: "leader-row", "data-waiting": about.kind },
    ended(timeText(about.at, now)),
    el("div", { class: "leader-row-words" }, el("h3", {}, el("span", {}, about.title)), el("p", { class: "leader-why" }, el("span", {}, text("leader.mine.waiting", { kind: text(`leader.kind.${about.kind}`) })))),
  );
}

function wordRow(row, now, isShort) {
  const isOpen = row.ended_at === null;
  return el(
    "li",
    { class: "leader-row", "data-command": row.id, "data-open": String(isOpen) },
    isOpen ? clock(row.due_at, row.limit_ms, now) : ended(timeText(row.ended_at, now)),
    el(
      "div",
      { class: "leader-row-words" },
      el("h3", {}, el("span", {}, [row.no, row.title].join(" · "))),
      isShort ? null : el("p", { class: "leader-text" }, row.text),
      isShort ? null : el("p", { class: "leader-why" }, el("span", {}, text("leader.mine.given", { time: timeText(row.issued_at, now), due: timeText(row.due_at, now) })), row.in_charge ? el("span", {}, text(`leader.in_charge.${row.in_charge}`)) : null),
      el("ul", { class: "leader-receipts" }, ...row.receivers.map((one) => receipt(one, now))),
    ),
    isOpen ? instructLink(row.matter_id, { label: text(row.due_at <= now ? "leader.press" : "leader.more_word") }) : null,
  );
}

function receipt(one, now) {
  const said = one.stage === "declined" ? one.reason : one.result;
  return el(
    "li",
    { "data-stage": one.stage, "data-receiver": one.id },
    el("b", {}, one.name),
    el("span", {}, text(one.stage === "recalled" ? "leader.recalled" : `receipt.${one.stage}`), one.at ? ` ${timeText(one.at, now)}` : ""),
    one.late ? el("span", { class: "leader-late" }, text("leader.late")) : null,
    said ? el("q", {}, said) : null,
  );
}

function supervisionRow(row, now) {
  return el(
    "li",
    { class: "leader-row", "data-supervision": row.id },
    row.answered_at === null ? clock(row.due_at, row.limit_ms, now) : ended(timeText(row.answered_at, now)),
    el(
      "div",
      { class: "leader-row-words" },
      el("h3", {}, el("span", {}, [row.no, row.title].join(" · "))),
      el("p", { class: "leader-text" }, row.text),
      el("p", { class: "leader-why" }, el("span", {}, row.answered_at === null ? text("leader.mine.unanswered", { unit: row.unit_name }) : text("leader.mine.answered", { unit: row.unit_name, answer: row.answer }))),
    ),
    row.answered_at === null ? instructLink(row.matter_id, { label: text("leader.more_word") }) : null,
  );
}
