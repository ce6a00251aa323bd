/* The last things that happened, newest on top. The log of a city writes every few seconds; the wall tells what
 * a commander would want to have heard. */

import { el } from "./element.mjs";
import { clockText } from "./format.mjs";

const TICKER_ROWS = 6;

/* Always told. The head of a line is the catalogue's `wall.tick.<kind>`. */
const NEWS = new Set([
  "WhistleRaised", "AllArrived", "LeaveRefused", "DecisionRecorded", "WhistleResolved", "ConsultationOpened",
  "CommandSent", "CommandRecalled", "ReceiptDeclined", "MergeCounted", "MattersMerged", "DistrictAccepted", "DistrictOverridden", "MatterReopened", "MatterSupervised",
  "UrgencySet", "DeadlineStopped", "DeadlineExtended",
]);
/* Told of urgent matters only. */
const NEWS_IF_URGENT = new Set(["MatterOpened", "MatterDispatched", "MatterTransferred"]);
const ESCALATIONS = new Set(["EscalationFired", "EscalationRepeated"]);

/* Whether `line` is told on the wall; `matters` are the open ones. */
export function isNews(line, matters) {
  if (NEWS.has(line.kind)) return true;
  if (ESCALATIONS.has(line.kind)) return line.tone !== "";
  if (line.kind === "ReceiptRecorded") return line.params.stage === "arrived";
  return NEWS_IF_URGENT.has(line.kind) && (matters.get(line.matter_id)?.urgency ?? 3) <= 2;
}

/* `say` turns a line into its sentence: the log's catalogue owns the words. */
export function tickerView(lines, matters, say, text) {
  const told = [];
  for (const line of lines) {
    if (isNews(line, matters)) told.push(line);
    if (told.length === TICKER_ROWS) break;
  }
  if (told.length === 0) return [el("div", { class: "wall-tick quiet" }, el("span", {}), el("span", {}, text("wall.ticker.none")))];
  return told.map((line) =>
    el("div", { class: "wall-tick", "data-seq": line.seq },
      el("time", {}, clockText(line.at)),
      el("span", { class: "cut" }, el("b", { class: toneOf(line) }, headOf(line, text)), say(line))));
}

/* Only an escalation has a colour, and only its head: a line is not a clock. */
export function toneOf(line) {
  return ESCALATIONS.has(line.kind) && (line.tone === "risk" || line.tone === "alarm") ? line.tone : null;
}

export function headOf(line, text) {
  if (ESCALATIONS.has(line.kind)) return text(line.tone === "alarm" ? "wall.tick.overdue" : "wall.tick.risk");
  return text(`wall.tick.${line.kind}`);
}
