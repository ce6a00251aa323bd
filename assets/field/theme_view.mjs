/* Light, dark or as the phone is: kept on this phone, read by assets/hand/theme.js before the first paint. */

import { node } from "./node.mjs";

const KEPT = "zhongshu.hand.theme";
const CHOICES = ["light", "dark", "system"];

export function themeView(text) {
  const chosen = window.localStorage.getItem(KEPT) ?? "light";
  return node(
    "section",
    { class: "hand-card field-theme", role: "radiogroup", "aria-label": text("field.theme") },
    node("h2", {}, text("field.theme")),
    node(
      "div",
      { class: "hand-choices" },
      CHOICES.map((one) =>
        node("label", {}, node("input", { type: "radio", name: "theme", value: one, checked: one === chosen, onchange: () => choose(one) }), node("span", {}, text(`field.theme.${one}`))),
      ),
    ),
  );
}

function choose(theme) {
  window.localStorage.setItem(KEPT, theme);
  window.dispatchEvent(new Event("zhongshu-theme"));
}
