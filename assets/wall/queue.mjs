/* The hotline's queue: waiting, seats by what their agents do, answered in time, channels. */

import { drawing, el, px } from "./element.mjs";
import { durationText, grouped, percentText } from "./format.mjs";
import { textWidth } from "./labels.mjs";

const WIDTH = 896;
const OVERVIEW = { width: WIDTH, height: 108, largest: 58 }; // the place of the seats in the overview
const GAP_SHARE = 0.16; // of a square
export const CONNECTED_TARGET = 0.95; // 24-hour connection rate, the national standard for 12345
const CONNECTED_FROM = 0.8; // left end of the scale

export function figuresView(queue, text) {
  const below = Number.isFinite(queue.within_15s) && queue.within_15s < queue.target;
  return [
    el("div", {}, el("b", { class: "clock-face" }, grouped(queue.waiting) ?? "—"), el("span", {}, text("wall.queue.waiting"))),
    el("div", {}, el("b", { class: "clock-face" }, durationText(queue.longest_wait_ms ?? 0)),
      el("span", {}, text("wall.queue.longest"))),
    el("div", {},
      el("b", { class: `clock-face${below ? " risk" : ""}` }, percentText(queue.within_15s) ?? "—",
        Number.isFinite(queue.within_15s) ? el("small", {}, "%") : null),
      el("span", {}, text("wall.queue.within", { target: Math.round(queue.target * 100) }))),
  ];
}

/* Seats in a fixed order: talking, wrapping up, free, on a break. */
export function seatsOf(agents) {
  return ["talk", "wrap", "idle", "rest"].flatMap((doing) => Array.from({ length: agents[doing] ?? 0 }, () => doing));
}

/* As large as the place allows: the city has thirty seats at night and more than a hundred at noon. */
export function seatGrid(count, { width, height, largest } = OVERVIEW) {
  let best = { columns: 1, pitch: 0 };
  for (let rows = 1; rows <= 6; rows += 1) {
    const columns = Math.max(1, Math.ceil(count / rows));
    const pitch = Math.min((width + 8) / columns, (height + 8) / rows, largest);
    if (pitch > best.pitch) best = { columns, pitch };
  }
  return best;
}

/* One square per seat in a place of `width` x `height`, each at most `largest` wide. */
export function seatsView(agents, place = OVERVIEW) {
  const seats = seatsOf(agents);
  const { columns, pitch } = seatGrid(seats.length, place);
  const side = pitch * (1 - GAP_SHARE);
  return drawing(place.width, place.height, {}, seats.map((doing, number) =>
    seat(doing, (number % columns) * pitch, Math.floor(number / columns) * pitch, side)));
}

function seat(doing, x, y, side) {
  const box = { x: px(x + 1.5), y: px(y + 1.5), width: px(side - 3), height: px(side - 3), "data-seat": doing };
  if (doing === "talk") return el("rect", { ...box, fill: "var(--data)", stroke: "var(--data)", "stroke-width": 3 });
  if (doing === "idle") return el("rect", { ...box, fill: "none", stroke: "var(--data)", "stroke-width": 3 });
  if (doing === "rest") return el("rect", { ...box, fill: "none", stroke: "var(--line-strong)", "stroke-width": 3 });
  const half = `M${px(x)} ${px(y + side)}V${px(y)}H${px(x + side)}Z`;
  return el("g", {}, el("path", { d: half, fill: "var(--data)" }),
    el("rect", { ...box, fill: "none", stroke: "var(--data-dim)", "stroke-width": 3 }));
}

export function seatCountsView(agents, text) {
  const count = (doing) => el("span", {}, `${text(`wall.queue.${doing}`)} `, el("b", {}, grouped(agents[doing]) ?? "—"));
  const short = agents.short > 0;
  const need = short
    ? text("wall.queue.short", { short: agents.short, needed: agents.needed })
    : text("wall.queue.enough", { needed: agents.needed });
  return [...["talk", "wrap", "idle", "rest"].map(count), el("span", { class: `short${short ? " risk" : ""}` }, need)];
}

export function connectedView(share, text) {
  const at = (value) => px(((Math.max(CONNECTED_FROM, Math.min(1, value)) - CONNECTED_FROM) / (1 - CONNECTED_FROM)) * 430);
  const known = Number.isFinite(share);
  return [
    el("span", {}, text("wall.queue.connected")),
    drawing(430, 34, { preserveAspectRatio: "none" },
      el("rect", { x: 0, y: 13, width: 430, height: 8, fill: "var(--line)" }),
      known ? el("rect", { x: 0, y: 13, width: at(share), height: 8, fill: "var(--data)" }) : null,
      el("rect", { x: at(CONNECTED_TARGET) - 2, y: 0, width: 4, height: 34, fill: "var(--ink)" })),
    el("b", {}, known ? `${percentText(share)}%` : "—"),
  ];
}

const CHANNELS = new Set([
  "phone", "wechat", "minyitong", "sms", "web", "weibo", "mailbox", "people_cn", "province", "internet",
  "app", "recorded",
]);
const CHANNELS_SHOWN = 4;
const LABEL_PX = 36; // size of the line, in design pixels
const LEAST_GAP_PX = 18;

/* A channel that the catalogue does not know shows its code. */
export function channelName(code, text) {
  return CHANNELS.has(code) ? text(`wall.channel.${code}`) : code;
}

/* The busiest channels that the line has room for, and the sum of all. */
export function channelsView(channels, text) {
  const sum = `${text("wall.queue.channel_total")} ${grouped(channels.reduce((total, channel) => total + channel.count, 0))}`;
  const busiest = [...channels].sort((one, other) => other.count - one.count).slice(0, CHANNELS_SHOWN);
  const shown = [];
  let room = WIDTH - textWidth(sum, LABEL_PX);
  for (const channel of busiest) {
    const [words, count] = [`${channelName(channel.code, text)} `, grouped(channel.count)];
    room -= textWidth(words + count, LABEL_PX) + LEAST_GAP_PX;
    if (room < 0) break;
    shown.push(el("span", {}, words, el("b", {}, count)));
  }
  return [...shown, el("span", { class: "quiet" }, sum)];
}
