/* What a view returns: plain descriptions of elements, painted by paint.mjs. A description is data, so a
 * view can be tested without a page, and a text is always a text: nothing is ever parsed as HTML. */

/* {tag, attributes, children}; `children` are descriptions, strings or numbers; null, undefined and
 * false are left out. */
export function el(tag, attributes = {}, ...children) {
  return { tag, attributes, children: children.flat(Infinity).filter(isShown) };
}

/* A drawing in a box of `width` x `height` units that scales with its place. */
export function drawing(width, height, attributes, ...children) {
  return el("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", ...attributes }, ...children);
}

function isShown(child) {
  return child !== null && child !== undefined && child !== false && child !== "";
}

/* Two decimals of a design pixel are below a physical one at any size of wall. */
export function px(value) {
  return Math.round(value * 100) / 100;
}

/* The text of a description and everything below it, for tests and labels. */
export function textOf(node) {
  if (typeof node !== "object") return String(node);
  return node.children.map(textOf).join("");
}

/* Every description below `node` (itself included) that passes `test`. */
export function findAll(node, test) {
  if (typeof node !== "object") return [];
  return [...(test(node) ? [node] : []), ...node.children.flatMap((child) => findAll(child, test))];
}
