/* What a server that is heard cannot reach: "store", nothing can be ordered; "bus" (Redis), what it alone carries stands
 * still; "" for neither. `health` is the live picture's. */
export function brokenBehind(health) {
  const own = health?.live;
  if (own?.store === "down") return "store";
  return own?.bus === "down" ? "bus" : "";
}
