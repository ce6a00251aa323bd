/* The list by keyboard: J K up and down, Enter opens (a link does so by itself), / searches, 1 to 8 filter, Esc goes back.
 * Letters act only while no field has the caret and no form is open. */

import { FILTERS } from "./filters.mjs";

export function watchKeys({ list, finder, isFormOpen, back }) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isFormOpen()) return;
    if (event.target === finder.search) inSearch(event, finder, list);
    else if (!event.target.closest?.("input, textarea, select")) act(event, { list, finder, back });
  });
}

function inSearch(event, finder, list) {
  if (event.key === "Escape") {
    finder.search.value = "";
    finder.onChange();
    finder.search.blur();
  } else if (event.key === "ArrowDown" || event.key === "Enter") {
    event.preventDefault();
    items(list)[0]?.focus();
  }
}

function act(event, { list, finder, back }) {
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  const filter = FILTERS[Number(event.key) - 1];
  const isArrowElsewhere = event.key.startsWith("Arrow") && !list.contains(document.activeElement);
  if (step && !isArrowElsewhere) move(list, step);
  else if (event.key === "/") finder.search.focus();
  else if (filter) finder.choose(filter);
  else if (event.key === "Escape") back();
  else return;
  event.preventDefault();
}

/* From the focused matter, else from the open one, else from the top. */
function move(list, step) {
  const all = items(list);
  const from = all.indexOf(document.activeElement);
  const start = from >= 0 ? from : all.findIndex((one) => one.getAttribute("aria-current"));
  const next = start < 0 ? 0 : Math.min(Math.max(start + step, 0), all.length - 1);
  all[next]?.focus();
}

const items = (list) => [...list.querySelectorAll(".unit-item")];
