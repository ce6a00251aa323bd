/* Every symbol of wall and desk in every state it can have, drawn without its colours: what is left is its shape. */

import { markOfState, urgencyMark } from "/assets/desk/symbols.mjs";
import { whistleRing as deskRing } from "/assets/desk/map_overlay.mjs";
import { KINDS } from "/assets/live/worker_paint.mjs";
import { COLOUR_OF, levelPips, urgencySymbol, workerIcon } from "/assets/wall/symbols.mjs";
import { linksOf } from "/assets/wall/unit_links.mjs";
import { whistleModel, whistleRing } from "/assets/wall/whistle_glyph.mjs";

const MINUTE = 60_000;
const NOW = 100 * MINUTE;
const STATES = ["ok", "risk", "overdue", "unacknowledged"];
const STYLE = { ring: 58, chip: 46, line: 4 };
const text = (key, { n = "" } = {}) => `${key}${n}`;
// Ground is a hole in a shape and "none" an open one; every other paint is ink.
const uncoloured = (drawn) => drawn.replaceAll(/var\(--(?!ground)[\w-]+\)/g, "ink").replaceAll(/"?data-[\w-]+"?[:=]"[^"]*",?/g, "").replaceAll(/"class":"[^"]*",?/g, "");
const shape = (described) => uncoloured(JSON.stringify(described));

/* {group: {name: shape}}: within a group no two shapes may be the same. */
export default function shapes() {
  return {
    "wall: matters": crossed((urgency, state) => shape(urgencySymbol(urgency, 0, 0, 10, COLOUR_OF[state] ?? COLOUR_OF.overdue, {}, state))),
    "desk: matters": crossed((urgency, state) => uncoloured([urgencyMark(urgency, 9), ...markOfState(state, 9)].map((one) => one.outerHTML).join(""))),
    "wall: workers": named(["idle", "tasked", "lost", "off", "sos"], (kind) => shape(workerIcon(kind))),
    "map: workers": Object.fromEntries(KINDS.map(({ name, fill, outline, radius }) => [name, `${(fill ?? outline).name} ${fill ? "filled" : "open"} ${radius}`])),
    "wall: levels": named([0, 1, 2, 3, 4], (level) => shape(levelPips(level, "var(--ink)"))),
    "wall: rings": named(Object.keys(RINGS), (name) => shape(whistleRing(whistleModel(RINGS[name], NOW), 0, 0, 58, text))),
    "desk: rings": named(Object.keys(RINGS), (name) => uncoloured(deskRing(RINGS[name], { x: 0, y: 0 }, NOW).outerHTML)),
    "wall: units of a ring": named(Object.keys(UNITS), (name) => shape(whistleRing({ ...whistleModel(RINGS.ok, NOW), units: [UNITS[name]] }, 0, 0, 58, text))),
    "wall: units on the way": named(Object.keys(UNITS).filter((name) => UNITS[name].stage !== "arrived"), (name) => shape(linksOf([0, 0], [UNITS[name]], (x, y) => [x, y], STYLE))),
  };
}

function crossed(draw) {
  return Object.fromEntries([1, 2, 3, 4].flatMap((urgency) => STATES.map((state) => [`${urgency} ${state}`, draw(urgency, state)])));
}

function named(names, draw) {
  return Object.fromEntries(names.map((name) => [String(name), draw(name)]));
}

const command = (dueIn, state = "running") => ({
  id: "c", no: "c", kind: "whistle", title: "", lon: 0, lat: 0, matter_id: "m", state, issued_at: 0, due_at: NOW + dueIn, limit_ms: 30 * MINUTE, receivers: [],
});
// Of a ring the arc is what is left: of the same whistle another share is another state.
const RINGS = { ok: command(20 * MINUTE), risk: command(5 * MINUTE), overdue: command(-5 * MINUTE), confers: command(5 * MINUTE, "conferring") };
const unit = (stage, state) => ({ id: "u", code: "街", name: "", stage, state, share: 0.5, minutes: 4, origin: [400, 0], at: [300, 0] });
const UNITS = {
  arrived: unit("arrived", "ok"), "way ok": unit("way", "ok"), "way risk": unit("way", "risk"), "way overdue": unit("way", "overdue"),
  "not started ok": unit("not_started", "ok"), "not started risk": unit("not_started", "risk"), "not started overdue": unit("not_started", "overdue"),
};
