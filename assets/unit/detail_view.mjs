/* One matter as its unit sees it: how long is left, what can be done, the facts, the history. */

import { el } from "../wall/element.mjs";
import { urgencyIcon } from "../wall/symbols.mjs";
import { dueState, remainingText } from "../live/countdown.mjs";
import { hasText, text } from "../live/catalogue.mjs";
import { timeText } from "../hand/clock.mjs";
import { orderView } from "./order_view.mjs";
import { isQuietStep, primaryOf } from "./primary.mjs";

const COLOUR_OF = { ok: "var(--ink)", risk: "var(--risk)", overdue: "var(--alarm)" };

/* `item` is the inbox's view of the matter, `detail` the whole of it (null while it is being fetched). */
export function detailView(item, detail, now) {
  const primary = primaryOf(item, detail?.refused);
  const supervisions = item.matter ? supervisionCard(detail, primary, now) : null;
  return [
    head(item, now),
    primary.supervision ? supervisions : null,
    ...item.commands.map((command) => orderView(detailed(command, detail), now, { signsBy: item.signsBy, isFirst: primary.command === command.id })),
    primary.supervision ? null : supervisions,
    item.matter ? matterCard(item, detail, primary, now) : null,
    detail ? factsCard(item, detail, now) : el("p", { class: "hand-label unit-loading" }, text("unit.loading")),
    detail ? historyCard(detail, now) : null,
  ];
}

/* The register comes with the detail only. */
function detailed(command, detail) {
  const whole = detail?.commands.find(({ id }) => id === command.id);
  return { ...command, register: whole?.register ?? [] };
}

function head(item, now) {
  const { facts } = item;
  const state = item.group === "mine" ? dueState(item.dueAt, item.limitMs, now) : "ok";
  return el(
    "header",
    { class: "unit-head" },
    el("a", { class: "hand-quiet unit-back", href: "#", "aria-label": text("unit.back") }, text("unit.back")),
    el(
      "div",
      { class: "unit-head-title" },
      urgencyIcon(facts.urgency, COLOUR_OF[state]),
      el("h1", { class: "hand-title", tabindex: -1 }, facts.title),
    ),
    el("p", { class: "hand-label" }, [facts.no, text(`kind.${facts.kind}`), text(`stage.${facts.stage}`), facts.place].filter(Boolean).join(" · ")),
    item.dueAt === null || item.group !== "mine" ? null : el(
      "p",
      { class: "unit-left" },
      el("span", { class: "hand-clock unit-big", "data-due": item.dueAt, "data-limit": item.limitMs, "data-state": state }, remainingText(item.dueAt - now)),
      el("span", { class: "hand-label" }, text("unit.until", { what: text(`due_for.${item.dueFor}`), time: timeText(item.dueAt, now) })),
    ),
  );
}

function matterCard(item, detail, primary, now) {
  const { matter } = item;
  const steps = [...matter.next].sort((one, other) => isQuietStep(one.act) - isQuietStep(other.act));
  return el(
    "section",
    { class: "hand-card unit-steps" },
    el("h2", { class: "hand-label" }, text("unit.steps")),
    matter.waiting ? el("p", {}, text("unit.waiting_for", { stage: text(`stage.${matter.stage}`) })) : null,
    returnLine(matter, detail, now),
    el(
      "div",
      { class: "unit-buttons" },
      ...steps.map((step) =>
        el(
          "button",
          {
            type: "button", class: `hand-button${step.to === primary.to ? " primary" : ""}`, "data-do": "step", "data-act": step.act,
            "data-to": step.to, disabled: detail?.refused[step.to] ? "" : null,
          },
          stepText(step.act),
        ),
      ),
      el("button", { type: "button", class: "hand-button", "data-do": "note" }, text("unit.note")),
    ),
    ...steps.filter((step) => detail?.refused[step.to]).map((step) => refusedLine(step, detail.refused[step.to])),
    item.unsent ? el("p", { class: "hand-label" }, text("unit.mark.unsent", { count: item.unsent })) : null,
  );
}

