/* A room on this side: what the server told whole, with the messages that came since. Pure. */

const MOST = 300; // as many as the server tells of a room

/* `news` holds the messages after `news.since`, everything else of the room whole. */
export function joined(before, news) {
  if (!before || !news.since) return news;
  const earlier = before.messages.filter(({ no }) => no <= news.since);
  return { ...news, messages: [...earlier, ...news.messages].slice(-MOST) };
}

export function lastNo(view) {
  return view?.messages.at(-1)?.no ?? 0;
}

/* Who has read a message and who has not, by name: the people who are in the room and did not say it themselves. */
export function readersOf(message, participants) {
  const others = participants.filter((one, place) => place !== message.part && one.left_at === null);
  return {
    read: others.filter((one) => one.read_no >= message.no).map(({ name }) => name),
    unread: others.filter((one) => one.read_no < message.no).map(({ name }) => name),
  };
}

/* Decisions as they press: open ones by their end, then those without one, then what is done. */
export function byPressure(decisions) {
  const rank = (one) => (one.completed_at !== null ? 2 : one.due_at === null ? 1 : 0);
  return [...decisions].sort((one, other) => rank(one) - rank(other) || (one.due_at ?? 0) - (other.due_at ?? 0) || one.item - other.item);
}
