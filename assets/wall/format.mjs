/* Numbers and instants as the wall writes them. Instants are UTC milliseconds; the city has one offset all
 * year and the wall shows the city's clock whatever the machine's zone is. */

import { remainingText } from "../live/countdown.mjs";

const CITY_OFFSET_MS = 8 * 3_600_000; // Asia/Shanghai has had no daylight saving time since 1991
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const two = (value) => String(value).padStart(2, "0");

/* 3165 -> "3,165"; anything that is not a finite number is null, and the view shows a dash. */
export function grouped(value) {
  if (!Number.isFinite(value)) return null;
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/* The city's wall-clock fields of an instant. */
export function cityTime(at) {
  const local = new Date(at + CITY_OFFSET_MS);
  return {
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    weekday: local.getUTCDay(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    msOfDay: (at + CITY_OFFSET_MS) % DAY_MS,
  };
}

export function endOfCityDay(at) {
  return at - cityTime(at).msOfDay + DAY_MS;
}

export function clockText(at) {
  const time = cityTime(at);
  return `${two(time.hour)}:${two(time.minute)}:${two(time.second)}`;
}

export function minuteText(at) {
  const time = cityTime(at);
  return `${two(time.hour)}:${two(time.minute)}`;
}

export function dateText(at) {
  const time = cityTime(at);
  return `${two(time.month)}-${two(time.day)}`;
}

/* 98 s -> "01:38", an hour and more -> "1:01:38", a day and more -> "1天01:38": as a clock that has not passed. */
export function durationText(ms) {
  return remainingText(Math.max(0, ms));
}

/* The coarse age of a datum as [catalogue key, number]. */
export function ageParts(ms) {
  if (ms < MINUTE_MS) return ["wall.age.seconds", Math.max(0, Math.floor(ms / 1000))];
  if (ms < HOUR_MS) return ["wall.age.minutes", Math.floor(ms / MINUTE_MS)];
  if (ms < DAY_MS) return ["wall.age.hours", Math.floor(ms / HOUR_MS)];
  return ["wall.age.days", Math.floor(ms / DAY_MS)];
}

/* 0.765 -> "76.5"; a whole hundred loses its decimal. */
export function percentText(share) {
  if (!Number.isFinite(share)) return null;
  const tenths = Math.round(share * 1000);
  return tenths === 1000 ? "100" : (tenths / 10).toFixed(1);
}
