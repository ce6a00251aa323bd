/* Which key means what. Pure: an event-like value in, an intent out. Letters act only without an input focus. */

const ACT_LETTERS = {
  d: "dispatch", w: "whistle", t: "transfer", s: "supervise", u: "urge",
  a: "acknowledge", c: "reveal", r: "decision", o: "consultation", e: "note", l: "leave",
};
/* Letters that open the form of a feature's act, on the chosen matter or on none. */
const FORM_LETTERS = { n: { act: "register_dispute", onMatter: false }, m: { act: "merge", onMatter: true } };
const GO_LETTERS = { m: "map", t: "table", d: "drawer" };
const FILTER_DIGITS = { 1: "mine", 2: "soon", 3: "overdue", 4: "emergency", 5: "whistle", 6: "today", 7: "all" };

/* `context` = {typing: an input has the focus, dialog: name of the open dialog or null, chord: "g" after that key}.
 * Returns {do, ...} or null when the key is not ours. */
export function intentOf(event, context) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  const key = event.key;
  if (key === "Escape") return { do: context.dialog && context.typing ? "leave_field" : "escape" };
  if (context.dialog) return dialogIntent(event, context);
  if (context.typing) return null;
  const lower = key.toLowerCase();
  if (context.chord === "g" && lower in GO_LETTERS) return { do: "go", to: GO_LETTERS[lower] };
  if (key === "ArrowDown" || lower === "j") return { do: "move", step: 1 };
  if (key === "ArrowUp" || lower === "k") return { do: "move", step: -1 };
  if (key === "PageDown") return { do: "move", step: 15 };
  if (key === "PageUp") return { do: "move", step: -15 };
  if (key === "Enter") return context.onButton ? null : { do: "open" };
  if (key === "?") return { do: "help" };
  if (event.repeat) return null;
  if (key === "/") return { do: "command" };
  if (lower === "g") return { do: "chord", key: "g" };
  if (lower === "f") return { do: "follow" };
  if (lower === "x") return { do: "second_screen" };
  if (lower === "v") return { do: "views" };
  if (lower === "z") return { do: "undo" };
  if (lower === "h") return { do: "handover" };
  if (lower === "p") return { do: "walls" };
  if (key in FILTER_DIGITS) return { do: "filter", name: FILTER_DIGITS[key] };
  if (lower in ACT_LETTERS) return { do: "act", act: ACT_LETTERS[lower] };
  if (lower in FORM_LETTERS) return { do: "form", ...FORM_LETTERS[lower] };
  return null;
}

function dialogIntent(event, { dialog, typing, onButton }) {
  const { key } = event;
  if (key === "ArrowDown" || key === "ArrowUp") return { do: "caret", step: key === "ArrowDown" ? 1 : -1 };
  if (key === "Enter") return onButton ? null : { do: "confirm", typing };
  if (typing) return null;
  if (key === " ") return onButton ? null : { do: "tick" };
  const lower = key.toLowerCase();
  if (lower === "m" && dialog === "dispatch") return { do: "role" };
  if (lower === "w" && dialog === "whistle") return event.repeat ? { do: "nothing" } : { do: "hold" };
  return null;
}
