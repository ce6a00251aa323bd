/* Words in which every telephone number can be pressed. */

import { node } from "../field/node.mjs";

// Three to five digits, or an area code with a number; neither a date (11-26) nor a time.
const NUMBER = /(?<![\d:-])(\d{3,4}-\d{4,8}|\d{3,5})(?![\d:-])/;

/* Nodes of a sentence in which each number is one to call. */
export function withTelephones(words) {
  return words.split(NUMBER).map((part, place) => (place % 2 ? node("a", { href: `tel:${part}`, class: "hand-phone" }, part) : part));
}
