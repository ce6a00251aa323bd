/* Where this device is, asked for once and only when an act needs it. */

// Never an earlier position: whoever claims to be on site may have walked since.
const OPTIONS = { enableHighAccuracy: true, timeout: 8_000, maximumAge: 0 };

/* Resolves with {lon, lat, accuracy_m}, or {why} when the device does not say: "denied" or "none". */
export function positionNow(geolocation = globalThis.navigator?.geolocation) {
  return new Promise((resolve) => {
    if (!geolocation) {
      resolve({ why: "none" });
      return;
    }
    geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lon: coords.longitude, lat: coords.latitude, accuracy_m: Math.round(coords.accuracy) }),
      (error) => resolve({ why: error.code === error.PERMISSION_DENIED ? "denied" : "none" }),
      OPTIONS,
    );
  });
}
