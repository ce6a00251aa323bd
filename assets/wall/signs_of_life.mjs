/* What tells a live wall from a frozen picture, and a connected one from a blind one. */

import { el } from "./element.mjs";
import { cityTime, clockText, durationText, grouped, minuteText } from "./format.mjs";

/* The bar under the clock: one minute wide, one step a second. If it stands still, so does the picture. */
export function beatView(now) {
  const share = (cityTime(now).second + 1) / 60;
  return el("i", { style: `transform:scaleX(${share.toFixed(4)})` });
}

/* The bar over the wall while the server is away (plain for the first seconds, amber after), or while it is heard and cannot
 * reach what stands behind it. */
export function connectionView(connection, text) {
  if (connection.broken) {
    return [
      el("i", {}),
      el("b", {}, text(`wall.broken.${connection.broken}`)),
      el("span", {}, text(`wall.broken.${connection.broken}_consequence`)),
    ];
  }
  const away = durationText(connection.awayMs);
  if (connection.state === "down") {
    return [
      el("i", {}),
      el("b", {}, text("wall.connection.down", { time: away })),
      el("span", {}, text("wall.connection.local")),
    ];
  }
  if (connection.state === "reconnecting") {
    return [
      el("b", {}, text("wall.connection.reconnecting")),
      el("span", {}, text("wall.connection.catching_up", { time: away })),
    ];
  }
  return [];
}

/* What changed while the wall was blind, in one line, shown for a while after it sees again. `missed` is the live
 * client's {away_ms, changes}. */
export function returnedView(missed, text) {
  return [
    el("b", {}, text("wall.connection.returned", { time: durationText(missed.away_ms) })),
    el("span", {}, text("wall.connection.missed", { count: grouped(missed.changes) })),
  ];
}

/* The line under the map that says from when its positions are. */
export function positionsText(freshness, text) {
  if (freshness.asOf === null) return text("wall.map.positions_none");
  if (freshness.state === "fresh") return text("wall.map.positions_at", { time: clockText(freshness.asOf) });
  if (freshness.state === "late") return text("wall.map.positions_late", { time: clockText(freshness.asOf) });
  return text("wall.map.positions_down", { time: minuteText(freshness.asOf) });
}
