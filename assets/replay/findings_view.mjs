/* 要点: what persons found of a matter, written under its minutes. A fact, its cause, what is to change, who, by when. */

import { el } from "../wall/element.mjs";
import { dateText } from "../wall/format.mjs";
import { paint } from "../wall/paint.mjs";
import { text } from "../live/catalogue.mjs";

export function findingsView({ findings, may_find: mayFind }) {
  return [
    el("h2", {}, text("replay.findings.title"), el("span", { class: "replay-beside" }, text("replay.findings.shape"))),
    findings.length
      ? el("ol", { class: "replay-findings", tabindex: 0, "aria-label": text("replay.findings.title") }, ...findings.map(findingView))
      : el("p", { class: "replay-words" }, text("replay.findings.none")),
    mayFind ? el("button", { type: "button", class: "hand-quiet", "data-do": "finding", "aria-keyshortcuts": "N" }, text("replay.findings.add"), " ", el("kbd", {}, "N")) : null,
  ].filter(Boolean);
}

function findingView({ fact, cause, improvement, owner, due_on: dueOn, by, at }) {
  return el(
    "li",
    { class: "replay-finding" },
    el("b", {}, fact),
    el("span", { class: "replay-second" }, cause),
    el("span", {}, [improvement, [owner, dueOn].filter(Boolean).join(" ")].filter(Boolean).join(" · ")),
    el("span", { class: "replay-second" }, text("replay.findings.by", { by, time: dateText(at) })),
  );
}

/* The form over the page: the facts that the minutes list are proposed, another may be written. `keep(values)` resolves to
 * why it was not kept, "" when it was. */
export function askFinding(facts, { keep }) {
  const list = el("datalist", { id: "replay-fact-names" }, ...facts.map((name) => el("option", { value: name })));
  const field = (name, more = {}) => el("label", { class: "replay-field" }, el("span", {}, text(`replay.findings.${name}`)), el("input", { name, class: "replay-input", maxlength: 200, ...more }));
  const dialog = document.createElement("dialog");
  dialog.className = "replay-dialog";
  dialog.setAttribute("aria-label", text("replay.findings.add"));
  paint(dialog, [el(
    "form",
    { method: "dialog", class: "replay-finding-form" },
    el("h2", {}, text("replay.findings.add")),
    field("fact", { list: "replay-fact-names", required: "", value: facts[0] ?? "" }), list,
    field("cause", { required: "" }), field("improvement", { required: "" }), field("owner"), field("due_on", { type: "date" }),
    el("p", { class: "replay-words", role: "alert" }),
    el("div", { class: "replay-buttons" },
      el("button", { type: "submit", class: "replay-button primary" }, text("replay.findings.keep")),
      el("button", { type: "button", class: "replay-button", "data-close": "" }, text("replay.findings.leave"))),
  )]);
  const form = dialog.querySelector("form");
  const said = form.querySelector("[role=alert]");
  dialog.addEventListener("close", () => dialog.remove());
  form.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    button.disabled = true; // one press is one finding
    said.textContent = await keep(Object.fromEntries(new FormData(form).entries()));
    button.disabled = false;
    if (!said.textContent) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
