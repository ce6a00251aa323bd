/* Remaining time as text, how a clock stands, and one shared second for every clock element of a page. */

import { text } from "./catalogue.mjs";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SHORT_LIMIT_MS = 30 * MINUTE_MS;
const LAST_WORKING_DAY_MS = 8 * HOUR_MS;

const two = (number) => String(number).padStart(2, "0");

/* "04:12", "1:04:12", "3天04:12"; a time that is over counts up behind a "+". As dashboard/domain/durations.py. */
export function remainingText(leftMs) {
  return (leftMs < 0 ? "+" : "") + written(Math.abs(leftMs), two, (days, clock) => text("live.duration.days", { days, clock }));
}

/* How long something took or is ago: "4:12", "1:04:12", and `ofDays(days, "04:12")`; nothing is less than zero. */
export function elapsedText(ms, ofDays) {
  return written(Math.max(0, ms), String, ofDays);
}

function written(ms, firstMinutes, ofDays) {
  const whole = Math.floor(ms / SECOND_MS) * SECOND_MS;
  const days = Math.floor(whole / DAY_MS);
  const hours = Math.floor((whole % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((whole % HOUR_MS) / MINUTE_MS);
  const seconds = Math.floor((whole % MINUTE_MS) / SECOND_MS);
  if (days > 0) return ofDays(days, `${two(hours)}:${two(minutes)}`);
  if (hours > 0) return `${hours}:${two(minutes)}:${two(seconds)}`;
  return `${firstMinutes(minutes)}:${two(seconds)}`;
}

/* How long before its end a clock is at risk; the same rule as dashboard/domain/due_state.py. */
export function riskWindowMs(limitMs) {
  if (limitMs <= SHORT_LIMIT_MS) return Math.floor(limitMs / 3);
  if (limitMs <= DAY_MS) return Math.floor(limitMs / 5);
  return LAST_WORKING_DAY_MS;
}

/* "ok", "risk" or "overdue"; a thing without a clock is in time. */
export function dueState(dueAt, limitMs, now) {
  if (dueAt === null || dueAt === undefined) return "ok";
  if (dueAt < now) return "overdue";
  return dueAt - now <= riskWindowMs(limitMs) ? "risk" : "ok";
}

/* Repaints one element with `data-due` and `data-limit` (ms). Only the text node changes: React finds its own again. */
export function paintCountdown(element, now) {
  const dueAt = Number(element.dataset.due);
  const shown = remainingText(dueAt - now);
  if (element.firstChild?.nodeType === Node.TEXT_NODE) {
    if (element.firstChild.nodeValue !== shown) element.firstChild.nodeValue = shown;
  } else {
    element.textContent = shown;
  }
  const state = dueState(dueAt, Number(element.dataset.limit), now);
  if (element.dataset.state !== state) element.dataset.state = state;
}

/* Repaints every `[data-due]` below `root` once a server second; returns how to stop. */
export function startCountdowns(live, root) {
  const paint = () => {
    const now = live.now();
    for (const element of root.querySelectorAll("[data-due]")) paintCountdown(element, now);
  };
  paint();
  return live.on("second", paint);
}

/* Calls `tick` at each whole second of `now` (server ms at `rate`), never more often than `LEAST_APART_MS` of real
 * time; returns how to stop. One such timer serves a whole page. */
export function startSeconds({ now, rate }, tick) {
  let timer = null;
  const next = () => {
    const wait = (SECOND_MS - (now() % SECOND_MS)) / Math.max(rate(), 0.01);
    timer = setTimeout(run, Math.min(SECOND_MS, Math.max(LEAST_APART_MS, wait + EDGE_MS)));
  };
  const run = () => {
    next();
    tick();
  };
  next();
  return () => clearTimeout(timer);
}

const LEAST_APART_MS = 200; // of a demonstration at sixty times the speed nobody reads single seconds
const EDGE_MS = 4; // timers may fire early by a little: the second must have changed
