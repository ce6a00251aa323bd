/* How far a report is, in plain steps with their times: what happened, what comes next and until when. */

import { Away, Malformed } from "../hand/api.mjs";
import { timeText } from "../hand/clock.mjs";
import { withTelephones } from "../hand/telephones.mjs";
import { node } from "../field/node.mjs";

const WAIT_S = 25; // how long the server holds a question
const PATIENCE_MS = 10_000;
const APART_MS = 1_000;
const AGAIN_MS = 30_000; // after no answer

export function mountFollow(hand) {
  const { api, facts, main, text } = hand;
  if (!facts.followed) {
    main.append(node("h1", { class: "report-head" }, text("follow.no_such")), node("p", {}, withTelephones(text("follow.no_such_text"))));
    return;
  }
  let shown = facts.followed;
  let asOf = facts.now;
  let isAway = false;
  const paint = () => main.replaceChildren(...view(hand, { report: shown, asOf, isAway, refresh }));
  let seq = null;
  const ask = async (query, waitS) => {
    try {
      const answer = await api.get(`/api/v1/reports/${facts.follow}${query}`, { timeoutMs: waitS * 1_000 + PATIENCE_MS });
      seq = answer.seq;
      if (!answer.unchanged) shown = answer.value;
      asOf = hand.clock.now();
      isAway = false;
    } catch (error) {
      if (!(error instanceof Away || error instanceof Malformed)) throw error;
      isAway = true; // what is on the page keeps its own time, and says so
    }
    paint();
  };
  const refresh = () => ask("", 0);
  document.addEventListener("visibilitychange", () => !document.hidden && refresh());
  paint();
  follow(ask, () => ({ seq, isAway, isClosed: shown.is_closed }));
}

/* Asks for news as long as there may be some: the server answers when something happens on the report. */
async function follow(ask, state) {
  let apartMs = APART_MS;
  while (!state().isClosed) {
    if (document.hidden) {
      await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
      continue;
    }
    const { seq } = state();
    const mark = performance.now();
    await (seq === null ? ask("", 0) : ask(`?after=${seq}&wait=${WAIT_S}`, WAIT_S));
    // A burst of news, or a server that holds no more questions: further and further apart.
    apartMs = performance.now() - mark > APART_MS ? APART_MS : Math.min(AGAIN_MS, apartMs * 2);
    const pauseMs = state().isAway ? AGAIN_MS : apartMs;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

function view({ text, facts }, { report, asOf, isAway, refresh }) {
  const kind = facts.language === "en" ? report.kind_en : report.kind;
  return [
    node("h1", { class: "report-number" }, text("report.number", { no: report.no })),
    node("p", {}, text("follow.summary", { kind, place: report.place })),
    node("p", { class: "hand-card follow-now", role: "status" }, nowText(text, report, asOf)),
    node("ol", { class: "follow-steps" }, report.steps.map((step, place) => stepOf({ text, asOf }, step, report.steps[place + 1]))),
    report.unit && node("p", {}, text("follow.unit", { unit: report.unit })),
    report.carried_by && node("p", {}, text("follow.carried", { no: report.carried_by })),
    report.photos > 0 && node("p", { class: "hand-label" }, text("follow.photos", { count: report.photos })),
    node(
      "p",
      { class: "follow-foot" },
      node("button", { type: "button", class: "hand-button", onclick: refresh }, text("follow.refresh")),
      node("span", { class: "hand-label" }, text(isAway ? "follow.away" : "follow.as_of", { time: timeText(asOf, asOf) })),
    ),
    node("p", { class: "hand-label report-urgent" }, withTelephones(text("report.urgent"))),
  ].filter(Boolean);
}

/* One sentence: the end of it all, or what comes next and until when; a time that has passed is said, with whom to call. By
 * the server's time: a phone's own clock may be anything. */
function nowText(text, report, asOf) {
  if (report.is_closed) return withTelephones(text(report.resolved === false ? "follow.unresolved" : "follow.resolved"));
  const [key, at] = report.check_by ? ["check", report.check_by] : ["due", report.due_at];
  if (!at) return text("follow.running");
  return withTelephones(text(`follow.${key}${at < asOf ? "_late" : ""}`, { time: timeText(at, asOf) }));
}

function stepOf({ text, asOf }, step, next) {
  const isNow = step.is_reached && !next?.is_reached;
  return node(
    "li",
    { class: "follow-step", "data-reached": step.is_reached ? "true" : "false", "aria-current": isNow ? "step" : null },
    node("span", {}, text(`follow.${step.name}`)),
    step.at ? node("time", {}, timeText(step.at, asOf)) : null,
  );
}
