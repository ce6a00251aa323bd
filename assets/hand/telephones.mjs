/* Words in which every telephone number can be pressed. */

import { node } from "../field/node.mjs";

/* Nodes of a sentence; three digits and more are a number to call. */
export function withTelephones(words) {
  return words.split(/(\d[\d-]{2,})/).map((part, place) => (place % 2 ? node("a", { href: `tel:${part}`, class: "hand-phone" }, part) : part));
}
