/* What a clock's state adds to a shape, so that no two states differ by colour alone: at risk stands on a bar, as a clock
 * at risk is underlined; overdue has the plus that its clock has; an alarm that nobody has acknowledged has a ring around
 * it. Pure. */

const CLEAR = 1.45; // of the shape's radius: outside its own outline

/* Path data around the origin for a shape of this radius, or null where the state adds nothing; drawn as a line. */
export function stateMark(state, radius) {
  const far = round(radius * CLEAR);
  const arm = round(radius * 0.55);
  if (state === "risk") return `M${-round(radius)} ${far}H${round(radius)}`;
  if (state === "overdue") return `M${round(far - arm)} ${-far}H${round(far + arm)}M${far} ${round(-far - arm)}V${round(-far + arm)}`;
  if (state === "unacknowledged") return `M${-far} 0A${far} ${far} 0 1 1 ${far} 0A${far} ${far} 0 1 1 ${-far} 0Z`;
  return null;
}

/* How thick the mark's line is beside a shape of this radius. */
export function stateMarkWidth(radius) {
  return round(Math.max(1.5, radius * 0.26));
}

function round(value) {
  return Math.round(value * 100) / 100;
}