export function stepText(act) {
  return hasText(`unit.step.${act}`) ? text(`unit.step.${act}`) : text("unit.step.other");
}

/* Why a step cannot be taken now, before anybody fills in its form. */
function refusedLine(step, refused) {
  return el("p", { class: "unit-guard" }, text("unit.refused_step", { step: stepText(step.act), why: text(`refusal.${refused.code}`, refused.params) }));
}

/* Reminders and supervision orders that want a written answer by their own time. */
function supervisionCard(detail, primary, now) {
  if (!detail || detail.supervisions.length === 0) return null;
  return el(
    "section",
    { class: "hand-card unit-supervisions" },
    el("h2", { class: "hand-label" }, text("unit.supervisions")),
    ...detail.supervisions.map((one, place) =>
      el(
        "div",
        { class: "unit-supervision", "data-supervision": one.id },
        el("p", {}, el("b", {}, [text(`unit.supervision.${one.level}`), one.no].join(" ")), " ", one.text),
        el("p", { class: "hand-label" }, text("unit.until", { what: text("unit.supervision.answer"), time: timeText(one.due_at, now) })),
        el("button", { type: "button", class: `hand-button${primary.supervision && place === 0 ? " primary" : ""}`, "data-do": "supervision", "data-supervision": one.id }, text("unit.supervision.answer")),
      ),
    ),
  );
}

/* How long a return is still possible, and how often it was tried. */
function returnLine(matter, detail, now) {
  const rule = detail?.returning;
  if (!rule || !matter.next.some((step) => step.act === "return")) return null;
  return el("p", { class: "hand-label" }, text("unit.return_rule", { time: timeText(rule.until_at, now), count: rule.returned, most: rule.most }));
}

function factsCard(item, detail, now) {
  const { fields, citizen } = detail;
  const rows = [
    ["unit.fact.words", citizen?.words],
    ["unit.fact.citizen", citizen ? [citizen.name, citizen.phone].filter(Boolean).join(" ") : null],
    ["unit.fact.address", citizen?.address],
    ["unit.fact.external", fields.external_id],
    ["unit.fact.superior", fields.superior_source],
    ["unit.fact.dispatched", item.facts.dispatched_at ? timeText(item.facts.dispatched_at, now) : null],
    ["unit.fact.final", fields.final_due_at ? timeText(fields.final_due_at, now) : null],
    ["unit.fact.missed", fields.missed_due_at ? timeText(fields.missed_due_at, now) : null],
    ["unit.fact.result", resultText(fields.result)],
  ].filter(([, value]) => value);
  return el(
    "section",
    { class: "hand-card" },
    el("h2", { class: "hand-label" }, text("unit.facts")),
    el("dl", { class: "unit-facts" }, ...rows.flatMap(([key, value]) => [el("dt", {}, text(key)), el("dd", {}, value)])),
    citizen?.secret ? el("p", { class: "hand-label" }, text("unit.citizen_secret")) : null,
    citizen && !citizen.secret && detail.is_handled_here
      ? el("button", { type: "button", class: "hand-quiet", "data-do": "reveal" }, text("unit.reveal"))
      : null,
  );
}

/* The fields that were filled in at the last step, by their names. */
function resultText(written) {
  if (!written) return "";
  const fields = JSON.parse(written);
  const shown = Object.entries(fields).filter(([, value]) => typeof value === "string" || typeof value === "boolean");
  return shown.map(([name, value]) => `${text(`field.${name}`)}: ${valueText(value)}`).join("; ");
}

function valueText(value) {
  if (value === true) return text("unit.yes");
  return value === false ? text("unit.no") : value;
}

function historyCard(detail, now) {
  return el(
    "section",
    { class: "hand-card" },
    el("h2", { class: "hand-label" }, text("unit.history")),
    el(
      "ol",
      { class: "unit-history" },
      ...detail.timeline.map((line) =>
        el(
          "li",
          {},
          el("time", {}, timeText(line.at, now)),
          el("span", {}, hasText(`log.${line.kind}`) ? text(`log.${line.kind}`, line.params) : line.kind),
        ),
      ),
    ),
  );
}
