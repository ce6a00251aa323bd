/* Ages and remaining times that count on by themselves: `data-words` with a place for {time}, and either `data-since` or
 * `data-until`, instants in ms. */

const SECOND_MS = 1_000;
const two = (number) => String(number).padStart(2, "0");

/* `m:ss`, or `h:mm:ss` from one hour on; nothing is less than zero. As `elapsed` of layouts/desk/clock_text.py. */
export function elapsedText(ms) {
  const whole = Math.floor(Math.max(0, ms) / SECOND_MS);
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor((whole % 3_600) / 60);
  const seconds = two(whole % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${seconds}` : `${minutes}:${seconds}`;
}

/* Only the text node changes: React finds its own again. */
export function paintAges(root, now) {
  for (const one of root.querySelectorAll("[data-words]")) {
    const { words, since, until } = one.dataset;
    const shown = words.replace("{time}", elapsedText(since ? now - Number(since) : Number(until) - now));
    if (one.firstChild?.nodeType === Node.TEXT_NODE && one.firstChild.nodeValue !== shown) one.firstChild.nodeValue = shown;
  }
}
