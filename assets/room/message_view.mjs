/* What was said in a room, with who has read it. Pure: descriptions of elements from the server's rows. */

import { el } from "../wall/element.mjs";
import { text } from "../live/catalogue.mjs";
import { timeText } from "../hand/clock.mjs";
import { readersOf } from "./news.mjs";

/* The messages from `from` on, of `view`; `newAfter` is the number of the last one that was read before this visit. */
export function messagesView(view, { from, newAfter }, now) {
  const { messages, participants, attachments } = view;
  if (messages.length === 0) return [el("p", { class: "hand-label room-empty" }, text("room.nothing_said"))];
  const files = new Map(attachments.map((one) => [one.id, one]));
  const shown = messages.slice(from);
  const firstNew = shown.find(({ no }) => no > newAfter);
  return [
    from > 0 ? el("button", { type: "button", class: "hand-quiet room-earlier", "data-earlier": "" }, text("room.earlier", { count: from })) : null,
    ...shown.flatMap((message) => [
      message === firstNew && newAfter > 0 ? el("p", { class: "room-new" }, text("room.new_below")) : null,
      message.kind === "said" ? said(message, participants, files, now) : notice(message, now),
    ]),
  ];
}

function said(message, participants, files, now) {
  return el(
    "article",
    { class: "room-message", "data-no": message.no, "data-mine": message.mine ? "1" : null },
    el(
      "p",
      { class: "room-by" },
      el("b", {}, message.by),
      message.person ? el("span", {}, message.person) : null,
      el("time", {}, timeText(message.at, now)),
    ),
    message.text ? el("p", { class: "room-text" }, message.text) : null,
    attached(message.attachments, files),
    readers(readersOf(message, participants)),
  );
}

function attached(ids, files) {
  const known = ids.map((id) => files.get(id)).filter(Boolean);
  return known.length ? el("div", { class: "room-files" }, ...known.map(fileView)) : null;
}

/* A file is a download; a picture is looked at first (viewer.mjs). */
export function fileView(file) {
  const address = `/api/v1/attachments/${encodeURIComponent(file.id)}`;
  const picture = file.has_preview ? el("img", { src: `${address}/preview`, alt: "", loading: "lazy", width: 96, height: 72 }) : el("i", { class: "room-pdf", "aria-hidden": "true" }, text("room.pdf"));
  return el(
    "a",
    { class: "room-file", href: address, download: file.name, title: file.name, "data-picture": file.has_preview ? file.id : null },
    picture,
    el("span", {}, file.name),
    el("span", { class: "hand-source" }, sizeText(file.size_bytes)),
  );
}

export function sizeText(bytes) {
  return bytes < 1_000_000 ? text("room.kilobytes", { count: Math.max(1, Math.round(bytes / 1_000)) }) : text("room.megabytes", { count: (bytes / 1_000_000).toFixed(1) });
}

/* Shown on every message, because "I never saw it" is what this line is for. */
function readers({ read, unread }) {
  const total = read.length + unread.length;
  if (total === 0) return null;
  return el(
    "details",
    { class: "room-read", "data-all": unread.length === 0 ? "1" : null },
    el("summary", {}, text("room.read_count", { read: read.length, total })),
    read.length ? el("p", {}, text("room.read_by", { names: read.join(text("room.and")) })) : null,
    unread.length ? el("p", {}, text("room.unread_by", { names: unread.join(text("room.and")) })) : null,
  );
}

function notice(message, now) {
  const words = text(`room.notice.${message.kind}`, { name: message.by, text: message.text });
  return el("p", { class: "room-notice", "data-no": message.no }, el("time", {}, timeText(message.at, now)), " ", words);
}
