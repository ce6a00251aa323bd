/* Where labels go so that they do not lie on each other: each in turn takes a free place beside its symbol, the
 * important ones first. Sizes are estimated, because a pure module has no page to measure in. Wall and desk share it. */

const WALL_GAP_PX = 12; // between a symbol and its words, in the wall's design pixels; a desk's label names its own
export const LINE_HEIGHT = 1.14; // of the font size

/* Width of a text in pixels: a CJK character is a square, condensed Latin about half of one. */
export function textWidth(text, size, spacing = 0) {
  let width = 0;
  for (const character of text) width += (character.codePointAt(0) > 0x2e80 ? 1 : 0.54) * size + spacing;
  return width;
}

/* Returns [{...label, x, y, anchor, box}] in the order given. A label is {at: [x, y], clear, lines: [{text,
 * size, ...}], gap?, centred?}; `clear` is the radius it keeps off its point. `taken` are boxes [x0, y0, x1, y1] that must
 * stay free, `frame` the box that labels may not leave. */
export function placeLabels(labels, taken, frame) {
  const words = [];
  return labels.map((label) => {
    const width = Math.max(...label.lines.map((line) => textWidth(line.text, line.size, line.spacing)));
    const height = label.lines.reduce((sum, line) => sum + line.size * LINE_HEIGHT, 0);
    const options = placesFor(label, width, height).map((place) => ({ ...place, cost: cost(place, taken, words, frame) }));
    const best = options.reduce((one, other) => (other.cost < one.cost ? other : one));
    words.push(best.box);
    return { ...label, x: best.x, y: best.y, anchor: best.anchor, box: best.box, cost: best.cost };
  });
}

/* The places of a label in order of preference; the first free one wins. */
function placesFor(label, width, height) {
  const [x, y] = label.at;
  const gap = label.clear + (label.gap ?? WALL_GAP_PX);
  const beside = (anchor, left, top, penalty) => ({
    anchor,
    x: anchor === "start" ? left : anchor === "end" ? left + width : left + width / 2,
    y: top,
    box: [left, top, left + width, top + height],
    penalty,
  });
  if (label.centred) {
    return [0, -1, 1, -2, 2].flatMap((dy) =>
      [0, -1, 1].map((dx) =>
        beside("middle", x - width / 2 + dx * width * 0.55, y - height / 2 + dy * height * 1.1, Math.abs(dx) + Math.abs(dy))));
  }
  const around = (off, penalty) => [
    beside("start", x + off, y - height / 2, penalty),
    beside("end", x - off - width, y - height / 2, penalty + 1),
    beside("start", x + off * 0.8, y + off * 0.4, penalty + 2),
    beside("start", x + off * 0.8, y - off * 0.4 - height, penalty + 2),
    beside("end", x - off * 0.8 - width, y + off * 0.4, penalty + 3),
    beside("end", x - off * 0.8 - width, y - off * 0.4 - height, penalty + 3),
    beside("middle", x - width / 2, y + off, penalty + 4),
    beside("middle", x - width / 2, y - off - height, penalty + 5),
  ];
  return [...around(gap, 0), ...around(gap + height * 0.6, FARTHER_PENALTY)];
}

const FARTHER_PENALTY = 400; // square pixels of overlap that a label may save by standing off its symbol

const OUTSIDE_WEIGHT = 20; // a label cut by the frame is worse than two that touch
const WORDS_WEIGHT = 8; // words on words are worse than words on a symbol

function cost(place, symbols, words, frame) {
  const inside = overlap(place.box, frame);
  const area = (place.box[2] - place.box[0]) * (place.box[3] - place.box[1]);
  const shared = (boxes) => boxes.reduce((sum, box) => sum + overlap(place.box, box), 0);
  return shared(symbols) + shared(words) * WORDS_WEIGHT + (area - inside) * OUTSIDE_WEIGHT + place.penalty;
}

/* Area that two boxes share. */
export function overlap(one, other) {
  const width = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  const height = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  return width > 0 && height > 0 ? width * height : 0;
}

/* The labels that have a free place, in the order given, with {x, y, anchor, box} added; whichever would lie on another
 * label or on what is `taken`, or leave the frame, is left out: a map that can be zoomed into says less, and legibly. */
export function placeFreeLabels(labels, taken, frame) {
  const used = [...taken];
  return labels.flatMap((label) => {
    const width = Math.max(...label.lines.map((line) => textWidth(line.text, line.size, line.spacing)));
    const height = label.lines.reduce((sum, line) => sum + line.size * LINE_HEIGHT, 0);
    const free = placesFor(label, width, height).find(({ box }) =>
      box[0] >= frame[0] && box[1] >= frame[1] && box[2] <= frame[2] && box[3] <= frame[3] &&
      used.every((other) => overlap(box, other) === 0));
    if (!free) return [];
    used.push(free.box);
    return [{ ...label, x: free.x, y: free.y, anchor: free.anchor, box: free.box }];
  });
}

export function boxAround(x, y, radius) {
  return [x - radius, y - radius, x + radius, y + radius];
}
