/* Rows of the map's list: the places in the chosen one with their figures, or what was found for the words in the field.
 * Values to rows; the panel draws them. */

import { text } from "../../live/catalogue.mjs";
import { gapsOf } from "./place_figures.mjs";
import { shortName } from "./map_labels.mjs";

export const UNKNOWN = "—";
const KINDS = ["matters", "places", "units", "workers"];

/* [{kind: "place", id, title, cells: [[text, state]]}] of the places directly in the chosen one. */
export function childRows(answer, figures) {
  return answer.children.map((child) => {
    const counted = figures?.children.get(child.code);
    return { kind: "place", id: child.code, title: shortName(child.name, answer.place), cells: counted ? cellsOf(counted, figures.knowsFleet) : [] };
  });
}

/* Fresh of all workers, gaps of all grids, open, overdue: in the order of the list's heading. */
export function cellsOf(counted, knowsFleet) {
  return [
    [knowsFleet ? `${number(counted.fresh)}/${number(counted.workers)}` : UNKNOWN, ""],
    [knowsFleet ? `${number(gapsOf(counted))}/${number(counted.grids)}` : UNKNOWN, ""],
    [number(counted.open), ""],
    [number(counted.overdue), counted.overdue > 0 ? "overdue" : ""],
  ];
}

/* Rows of an answer of /api/v1/map/found, each kind under its heading: {kind: "heading"|"place"|"unit"|"worker"|"matter"}. */
export function foundRows(found) {
  return KINDS.flatMap((kind) => {
    const { total, found: list } = found[kind];
    if (list.length === 0) return [];
    const more = total > list.length ? text("desk_map.found.more", { count: number(total - list.length) }) : "";
    return [{ kind: "heading", title: text(`desk_map.found.${kind}`), more }, ...list.map((one) => ROW_OF[kind](one))];
  });
}

const ROW_OF = {
  places: (one) => ({ kind: "place", id: one.code, title: one.name, beside: one.within === one.name ? "" : one.within, value: one }),
  units: (one) => ({ kind: "unit", id: one.id, title: one.short, beside: one.name === one.short ? "" : one.name, value: one }),
  workers: (one) => ({ kind: "worker", id: one.id, title: one.name, beside: `${one.within} · ${one.id}`, value: one }),
  matters: (one) => ({ kind: "matter", id: one.id, title: one.no, beside: [one.title, one.place, one.open ? "" : text("desk_map.found.closed")].filter(Boolean).join(" · "), value: one }),
};

export const number = (value) => value.toLocaleString("en-US");
