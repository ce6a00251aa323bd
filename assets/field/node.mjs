/* Elements of the field's and the citizens' pages. A text is always a text: nothing is parsed as HTML. */

const SVG = "http://www.w3.org/2000/svg";

/* node("button", {class: "hand-button", onclick: f, disabled: true}, "words", other): attributes whose value is false,
 * null or undefined are left out, functions are listeners, children that are false or null are left out. */
export function node(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

export function drawn(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === false || child === null || child === undefined) continue;
    element.append(child);
  }
  return element;
}
