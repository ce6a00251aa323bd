/* Keeps what a person opened open when the server draws a part of the page anew: an act that is being read about is not
 * closed by somebody else's. */

export class DisclosureKeeper {
  constructor(root) {
    new MutationObserver((records) => this.drawn(records)).observe(root, { childList: true, subtree: true });
  }

  drawn(records) {
    const open = new Set();
    for (const { removedNodes } of records)
      for (const one of disclosuresOf(removedNodes)) if (one.open) open.add(actOf(one));
    if (!open.size) return;
    for (const { addedNodes } of records)
      for (const one of disclosuresOf(addedNodes)) if (open.has(actOf(one))) one.open = true;
  }
}

/* What is asked by the button within, and of whom: the same act in the drawing that follows. */
function actOf(disclosure) {
  const { ask, of } = disclosure.querySelector("[data-ask]").dataset;
  return `${ask} ${of}`;
}

function disclosuresOf(nodes) {
  return [...nodes]
    .filter((node) => node.nodeType === Node.ELEMENT_NODE)
    .flatMap((node) => [node, ...node.querySelectorAll("details")])
    .filter((node) => node.matches("details:has([data-ask])"));
}
