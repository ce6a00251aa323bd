/* What lies on what, and what is cut, of the desk's named parts: evaluated in the page, returns one line for each fault. */
() => {
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)].filter((node) => node.getClientRects().length > 0);
  const within = (box, frame) => box.left >= frame.left - 1 && box.right <= frame.right + 1 && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
  const overlap = (one, other) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1
    && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1;
  const named = (selector) => all(selector).map((node) => ({ name: `${selector} "${(node.textContent || "").trim().slice(0, 24)}"`, node, box: node.getBoundingClientRect() }));

  // On the map: the chosen whistle's ring, and everything that lies over the edges.
  const ring = `.map-overlay g[data-matter="${window.desk.queue.chosen}"]`;
  const onMap = [ring, ".map-bar", ".map-figures", ".leaflet-control-zoom", "#map-layers", ".layers:not(.folded) .layer-switches", "#map-measure", ".map-foot", "#map-note"].flatMap(named);
  if (named(ring).length !== 1) faults.push("the chosen whistle has no ring");
  const pane = document.querySelector("#desk-map-pane").getBoundingClientRect();
  for (const [at, one] of onMap.entries()) {
    if (!within(one.box, pane)) faults.push(`out of the map: ${one.name}`);
    for (const other of onMap.slice(at + 1)) if (overlap(one.box, other.box)) faults.push(`${one.name} lies on ${other.name}`);
  }

  // In rows: neighbours keep apart, and nothing of a row is cut.
  for (const row of [".desk-top", ".desk-top nav", ".chips", ".map-bar", ".map-foot", ".layers", ".pane-foot", ".desk-foot", ".figures.six", ".figures.five", ".hand-heading", ".receipts tr"]) {
    for (const node of all(row)) {
      const parts = [...node.children].filter((part) => part.getClientRects().length > 0 && part.getBoundingClientRect().width > 0);
      const boxes = parts.map((part) => part.getBoundingClientRect());
      for (const [at, box] of boxes.entries()) for (const other of boxes.slice(at + 1)) if (overlap(box, other)) faults.push(`in ${row} "${parts[at].textContent.slice(0, 24)}" lies on its neighbour`);
    }
  }
  const whole = ".desk-top, .desk-top .who, .desk-top .posts, .chips, .map-bar, .map-figures, .map-foot, .map-path, .layers, .layer, .pane-foot, .desk-foot, .figure, .figure *, .receipts td, .receipts td *, .acts .button, .duty-pane, .hand-heading > :not(.provenance)";
  for (const node of all(whole)) if (node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0) faults.push(`cut: ${node.className || node.tagName} "${node.textContent.trim().slice(0, 40)}"`);
  for (const node of all(".duty-pane")) if (node.scrollHeight > node.clientHeight + 1) faults.push("the duty pane is cut below");

  // What the field says of itself is read to its end.
  for (const field of all(".map-field")) {
    const style = getComputedStyle(field);
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = style.font;
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    if (pen.measureText(field.placeholder).width > room + 0.5) faults.push(`cut: the field's "${field.placeholder}"`);
  }

  // The graph of calls with its hours, or nothing of it.
  const frame = document.querySelector(".volume-whole").getBoundingClientRect();
  const graph = document.querySelector("#desk-volume-place").getBoundingClientRect();
  const hours = [...document.querySelectorAll("#desk-volume-place .xtick text")].map((node) => node.getBoundingClientRect());
  if (hours.length === 0) faults.push("the graph of calls is not drawn");
  if (graph.left < frame.right - 1) for (const box of [graph, ...hours]) if (!within(box, frame)) faults.push("the graph of calls is cut");
  return [...new Set(faults)];
}
