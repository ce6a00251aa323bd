/* The list of tasks, the nearest end first, and the day's figures below it. Views: values to elements. */

import { node } from "./node.mjs";
import { wayTo } from "./model.mjs";

const MINUTE_MS = 60_000;

/* `kept` are own items that are still on the phone, `home` the name of the worker's own grid, `unknown` what is said while
 * no inbox has come, `dayAsOf` the time of figures that are not followed any more. */
export function tasksView({ text, tasks, me, day, dayAsOf = null, unknown = null, kept, home, onOpen, onAct }) {
  const [first, ...rest] = tasks;
  const found = kept.filter((item) => item.kind === "event" && !item.isDone).map((item) => keptCard(text, item));
  if (!first) return [...found, node("p", { class: "hand-card field-empty" }, unknown ?? text("field.no_tasks")), dayView(text, day, dayAsOf)];
  return [
    ...found,
    node("ol", { class: "field-tasks" }, card({ text, task: first, me, home, onOpen, onAct, isFirst: true }), rest.map((task) => card({ text, task, me, home, onOpen, onAct }))),
    dayView(text, day, dayAsOf),
  ];
}

/* What was reported and is not sent yet: nobody should report it twice. */
function keptCard(text, item) {
  return node("p", { class: "hand-card field-kept" }, node("span", {}, text("field.report.waiting", { words: item.text })), node("b", { class: "field-unsent" }, text("field.unsent")));
}

/* The tasks on the map, the nearest first: where to go on from here. */
export function nearView({ text, tasks, me, onOpen }) {
  const far = (task) => wayTo(me, task)?.metres ?? Number.MAX_SAFE_INTEGER;
  return node(
    "ol",
    { class: "field-near" },
    [...tasks].sort((one, other) => far(one) - far(other)).map((task) => {
      const way = wayTo(me, task);
      return node(
        "li",
        {},
        node(
          "button",
          { type: "button", class: "hand-button", onclick: () => onOpen(task) },
          node("span", {}, `${task.no} ${task.title}`),
          way && node("b", {}, text("field.metres", { metres: way.metres })),
        ),
      );
    }),
  );
}

function card({ text, task, me, home, onOpen, onAct, isFirst = false }) {
  const [step] = task.next;
  return node(
    "li",
    { class: isFirst && !task.isOver ? "hand-card field-task first" : "hand-card field-task", "data-task": task.id, "data-over": task.isOver ? "true" : null },
    node(
      "div",
      { class: "field-task-head", onclick: () => onOpen(task) },
      sign(task),
      node("h2", { class: "hand-title" }, task.title),
      task.dueAt !== null && node("b", { class: "hand-clock", "data-due": task.dueAt, "data-limit": task.limitMs }),
    ),
    node("p", { class: "hand-label" }, summary(text, task, me, home)),
    task.isUnsent && node("p", { class: "field-unsent" }, text("field.unsent")),
    isFirst && !task.isOver && node(
      "div",
      { class: "field-two" },
      step && node("button", { type: "button", class: "hand-button primary", onclick: () => onAct(task, step) }, stepText(text, step)),
      node("button", { type: "button", class: "hand-button", onclick: () => onOpen(task) }, text("field.details")),
    ),
    !(isFirst && !task.isOver) && node("button", { type: "button", class: "field-cover", "aria-label": task.title, onclick: () => onOpen(task) }),
  );
}

/* Shape says how urgent it is, as on every screen: triangle, diamond, dot. */
export function sign({ urgency }) {
  const shape = { 1: "emergency", 2: "urgent" }[urgency] ?? "ordinary";
  return node("i", { class: `field-sign ${shape}`, "aria-hidden": "true" });
}

/* In the worker's own grid the place is no news. */
function summary(text, task, me, home) {
  const way = wayTo(me, task);
  const where = way ? text("field.way", { metres: way.metres, minutes: way.minutes }) : "";
  const stage = task.kind === "order" ? text(`receipt.${task.stage}`) : text(`stage.${task.stage}`);
  return [task.no, stage, task.place === home ? "" : task.place, where].filter(Boolean).join(" · ");
}

export function stepText(text, step) {
  return step.act === "answer" ? text(`field.answer.${step.to}`) : text(`field.step.${step.act}`);
}

function dayView(text, day, asOf) {
  if (!day) return null;
  const figure = (name) => node("div", {}, node("b", { class: "clock-face" }, day[name]), node("span", { class: "hand-label" }, text(`field.day.${name}`)));
  return node(
    "section",
    { class: "field-day" },
    node("h2", {}, text("field.day.title")),
    asOf && node("p", { class: "hand-source" }, text("field.day.as_of", { time: asOf })),
    day.arrival_ms !== null && node("p", { class: "hand-source" }, text("field.day.arrival", { minutes: Math.round(day.arrival_ms / MINUTE_MS) })),
    node("div", { class: "field-figures" }, ["done", "open", "reported", "late"].map(figure)),
  );
}
