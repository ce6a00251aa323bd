/* Drafts of a dialog that was written and not sent: kept in this browser, one per matter and act, until it is sent.
 * They hold what the officer wrote and ticked, nothing that the server said. */

const PREFIX = "zhongshu.draft.";
const KEPT_MS = 12 * 3_600_000; // a draft of the shift before helps nobody

export function draftButton(content) {
  return content?.querySelector("[data-draft]") ?? null;
}

/* Keeps the written fields and the ticked rows; says so on the button. False when the browser keeps nothing. */
export function saveDraft(form, now) {
  const button = draftButton(form?.content);
  if (!button) return false;
  const fields = Object.fromEntries([...form.content.querySelectorAll("[data-field] input")].map((control) => [control.id, control.value]));
  const picked = form.picked().map(({ id, role }) => ({ id, role }));
  try {
    localStorage.setItem(PREFIX + button.dataset.draft, JSON.stringify({ at: now, fields, picked }));
  } catch {
    return false; // storage is off or full: what is written stays in the dialog
  }
  say(button, button.dataset.saved);
  return true;
}

/* Puts a kept draft back into a dialog that was just opened; true when there was one. */
export function restoreDraft(form, now) {
  const button = draftButton(form?.content);
  const draft = button ? read(button.dataset.draft, now) : null;
  if (!draft) return false;
  for (const [id, value] of Object.entries(draft.fields)) {
    const control = form.content.querySelector(`[data-field] input[id="${CSS.escape(id)}"]`);
    if (control && typeof value === "string") control.value = value.slice(0, control.maxLength > 0 ? control.maxLength : undefined);
  }
  form.tickOnly(new Set(draft.picked.map(({ id }) => id)));
  say(button, button.dataset.restored);
  return true;
}

export function forgetDraft(key) {
  if (!key) return;
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // storage is off: there is nothing to forget
  }
}

function read(key, now) {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + key));
    const isWhole = draft && typeof draft.fields === "object" && Array.isArray(draft.picked);
    return isWhole && now - draft.at < KEPT_MS ? draft : null;
  } catch {
    return null; // another release wrote it, or storage is off
  }
}

function say(button, words) {
  button.querySelector("span").textContent = words;
}
