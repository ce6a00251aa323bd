/* The desk's keys on its page: which intent a key is (keyboard.mjs), and which part of the desk does it. */

import { intentOf } from "./keyboard.mjs";

const CHORD_WAITS_MS = 2_000; // after G the next letter is its second half

export class Keys {
  constructor(desk) {
    this.desk = desk;
    this.root = desk.root;
    this.chord = null;
  }

  start() {
    window.addEventListener("keydown", (event) => this.#pressed(event));
  }

  #pressed(event) {
    const focus = document.activeElement;
    const typing = focus?.matches("input, textarea, select, [contenteditable=true]") ?? false;
    // Enter on the alternative that is on already could only choose it again: it sends, as the button's cap says.
    const buttons = event.key === "Enter" ? "button:not(.segment.on), a" : "button, a";
    const onButton = focus?.matches(buttons) ?? false;
    const intent = intentOf(event, { typing, onButton, dialog: this.desk.acts.open?.kind ?? (this.desk.walls.isOpen ? "walls" : null), chord: this.chord });
    this.chord = null;
    if (!intent) return;
    event.preventDefault();
    this.#perform(intent);
  }

  #perform(intent) {
    const { desk } = this;
    const { acts, queue } = desk;
    const form = acts.open?.form;
    switch (intent.do) {
      case "move": queue.move(intent.step); break;
      case "open": desk.openDrawer(); this.root.querySelector("#desk-drawer").focus({ preventScroll: true }); break;
      case "filter": queue.setFilter(intent.name); break;
      case "follow": desk.mapPane.toggleFollow(); break;
      case "second_screen": desk.secondScreen.toggle(); break;
      case "help": this.#toggleHelp(); break;
      case "views": desk.views.toggle(); break;
      case "undo": acts.undo(); break;
      case "handover": desk.shift.handOver(); break;
      case "walls": desk.walls.open(); break;
      case "command": desk.bar.open(); break;
      case "chord": this.#waitForChord(intent.key); break;
      case "go": this.#go(intent.to); break;
      case "act": desk.settleDrawer(); acts.begin(intent.act, intent.line); break;
      case "form": desk.settleDrawer(intent.onMatter); acts.beginForm(intent.act, intent.args, intent); break;
      case "caret": form?.moveCaret(intent.step); break;
      case "tick": form?.tick(); break;
      case "role": form?.switchRole(); break;
      case "hold": acts.holdStart(); break;
      case "confirm": acts.confirm(); break;
      case "leave_field": acts.dialog.focus({ preventScroll: true }); break; // the first Esc keeps what was typed
      case "escape": this.#escape(); break;
      default: break;
    }
  }

  #waitForChord(key) {
    this.chord = key;
    clearTimeout(this.chordTimer);
    this.chordTimer = setTimeout(() => { this.chord = null; }, CHORD_WAITS_MS);
  }

  #go(to) {
    if (to === "drawer") this.desk.openDrawer();
    if (to === "map" && this.desk.secondScreen.isAway) {
      this.desk.secondScreen.show();
      return;
    }
    const place = { map: "#desk-map", table: "#desk-queue-pane", drawer: "#desk-drawer" }[to];
    this.root.querySelector(place).focus({ preventScroll: true });
  }

  /* What the command bar understood: its matter is chosen, then the form of its act opens as by the act's key. */
  performLine({ act, matterId, line, numbers }) {
    this.desk.queue.choose(matterId);
    this.desk.choose(matterId);
    if (act === "go") this.#perform({ do: "open" });
    else if (act === "merge") this.#perform({ do: "form", act, args: { numbers }, onMatter: true });
    else this.#perform({ do: "act", act, line });
  }

  #toggleHelp() {
    const help = this.root.querySelector("#desk-help");
    help.hidden = !help.hidden;
  }

  #escape() {
    const { desk } = this;
    const help = this.root.querySelector("#desk-help");
    if (desk.bar.isOpen) desk.bar.close();
    else if (desk.acts.open) desk.acts.close();
    else if (desk.walls.isOpen) desk.walls.close();
    else if (desk.views.isOpen) desk.views.close();
    else if (!help.hidden) help.hidden = true;
    else if (desk.card?.isPinned) desk.card.hide();
    else {
      desk.acts.hideOutcome();
      desk.queue.leave();
      document.activeElement?.blur();
    }
  }
}
