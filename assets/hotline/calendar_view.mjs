/* The days before today hour by hour, against what was to be expected of each in its morning: fourteen days, or a month. */

import { drawing, el, px } from "../wall/element.mjs";
import { grouped } from "../wall/format.mjs";
import { text } from "../live/catalogue.mjs";

export const SPANS = [14, 31];
const NAME = 74;
const SUM = 120;
const HEAD = 16;
const MUCH_MORE = 1.4;
const LEAST_FOR_MORE = 8; // calls of an hour: of fewer nobody speaks

export function calendarView(days, span, width, height) {
  const shown = days.slice(0, span);
  const row = Math.max(9, Math.min(22, (height - HEAD) / Math.max(1, shown.length)));
  const cell = (width - NAME - SUM) / 24;
  return drawing(px(width), px(HEAD + row * shown.length), { class: "hotline-calendar", role: "img", "aria-hidden": null, "aria-label": labelOf(shown), style: `height:${px(HEAD + row * shown.length)}px` },
    [0, 6, 12, 18].map((hour) => el("text", { x: px(NAME + hour * cell), y: 11 }, text("wall.calls.hour", { hour }))),
    shown.map((day, place) => dayView(day, HEAD + place * row, row, cell, width)));
}

function dayView({ day, kind, is_whole: isWhole, hours, expected }, top, row, cell, width) {
  const [sum, usual] = [total(hours), total(expected)];
  const percent = usual > 0 ? Math.round((sum / usual - 1) * 100) : null;
  return el("g", { class: "day", "data-day": day, "data-whole": isWhole ? "true" : "false" },
    el("text", { x: 0, y: px(top + row - 3) }, `${day.slice(5)} ${text(`hotline.day.${kind}`)}`),
    hours.map((count, hour) => hourView(count, expected[hour], NAME + hour * cell, top, cell, row, isWhole)),
    el("text", { class: "sum", x: px(width), y: px(top + row - 3), "text-anchor": "end" },
      isWhole ? text("hotline.day.sum", { count: grouped(sum), expected: grouped(usual), sign: percent < 0 ? "−" : "+", percent: Math.abs(percent ?? 0) }) : text(sum > 0 ? "hotline.day.not_whole" : "hotline.day.not_heard", { count: grouped(sum) })));
}

/* 0 to 4 of a third each: as expected is the middle. */
function hourView(count, expected, x, y, width, height, isWhole) {
  const ratio = expected > 0 ? count / expected : null;
  const shade = !isWhole || ratio === null ? "none" : ratio < 0.6 ? 0 : ratio < 0.85 ? 1 : ratio < 1.15 ? 2 : ratio < MUCH_MORE ? 3 : 4;
  const isMore = isWhole && count >= LEAST_FOR_MORE && ratio !== null && ratio >= MUCH_MORE;
  return el("rect", { class: "hour", "data-shade": shade, "data-more": isMore ? "true" : null, x: px(x + 0.5), y: px(y + 0.5), width: px(width - 1), height: px(height - 2) });
}

function total(values) {
  return values.reduce((sum, value) => sum + value, 0);
}

function labelOf(days) {
  return days.map(({ day, is_whole: isWhole, hours, expected }) =>
    isWhole ? text("hotline.day.said", { day, count: grouped(total(hours)), expected: grouped(total(expected)) }) : text("hotline.day.said_not_whole", { day })).join(" ");
}
