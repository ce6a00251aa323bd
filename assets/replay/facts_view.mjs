/* Where the minutes went, as numbers: each clock's minutes against its limit, what was over it first. */

import { el } from "../wall/element.mjs";
import { clockText, durationText } from "../wall/format.mjs";
import { text } from "../live/catalogue.mjs";

const MOST_MATTERS = 60;

export function factsView(past) {
  if (!past.matter) return mattersView(past);
  const facts = [...whole(past), ...sorted(past.facts)];
  const late = past.facts.filter((one) => one.late).length;
  return [
    el("h2", {}, text("replay.facts.title"), el("span", { class: "replay-beside" }, text("replay.facts.sum", { count: past.facts.length, late }))),
    facts.length ? el("ol", { class: "replay-facts", tabindex: 0, "aria-label": text("replay.facts.title") }, ...facts.map((one) => factView(one, past))) : el("p", { class: "replay-words" }, text("replay.facts.none")),
    el("p", { class: "replay-more" }),
    el("p", { class: "replay-words replay-foot" }, text("replay.facts.rule")),
  ];
}

/* Minutes are one matter's: of a period, the matters that stood on its boards, what is over its end first. */
function mattersView(past) {
  const newest = new Map(past.base.matters.map((row) => [row.id, row]));
  for (const { upserts } of past.changes) for (const row of upserts.matters ?? []) newest.set(row.id, row);
  const rows = [...newest.values()].sort((one, other) => (one.due_at ?? Infinity) - (other.due_at ?? Infinity)).slice(0, MOST_MATTERS);
  return [
    el("h2", {}, text("replay.facts.title"), el("span", { class: "replay-beside" }, text("replay.facts.choose", { count: newest.size }))),
    el("ol", { class: "replay-facts" }, ...rows.map(({ id, no, title, unit_name: unit }) => el("li", { class: "replay-fact" }, el("a", { href: `/replay/${encodeURIComponent(id)}` }, el("b", {}, title)), el("span", { class: "replay-second" }, [unit, no].filter(Boolean).join(" · "))))),
    el("p", { class: "replay-more" }),
  ];
}

/* Says under the list how much of it is below: whatever scrolls says so. */
export function countBelow(place) {
  const [list, more] = [place.querySelector(".replay-facts"), place.querySelector(".replay-more")];
  if (!list) return;
  const end = list.getBoundingClientRect().bottom;
  const below = [...list.children].filter((one) => one.getBoundingClientRect().bottom > end + 4).length;
  more.textContent = below ? text("replay.facts.below", { count: below }) : "";
}

/* First report to dispatch has no clock of its own in every policy, and is what everybody asks first. */
function whole({ matter, facts }) {
  const { opened_at: from, dispatched_at: sent, closed_at: closed } = matter;
  const one = (name, at) => ({ name: text(name), from_at: from, ended_at: at, took_ms: at - from, limit_ms: null, late: false });
  return [sent && !facts.some(({ due_for: dueFor }) => dueFor === "dispatch") ? one("replay.facts.to_dispatch", sent) : null, closed ? one("replay.facts.to_close", closed) : null].filter(Boolean);
}

function sorted(facts) {
  const over = ({ took_ms: took, limit_ms: limit }) => Math.max(0, took - limit);
  return [...facts].sort((one, other) => over(other) - over(one) || one.from_at - other.from_at);
}

function factView(fact, past) {
  const until = fact.ended_at === null ? text("replay.facts.runs") : clockText(fact.ended_at);
  return el(
    "li",
    { class: "replay-fact", "data-late": fact.late ? "" : null, "data-due-for": fact.due_for ?? null, "data-receiver": fact.receiver_id ?? null },
    el("b", {}, fact.name ?? nameOf(fact, past)),
    el("span", { class: "replay-took-face" }, durationText(fact.took_ms)),
    el("span", { class: "replay-second" }, `${clockText(fact.from_at)} → ${until}`),
    el("span", { class: "replay-second" }, fact.limit_ms === null ? text("replay.facts.no_limit") : text("replay.facts.limit", { limit: durationText(fact.limit_ms) })),
  );
}

/* What a clock of the matter is called. */
export function nameOf(fact, { lanes }) {
  const lane = lanes.find((one) => one.command_id === fact.command_id && (!fact.receiver_id || one.id === fact.receiver_id));
  const what = text(`due_for.${fact.due_for}`);
  if (fact.receiver_id && lane) return text("replay.facts.of_receiver", { name: lane.name, what });
  return lane ? text("replay.facts.of_command", { no: lane.command_no, what }) : what;
}
