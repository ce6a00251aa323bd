/* `/field`: a worker's tasks by clock, one task at a time, an event found, a call for help; works without a network. */

import { Away, Malformed, Refused } from "../hand/api.mjs";
import { positionNow } from "../hand/place.mjs";
import { timeText } from "../hand/clock.mjs";
import { FingerWatch } from "../hand/finger.mjs";
import { Acts } from "./acts.mjs";
import { HelpSheet } from "./help_sheet.mjs";
import { install } from "./install.mjs";
import { tasksOf } from "./model.mjs";
import { node } from "./node.mjs";
import { ReportView } from "./report_view.mjs";
import { Sheet } from "./sheet.mjs";
import { sketch } from "./sketch.mjs";
import { taskView } from "./task_view.mjs";
import { stepText, tasksView } from "./tasks_view.mjs";

const TABS = ["tasks", "report", "help", "map", "me"];
const DAY_EVERY_MS = 60_000;
const DAY = "day";

export async function mount(hand) {
  await new FieldPage(hand).start();
}

class FieldPage {
  #inbox = { matters: [], commands: [] };
  #day = null;
  #details = new Map();
  #tab = "tasks";
  #open = null; // id of the task that is looked at
  #told = new Set();

  constructor(hand) {
    Object.assign(this, { hand, text: hand.text });
    this.sheet = new Sheet(hand.main, hand.text);
    this.acts = new Acts(hand, this.sheet);
    this.report = new ReportView(hand, { onKept: () => this.#kept() });
    this.help = new HelpSheet(hand, { onCall: () => this.#callForHelp() });
    this.duty = node("p", { class: "field-duty" });
    this.view = node("div", { class: "field-view" });
    this.tabs = node("nav", { class: "field-tabs" });
    hand.main.append(this.duty, this.view);
    this.finger = new FingerWatch(this.view, () => this.#paint());
    hand.main.after(this.tabs);
    // The head of a phone is narrow: language and the way out live under their own tab.
    this.account = [document.getElementById("hand-language"), document.getElementById("hand-sign-out")].filter(Boolean);
    for (const element of this.account) element.remove();
  }

  async start() {
    const { connection, queue, store } = this.hand;
    const shell = queue.onChange;
    queue.onChange = () => {
      shell();
      this.#paint();
    };
    queue.onDone = () => connection.refresh();
    connection.onInbox = (inbox, { isKept }) => this.#take(inbox, isKept);
    this.#day = (await store.get(DAY)) ?? null;
    this.#paint();
    connection.start();
    setInterval(() => !document.hidden && this.#askDay(), DAY_EVERY_MS);
    positionNow().then((found) => {
      if (found.why) return;
      this.acts.position = found;
      this.#paint();
    });
    const signOut = this.account.find((element) => element.id === "hand-sign-out");
    install(this.hand, { signOut });
  }

  get #tasks() {
    return tasksOf(this.#inbox, this.hand.queue.unsent);
  }

  #take(inbox, isKept) {
    this.#inbox = inbox;
    this.#paint();
    if (!isKept) this.#askDay();
    this.#tellRead();
  }

  /* What is on the screen has been delivered and, once it is opened, read; said once, in the background. */
  #tellRead() {
    for (const command of this.#inbox.commands) {
      if (command.mine.stage === "sent") this.#tell(command, "delivered");
    }
  }

  #tell(command, stage) {
    const name = `${command.id}.${stage}`;
    // An earlier page of this phone may have said as much or more, and not sent it yet.
    const isKept = this.hand.queue.unsent.some((item) => item.command_id === command.id && (stage === "delivered" || item.stage !== "delivered"));
    if (isKept || this.#told.has(name)) return;
    this.#told.add(name);
    this.hand.queue.add({ kind: "answer", command_id: command.id, stage });
  }

  #paint() {
    const { main } = this.hand;
    main.dataset.tab = this.#tab;
    this.#paintDuty();
    this.#paintTabs();
    this.#paintView();
    this.hand.clock.paintClocks(this.view);
  }

  /* News must take neither the caret from who writes nor a button from under a finger. */
  #paintView() {
    if (this.finger.isDown) return;
    const shown = this.#content();
    if (shown.length === 1 && this.view.firstChild === shown[0]) return;
    const focused = this.view.contains(document.activeElement) ? markOf(document.activeElement) : null;
    const scroll = window.scrollY;
    this.view.replaceChildren(...shown);
    window.scrollTo(0, scroll);
    if (focused) [...this.view.querySelectorAll("button")].find((one) => markOf(one) === focused)?.focus({ preventScroll: true });
  }

  #content() {
    if (this.#tab === "report") return [this.report.root];
    if (this.#tab === "map") return this.#mapView();
    if (this.#tab === "me") return this.#meView();
    const tasks = this.#tasks;
    const task = tasks.find((one) => one.id === this.#open);
    return (task ? this.#taskView(task) : this.#listView(tasks)).filter(Boolean);
  }

  #listView(tasks) {
    return tasksView({
      text: this.text, tasks, me: this.acts.position, day: this.#day?.day, kept: this.hand.queue.unsent,
      onOpen: (task) => this.#show(task), onAct: (task, step) => this.#act(task, step),
    });
  }

  #taskView(task) {
    const { facts, clock } = this.hand;
    return taskView({
      text: this.text, task, me: this.acts.position, grids: facts.grids, ownGrid: facts.grid, arrivalM: facts.arrival_m,
      detail: this.#details.get(task.matterId), now: clock.now(), onBack: () => this.#show(null),
      onAct: (one, step) => this.#act(one, step), onHelp: () => this.#choose("help"), onReport: () => this.#choose("report"),
    });
  }

  #mapView() {
    const { facts } = this.hand;
    const targets = this.#tasks.filter((task) => !task.isOver && task.lon).map((task) => ({ lon: task.lon, lat: task.lat, label: task.no }));
    const words = { label: this.text("field.sketch"), me: this.text("field.me"), note: this.text("field.sketch_note") };
    return [sketch({ grids: facts.grids, own: facts.grid, me: this.acts.position, targets, words })].filter(Boolean);
  }

  #meView() {
    const { facts, queue } = this.hand;
    return [
      node("section", { class: "hand-card" }, node("h1", { class: "hand-title" }, facts.name), node("p", { class: "hand-label" }, facts.heading)),
      node("p", { class: "hand-label" }, this.text("field.kept", { count: queue.count })),
      node("div", { class: "field-two" }, this.account),
      node("p", { class: "hand-source" }, this.text("field.privacy")),
    ];
  }

  #paintDuty() {
    const duty = this.#day?.duty;
    this.duty.dataset.duty = duty?.state ?? "unknown";
    const seen = duty?.fix_at ? timeText(duty.fix_at, this.hand.clock.now()) : "";
    this.duty.textContent = this.text(`field.duty.${duty?.state ?? "unknown"}`, { time: seen });
  }

  #paintTabs() {
    this.tabs.replaceChildren(
      ...TABS.map((tab) =>
        node(
          "button",
          { type: "button", class: `field-tab ${tab}`, "aria-current": tab === this.#tab ? "page" : null, onclick: () => this.#choose(tab) },
          this.text(`field.tab.${tab}`),
        ),
      ),
    );
  }

  #choose(tab) {
    if (tab === "help") {
      this.help.open();
      return;
    }
    this.#tab = tab;
    this.#open = null;
    this.#paint();
    window.scrollTo(0, 0);
    if (tab === "report") this.report.shown();
  }

