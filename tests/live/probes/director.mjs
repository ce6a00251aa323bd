/* Plays seconds, orders and alarms to what decides which scene a wall shows. */

import { TAKEOVER_MS, direct, startAt } from "/assets/wall/director.mjs";

const T = 1_000_000_000;
const SCENES = [{ name: "overview", isEmpty: false }, { name: "incident", isEmpty: true }, { name: "hotline", isEmpty: false }];
const ALARM = { key: "a1", matterId: "m-alarm" };
const ORDERS = { scene: "hotline", matter_id: null, held: false, rotates: true, rotation_s: 30, revision: 4 };

function played() {
  let state = startAt(T);
  return (at, { orders = null, alarms = [], closed = [] } = {}) => {
    state = direct(state, { orders, alarms, scenes: SCENES, isOpen: (id) => !closed.includes(id), now: T + at });
    return [state.scene, state.matterId, state.why];
  };
}

export default function director() {
  return {
    reload: reload(), reload_held: reloadHeld(), other_acts: otherActs(), shown: shown(), ordinary: ordinary(), held_closed: heldClosed(),
    clock_back: clockBack(), takeover_clock_back: takeoverClockBack(),
  };
}

/* The picture comes before the answer of the server. */
function reload() {
  const look = played();
  const before = look(0, { alarms: [ALARM] });
  const answered = look(1_000, { orders: ORDERS, alarms: [ALARM] });
  return { before, answered, over: look(2_000, { orders: ORDERS }) };
}

function reloadHeld() {
  const look = played();
  look(0, { alarms: [ALARM] });
  return look(1_000, { orders: { ...ORDERS, held: true }, alarms: [ALARM] });
}

/* A mute or another build comes with the same revision. */
function otherActs() {
  const look = played();
  look(0, { orders: ORDERS });
  look(1_000, { orders: ORDERS, alarms: [ALARM] });
  return look(2_000, { orders: { ...ORDERS, muted_until: T + 900_000 }, alarms: [ALARM] });
}

function shown() {
  const look = played();
  look(0, { orders: ORDERS });
  look(1_000, { orders: ORDERS, alarms: [ALARM] });
  return look(2_000, { orders: { ...ORDERS, scene: "overview", revision: 5 }, alarms: [ALARM] });
}

/* Nothing is pressing, so the incident scene has nothing of its own to say. */
function ordinary() {
  const look = played();
  const orders = { ...ORDERS, scene: "incident", matter_id: "m-1", revision: 1 };
  const put = look(0, { orders });
  return { put, last: look(29_000, { orders }), turned: look(30_000, { orders }), closed: played()(0, { orders, closed: ["m-1"] }) };
}

function heldClosed() {
  const look = played();
  const orders = { ...ORDERS, scene: "incident", matter_id: "m-1", held: true };
  const open = look(0, { orders });
  return { open, closed: look(1_000, { orders, closed: ["m-1"] }), later: look(600_000, { orders, closed: ["m-1"] }) };
}

function clockBack() {
  const look = played();
  look(3_600_000, { orders: ORDERS });
  look(0, { orders: ORDERS });
  return look(30_000, { orders: ORDERS });
}

function takeoverClockBack() {
  const look = played();
  look(3_600_000, { orders: ORDERS });
  look(3_600_000, { orders: ORDERS, alarms: [ALARM] });
  look(0, { orders: ORDERS, alarms: [ALARM] });
  return look(TAKEOVER_MS, { orders: ORDERS, alarms: [ALARM] });
}
