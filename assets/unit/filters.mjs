/* Which of the unit's matters are looked at: by what they wait for, by number or words, and in groups by clock. Pure. */

import { dueState } from "../live/countdown.mjs";

const CITY_OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

const isMine = (item) => item.group === "mine";
const isOverdue = (item, now) => isMine(item) && item.dueAt !== null && item.dueAt < now;
const offers = (item, act) => item.matter?.next.some((step) => step.act === act) ?? false;
const isToAccept = (item) => item.commands.some((command) => command.next.some(({ to }) => to === "accepted"));
const isToSign = (item) => isMine(item) && (item.signsBy || offers(item, "sign") || isToAccept(item));

/* In the order of their keys 1 to 8. A matter may answer to several: a whistle that is late is both. */
const TESTS = {
  all: isMine,
  overdue: isOverdue,
  to_sign: isToSign,
  in_hand: (item) => isMine(item) && !isToSign(item),
  whistle: (item) => isMine(item) && item.whistle !== null,
  to_answer: (item) => isMine(item) && (item.matter?.to_answer ?? 0) > 0,
  waiting: (item) => item.group === "waiting",
  ended: (item) => item.group === "ended",
};
export const FILTERS = Object.keys(TESTS);

/* How many matters each filter holds, by its name. */
export function countsOf(groups, now) {
  const items = Object.values(groups).flat();
  return Object.fromEntries(FILTERS.map((name) => [name, items.filter((item) => TESTS[name](item, now)).length]));
}

/* What a filter and the sought words leave, in sections of {name, items}; `hidden` are the unit's own that are left out. */
export function sectionsOf(groups, { filter, sought }, now) {
  const words = sought.trim().toLowerCase();
  const isSought = (item) => words === "" || soughtIn(item).includes(words);
  const shown = Object.values(groups).flat().filter((item) => (filter === "all" || TESTS[filter](item, now)) && isSought(item));
  const mine = shown.filter(isMine);
  const left = groups.mine.filter((item) => !mine.includes(item));
  return {
    sections: [
      ...clockSections(mine, now),
      ...["waiting", "ended"].map((name) => ({ name, items: shown.filter((item) => item.group === name) })),
    ].filter(({ items }) => items.length > 0),
    hidden: filter === "waiting" || filter === "ended" ? [] : left,
  };
}

function soughtIn(item) {
  const { facts, commands } = item;
  return [facts.no, facts.title, facts.place, ...commands.map(({ no }) => no)].filter(Boolean).join(" ").toLowerCase();
}

function clockSections(items, now) {
  const endOfDay = Math.ceil((now + CITY_OFFSET_MS + 1) / DAY_MS) * DAY_MS - CITY_OFFSET_MS;
  const nameOf = (item) => {
    if (item.dueAt === null) return "clockless";
    const state = dueState(item.dueAt, item.limitMs, now);
    if (state !== "ok") return state;
    return item.dueAt < endOfDay ? "today" : "later";
  };
  const byName = new Map(["overdue", "risk", "today", "later", "clockless"].map((name) => [name, []]));
  for (const item of items) byName.get(nameOf(item)).push(item);
  return [...byName].map(([name, found]) => ({ name, items: found }));
}
