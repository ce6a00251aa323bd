/* Distances on the map. Pure: points are [lon, lat] in WGS-84 degrees, lengths metres. */

const EARTH_RADIUS_M = 6_371_008.8; // mean radius (IUGG); off by at most 0.3 % of a geodesic, metres in a city

export function metresBetween([lonA, latA], [lonB, latB]) {
  const [a, b] = [radians(latA), radians(latB)];
  const half = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(radians(lonB - lonA) / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/* Metres from the first point to each: [0, first leg, first two legs, ...]. */
export function lengthsAlong(points) {
  let sum = 0;
  return points.map((point, at) => {
    if (at > 0) sum += metresBetween(points[at - 1], point);
    return sum;
  });
}

/* A length as it is said: 850 m, 1.24 km, 23.4 km. Returns {value, unit: "m" | "km"}. */
export function saidLength(metres) {
  const rounded = metres < 100 ? Math.round(metres) : Math.round(metres / 10) * 10;
  if (rounded < 1_000) return { value: String(rounded), unit: "m" };
  return { value: (metres / 1_000).toFixed(metres < 9_995 ? 2 : 1), unit: "km" };
}

const radians = (degrees) => (degrees * Math.PI) / 180;
