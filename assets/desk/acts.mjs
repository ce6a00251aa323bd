/* Acts: opens dialogs, sends requests through their stores, and believes nothing before the server answered. */

import { text } from "../live/catalogue.mjs";
import { bridge } from "../live/dash_bridge.mjs";
import { DialogForm } from "./dialog_form.mjs";
import { draftButton, forgetDraft, restoreDraft, saveDraft } from "./drafts.mjs";
import { syncLines } from "./receiver_lines.mjs";
import { buildRequest, idempotencyKey } from "./requests.mjs";

export const HOLD_MS = 1_000;
const WHISTLE_LIMIT_MIN = 30; // the article: on site within 30 minutes
const ANSWER_WAIT_MS = 10_000; // after this the officer is told that nothing is certain, and may repeat safely
const UNDO_WITHIN_MS = 10_000; // look.md: Z undo 10 s
const UNDOABLE = new Set(["dispatch", "whistle", "merge"]);
const OUTCOME_SHOWN_MS = 9_000;
const WITHOUT_DIALOG = new Set(["acknowledge"]);
const OPENS_THE_WAY = new Set(["decision", "consultation", "leave"]); // what the guard said may no longer hold
const ON_WHISTLE = new Set(["decision", "consultation", "leave"]);

export class Acts {
  constructor(root, live, { chosenId, onDone }) {
    this.root = root;
    this.live = live;
    this.chosenId = chosenId;
    this.onDone = onDone; // after an act that is committed
    this.dialog = root.querySelector("#desk-dialog");
    this.body = root.querySelector("#desk-dialog-body");
    this.veil = root.querySelector("#desk-veil");
    this.open = null; // {kind, matterId, commandId, version, key, form}
    this.pending = null; // {act, key, timer}
    this.revision = 0;
  }

  start() {
    for (const button of this.root.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => this.begin(button.dataset.act));
    }
    new MutationObserver(() => this.#bodyArrived()).observe(this.body, { childList: true, subtree: true });
    const outcomes = this.root.querySelector("#desk-outcomes");
    new MutationObserver(() => this.#outcomesChanged(outcomes)).observe(outcomes, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-key"] });
    this.dialog.addEventListener("click", (event) => this.#clicked(event));
    this.dialog.addEventListener("pointerdown", (event) => event.target.closest("[data-hold]") && this.holdStart());
    window.addEventListener("pointerup", () => this.holdEnd());
    window.addEventListener("keyup", (event) => event.key.toLowerCase() === "w" && this.holdEnd());
    window.addEventListener("blur", () => this.holdEnd());
    window.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s" || !draftButton(this.open?.form?.content)) return;
      event.preventDefault(); // the browser's own "save page" is of no use here
      saveDraft(this.open.form, this.live.now());
    });
    this.root.addEventListener("click", (event) => {
      const way = event.target.closest("[data-begin]");
      if (way) this.begin(way.dataset.begin);
      const form = event.target.closest("[data-begin-form]");
      if (form) this.beginForm(form.dataset.beginForm, argumentsOf(form));
    });
  }

  /* Says for every act whether it makes sense on the chosen matter now, and lights its button accordingly. */
  refresh() {
    const row = this.live.matters.get(this.chosenId());
    for (const button of this.root.querySelectorAll("[data-act]")) button.disabled = !this.#possible(button.dataset.act, row);
    const guard = this.root.querySelector("#desk-guard > [data-matter]");
    if (guard) guard.hidden = guard.dataset.matter !== this.chosenId();
  }

