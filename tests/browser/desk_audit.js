/* What an art director would not accept, found by measuring: evaluated in the page, returns one line for each fault. */
() => {
  const root = document.querySelector("[data-page='desk']");
  const faults = [];
  const say = (kind, node) => faults.push(`${kind}: ${node.tagName.toLowerCase()}.${node.className || node.id} "${(node.textContent || "").trim().slice(0, 60)}"`);
  const isShown = (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility !== "hidden";
  const ownText = (node) => [...node.childNodes].filter((one) => one.nodeType === Node.TEXT_NODE).map((one) => one.nodeValue).join("").trim();
  const outside = ".queue-grid, .leaflet-container, .volume-graph, svg"; // libraries' own, and drawings
  const nodes = [...root.querySelectorAll("*")].filter((node) => isShown(node) && !node.closest(outside));
  const token = (name) => { const probe = document.createElement("i"); probe.style.color = `var(--${name})`; root.append(probe); const shown = getComputedStyle(probe).color; probe.remove(); return shown; };
  const clocks = [token("risk"), token("alarm")];
  const wider = (node) => { const range = document.createRange(); range.selectNodeContents(node); return range.getBoundingClientRect().width > node.clientWidth + 0.5 || node.scrollWidth > node.clientWidth + 1; };
  const clipOf = (node) => {
    for (let one = node.parentElement; one && one !== root; one = one.parentElement) if (getComputedStyle(one).overflowX !== "visible") return one.getBoundingClientRect();
    return root.getBoundingClientRect();
  };

  for (const node of nodes) {
    const words = ownText(node);
    const style = getComputedStyle(node);
    if (words && /NaN|undefined|\[object|^[a-z]+(\.[a-z_]+){1,}$/i.test(words)) say("no words", node);
    // Cut off, and no way to read the rest.
    if (words && style.overflowX !== "visible" && wider(node) && !node.closest("[title]:not([title=''])")) say("cut", node);
    // What is pressed is whole.
    if (node.matches("button, a, .more-mark, .chip") && !node.closest(".posts")) {
      const box = node.getBoundingClientRect(), clip = clipOf(node);
      if (box.right > clip.right + 1 || box.left < clip.left - 1) say("out of reach", node);
    }
    // What scrolls says so.
    const scrolls = ["auto", "scroll"].includes(style.overflowY) && node.scrollHeight - node.scrollTop > node.clientHeight + 8;
    if (scrolls && !(node.nextElementSibling?.matches(".more-mark") && isShown(node.nextElementSibling)) && !node.matches("textarea")) say("scrolls without a mark", node);
    // Amber and red are clocks': a clock, what carries a clock's state, an escalation, a card, a count of what is overdue.
    const ofClock = "[data-due], [data-state='risk'], [data-state='overdue'], [data-state='silent'], [data-state='late'], [data-state='down'], [data-tone='risk'], [data-tone='alarm'], .slow, .next, .claim, .loop-mark, .code, .path, #desk-nav-overdue, .chip, .map-places .overdue, .map-places .risk, #desk-connection";
    if (words && clocks.includes(style.color) && !node.closest(ofClock)) say("a clock's colour", node);
  }
  return [...new Set(faults)];
}
