/* The unit's inbox: what waits for it, in groups by clock, the nearest end first. */

import { el } from "../wall/element.mjs";
import { urgencyIcon } from "../wall/symbols.mjs";
import { dueState, remainingText } from "../live/countdown.mjs";
import { hasText, text } from "../live/catalogue.mjs";
import { timeText } from "../hand/clock.mjs";

const COLOUR_OF = { ok: "var(--ink)", risk: "var(--risk)", overdue: "var(--alarm)" };

/* `found` is what `sectionsOf` gives, `total` how many matters the unit has to do in all, `unknown` what is said while no
 * inbox has come. */
export function listView({ sections, hidden }, { chosen, isSought, total, unknown = null, now }) {
  const overdue = hidden.filter((item) => item.dueAt !== null && item.dueAt < now).length;
  return [
    sections.length === 0 ? nothing(isSought, total, unknown) : null,
    ...sections.map(({ name, items }) =>
      el(
        "section",
        { class: "unit-group", "data-group": name },
        el("h2", { class: "hand-label" }, text(`unit.group.${name}`, { count: items.length })),
        el("ul", {}, ...items.map((item) => card(item, item.id === chosen, now))),
      ),
    ),
    hidden.length === 0 ? null : el(
      "p",
      { class: "unit-hidden" },
      el("span", {}, text("unit.hidden", { count: hidden.length })),
      overdue ? el("b", { class: "unit-late" }, text("unit.hidden_overdue", { count: overdue })) : null,
      el("button", { type: "button", class: "hand-quiet", "data-show-all": "" }, text("unit.show_all")),
    ),
  ];
}

function nothing(isSought, total, unknown) {
  if (unknown !== null) return el("p", { class: "unit-empty hand-card" }, unknown);
  const key = isSought ? "unit.nothing_found" : total > 0 ? "unit.nothing_here" : "unit.nothing";
  return el("p", { class: "unit-empty hand-card" }, text(key));
}

/* What the unit was told, the newest first; each leads to its matter, or to the room that it was asked into. */
export function tellingsView(rows, language, now) {
  if (rows.length === 0) return [];
  return el(
    "section",
    { class: "unit-group unit-tellings" },
    el("h2", { class: "hand-label" }, text("unit.tellings")),
    el(
      "ol",
      {},
      ...rows.map((row) =>
        el(
          "li",
          {},
          el("a", { href: row.origin === "room" ? `/room/${encodeURIComponent(row.matter_id)}` : `#m/${row.matter_id}` }, el("time", {}, timeText(row.made_at, now)), el("span", {}, language === "en" ? row.text_en : row.text)),
        ),
      ),
    ),
  );
}

function card(item, isChosen, now) {
  const state = item.group === "mine" ? dueState(item.dueAt, item.limitMs, now) : "ok";
  return el(
    "li",
    {},
    el(
      "a",
      {
        class: "unit-item", href: `#m/${item.id}`, "data-item": item.id, "data-state": state,
        "aria-current": isChosen ? "true" : null,
      },
      el(
        "span",
        { class: "unit-item-head" },
        urgencyIcon(item.facts.urgency, COLOUR_OF[state]),
        el("b", { class: "unit-item-title" }, item.facts.title),
        clock(item, state, now),
      ),
      el("span", { class: "unit-item-line" }, lineOf(item)),
      marks(item),
    ),
  );
}

/* A clock that somebody else must mind is not shown as if it were ours. */
function clock(item, state, now) {
  if (item.group !== "mine" || item.dueAt === null) return null;
  const attributes = { class: "hand-clock", "data-due": item.dueAt, "data-limit": item.limitMs, "data-state": state };
  return el("span", attributes, remainingText(item.dueAt - now));
}

function lineOf(item) {
  const stage = item.matter === null ? stageOfOrder(item) : text(`stage.${item.facts.stage}`);
  const due = item.group === "mine" && item.dueFor ? text("unit.due_for", { what: text(`due_for.${item.dueFor}`) }) : "";
  return [item.facts.no, stage, due, item.facts.place].filter(Boolean).join(" · ");
}

function stageOfOrder(item) {
  const command = item.commands[0];
  if (command.state === "recalled" || command.mine.recalled_at) return text("unit.recalled");
  return text(`receipt.${command.mine.left_at ? "left" : command.mine.stage}`);
}

function marks(item) {
  const shown = [];
  if (item.whistle) shown.push(text("unit.mark.whistle", { no: item.whistle.no }));
  if (item.matter?.to_answer) shown.push(text("unit.mark.to_answer", { count: item.matter.to_answer }));
  if (hasText(`unit.mark.${item.facts.card}`)) shown.push(text(`unit.mark.${item.facts.card}`));
  if (item.facts.returned) shown.push(text("unit.mark.returned", { count: item.facts.returned }));
  if (item.facts.merged > 1) shown.push(text("unit.mark.merged", { count: item.facts.merged }));
  if (item.unsent) shown.push(text("unit.mark.unsent", { count: item.unsent }));
  return shown.length ? el("span", { class: "unit-marks" }, ...shown.map((words) => el("i", {}, words))) : null;
}
