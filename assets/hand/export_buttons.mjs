/* The two buttons that take a table away, on a page of the hand (layouts/exports.py draws them on the others). */

import { el } from "../wall/element.mjs";
import { text } from "../live/catalogue.mjs";

const FORMATS = ["xlsx", "csv"];

export function exportButtons(table) {
  const words = Object.fromEntries(["making", "done", "failed", "signed_out"].map((name) => [`data-${name.replace("_", "-")}`, text(`export_to.${name}`)]));
  return el(
    "p",
    { class: "exports", "data-export": table, ...words },
    el("span", {}, text("export_to.label")),
    ...FORMATS.map((format) => el("button", { type: "button", "data-format": format, "aria-label": text(`export_to.${format}`) }, text(`export_to.short.${format}`))),
  );
}
