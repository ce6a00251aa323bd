/* Draws the component trees that the server sends as one attribute (layouts/drawn.py): plain React elements, none of
 * them known to Dash. */

/* Watches every place under `root` that carries a tree, and draws what it carries now. */
export function startDrawing(root) {
  for (const place of root.querySelectorAll("[data-drawn]")) watch(place);
}

function watch(place) {
  const { createRoot, flushSync } = window.ReactDOM;
  const drawing = createRoot(place);
  // At once: what reads the new rows right after (clocks, map marks) must find them.
  const draw = () => flushSync(() => drawing.render(elementOf(place.dataset.drawn ? JSON.parse(place.dataset.drawn) : null)));
  new MutationObserver(draw).observe(place, { attributes: true, attributeFilter: ["data-drawn"] });
  draw();
}

/* `{type, namespace, props}`, as Dash writes a component of HTML or SVG; text, numbers and lists as they are. */
function elementOf(node) {
  if (node === null || typeof node !== "object") return node;
  if (Array.isArray(node)) return window.React.createElement(window.React.Fragment, null, ...node.map(elementOf));
  const { children, ...props } = node.props;
  const inside = Array.isArray(children) ? children.map(elementOf) : [elementOf(children ?? null)];
  return window.React.createElement(node.type.toLowerCase(), props, ...inside);
}