  #show(task) {
    this.#open = task?.id ?? null;
    this.#paint();
    window.scrollTo(0, 0);
    if (!task) return;
    if (task.kind === "order" && ["sent", "delivered"].includes(task.command.mine.stage)) this.#tell(task.command, "read");
    this.#askDetail(task.matterId);
  }

  async #act(task, step) {
    if (await this.acts.perform(task, step, stepText(this.text, step))) this.#paint();
  }

  async #callForHelp() {
    const { queue, notice } = this.hand;
    const key = await this.acts.callForHelp();
    notice(this.text("field.help.kept"));
    await queue.send();
    if (!queue.isWaiting(key)) notice(this.text("field.help.sent"));
  }

  #kept() {
    this.hand.notice(this.text("field.report.kept"));
    this.#choose("tasks");
  }

  async #askDay() {
    const answer = await this.#asked("/api/v1/field/day");
    if (answer === null) return;
    this.#day = answer;
    await this.hand.store.put(DAY, answer);
    this.#paint();
  }

  async #askDetail(matterId) {
    const kept = `matter.${matterId}`;
    const answer = (await this.#asked(`/api/v1/own/matters/${matterId}`)) ?? (await this.hand.store.get(kept));
    if (!answer) return;
    this.#details.set(matterId, answer);
    this.#paint();
    await this.hand.store.put(kept, answer);
  }

  /* An answer's value, or null without one: the connection's own line says why. */
  async #asked(path) {
    try {
      return (await this.hand.api.get(path)).value;
    } catch (error) {
      if (error instanceof Away || error instanceof Malformed || error instanceof Refused || error.name === "SignedOut") return null;
      throw error;
    }
  }
}

/* The same button after a repaint. */
function markOf(button) {
  return `${button.closest("[data-task]")?.dataset.task ?? ""}:${button.textContent}`;
}
