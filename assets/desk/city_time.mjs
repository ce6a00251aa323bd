/* The city's time of day, whatever the browser's zone is. */

const CITY_CLOCK = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
});

export function cityTime(at) {
  return CITY_CLOCK.format(at);
}
