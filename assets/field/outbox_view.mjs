/* What this phone has still to send, in order and in words: nobody should believe that it has arrived. Views. */

import { timeText } from "../hand/clock.mjs";
import { node } from "./node.mjs";

/* `entries` are the queue's; photographs are counted with the act they belong to. */
export function outboxView({ text, entries, titleOf, now, onRetry }) {
  const acts = entries.filter((entry) => entry.type === "own" && !entry.isQuiet);
  const photos = entries.filter((entry) => entry.type === "post").length;
  if (acts.length === 0 && photos === 0) return node("p", { class: "hand-card field-outbox" }, text("field.outbox.empty"));
  return node(
    "section",
    { class: "hand-card field-outbox" },
    node("h2", {}, text("field.outbox.title", { count: acts.length + photos })),
    node("ol", {}, acts.map(({ item }) => node("li", {}, node("span", {}, wordsOf(text, item, titleOf)), node("time", {}, timeText(item.said_at, now))))),
    photos > 0 && node("p", { class: "hand-label" }, text("field.outbox.photos", { count: photos })),
    node("button", { type: "button", class: "hand-button", onclick: onRetry }, text("field.outbox.retry")),
  );
}

function wordsOf(text, item, titleOf) {
  const about = titleOf(item);
  if (item.kind === "help") return text("field.help.title");
  if (item.kind === "event") return text("field.report.waiting", { words: item.text });
  const act = item.kind === "answer" ? text(`field.answer.${item.stage}`) : text(`stage.${item.to}`);
  return about ? text("field.outbox.one", { act, about }) : act;
}
