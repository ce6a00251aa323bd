/* Ends that a leader says without looking at a calendar, as instants of the city's time. Pure. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CITY_OFFSET_MS = 8 * HOUR_MS;
const EVENING_MS = 18 * HOUR_MS;
const NOON_MS = 12 * HOUR_MS;
const MINUTE_MS = 60_000;

/* {id, at}: within an hour, this evening while it is ahead, tomorrow noon. */
export function dueChoices(now) {
  const midnight = Math.floor((now + CITY_OFFSET_MS) / DAY_MS) * DAY_MS - CITY_OFFSET_MS;
  const whole = (at) => Math.ceil(at / MINUTE_MS) * MINUTE_MS;
  return [
    { id: "hour", at: whole(now + HOUR_MS) },
    { id: "evening", at: midnight + EVENING_MS },
    { id: "noon", at: midnight + DAY_MS + NOON_MS },
  ].filter(({ at }) => at > now);
}

/* The value of a datetime-local field in the city's time, and back; null for none. */
export function toLocal(at) {
  return new Date(at + CITY_OFFSET_MS).toISOString().slice(0, 16);
}

export function fromLocal(value) {
  const read = value ? Date.parse(`${value}:00Z`) : Number.NaN;
  return Number.isFinite(read) ? read - CITY_OFFSET_MS : null;
}
