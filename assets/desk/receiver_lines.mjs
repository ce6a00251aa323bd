/* One line under the table for every ticked receiver: what it alone shall do, and by when. Lines follow the ticks;
 * what was written stays while its receiver stays ticked. */

export function syncLines(form) {
  const place = form.content.querySelector("[data-receiver-lines]");
  if (!place) return;
  const picked = form.picked();
  const wanted = new Set(picked.map(({ id }) => id));
  for (const line of [...place.children]) if (!wanted.has(line.dataset.line)) line.remove();
  for (const receiver of picked) if (!lineOf(place, receiver.id)) place.append(newLine(place, receiver));
  place.hidden = picked.length < 2; // one receiver has the words and the limit of the order itself
}

/* What was written for one receiver: {objective, due}, empty when nothing was. */
export function writtenFor(form, id) {
  const place = form.content.querySelector("[data-receiver-lines]");
  const line = place && !place.hidden ? lineOf(place, id) : null;
  const value = (name) => line?.querySelector(`[data-part="${name}"]`).value.trim() ?? "";
  return { objective: value("objective"), due: value("due") };
}

function lineOf(place, id) {
  return [...place.children].find((line) => line.dataset.line === id) ?? null;
}

function newLine(place, { id, name }) {
  const line = document.createElement("div");
  line.dataset.line = id;
  const label = document.createElement("b");
  label.textContent = name;
  line.append(label, input("objective", place.dataset.objectiveHint, 200), input("due", place.dataset.dueHint, 5));
  return line;
}

function input(part, placeholder, maxLength) {
  const control = document.createElement("input");
  Object.assign(control, { type: "text", placeholder, maxLength, autocomplete: "off" });
  control.setAttribute("aria-label", placeholder);
  control.dataset.part = part;
  return control;
}
