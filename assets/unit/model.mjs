/* What the inbox means to a liaison: one item per matter with the orders on it, the nearest end first. Pure. */

const FOREVER = Number.MAX_SAFE_INTEGER;
const STAGES = ["sent", "delivered", "read", "accepted", "en_route", "arrived", "done"];

/* Items in three groups: `mine` waits for this unit, `waiting` for somebody else, `ended` is over. `unsent` are own items
 * still on this device. */
export function itemsOf(inbox, unsent = []) {
  const items = new Map();
  for (const row of inbox.matters) items.set(row.id, { id: row.id, matter: row, facts: row, commands: [] });
  for (const command of inbox.commands) {
    const item = items.get(command.matter_id) ?? { id: command.matter_id, matter: null, facts: command.matter, commands: [] };
    item.commands.push(withUnsent(command, unsent));
    items.set(item.id, item);
  }
  const all = [...items.values()].map((item) => summed(item, unsent));
  all.sort((one, other) => (one.dueAt ?? FOREVER) - (other.dueAt ?? FOREVER) || (one.id < other.id ? -1 : 1));
  return {
    mine: all.filter((item) => item.group === "mine"),
    waiting: all.filter((item) => item.group === "waiting"),
    ended: all.filter((item) => item.group === "ended"),
  };
}

/* The command as it will stand once the inbox knows what was tapped here: `said` is the last of it, `unsent` the last that
 * has not been sent. */
export function withUnsent(command, unsent) {
  const own = unsent.filter((item) => item.kind === "answer" && item.command_id === command.id && !["delivered", "read"].includes(item.stage));
  if (own.length === 0) return { ...command, said: null, unsent: null };
  const said = own.at(-1).stage;
  return { ...command, said, unsent: own.findLast((item) => !item.isDone)?.stage ?? null, next: command.ahead[said] ?? [] };
}

/* Whoever leads an order signs its matter by accepting it, and gives it back by returning the matter, where bounces are
 * counted and ruled: one button for one thing. */
function withoutTwice(item) {
  const offers = (act) => item.matter?.next.some((step) => step.act === act) ?? false;
  const isLead = (command) => command.kind === "dispatch" && command.mine.role === "lead";
  const willSign = offers("sign") && item.commands.some((command) => isLead(command) && command.next.some(({ to }) => to === "accepted"));
  const commands = item.commands.map((command) =>
    isLead(command) && offers("return") ? { ...command, next: command.next.filter(({ to }) => to !== "declined") } : command);
  const matter = willSign ? { ...item.matter, next: item.matter.next.filter(({ act }) => act !== "sign") } : item.matter;
  return { ...item, matter, commands, signsBy: willSign };
}

function summed(given, unsent) {
  const item = withoutTwice(given);
  const open = item.commands.filter((command) => command.next.length > 0 || command.due_at !== null);
  const clocks = open.filter((command) => command.due_at !== null).map((command) => ({
    dueAt: command.due_at, limitMs: command.limit_ms, dueFor: command.kind === "whistle" ? "on_site" : "finish",
  }));
  const { matter } = item;
  if (matter !== null && matter.due_at !== null && !matter.waiting) {
    clocks.push({ dueAt: matter.due_at, limitMs: matter.limit_ms, dueFor: matter.due_for });
  }
  clocks.sort((one, other) => one.dueAt - other.dueAt);
  const hasWork = (matter !== null && !matter.waiting && matter.next.length > 0) || open.length > 0 || standsOnSite(item);
  return {
    ...item,
    ...(clocks[0] ?? { dueAt: null, limitMs: 0, dueFor: "" }),
    whistle: item.commands.find((command) => command.kind === "whistle" && isRunning(command)) ?? null,
    unsent: unsent.filter((each) => !each.isDone).filter((each) => each.matter_id === item.id || item.commands.some(({ id }) => id === each.command_id)).length,
    group: hasWork ? "mine" : matter !== null ? "waiting" : "ended",
  };
}

function standsOnSite(item) {
  return item.commands.some((command) => isRunning(command) && command.mine.stage === "arrived" && command.mine.left_at === null);
}

export function isRunning(command) {
  return !["done", "recalled"].includes(command.state) && !command.mine.recalled_at;
}

/* The receipt's way as steps: {stage, at, state: "done"|"now"|"next"}; a whistle ends with leaving. */
export function wayOf(command) {
  const { mine } = command;
  const stages = command.kind === "whistle" ? ["accepted", "en_route", "arrived", "left"] : ["accepted", "en_route", "arrived", "done"];
  const at = (stage) => mine[`${stage}_at`] ?? null;
  const reached = Math.max(...stages.map((stage, place) => (hasReached(mine, stage) ? place : -1)));
  return stages.map((stage, place) => ({
    stage, at: at(stage), state: place <= reached ? "done" : place === reached + 1 ? "now" : "next",
  }));
}

function hasReached(mine, stage) {
  if (stage === "left") return mine.left_at !== null;
  return STAGES.indexOf(mine.stage) >= STAGES.indexOf(stage);
}

/* Commands that reached this page for the first time: they are receipted as delivered. */
export function undelivered(inbox) {
  return inbox.commands.filter((command) => isRunning(command) && command.mine.stage === "sent").map((command) => command.id);
}

/* Commands of an opened matter that were delivered and are now being read. */
export function unread(commands) {
  return commands
    .filter((command) => isRunning(command) && ["sent", "delivered"].includes(command.mine.stage))
    .map((command) => command.id);
}
