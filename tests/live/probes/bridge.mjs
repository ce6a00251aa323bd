/* Feeds a bridge whose Dash and whose frames are played, and says what arrived when. */

import { DashBridge } from "/assets/live/dash_bridge.mjs";

const COMPONENTS = {
  line: { text: "text", "data-more": "text" },
  graph: { figure: "figure" },
  place: { children: "component" },
  store: { data: "ask" },
};

class PlayedDash {
  constructor(mounted) {
    this.mounted = mounted; // id -> its props now
    this.calls = [];
    this.frames = [];
    this.asked = 0;
    this.bridge = new DashBridge({
      components: COMPONENTS,
      propsOf: (id) => { this.asked += 1; return this.mounted[id]; },
      setProps: (id, props) => { this.calls.push([id, structuredClone(props)]); Object.assign(this.mounted[id], props); },
      frame: (fn) => this.frames.push(fn),
    });
  }

  /* Plays one animation frame; returns what reached Dash in it. */
  frame() {
    const before = this.calls.length;
    for (const fn of this.frames.splice(0)) fn();
    return this.calls.slice(before);
  }
}

export default function bridge() {
  return {
    together: together(), newest: newest(), equal: equal(), changed_elsewhere: changedElsewhere(), asks: asks(),
    order: order(), unmounted: unmounted(), others: others(), idle: idle(), refused: refused(),
  };
}

function together() {
  const dash = new PlayedDash({ line: {}, graph: {} });
  dash.bridge.feed("line", "text", "一");
  dash.bridge.feed("line", "data-more", "二");
  dash.bridge.feed("graph", "figure", { data: [1], layout: {} });
  return { before: dash.calls.length, frames: dash.frames.length, calls: dash.frame() };
}

function newest() {
  const dash = new PlayedDash({ line: {} });
  for (const word of ["一", "二", "三"]) dash.bridge.feed("line", "text", word);
  return dash.frame();
}

function equal() {
  const dash = new PlayedDash({ line: { text: "一", "data-more": "甲" }, graph: { figure: { data: [{ y: [1, 2] }], layout: { a: null } } } });
  dash.bridge.feed("line", "text", "一");
  dash.bridge.feed("line", "data-more", "乙");
  dash.bridge.feed("graph", "figure", { data: [{ y: [1, 2] }], layout: { a: null } });
  const first = dash.frame();
  dash.bridge.feed("graph", "figure", { data: [{ y: [1, 3] }], layout: { a: null } });
  return { first, second: dash.frame() };
}

/* A callback has written over what was fed: the same value is news again. */
function changedElsewhere() {
  const dash = new PlayedDash({ line: { text: "" } });
  dash.bridge.feed("line", "text", "");
  const same = dash.frame();
  dash.mounted.line.text = "答复";
  dash.bridge.feed("line", "text", "");
  return { same, after: dash.frame() };
}

function asks() {
  const dash = new PlayedDash({ store: {} });
  dash.bridge.ask("store", { n: 1 });
  dash.bridge.ask("store", { n: 1 });
  const first = dash.frame();
  dash.bridge.ask("store", { n: 1 });
  return { first, again: dash.frame() };
}

function order() {
  const dash = new PlayedDash({ store: {}, line: {} });
  dash.bridge.ask("store", { n: 1 });
  dash.bridge.feed("line", "text", "一");
  dash.bridge.ask("store", { n: 2 });
  return dash.frame();
}

function unmounted() {
  const dash = new PlayedDash({});
  dash.bridge.feed("line", "text", "一");
  dash.bridge.feed("line", "text", "二");
  dash.bridge.ask("store", { n: 1 });
  const early = [dash.frame(), dash.frame()];
  dash.mounted.line = {};
  const line = dash.frame();
  dash.mounted.store = {};
  return { early, line, store: dash.frame(), after: [dash.frame(), dash.frames.length] };
}

/* One component that is not there keeps nobody waiting. */
function others() {
  const dash = new PlayedDash({ graph: {} });
  dash.bridge.feed("line", "text", "一");
  dash.bridge.feed("graph", "figure", { data: [], layout: {} });
  return dash.frame();
}

function idle() {
  const dash = new PlayedDash({ line: {} });
  dash.bridge.feed("line", "text", "一");
  dash.frame();
  const asked = dash.asked;
  return { frames: dash.frames.length, calls: dash.frame(), asked: dash.asked - asked };
}

function refused() {
  const { bridge: given, calls } = new PlayedDash({ line: {}, store: {}, graph: {} });
  const wrong = [
    () => given.feed("nobody", "text", "一"), () => given.feed("line", "children", "一"), () => given.feed("line", "text", 1),
    () => given.feed("graph", "figure", { data: [] }), () => given.feed("place", "children", "<b>"), () => given.feed("store", "data", {}),
    () => given.ask("line", {}), () => given.ask("store", "一"), () => given.ask("store", []),
  ];
  const raised = wrong.map((one) => { try { one(); return "taken"; } catch (error) { return error.constructor.name; } });
  return { raised, calls };
}
