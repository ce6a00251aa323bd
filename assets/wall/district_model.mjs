/* What the district scene says: every county and zone side by side in the city pack's order, and what they share. Pure. */

import { clockText } from "./format.mjs";
import { RATES } from "./rate_targets.mjs";
import { stripOf } from "./strip.mjs";
import { isShown } from "./whistle_glyph.mjs";
import { dueState } from "../live/countdown.mjs";

/* {rows, unassigned, longestMs}: a row {code, open, risk, overdue, whistles, duty: {on, of}|null, rates}. The first is
 * the whole city, the last the city's own departments, which have no grids. `duty` is by region: {code: {on, of}}. */
export function districtModel(matters, commands, rates, duty, city, now) {
  const strip = stripOf(matters, rates, city, now);
  const columns = new Map(strip.columns.map((column) => [column.code, { ...column, risk: 0, whistles: 0, duty: null }]));
  const whole = columns.get("whole");
  for (const matter of matters.values()) {
    if (dueState(matter.due_at, matter.limit_ms, now) !== "risk") continue;
    whole.risk += 1;
    const column = matter.unit ? columns.get(matter.unit_region === city.code ? "departments" : matter.unit_region) : undefined;
    if (column) column.risk += 1;
  }
  for (const command of commands) {
    if (!isShown(command)) continue;
    whole.whistles += 1;
    const column = columns.get(command.region);
    if (column) column.whistles += 1;
  }
  if (duty !== null) {
    whole.duty = { on: 0, of: 0 };
    for (const region of city.regions) {
      const counts = duty.get(region.code) ?? { on: 0, of: 0 };
      columns.get(region.code).duty = { on: counts.on, of: counts.of };
      whole.duty.on += counts.on;
      whole.duty.of += counts.of;
    }
  }
  return { rows: [...columns.values()], unassigned: strip.unassigned, longestMs: strip.longestMs };
}

/* {proposals, shares}: proposals between counties that wait for an answer, the soonest end first, and matters that are
 * handled together, each with the codes of both sides. */
export function crossingsOf(asks, matters) {
  const proposals = [...asks.values()].filter((ask) => ask.kind === "district").map((ask) => ({
    id: ask.id, no: ask.no, title: ask.title, from: ask.params?.from ?? "", to: ask.params?.to ?? "",
    what: ask.params?.what ?? "", dueAt: ask.due_at ?? null, limitMs: ask.due_at - ask.made_at,
  }));
  proposals.sort((one, other) => (one.dueAt ?? Infinity) - (other.dueAt ?? Infinity) || (one.id < other.id ? -1 : 1));
  const shares = [...matters.values()].filter((matter) => matter.shared_with?.length > 0).map((matter) => ({
    id: matter.id, no: matter.no, title: matter.title, regions: [matter.region, ...matter.shared_with],
    dueAt: matter.due_at ?? null, limitMs: matter.limit_ms ?? null,
  }));
  shares.sort((one, other) => (one.dueAt ?? Infinity) - (other.dueAt ?? Infinity) || (one.id < other.id ? -1 : 1));
  return { proposals, shares };
}

/* What a reader must know of the matrix's dated parts: from when the rates and the positions are. */
export function districtNotes(fresh, text) {
  return ["rates", "duty"].map((name) => {
    const { state, asOf } = fresh[name];
    const isKnown = asOf !== null;
    const key = isKnown ? `wall.district.${name}_${state}` : `wall.district.${name}_never`;
    return { name, isOld: state !== "fresh", words: text(key, { time: isKnown ? clockText(asOf) : "" }) };
  });
}

/* Nothing to say: nothing is open and no rate is known. */
export function isDistrictEmpty(matters, rates) {
  return matters.size === 0 && !(rates?.regions ?? []).some((row) => RATES.some(({ key }) => row[key]?.[1] > 0));
}
