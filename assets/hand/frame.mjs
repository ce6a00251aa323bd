/* What stands around every page of the hand: its facts, the notice above everything, the language, and never a blank page. */

import "./letters.mjs";
import { text } from "../live/catalogue.mjs";

const LANGUAGE_COOKIE = "zhongshu_language"; // read by the server when it builds the page
const YEAR_S = 365 * 24 * 3_600;

/* Runs `open(main)` and says what went wrong if it cannot. */
export async function startPage(open) {
  const main = document.querySelector("[data-hand]");
  if (main === null) return;
  try {
    startLanguage();
    await open(main);
    document.documentElement.dataset.mounted = "true";
  } catch (error) {
    console.error(error);
    showFailure(main, error);
  }
}

export function pageFacts() {
  return JSON.parse(document.getElementById("hand-facts").textContent);
}

/* Says something above everything until the person has seen it; "" takes it away. `action` is {label, run} of a button
 * beside it, `phone` a number to call. */
export function notice(words, { onDismiss = () => {}, action = null, phone = null } = {}) {
  const box = document.getElementById("hand-notice");
  box.replaceChildren();
  box.hidden = !words;
  if (!words) return;
  const line = document.createElement("span");
  line.textContent = words;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "hand-quiet";
  button.textContent = text("hand.dismiss");
  button.addEventListener("click", () => {
    notice("");
    onDismiss();
  });
  box.append(line, ...(phone ? [callLink(phone)] : []), ...(action ? [actionButton(action)] : []), button);
}

function callLink(phone) {
  const link = document.createElement("a");
  link.className = "hand-button hand-call";
  link.href = `tel:${phone}`;
  link.textContent = text("hand.call", { phone });
  return link;
}

function actionButton({ label, run }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "hand-quiet";
  button.textContent = label;
  button.addEventListener("click", run);
  return button;
}

function startLanguage() {
  document.getElementById("hand-language")?.addEventListener("click", () => {
    const other = document.documentElement.lang.startsWith("en") ? "zh" : "en";
    document.cookie = `${LANGUAGE_COOKIE}=${other}; path=/; max-age=${YEAR_S}; samesite=strict`;
    window.location.reload();
  });
}

/* Never a blank page. */
function showFailure(main, error) {
  const title = document.createElement("h1");
  title.textContent = text("hand.failed.title");
  const reason = document.createElement("p");
  reason.textContent = error instanceof Error ? error.message : String(error);
  const again = document.createElement("button");
  again.type = "button";
  again.className = "hand-button";
  again.textContent = text("hand.failed.again");
  again.addEventListener("click", () => window.location.reload());
  main.replaceChildren(title, reason, again);
  main.setAttribute("role", "alert");
}