  #possible(act, row) {
    if (!row || this.root.dataset.writable !== "1") return false;
    const whistle = row.whistle ? this.live.commands.get(row.whistle) : undefined;
    if (act === "acknowledge") return !row.acknowledged;
    if (act === "whistle") return !whistle || whistle.state === "resolved" || whistle.state === "recalled";
    if (act === "leave") return Boolean(whistle?.receivers.some((receiver) => receiver.arrived_at && !receiver.left_at));
    if (act === "decision") return Boolean(whistle && whistle.decisions.open > 0);
    if (ON_WHISTLE.has(act)) return Boolean(whistle);
    return true;
  }

  /* Opens the dialog of an act on the chosen matter; `line` is what the command bar has of it already. */
  begin(act, line = "") {
    if (this.open || this.pending) return;
    const row = this.live.matters.get(this.chosenId());
    const allowed = act === "reveal" || this.root.querySelector(`[data-act="${act}"]`);
    if (!allowed || !this.#possible(act, row)) return;
    const target = { kind: act, line, matterId: row.id, commandId: row.whistle ?? null, version: row.version, key: idempotencyKey(), form: null };
    if (WITHOUT_DIALOG.has(act)) {
      this.#send(target, {});
      return;
    }
    this.open = target;
    this.revision += 1;
    this.hideOutcome();
    bridge.ask("desk-dialog-for", { kind: act, lang: this.root.dataset.lang, matter_id: row.id, command_id: row.whistle ?? null, line, revision: this.revision });
  }

  /* Opens the form of a feature's act, on the chosen matter or, with `onMatter` false, on none. A `matterId` may name
   * a matter that is in no queue here: the server says whether it may be read. */
  beginForm(act, args = {}, { onMatter = true, matterId = null } = {}) {
    if (this.open || this.pending) return;
    const id = onMatter ? matterId ?? this.chosenId() : null;
    const row = id ? this.live.matters.get(id) : undefined;
    if (this.root.dataset.writable !== "1" || (onMatter && !id)) return;
    this.open = {
      kind: "form", act, args, matterId: id ?? "", commandId: args.command ?? row?.whistle ?? null,
      version: row?.version ?? null, key: idempotencyKey(), form: null,
    };
    this.revision += 1;
    this.hideOutcome();
    bridge.ask("desk-dialog-for", { kind: "form", act, args, lang: this.root.dataset.lang, matter_id: id ?? "", revision: this.revision });
  }

  /* Takes back the last act of this desk, within ten seconds of it; the server says whether that is still true to say. */
  undo() {
    if (this.open || this.pending) return;
    clearTimeout(this.undoTimer);
    const said = this.root.querySelector("#desk-undo-said");
    if (!this.last || performance.now() - this.last.at > UNDO_WITHIN_MS) {
      said.textContent = text("desk.undo.nothing");
      return;
    }
    said.textContent = "";
    this.last.undoKey ??= idempotencyKey(); // pressed again for want of an answer, it is the same undo
    this.hideOutcome();
    this.#send({ kind: "form", act: "undo", args: { of: this.last.key }, matterId: "", commandId: null, version: null, key: this.last.undoKey }, {});
  }

  /* Says for ten seconds that what was just done may be taken back by Z. */
  #mayUndo(key) {
    const said = this.root.querySelector("#desk-undo-said");
    this.last = { key, at: performance.now() };
    said.textContent = text("desk.undo.offered");
    clearTimeout(this.undoTimer);
    this.undoTimer = setTimeout(() => { said.textContent = ""; }, UNDO_WITHIN_MS);
  }

  #bodyArrived() {
    const content = this.body.querySelector("[data-dialog]");
    const revision = Number(content?.closest("[data-revision]")?.dataset.revision);
    if (!this.open || !content || revision !== this.revision || this.open.form) return;
    this.open.form = new DialogForm(content, { onChange: () => this.#summarise() });
    this.dialog.dataset.size = content.dataset.size ?? "wide";
    this.dialog.hidden = false;
    this.veil.hidden = false;
    if (!this.open.line) restoreDraft(this.open.form, this.live.now()); // what was just written counts
    this.open.form.focusFirst(this.dialog);
    this.#summarise();
  }

  close() {
    this.holdEnd();
    if (this.open) bridge.feed("desk-dialog-body", "data-drawn", ""); // the next one starts empty
    this.open?.form?.end();
    this.open = null;
    this.dialog.hidden = true;
    this.veil.hidden = true;
  }

  #clicked(event) {
    if (event.target.closest("[data-close]")) this.close();
    else if (event.target.closest("[data-send]")) this.confirm();
    else if (event.target.closest("[data-draft]")) saveDraft(this.open?.form, this.live.now());
  }

  /* The line that names the recipients before anything leaves the room. */
  #summarise() {
    if (this.open?.form) {
      syncLines(this.open.form);
      countMessage(this.open.form.content);
    }
    const line = this.open?.form?.content.querySelector(".picked");
    if (!line) return;
    const picked = this.open.form.picked();
    const names = picked.map((receiver) => receiver.name).join(text("desk.join.names"));
    const slowest = Math.max(0, ...picked.map((receiver) => receiver.minutes ?? 0));
    const busy = picked.filter((receiver) => receiver.hands > 0).length;
    const parts = [text("desk.picked.count", { count: picked.length })];
    if (picked.length > 0) parts.push(names);
    if (slowest > 0) parts.push(text("desk.picked.slowest", { minutes: slowest }));
    if (this.open.kind === "whistle" && slowest > 0) {
      const spare = WHISTLE_LIMIT_MIN - slowest;
      parts.push(text(spare >= 0 ? "desk.picked.spare" : "desk.picked.late", { minutes: Math.abs(spare) }));
    }
    if (busy > 0) parts.push(text(this.open.kind === "whistle" ? "desk.picked.two_clocks" : "desk.picked.busy", { count: busy }));
    line.replaceChildren(...parts.map((part, at) => {
      const node = document.createElement(at === 0 ? "b" : "span");
      node.textContent = part;
      return node;
    }));
  }

  /* Enter, or the sending control of a dialog that does not ask for a hold. */
  confirm() {
    if (!this.open?.form || this.pending) return;
    if (this.open.form.content.querySelector("[data-hold]")) return;
    this.#submit();
  }

  #submit() {
    const request = buildRequest(this.open.kind, this.open.form, this.live.now());
    if (request.missing) {
      this.#complain(text(request.missing, request.params));
      return;
    }
    this.#send(this.open, request);
  }

  holdStart() {
    if (!this.open?.form || this.pending || this.holding) return;
    const button = this.open.form.content.querySelector("[data-hold]");
    if (!button) return;
    const startedAt = performance.now();
    const step = () => {
      const held = performance.now() - startedAt;
      button.querySelector(".hold-progress").style.width = `${Math.min(100, (held / HOLD_MS) * 100)}%`;
      button.querySelector(".hold-seconds").textContent = text("desk.hold.seconds", { held: (Math.min(held, HOLD_MS) / 1000).toFixed(1) });
      if (held >= HOLD_MS) {
        this.holdEnd();
        this.#submit();
        return;
      }
      this.holding = requestAnimationFrame(step);
    };
    this.holding = requestAnimationFrame(step);
  }

  holdEnd() {
    if (!this.holding) return;
    cancelAnimationFrame(this.holding);
    this.holding = null;
    const button = this.open?.form?.content.querySelector("[data-hold]");
    if (!button) return;
    button.querySelector(".hold-progress").style.width = "0";
    button.querySelector(".hold-seconds").textContent = text("desk.hold.seconds", { held: "0.0" });
  }

  #send(target, request) {
    if (this.root.dataset.writable !== "1") {
      this.#complain(text("desk.connection.no_writing"));
      return;
    }
    const { kind, act, args, matterId, commandId, version, key } = target;
    this.pending = { act: kind, name: act ?? kind, key, timer: setTimeout(() => this.#unanswered(), ANSWER_WAIT_MS) };
    this.#busy(true);
    bridge.ask(`desk-act-${kind}`, {
      ...request, ...(kind === "form" ? { act, args } : {}), lang: this.root.dataset.lang, matter_id: matterId, command_id: commandId, expected_version: version, key, sent_at: this.live.now(),
    });
  }

  #unanswered() {
    this.pending = null; // the same key goes out again, so a repeat cannot act twice
    this.#busy(false);
    this.#complain(text("desk.send.unanswered"));
  }

  #busy(on) {
    for (const button of this.dialog.querySelectorAll("[data-send], [data-hold]")) button.disabled = on;
  }

  #complain(sentence) {
    const line = this.open?.form?.content.querySelector(".dialog-refusal");
    if (!line) {
      this.root.querySelector("#desk-undo-said").textContent = sentence; // an undo has no dialog
      return;
    }
    line.textContent = sentence;
    line.hidden = false;
  }

  #outcomesChanged(outcomes) {
    if (!this.pending) return;
    const outcome = outcomes.querySelector(`.outcome[data-key="${this.pending.key}"]`);
    if (!outcome) return;
    clearTimeout(this.pending.timer);
    const settled = OPENS_THE_WAY.has(this.pending.act);
    if (outcome.dataset.outcome === "done" && this.pending.name === "undo") this.last = null;
    if (outcome.dataset.outcome === "done" && UNDOABLE.has(this.pending.name)) this.#mayUndo(this.pending.key);
    this.pending = null;
    this.#busy(false);
    const refusedInDialog = outcome.dataset.outcome === "refused" && this.open?.form && !outcome.dataset.guard;
    if (refusedInDialog) {
      this.#complain(outcome.querySelector("h4").textContent);
      const row = this.live.matters.get(this.open.matterId);
      Object.assign(this.open, { key: idempotencyKey(), version: row ? row.version : this.open.version });
      return;
    }
    if (outcome.dataset.outcome === "done") forgetDraft(draftButton(this.open?.form?.content)?.dataset.draft);
    this.close();
    if (outcome.dataset.outcome === "done") this.onDone();
    if (outcome.dataset.guard) this.root.querySelector(".drawer-parts").scrollTop = 0;
    if (settled && outcome.dataset.outcome === "done") bridge.feed("desk-guard", "data-drawn", "");
    for (const other of outcomes.querySelectorAll(".shown")) other.classList.remove("shown");
    outcome.classList.add("shown");
    clearTimeout(this.shownTimer);
    this.shownTimer = setTimeout(() => outcome.classList.remove("shown"), OUTCOME_SHOWN_MS);
    this.refresh();
  }

  hideOutcome() {
    for (const outcome of this.root.querySelectorAll(".outcome.shown")) outcome.classList.remove("shown");
  }
}

/* How many characters the message has, of how many a voice can read. */
function countMessage(content) {
  const line = content.querySelector(".message-line");
  if (!line) return;
  const count = [...line.querySelector("input").value].length;
  line.querySelector(".message-count").textContent = text("desk.whistle.message_count", { count, limit: Number(line.dataset.limit) });
}

/* The `data-arg-*` of a button, by name. */
function argumentsOf(button) {
  return Object.fromEntries(
    [...button.attributes].filter(({ name }) => name.startsWith("data-arg-")).map(({ name, value }) => [name.slice(9), value]),
  );
}
