/* `/field`: a worker's tasks by clock, one task at a time, an event found, a call for help; works without a network. */

import { Away, Malformed, Refused } from "../hand/api.mjs";
import { timeText } from "../hand/clock.mjs";
import { FingerWatch, settle } from "../hand/finger.mjs";
import { install } from "../hand/install.mjs";
import { Acts } from "./acts.mjs";
import { Day } from "./day.mjs";
import { helpCard } from "./help_card.mjs";
import { HelpSheet } from "./help_sheet.mjs";
import { tasksOf } from "./model.mjs";
import { node } from "./node.mjs";
import { outboxView } from "./outbox_view.mjs";
import { ReportView } from "./report_view.mjs";
import { Sheet } from "./sheet.mjs";
import { sketch } from "./sketch.mjs";
import { taskView } from "./task_view.mjs";
import { nearView, stepText, tasksView } from "./tasks_view.mjs";
import { themeView } from "./theme_view.mjs";

const TABS = ["tasks", "report", "help", "map", "me"];
const OPEN = "open"; // the task and the step whose sheet was open

export async function mount(hand) {
  await new FieldPage(hand).start();
}

class FieldPage {
  #inbox = { matters: [], commands: [] };
  #isKnown = false; // an inbox came, from the server or from this phone
  #details = new Map();
  #tab = "tasks";
  #open = null; // id of the task that is looked at
  #told = new Set();
  #isResumed = false;

