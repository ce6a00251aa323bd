/* The last lines of the log, newest on top. */

import { el } from "./element.mjs";
import { clockText } from "./format.mjs";

const TICKER_ROWS = 6;
const TONES = new Set(["risk", "alarm"]);

/* `say` turns a log line into its sentence: the key is the line's kind, which the log's catalogue owns. */
export function tickerView(lines, say, text) {
  if (lines.length === 0) return [el("div", { class: "wall-tick quiet" }, el("span", {}), el("span", {}, text("wall.ticker.none")))];
  return lines.slice(0, TICKER_ROWS).map((line) =>
    el("div", { class: "wall-tick", "data-seq": line.seq },
      el("time", {}, clockText(line.at)),
      el("span", { class: `cut ${TONES.has(line.tone) ? line.tone : ""}`.trim() }, say(line))));
}
