/* 态势: one sentence, at most five numbers, what needs a word. */

import { el } from "../wall/element.mjs";
import { currentLanguage, text } from "../live/catalogue.mjs";
import { clock, grouped, head, instructLink, nothing, symbol } from "./parts.mjs";
import { spark } from "./spark.mjs";
import { sentenceOf, spanText, whyText } from "./sentence.mjs";

const PER_CENT = 100;

export function sentenceView(picture, now) {
  const lines = sentenceOf(picture, now);
  return [
    el(
      "h1",
      { class: "leader-sentence", "data-control": picture.control.code },
      ...lines.map((parts) =>
        el("span", { class: "leader-line" }, ...parts.map((part) => (part.tone || part.isVerdict ? el(part.isVerdict ? "b" : "em", { "data-tone": part.tone || null }, part.words) : part.words))),
      ),
    ),
    el(
      "details",
      { class: "leader-rule" },
      el("summary", {}, text("leader.rule.title")),
      el("p", {}, text("leader.rule.words")),
      picture.control.why.length ? el("p", {}, text("leader.rule.because", { why: picture.control.why.map((one) => text(`leader.rule.${one}`)).join(text("leader.list_comma")) })) : null,
    ),
  ];
}

/* Each number says what it is out of, and leads to what it counts. */
export function numbersView({ numbers }, now) {
  const { intake, overdue, red, whistles, topics } = numbers;
  const change = intake.before ? Math.round(((intake.count - intake.before) / intake.before) * PER_CENT) : null;
  const share = whistles.judged ? ((whistles.on_time / whistles.judged) * PER_CENT).toFixed(1) : null;
  const longest = overdue.since_at === null ? "" : text("leader.number.longest", { span: spanText(now - overdue.since_at) });
  return [
    card("intake", "#day", text("leader.number.intake"), grouped(intake.count), [
      text("leader.number.before", { before: grouped(intake.before) }),
      change === null ? "" : `${change > 0 ? "+" : ""}${change}%`,
    ]),
    card("overdue", "#overdue", text("leader.number.overdue"), grouped(overdue.count), [text("leader.number.of_open", { of: grouped(overdue.of) }), longest], overdue.count ? "alarm" : ""),
    card("red", "#red", text("leader.number.red"), grouped(red.count), [text("leader.number.of_open", { of: grouped(red.of) }), text("leader.number.red_week", { count: red.week })]),
    card(
      "whistles", "#whistles", text("leader.number.whistles", { minutes: whistles.minutes }),
      share === null ? text("leader.number.none") : el("span", {}, share, el("small", {}, "%")),
      [
        whistles.judged ? text("leader.number.on_time", { on_time: whistles.on_time, judged: whistles.judged }) : text("leader.number.no_whistles"),
        text("leader.number.whistles_today", { count: whistles.today }),
      ],
    ),
    topicsCard(topics),
  ];
}

function card(name, href, label, number, beside, tone = "") {
  return el(
    "a",
    { class: "leader-number", "data-number": name, href },
    el("span", { class: "leader-label" }, label),
    el("b", { "data-tone": tone || null }, number),
    el("span", { class: "leader-under" }, ...beside.filter(Boolean).map((words) => el("span", {}, words))),
  );
}

function topicsCard(topics) {
  return el(
    "a",
    { class: "leader-number leader-topics", "data-number": "topics", href: "#day" },
    el("span", { class: "leader-label" }, text("leader.number.topics")),
    ...(topics.length
      ? topics.map((one) =>
          el(
            "span",
            { class: "leader-topic" },
            el("span", {}, currentLanguage() === "en" ? one.name_en || one.name : one.name),
            one.trend ? el("span", { class: "leader-trend", role: "img", "aria-label": text("leader.number.topic_trend", { counts: one.trend.join(" ") }) }, spark(one.trend)) : null,
            el("b", {}, grouped(one.count)),
            el("span", { class: "leader-under" }, text("leader.number.topic_before", { before: grouped(one.before) })),
          ),
        )
      : [el("span", { class: "leader-under" }, text("leader.number.no_topics"))]),
  );
}

export function needsView({ needs }, now) {
  const more = needs.count - needs.rows.length;
  return [
    head(text("leader.needs.title", { count: needs.count }), text(needs.answered ? "leader.needs.answered" : "leader.needs.order", { count: needs.answered })),
    needs.count === 0 ? nothing(text("leader.needs.none")) : null,
    el(
      "ol",
      { class: "leader-rows" },
      ...needs.rows.map((row, place) =>
        el(
          "li",
          { class: "leader-row", "data-matter": row.matter_id },
          clock(row.due_at, row.limit_ms, now),
          el("div", { class: "leader-row-words" }, title(row, now), el("p", { class: "leader-why" }, ...row.reasons.map((one) => el("span", {}, whyText(one))), row.unit_name ? el("span", {}, text("leader.handled_by", { unit: row.unit_name })) : null)),
          instructLink(row.matter_id, { isFirst: place === 0 }),
        ),
      ),
    ),
    more > 0 ? el("p", { class: "leader-more" }, text("leader.needs.more", { count: more })) : null,
  ];
}

export function title(row, now) {
  return el("h3", {}, symbol(row, now), el("span", {}, [row.title, row.place].filter(Boolean).join(" · ")));
}
