/* The named places of the wall's page, `#wall-<name>`: filled by description, marked by attribute. */

import { paint } from "./paint.mjs";

const found = new Map();

function place(name) {
  let element = found.get(name);
  if (!element?.isConnected) found.set(name, (element = document.getElementById(`wall-${name}`)));
  return element;
}

/* Makes the content of a place equal to `nodes`, descriptions of element.mjs. */
export function put(name, nodes) {
  paint(place(name), nodes);
}

/* Sets an attribute of a place where it is another than now. */
export function mark(name, attribute, value) {
  const element = place(name);
  if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
}
