/* What citizens ask about today: the area is how many, the shade how far from what was to be expected, a frame of ink
 * twice as many and more. */

import { el, px } from "../wall/element.mjs";
import { grouped } from "../wall/format.mjs";
import { text } from "../live/catalogue.mjs";
import { groupsOf, squarified } from "./treemap.mjs";

const GAP = 2;
const NAME_FROM = [46, 30]; // px of a cell that has room for a name
const COUNT_FROM = [46, 46];
const LETTER = 13;
export const TWICE = 2;
const LEAST_FOR_TWICE = 5; // of two requests where one was expected nobody speaks

/* Cells in a box of width x height px; `names` are the categories' names, `isFresh` whether anything is judged. */
export function treemapView(categories, names, isFresh, width, height) {
  const groups = squarified(groupsOf(categories), 0, 0, width, height);
  const cells = groups.flatMap((group) =>
    squarified(group.of.map((one) => ({ ...one, value: one.count })), group.x, group.y, Math.max(1, group.width - GAP), Math.max(1, group.height - GAP)));
  return el("div", { class: "hotline-treemap", role: "list", "aria-label": text("hotline.treemap.title", { count: grouped(total(categories)) }), style: `width:${px(width)}px;height:${px(height)}px` },
    cells.map((cell) => cellView(cell, names, isFresh)));
}

function cellView(cell, names, isFresh) {
  const name = names[cell.category] ?? names[cell.category.slice(0, 2)] ?? cell.category;
  const ratio = cell.expected > 0 ? cell.count / cell.expected : null;
  const isTwice = isFresh && isTwiceAsMany(cell);
  const hasName = cell.width >= NAME_FROM[0] && cell.height >= NAME_FROM[1];
  const hasCount = cell.width >= COUNT_FROM[0] && cell.height >= COUNT_FROM[1];
  const words = text("hotline.treemap.cell", { name, count: grouped(cell.count), expected: grouped(cell.expected) ?? "—" });
  return el("div", {
    class: "hotline-cell", role: "listitem", title: words, "aria-label": words, "data-category": cell.category, "data-shade": isFresh ? shadeOf(ratio) : 0,
    "data-twice": isTwice ? "true" : null,
    style: `left:${px(cell.x)}px;top:${px(cell.y)}px;width:${px(Math.max(1, cell.width - 1))}px;height:${px(Math.max(1, cell.height - 1))}px;${cell.width * cell.height > 14_000 ? "font-size:17px" : ""}`,
  },
  hasName ? el("b", { "aria-hidden": "true" }, shortened(name, cell.width)) : null,
  hasCount ? el("span", { "aria-hidden": "true" }, grouped(cell.count), cell.width > 84 && cell.expected > 0 ? el("small", {}, ` ${text("hotline.expected", { count: grouped(cell.expected) })}`) : null) : null);
}

export function isTwiceAsMany({ count, expected }) {
  return count >= LEAST_FOR_TWICE && expected > 0 && count >= TWICE * expected;
}

/* 0 as expected or fewer, 1 a quarter more, 2 half as many again, 3 twice. */
function shadeOf(ratio) {
  if (ratio === null || ratio < 1.25) return 0;
  return ratio < 1.5 ? 1 : ratio < TWICE ? 2 : 3;
}

function shortened(name, width) {
  const room = Math.max(1, Math.floor((width - 10) / LETTER));
  const isWide = /[^\u0000-\u00ff]/.test(name);
  const letters = isWide ? room : room * 2;
  return name.length > letters ? `${name.slice(0, Math.max(1, letters - 1))}…` : name;
}

export function total(categories) {
  return categories.reduce((sum, { count }) => sum + count, 0);
}
