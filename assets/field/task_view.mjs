/* One task understood at a glance: how long, how far, which step, one button. Views: values to elements. */

import { claimText } from "../hand/claim.mjs";
import { timeText } from "../hand/clock.mjs";
import { movedEnd } from "../hand/moved_end.mjs";
import { arrivalOf, STEPS, wayTo } from "./model.mjs";
import { node } from "./node.mjs";
import { sketch } from "./sketch.mjs";
import { sign, stepText } from "./tasks_view.mjs";

export function taskView({ text, task, me, grids, ownGrid, detail, arrivalM, now, onAct, onBack, onHelp, onReport }) {
  const way = wayTo(me, task);
  const [first, ...others] = task.next;
  const moved = task.kind === "order" ? movedEnd(task.command.mine, now, text) : "";
  const place = task.lon === null || task.lon === undefined ? [] : [{ lon: task.lon, lat: task.lat, label: shortPlace(task) }];
  return [
    node("button", { type: "button", class: "hand-button field-back", onclick: onBack }, text("field.back")),
    node("header", { class: "field-task-head" }, sign(task), node("h1", { class: "hand-title", tabindex: -1 }, task.title)),
    node("p", { class: "hand-label" }, [task.no, task.place].filter(Boolean).join(" · ")),
    node(
      "div",
      { class: "field-left" },
      node(
        "div",
        {},
        task.dueAt !== null && node("b", { class: "hand-clock large", "data-due": task.dueAt, "data-limit": task.limitMs }),
        task.dueAt !== null && node("p", { class: "hand-label" }, text("field.due", { time: timeText(task.dueAt, now) })),
      ),
      way && node("div", { class: "field-way" }, node("b", { class: "clock-face" }, text("field.metres", { metres: way.metres })), node("p", { class: "hand-label" }, text("field.walk", { minutes: way.minutes }))),
    ),
    task.kind === "order" && steps(text, task, now),
    moved && node("p", { class: "hand-label" }, moved),
    task.isUnsent && node("p", { class: "field-unsent" }, text("field.unsent")),
    task.kind === "order" && arrival(text, task.command, arrivalM, now),
    sketch({ grids, own: ownGrid, me, targets: place, words: { label: text("field.sketch"), me: text("field.me"), note: text("field.sketch_note") } }),
    words(text, task, detail),
    node(
      "div",
      { class: "field-two field-more" },
      node("button", { type: "button", class: "hand-button", onclick: onHelp }, text("field.need_help")),
      node("button", { type: "button", class: "hand-button", onclick: onReport }, text("field.new_finding")),
      others.filter(isBack).map((step) => node("button", { type: "button", class: "hand-button", onclick: () => onAct(task, step) }, stepText(text, step))),
    ),
    foot(text, task, { first, others: others.filter((step) => !isBack(step)), onAct }),
  ];
}

/* Giving a task back is written with a reason and stands with what is seldom needed, away from the thumb. */
const isBack = (step) => step.to === "declined";

/* Under the thumb: the next step, and beside it what else this task allows. */
function foot(text, task, { first, others, onAct }) {
  const button = (step, name) => node("button", { type: "button", class: name, onclick: () => onAct(task, step) }, stepText(text, step));
  if (!first) return task.isOver ? node("footer", { class: "field-foot" }, node("p", { class: "hand-label" }, text(task.kind === "order" ? "field.over" : "field.waiting"))) : null;
  return node(
    "footer",
    { class: "field-foot" },
    button(first, "hand-button primary"),
    others.length > 0 && node("div", { class: "field-two" }, others.map((step) => button(step, "hand-button"))),
  );
}

function steps(text, task, now) {
  const reached = STEPS.indexOf(task.stage);
  return node(
    "ol",
    { class: "field-steps" },
    STEPS.map((step, place) =>
      node(
        "li",
        { "data-reached": place <= reached ? "true" : "false", "aria-current": place === reached ? "step" : null },
        node("span", {}, text(`field.answer.${step}`)),
        task.times[step] && node("time", { class: "hand-source" }, timeText(task.times[step], now)),
      ),
    ),
  );
}

/* Which proof an arrival has is part of it: a position, somebody who saw, or the receiver's own word. */
function arrival(text, command, limit, now) {
  const found = arrivalOf(command);
  if (!found) return null;
  const said = {
    position: () => text("field.arrived_position", { metres: found.metres ?? "–", limit }),
    officer: () => text("field.arrived_officer", { by: found.by }),
    claimed: () => text(found.fault === "far" ? "field.claimed_far" : "field.claimed", { why: claimText(found, text), metres: found.metres, limit }),
    none: () => text("field.arrived"),
  }[found.proof]();
  return node("p", { class: "hand-card field-arrival", "data-proof": found.proof }, node("span", {}, said), node("time", { class: "hand-source" }, timeText(found.at, now)));
}

function words(text, task, detail) {
  const citizen = detail?.citizen;
  const who = [citizen?.name, citizen?.phone, citizen?.address].filter(Boolean).join(" ");
  if (!task.what && !citizen?.words) return null;
  return node(
    "section",
    { class: "hand-card" },
    task.what && node("p", {}, task.what),
    citizen?.words && node("p", { class: "field-words" }, citizen.words),
    who && node("p", { class: "hand-label" }, text("field.reporter", { who })),
  );
}

function shortPlace({ place }) {
  return String(place ?? "").split(" ").at(-1);
}
