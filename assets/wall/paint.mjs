/* Puts descriptions on the page with as few changes as the difference needs: a second that moves one digit
 * touches one text node. The only module of the wall that writes into the page. */

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "g", "path", "circle", "rect", "line", "text", "tspan", "ellipse", "defs", "clipPath"]);

/* Makes the children of `parent` equal to `nodes`. */
export function paint(parent, nodes) {
  const wanted = [nodes].flat(Infinity).filter((node) => node !== null && node !== undefined && node !== false);
  wanted.forEach((node, place) => {
    const existing = parent.childNodes[place];
    if (existing === undefined) parent.appendChild(build(node));
    else if (fits(existing, node)) update(existing, node);
    else parent.replaceChild(build(node), existing);
  });
  while (parent.childNodes.length > wanted.length) parent.removeChild(parent.lastChild);
}

function fits(existing, node) {
  if (typeof node !== "object") return existing.nodeType === 3; // a text node
  return existing.nodeType === 1 && existing.localName === node.tag && isOfTheSame(existing, node);
}

/* What somebody types lives in the page alone, so a form that says whose it is (`data-whose`) is never made into another's. */
function isOfTheSame(existing, node) {
  return painted.get(existing)?.["data-whose"] === node.attributes["data-whose"];
}

function build(node) {
  if (typeof node !== "object") return document.createTextNode(String(node));
  const element = SVG_TAGS.has(node.tag) ? document.createElementNS(SVG, node.tag) : document.createElement(node.tag);
  update(element, node);
  return element;
}

function update(existing, node) {
  if (typeof node !== "object") {
    const value = String(node);
    if (existing.nodeValue !== value) existing.nodeValue = value;
    return;
  }
  setAttributes(existing, node.attributes);
  paint(existing, node.children);
}

/* What was set last, so that an unchanged element is compared with a value and not with the page. */
const painted = new WeakMap();

function setAttributes(element, attributes) {
  const before = painted.get(element) ?? {};
  for (const name of Object.keys(before)) if (!isSet(attributes[name])) element.removeAttribute(name);
  for (const [name, value] of Object.entries(attributes)) {
    if (isSet(value) && before[name] !== value) element.setAttribute(name, String(value));
  }
  painted.set(element, attributes);
}

function isSet(value) {
  return value !== null && value !== undefined;
}
