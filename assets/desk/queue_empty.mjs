/* What stands where rows would: nothing has come yet, nothing is open, or something narrows the queue to nothing. An empty
 * table always says which, with what is due next and what to let go of, so that a broken line never looks like peace. */

import { text } from "../live/catalogue.mjs";
import { remainingText } from "../live/countdown.mjs";
import { isWithin, passes, soonest } from "./queue_model.mjs";

/* Shows why there are no rows in `place`, or hides it where `queue` is null; `queue` is {live, entries, filter, narrowed,
 * viewer, now}. A button carries `data-let-go`: "filter" or "views". */
export function showEmpty(place, queue) {
  place.hidden = queue === null;
  if (queue === null) return;
  const { title, lines, offers } = reasonOf(queue);
  const key = JSON.stringify([title, lines, offers]);
  if (place.dataset.shown === key) return;
  place.dataset.shown = key;
  const head = Object.assign(document.createElement("b"), { textContent: title });
  const said = lines.map((words) => Object.assign(document.createElement("span"), { textContent: words }));
  const buttons = offers.map(({ name, words }) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: words });
    button.dataset.letGo = name;
    return button;
  });
  place.replaceChildren(head, ...said, ...buttons);
}

function reasonOf({ live, entries, filter, narrowed, viewer, now }) {
  if (live.ready === false) return { title: text("desk.waiting"), lines: [text("desk.waiting_hint")], offers: [] };
  if (entries.length === 0) return { title: text("desk.queue.none_mine"), lines: [text("desk.queue.nothing_open")], offers: [] };
  const within = entries.filter((entry) => isWithin(entry.row, narrowed));
  const passing = entries.filter((entry) => passes(filter, entry.row, entry.clock, now, viewer));
  const named = text(`desk.filter.${filter}`);
  const isNarrowed = within.length < entries.length;
  const offers = [
    filter !== "all" && { name: "filter", words: text("desk.queue.drop_filter", { filter: named, count: within.length }) },
    isNarrowed && { name: "views", words: text("desk.queue.drop_views", { count: passing.length }) },
  ].filter((offer) => offer);
  const title = filter === "mine" && !isNarrowed ? "desk.queue.none_mine" : isNarrowed ? "desk.queue.none_both" : "desk.queue.none_filtered";
  return { title: text(title, { filter: named }), lines: [nextLine(entries, now)], offers };
}

function nextLine(entries, now) {
  const next = soonest(entries, now);
  if (!next) return text("desk.queue.nothing_due");
  return text("desk.queue.next_due", { left: remainingText(next.clock.dueAt - now), title: next.row.title, who: next.row.unit_name ?? "—" });
}
