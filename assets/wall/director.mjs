/* Which scene a wall shows: what the server was told, the turn of the scenes, and an alarm that takes it over and gives
 * it back. Pure: `direct` is called with every second and every change, and keeps nothing but what it returns.
 *
 *   orders  the wall's row of the server (docs/wall.md), null before the first answer
 *   alarms  of alarmsOf; scenes  [{name, isEmpty}] in order; isOpen(matterId)  whether the picture has it */

export const TAKEOVER_MS = 180_000; // an alarm that nobody acknowledges has been seen by then, and the others wait
export const FIRST = "overview";
export const OF_A_MATTER = "incident";
const ROTATION_S = 45; // before the server has said; dashboard/domain/wall.py

export function startAt(now) {
  return { scene: FIRST, matterId: null, since: now, revision: null, taken: null, over: [], why: "turning", nextMs: null };
}

/* The next state of the wall; the same values where nothing has changed but the time. */
export function direct(given, { orders, alarms, scenes, isOpen, now }) {
  const before = notAfter(now, given);
  const over = before.over.filter((key) => alarms.some((alarm) => alarm.key === key));
  const state = { ...before, over };
  if (orders !== null && orders.revision !== before.revision) obey(state, orders, alarms, now);
  if (orders?.held) {
    const isGone = state.matterId !== null && !isOpen(state.matterId); // a closed matter does not stay on a held wall either
    return { ...state, ...(isGone ? { scene: FIRST, matterId: null, since: now } : {}), taken: null, why: "held", nextMs: null };
  }
  giveBack(state, alarms, now);
  takeOver(state, alarms, now);
  if (state.taken) return { ...state, why: "taken", nextMs: null };
  return turn(state, { orders, alarms, scenes, isOpen, now });
}

/* The server's clock may step back: what has lasted has not begun later than now. */
function notAfter(now, state) {
  const { taken } = state;
  if (state.since <= now && !(taken?.since > now)) return state;
  return { ...state, since: Math.min(state.since, now), taken: taken && { ...taken, since: Math.min(taken.since, now) } };
}

/* What a desk has just decided ends a takeover: the alarm was on the wall, and whoever drives it has seen it. */
function obey(state, orders, alarms, now) {
  const isFirst = state.revision === null;
  state.revision = orders.revision;
  if (isFirst && orders.revision === 0) return;
  if (isFirst && state.taken && !orders.held) {
    // The page is new, the orders are not: the alarm stands, and gives the wall back to what it was told before.
    state.taken = { ...state.taken, before: { scene: orders.scene, matterId: orders.matter_id } };
    return;
  }
  if (state.taken) state.over = [...state.over, state.taken.key];
  state.taken = null;
  const isSame = state.scene === orders.scene && state.matterId === orders.matter_id;
  Object.assign(state, { scene: orders.scene, matterId: orders.matter_id, since: isSame && !isFirst ? state.since : now });
}

function giveBack(state, alarms, now) {
  const { taken } = state;
  if (!taken) return;
  const isThere = alarms.some((alarm) => alarm.key === taken.key);
  if (isThere && now - taken.since < TAKEOVER_MS) return;
  if (isThere) state.over = [...state.over, taken.key];
  state.taken = null;
  Object.assign(state, { scene: taken.before.scene, matterId: taken.before.matterId, since: now });
}

function takeOver(state, alarms, now) {
  if (state.taken) return;
  const alarm = alarms.find(({ key }) => !state.over.includes(key));
  if (!alarm) return;
  const { scene, matterId } = state;
  state.taken = { key: alarm.key, since: now, before: { scene, matterId } };
  Object.assign(state, { scene: OF_A_MATTER, matterId: alarm.matterId, since: now });
}

function turn(state, { orders, alarms, scenes, isOpen, now }) {
  const filled = scenes.filter((scene) => !scene.isEmpty);
  const isFilled = state.matterId !== null || filled.some(({ name }) => name === state.scene);
  const isOver = state.matterId !== null && !isOpen(state.matterId); // what it was about is closed
  const rotates = orders?.rotates ?? true;
  const everyMs = (orders?.rotation_s ?? ROTATION_S) * 1_000;
  const isDue = rotates && alarms.length === 0 && now - state.since >= everyMs;
  if (isOver || !isFilled || isDue) {
    const next = rotates ? after(state.scene, scenes) : FIRST;
    if (next !== state.scene || isOver) Object.assign(state, { scene: next, matterId: null });
    state.since = now;
  }
  if (!rotates) return { ...state, why: "still", nextMs: null };
  if (alarms.length > 0) return { ...state, since: now, why: "stopped", nextMs: null }; // its turn begins when they end
  return { ...state, why: "turning", nextMs: filled.length > 1 ? state.since + everyMs - now : null };
}

function after(name, scenes) {
  const at = scenes.findIndex((scene) => scene.name === name);
  const turned = [...scenes.slice(at + 1), ...scenes.slice(0, at + 1)];
  return turned.find((scene) => !scene.isEmpty)?.name ?? FIRST;
}
