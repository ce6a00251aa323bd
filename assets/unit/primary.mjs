/* The one thing to press first on a matter's page. Pure. */

const ANSWERS = new Set(["urge", "supervision"]);
const QUIET_STEPS = new Set(["sub_dispatch", "child_replied", "return", "apply_extension", "report_up"]);

export const isQuietStep = (act) => QUIET_STEPS.has(act);

/* {supervision: true}, {command: id} or {to: the step's target}: what the nearest clock is for comes first, then an order
 * that wants somebody to go, then the matter's own next step, then the order's end. `refused` are the targets of steps that
 * cannot be taken now. */
export function primaryOf(item, refused = {}) {
  if (ANSWERS.has(item.dueFor)) return { supervision: true };
  const orders = item.commands.filter((command) => command.next.some(({ to }) => to !== "declined"));
  const going = orders.find((command) => command.next.some(({ to }) => ["accepted", "en_route", "arrived"].includes(to)));
  if (going) return { command: going.id };
  const step = item.matter?.next.find(({ act, to }) => !isQuietStep(act) && !refused[to]);
  if (step) return { to: step.to };
  return orders.length ? { command: orders[0].id } : {};
}
