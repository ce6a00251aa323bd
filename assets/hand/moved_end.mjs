/* An end that an officer moved, in words, beside the one that had been missed: more time makes nobody have been in time. */

import { timeText } from "./clock.mjs";

/* "" for a receiver whose end nobody moved. */
export function movedEnd(mine, now, text) {
  if (!mine.first_due_at) return "";
  const isLate = Boolean(mine.missed_due_at);
  const before = timeText(isLate ? mine.missed_due_at : mine.first_due_at, now);
  return text(isLate ? "hand.extended_late" : "hand.extended", { before, until: timeText(mine.due_at, now) });
}
