/* Where a WGS-84 place stands on a map that is drawn in GCJ-02 or BD-09: the same formulas and constants as
 * dashboard/domain/datum.py, which has their sources. Pure. */

const SEMI_MAJOR_M = 6_378_245;
const ECCENTRICITY_SQUARED = 0.00669342162296594323;
const [ORIGIN_LON, ORIGIN_LAT] = [105, 35];
const BD_PI = (Math.PI * 3_000) / 180;
const [BD_SHIFT_LON, BD_SHIFT_LAT] = [0.0065, 0.006];
const [WEST, EAST, SOUTH, NORTH] = [72.004, 137.8347, 0.8293, 55.8271];
const { PI, abs, atan2, cos, hypot, sin, sqrt } = Math;

/* [lon, lat] of a WGS-84 place in `datum`: "wgs84", "gcj02" or "bd09". */
export function fromWgs84(lon, lat, datum) {
  if (datum === "wgs84" || lon < WEST || lon > EAST || lat < SOUTH || lat > NORTH) return [lon, lat];
  const shifted = gcj02(lon, lat);
  return datum === "bd09" ? bd09(...shifted) : shifted;
}

function gcj02(lon, lat) {
  const [x, y] = [lon - ORIGIN_LON, lat - ORIGIN_LAT];
  const waves = ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3;
  let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves;
  north += ((20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3;
  north += ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3;
  let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves;
  east += ((20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3;
  east += ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3;
  const latitude = (lat * PI) / 180;
  const curve = 1 - ECCENTRICITY_SQUARED * sin(latitude) ** 2;
  const meridian = (((SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED)) / (curve * sqrt(curve))) * PI) / 180;
  const parallel = ((SEMI_MAJOR_M / sqrt(curve)) * cos(latitude) * PI) / 180;
  return [lon + east / parallel, lat + north / meridian];
}

function bd09(lon, lat) {
  const radius = hypot(lon, lat) + 0.00002 * sin(lat * BD_PI);
  const angle = atan2(lat, lon) + 0.000003 * cos(lon * BD_PI);
  return [radius * cos(angle) + BD_SHIFT_LON, radius * sin(angle) + BD_SHIFT_LAT];
}