  constructor(hand) {
    Object.assign(this, { hand, text: hand.text });
    this.sheet = new Sheet(hand.main, hand.text, hand.store);
    this.acts = new Acts(hand, this.sheet);
    this.report = new ReportView(hand, { onKept: () => this.#kept() });
    this.help = new HelpSheet(hand, { onCall: () => this.#callForHelp() });
    this.day = new Day({ get: (path) => this.#asked(path), store: hand.store, onChange: () => this.#paint(), onDuty: () => this.#paintDuty(), now: () => hand.clock.now() });
    this.duty = node("p", { class: "field-duty" });
    this.helped = node("div", { class: "field-helps" });
    this.view = node("div", { class: "field-view" });
    this.tabs = node("nav", { class: "field-tabs" });
    hand.main.append(this.duty, this.helped, this.view);
    this.finger = new FingerWatch(this.view, () => this.#paint());
    hand.main.after(this.tabs);
    // The head of a phone is narrow: language and the way out live under their own tab.
    this.account = [document.getElementById("hand-language"), document.getElementById("hand-sign-out")].filter(Boolean);
    for (const element of this.account) element.remove();
    this.account[0].textContent = this.account[0].getAttribute("aria-label"); // there is room for the whole word here
  }

  async start() {
    const { connection, queue, notice } = this.hand;
    const shell = queue.onChange;
    queue.onChange = () => {
      shell();
      this.#paint();
    };
    queue.onDone = () => connection.refresh();
    connection.onAnswer = ({ duty }) => this.day.heard(duty);
    connection.onInbox = (inbox, { isKept }) => this.#take(inbox, isKept);
    const shown = connection.onState;
    let before = connection.state;
    connection.onState = () => {
      shown();
      if (connection.state !== before) this.#paint(); // what is not known is said otherwise without a line
      before = connection.state;
    };
    await this.day.restore();
    if (await this.report.restore()) {
      this.#tab = "report";
      notice(this.text("field.report.left"));
    }
    this.#paint();
    connection.start();
    this.hand.clock.onSecond(() => this.day.second(this.hand.clock.now()));
    this.acts.locate().then((found) => !found.why && this.#paint());
    const signOut = this.account.find((element) => element.id === "hand-sign-out");
    install(this.hand, { signOut });
  }

  /* The call for help has a card of its own. */
  get #tasks() {
    return tasksOf(this.#inbox, this.hand.queue.unsent).filter((task) => !task.matter?.is_help);
  }

  #take(inbox, isKept) {
    this.#inbox = inbox;
    this.#isKnown = true;
    this.#paint();
    if (!isKept) this.day.ask();
    this.#tellRead();
    this.#resume();
  }

  /* A sheet that was open when the page died is opened again, as it was. */
  async #resume() {
    if (this.#isResumed) return;
    this.#isResumed = true;
    const open = await this.hand.store.get(OPEN);
    const task = open && this.#tasks.find((one) => one.id === open.task);
    const step = task?.next.find((one) => one.to === open.to);
    if (!step) return;
    this.#show(task);
    await this.#act(task, step);
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
    this.hand.queue.add({ kind: "answer", command_id: command.id, stage }, { isQuiet: true });
  }

  #paint() {
    const { main } = this.hand;
    main.dataset.tab = this.#tab;
    this.#paintDuty();
    this.#paintHelp();
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
      text: this.text, tasks, me: this.acts.position, day: this.day.figures, dayAsOf: this.#dayAsOf(), unknown: this.#unknown(), kept: this.hand.queue.unsent, home: this.hand.facts.heading,
      onOpen: (task) => this.#show(task), onAct: (task, step) => this.#act(task, step),
    });
  }

  /* Before the first inbox nobody knows that there is no task. */
  #unknown() {
    if (this.#isKnown) return null;
    return this.text(["connecting", "live"].includes(this.hand.connection.state) ? "hand.opening" : "hand.not_known");
  }

  /* The figures' time, once the server is no longer heard. */
  #dayAsOf() {
    const { connection, clock } = this.hand;
    return connection.state === "live" || this.day.askedAt === null ? null : timeText(this.day.askedAt, clock.now());
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
    const tasks = this.#tasks.filter((task) => !task.isOver && task.lon);
    const words = { label: this.text("field.sketch"), me: this.text("field.me"), note: this.text("field.sketch_note") };
    const targets = tasks.map((task) => ({ lon: task.lon, lat: task.lat, label: task.no }));
    return [
      sketch({ grids: facts.grids, own: facts.grid, me: this.acts.position, targets, words, isTall: true }),
      nearView({ text: this.text, tasks, me: this.acts.position, onOpen: (task) => this.#openTask(task) }),
    ].filter(Boolean);
  }

  #meView() {
    const { facts, queue, clock } = this.hand;
    const titleOf = (item) => this.#tasks.find((task) => task.matterId === item.matter_id || task.command?.id === item.command_id)?.title ?? "";
    return [
      node("section", { class: "hand-card" }, node("h1", { class: "hand-title" }, facts.name), node("p", { class: "hand-label" }, facts.heading)),
      outboxView({ text: this.text, entries: queue.entries, titleOf, now: clock.now(), onRetry: () => queue.send() }),
      themeView(this.text),
      node("div", { class: "field-two" }, this.account),
      node("p", { class: "hand-source" }, this.text("field.privacy")),
    ];
  }

  #paintDuty() {
    const { duty } = this.day;
    this.duty.dataset.duty = duty?.state ?? "unknown";
    const seen = duty?.fix_at ? timeText(duty.fix_at, this.hand.clock.now()) : "";
    this.duty.textContent = this.text(`field.duty.${duty?.state ?? "unknown"}`, { time: seen });
  }

  #paintHelp() {
    const { queue, facts, clock } = this.hand;
    const item = queue.unsent.findLast((one) => one.kind === "help") ?? null;
    const row = this.#inbox.matters.find((one) => one.is_help) ?? null;
    const card = helpCard({ text: this.text, item, row, phone: facts.hotline, now: clock.now() });
    this.helped.replaceChildren(...(card ? [card] : []));
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

  #openTask(task) {
    this.#tab = "tasks";
    this.#show(task);
  }

  #show(task) {
    this.#open = task?.id ?? null;
    this.finger.release();
    this.#paint();
    window.scrollTo(0, 0);
    if (!task) return;
    this.view.querySelector("h1")?.focus({ preventScroll: true });
    if (task.kind === "order" && ["sent", "delivered"].includes(task.command.mine.stage)) this.#tell(task.command, "read");
    this.#askDetail(task.matterId);
  }

  async #act(task, step) {
    const { main, store } = this.hand;
    settle(main);
    await store.put(OPEN, { task: task.id, to: step.to });
    const isKept = await this.acts.perform(task, step, stepText(this.text, step));
    await store.remove(OPEN);
    settle(main);
    if (isKept) this.#paint();
  }

  async #callForHelp() {
    this.#choose("tasks");
    await this.acts.callForHelp();
    this.#paint();
  }

  /* What waits says so by its own card; what has arrived is said once. */
  async #kept() {
    const { notice, queue } = this.hand;
    notice(this.text("field.report.kept"));
    this.#choose("tasks");
    await queue.send();
    if (!queue.unsent.some((item) => item.kind === "event" && !item.isDone)) notice(this.text("field.report.sent"));
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
