/* Ages and remaining times that count on by themselves: `data-words` with a place for {time}, and either `data-since` or
 * `data-until`, instants in ms. */

import { elapsedText } from "../live/countdown.mjs";

/* Only the text node changes: React finds its own again. */
export function paintAges(root, now) {
  const ofDays = (days, clock) => root.dataset.days.replace("{days}", days).replace("{clock}", clock);
  for (const one of root.querySelectorAll("[data-words]")) {
    const { words, since, until } = one.dataset;
    const shown = words.replace("{time}", elapsedText(since ? now - Number(since) : Number(until) - now, ofDays));
    if (one.firstChild?.nodeType === Node.TEXT_NODE && one.firstChild.nodeValue !== shown) one.firstChild.nodeValue = shown;
  }
}
