/* One brief: its sentences, each number a button that asks the query behind it, its charts; shared by /briefs and /leader. */

import { el } from "../wall/element.mjs";
import { hasText, text } from "../live/catalogue.mjs";
import { CHARTS, chartView } from "./chart_view.mjs";

const SECTIONS = ["lead", "work", "rates", "urgent", "added"];
const WORDS_OF = { stage: "stage", receipt: "receipt", call: "briefs.call" };

/* `opened` is {sentence, number, answer} of the number that is looked at; answer null until it came. */
export function briefView(brief, opened, { charts = true } = {}) {
  return [
    ...SECTIONS.filter((name) => brief.sentences.some(({ section }) => section === name)).map((name) =>
      el(
        "section",
        { class: "brief-section", "data-section": name },
        el("h3", {}, text(`briefs.section.${name}`)),
        ...brief.sentences.filter(({ section }) => section === name).map((one) => sentenceView(one, opened)),
      ),
    ),
    charts && brief.charts.length ? el("div", { class: "brief-charts" }, ...brief.charts.map((chart, number) => {
      const isOpen = opened?.sentence === CHARTS && opened.number === number;
      return chartView(chart, number, isOpen ? answerView({ shown: chart.title }, opened.answer) : null);
    })) : null,
  ];
}

export function sentenceView(sentence, opened) {
  const isOpen = opened?.sentence === sentence.id;
  return el(
    "div",
    { class: "brief-sentence", "data-sentence": sentence.id },
    el("p", { lang: "zh-CN" }, ...sentence.parts.map((part) => partView(sentence, part, isOpen ? opened : null))),
    isOpen ? answerView(sentence.numbers[opened.number], opened.answer) : null,
  );
}

function partView(sentence, part, opened) {
  if (part.state === "words") return part.text;
  if (part.state === "unlinked") return el("mark", { class: "brief-unlinked", title: text("briefs.unlinked") }, part.text);
  const isOpen = opened?.number === part.number;
  return el("button", { type: "button", class: "brief-number", "data-number": part.number, "aria-expanded": String(isOpen), title: text("briefs.number") }, part.text);
}

function answerView(number, answer) {
  if (!answer) return el("p", { class: "brief-answer" }, text("hand.opening"));
  const isChart = Array.isArray(answer.value);
  const isSame = isChart ? JSON.stringify(answer.now) === JSON.stringify(answer.value) : answer.now === answer.value;
  const said = isChart ? (isSame ? "briefs.chart_same" : "briefs.chart_changed") : isSame ? "briefs.same" : "briefs.changed";
  return el(
    "div",
    { class: "brief-answer", "data-query": answer.query, "data-same": String(isSame) },
    el("p", {}, text(said, { query: text(`briefs.query.${answer.query}`), then: number.shown, now: answer.now ?? "–" })),
    answer.rows.length ? rowsView(answer) : el("p", {}, text("briefs.no_rows")),
  );
}

function rowsView({ columns, rows }) {
  return el(
    "div",
    { class: "brief-rows", tabindex: "0", role: "group", "aria-label": text("briefs.rows", { count: rows.length }) },
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, ...columns.map((name) => el("th", { scope: "col" }, text(`briefs.column.${name}`))))),
      el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell, place) => el("td", {}, cellText(cell, columns[place])))))),
    ),
  );
}

function cellText(cell, column) {
  if (cell === null || cell === "") return "–";
  if (column.endsWith("_at")) return new Date(cell + 8 * 3_600_000).toISOString().slice(5, 16).replace("T", " ");
  const key = `${WORDS_OF[column]}.${cell}`;
  return hasText(key) ? text(key) : String(cell);
}

/* Which number a click means: {sentence, number}, null for anything else. */
export function numberOf(target) {
  const button = target.closest(".brief-number");
  return button ? { sentence: button.closest("[data-sentence]").dataset.sentence, number: Number(button.dataset.number) } : null;
}

export function stateText(brief, timeOf) {
  if (brief.state !== "approved") return text("briefs.draft", { version: brief.version });
  return text("briefs.approved", { by: brief.approved_by, time: timeOf(brief.approved_at) });
}

export function fileButtons() {
  return ["pdf", "docx"].map((format) => el("button", { type: "button", class: "hand-button", "data-file": format }, text(`briefs.file.${format}`)));
}
