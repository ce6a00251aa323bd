/* How far a report is, in plain steps. */

import { Away, Malformed } from "../hand/api.mjs";
import { timeText } from "../hand/clock.mjs";
import { node } from "../field/node.mjs";

const LOOK_EVERY_MS = 30_000;

export function mountFollow(hand) {
  const { api, facts, main, text } = hand;
  if (!facts.followed) {
    main.append(node("h1", { class: "report-head" }, text("follow.no_such")), node("p", {}, text("follow.no_such_text")));
    return;
  }
  let shown = facts.followed;
  let asOf = facts.now;
  const paint = () => main.replaceChildren(...view(hand, shown, asOf, refresh));
  const refresh = async () => {
    try {
      shown = (await api.get(`/api/v1/reports/${facts.follow}`)).value;
      asOf = hand.clock.now();
    } catch (error) {
      // What is on the screen keeps its own time; a citizen's page needs no other alarm.
      if (!(error instanceof Away || error instanceof Malformed)) throw error;
    }
    paint();
  };
  setInterval(() => !document.hidden && !shown.is_closed && refresh(), LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", () => !document.hidden && refresh());
  paint();
}

function view({ text, facts }, report, asOf, refresh) {
  const kind = facts.language === "en" ? report.kind_en : report.kind;
  return [
    node("h1", { class: "report-head" }, text("report.number", { no: report.no })),
    node("p", { class: "hand-label" }, text("follow.summary", { kind, place: report.place })),
    node("p", { class: "hand-source" }, text("follow.reported", { time: timeText(report.reported_at, asOf) })),
    node("ol", { class: "follow-steps" }, report.steps.map((step, place) => stepOf({ text, asOf }, step, report.steps[place + 1]))),
    report.unit && node("p", {}, text("follow.unit", { unit: report.unit })),
    report.carried_by && node("p", {}, text("follow.carried", { no: report.carried_by })),
    report.due_at && node("p", {}, text("follow.due", { time: timeText(report.due_at, asOf) })),
    report.is_closed && node("p", { class: "hand-card" }, text(report.resolved === false ? "follow.unresolved" : "follow.resolved")),
    report.photos > 0 && node("p", { class: "hand-label" }, text("follow.photos", { count: report.photos })),
    node(
      "p",
      { class: "follow-foot" },
      node("button", { type: "button", class: "hand-quiet", onclick: refresh }, text("follow.refresh")),
      node("span", { class: "hand-source" }, text("follow.as_of", { time: timeText(asOf, asOf) })),
    ),
    node("p", { class: "hand-label" }, text("report.urgent")),
  ].filter(Boolean);
}

function stepOf({ text, asOf }, step, next) {
  const isNow = step.is_reached && !next?.is_reached;
  return node(
    "li",
    { class: "follow-step", "data-reached": step.is_reached ? "true" : "false", "aria-current": isNow ? "step" : null },
    node("span", {}, text(`follow.${step.name}`)),
    step.at && node("time", { class: "hand-source" }, timeText(step.at, asOf)),
  );
}
