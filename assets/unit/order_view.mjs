/* One order to this unit: what is asked, how far it is, who else was called, what is to be decided, what can be done. */

import { el } from "../wall/element.mjs";
import { text } from "../live/catalogue.mjs";
import { claimText } from "../hand/claim.mjs";
import { timeText } from "../hand/clock.mjs";
import { movedEnd } from "../hand/moved_end.mjs";
import { isRunning, wayOf } from "./model.mjs";

const QUIET = new Set(["declined"]);

/* `signsBy`: accepting this order signs the matter; `isFirst`: its next answer is what the page is for now. */
export function orderView(command, now, { signsBy, isFirst }) {
  const isWhistle = command.kind === "whistle";
  const isThere = isOnSite(command);
  const moved = movedEnd(command.mine, now, text);
  return el(
    "section",
    { class: `hand-card unit-order${isWhistle ? " unit-whistle" : ""}`, "data-command": command.id },
    el(
      "h2",
      { class: "unit-order-head" },
      el("b", {}, text(`kind.${isInstruction(command) ? "instruction" : command.kind}`)),
      el("span", {}, [command.no, text(isInstruction(command) ? "unit.order.by_leader" : "unit.order.by", { by: command.issued_by, time: timeText(command.issued_at, now) })].join(" · ")),
    ),
    ended(command),
    el("p", { class: "unit-objective" }, command.objective),
    command.in_charge ? el("p", { class: "hand-label" }, text(`unit.order.in_charge.${command.in_charge}`)) : null,
    command.place ? el("p", { class: "hand-label" }, command.place) : null,
    isRunning(command) ? way(command, now) : null,
    moved ? el("p", { class: "hand-label" }, moved) : null,
    proof(command, now),
    isThere ? null : buttons(command, signsBy, isFirst), // whoever has to come sees first how to say so
    isWhistle ? agenda(command, now) : null,
    isWhistle && isRunning(command) ? register(command, now) : null,
    others(command),
    isThere ? buttons(command, signsBy, isFirst) : null,
  );
}

/* 批示: a leader's own word. */
function isInstruction(command) {
  return command.issued_role === "leader";
}

function isOnSite(command) {
  return command.kind === "whistle" && isRunning(command) && command.mine.stage === "arrived" && !command.mine.left_at;
}

function ended(command) {
  if (command.mine.recalled_at) return el("p", { class: "unit-ended" }, text("unit.recalled_for", { reason: command.mine.recalled_reason ?? "" }));
  if (command.state === "recalled") return el("p", { class: "unit-ended" }, text("unit.recalled"));
  return command.mine.declined_at ? el("p", { class: "unit-ended" }, text("unit.declined", { reason: command.mine.declined_reason ?? "" })) : null;
}

function way(command, now) {
  return el(
    "ol",
    { class: "unit-way" },
    ...wayOf(command).map((step) =>
      el(
        "li",
        { "data-state": step.state, "data-stage": step.stage, "data-unsent": command.unsent === step.stage ? "true" : null },
        el("b", {}, text(`unit.way.${step.stage}`)),
        el("span", {}, step.at ? timeText(step.at, now) : command.unsent === step.stage ? text("unit.unsent") : ""),
      ),
    ),
  );
}

/* Which proof of the arrival there is, or that it is only said. */
function proof(command, now) {
  const { mine } = command;
  if (mine.arrival_proof === "position") return el("p", { class: "unit-proof" }, text("unit.proof.position", { metres: mine.arrival_m ?? 0 }));
  if (mine.arrival_proof === "officer") return el("p", { class: "unit-proof" }, text("unit.proof.officer", { by: mine.arrival_by }));
  if (!mine.claimed_at || mine.arrived_at) return null;
  const why = claimText({ fault: mine.claim_fault, metres: mine.arrival_m }, text);
  return el("p", { class: "unit-proof claimed" }, text("unit.claim", { time: timeText(mine.claimed_at, now), why }));
}

function agenda(command, now) {
  return el(
    "ul",
    { class: "unit-agenda" },
    ...command.agenda.map((one) =>
      el(
        "li",
        { "data-decided": one.decided_at ? "true" : "false" },
        el("b", {}, one.question),
        el("span", {}, decisionText(one, now)),
        one.is_mine && one.decided_at && !one.completed_at
          ? el("button", { type: "button", class: "hand-quiet", "data-do": "complete", "data-item": one.item }, text("unit.complete"))
          : null,
      ),
    ),
    command.decider ? el("li", { class: "hand-label" }, text("unit.decider", { who: command.decider })) : null,
  );
}

function decisionText(one, now) {
  if (!one.decided_at) return text("unit.undecided");
  const due = one.due_at ? text("unit.decision.due", { time: timeText(one.due_at, now) }) : "";
  const completed = one.completed_at ? text("unit.decision.completed", { time: timeText(one.completed_at, now) }) : "";
  return [one.decision, one.owner ?? "", due, completed].filter(Boolean).join(" · ");
}

function register(command, now) {
  if (!["arrived"].includes(command.mine.stage) && !command.mine.claimed_at) return null;
  const there = command.register.filter((person) => person.left_at === null);
  return el(
    "div",
    { class: "unit-register" },
    el("h3", { class: "hand-label" }, text("unit.register", { count: there.length })),
    el(
      "ul",
      {},
      ...there.map((person) =>
        el(
          "li",
          {},
          el("span", {}, [person.name, person.post].filter(Boolean).join(" · ")),
          el("time", {}, timeText(person.signed_at, now)),
          there.length > 1
            ? el("button", { type: "button", class: "hand-quiet", "data-do": "replace", "data-person": person.id }, text("unit.replace"))
            : null,
        ),
      ),
    ),
    el("button", { type: "button", class: "hand-quiet", "data-do": "register" }, text("unit.register.add")),
  );
}

function others(command) {
  if (command.others.length === 0) return null;
  return el(
    "p",
    { class: "hand-label" },
    text("unit.others"),
    ...command.others.map((one) => el("span", { class: "unit-other" }, `${one.name} ${text(`receipt.${one.left_at ? "left" : one.stage}`)}`)),
  );
}

function buttons(command, signsBy, isFirst) {
  const steps = command.next;
  const isThere = isOnSite(command);
  const canLeave = steps.some((step) => step.act === "request_leave");
  if (steps.length === 0 && !isThere) return null;
  const first = isFirst ? steps.find((step) => !QUIET.has(step.to)) : null;
  return el(
    "div",
    { class: "unit-buttons" },
    ...steps.filter((step) => step.act === "answer").map((step) =>
      el(
        "button",
        { type: "button", class: `hand-button${step === first ? " primary" : ""}`, "data-do": "answer", "data-to": step.to },
        text(step.to === "accepted" && signsBy && command.mine.role === "lead" ? "unit.answer.accepted_signs" : `unit.answer.${step.to}`),
      ),
    ),
    isThere
      ? el("button", { type: "button", class: `hand-button${canLeave ? " primary" : ""}`, "data-do": "leave" }, text("unit.leave"))
      : null,
    command.leave ? el("p", { class: "unit-guard" }, text(`refusal.${command.leave.code}`, command.leave.params)) : null,
  );
}
