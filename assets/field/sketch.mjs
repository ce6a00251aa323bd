/* A sketch of the way: outlines of the grids around, where I am, where to go. Works without a network and says that it
 * is a sketch. Positions are WGS-84; on these few kilometres a degree is a straight ruler. */

import { drawn } from "./node.mjs";

const WIDTH = 340;
const HEIGHT = 190;
const TALL = 340;
const MARGIN = 34;
const LEAST_SPAN_DEG = 0.0022; // about 240 m: closer the outlines say nothing
const MARK = 7;

/* `grids` are {code, name, ring: [[lon, lat], ...]}, `me` and each of `targets` {lon, lat, label}; draws what is known. */
export function sketch({ grids, own, me, targets, words, isTall = false }) {
  const height = isTall ? TALL : HEIGHT;
  const points = [me, ...targets].filter(Boolean);
  const shown = points.length > 0 ? points : grids.filter((one) => one.code === own).flatMap((one) => one.ring.map(([lon, lat]) => ({ lon, lat })));
  if (shown.length === 0) return null;
  const at = projection(shown, height);
  return drawn(
    "svg",
    { class: "sketch", viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": words.label },
    grids.map((grid) => drawn("polygon", { class: grid.code === own ? "sketch-grid own" : "sketch-grid", points: grid.ring.map((point) => at(...point).join(",")).join(" ") })),
    me && targets.map((target) => drawn("path", { class: "sketch-way", d: straight(at(me.lon, me.lat), at(target.lon, target.lat)) })),
    targets.map((target) => mark("sketch-target", at(target.lon, target.lat), target.label)),
    me && mark("sketch-me", at(me.lon, me.lat), words.me, targets[0] && at(targets[0].lon, me.lat)[0]),
    drawn("text", { class: "sketch-note", x: 8, y: height - 8 }, words.note),
  );
}

function projection(points, height) {
  const lons = points.map((one) => one.lon);
  const lats = points.map((one) => one.lat);
  const middle = [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
  const squeeze = Math.cos((middle[1] * Math.PI) / 180);
  const spanX = Math.max((Math.max(...lons) - Math.min(...lons)) * squeeze, LEAST_SPAN_DEG);
  const spanY = Math.max(Math.max(...lats) - Math.min(...lats), LEAST_SPAN_DEG * (height / WIDTH));
  const scale = Math.min((WIDTH - 2 * MARGIN) / spanX, (height - 2 * MARGIN) / spanY);
  const round = (value) => Math.round(value * 10) / 10;
  return (lon, lat) => [round(WIDTH / 2 + (lon - middle[0]) * squeeze * scale), round(height / 2 - (lat - middle[1]) * scale)];
}

/* The direction, not a route: no street is known here, so none is drawn. */
function straight([x, y], [toX, toY]) {
  return `M${x} ${y}L${toX} ${toY}`;
}

/* A word stands beside its mark, away from `besideX` (where the way leads), and never outside the picture. */
function mark(kind, [x, y], label, besideX = null) {
  const isLeft = x > WIDTH * 0.8 || (besideX !== null && besideX > x && x > WIDTH * 0.2);
  return drawn(
    "g",
    { class: kind },
    drawn("circle", { cx: x, cy: y, r: MARK }),
    drawn("text", { x: isLeft ? x - 12 : x + 12, y: y + 5, "text-anchor": isLeft ? "end" : "start" }, label),
  );
}
