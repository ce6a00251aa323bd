/* How a label of the wall is drawn; where it goes is decided in live/label_places.mjs. */

import { LINE_HEIGHT } from "../live/label_places.mjs";
import { el, px } from "./element.mjs";

export { boxAround, overlap, placeLabels, textWidth } from "../live/label_places.mjs";

export function labelView(label, attributes = {}) {
  let baseline = label.y;
  return el(
    "g",
    { class: "label", ...attributes },
    label.lines.map((line) => {
      baseline += line.size * LINE_HEIGHT;
      return el(
        "text",
        {
          class: "outlined", x: px(label.x), y: px(baseline - line.size * 0.22), "text-anchor": label.anchor,
          "font-size": line.size, "font-weight": line.weight ?? 400, "letter-spacing": line.spacing ?? null,
          "stroke-width": px(line.size * 0.22), style: `fill:${line.colour}`,
        },
        line.text,
      );
    }),
  );
}
