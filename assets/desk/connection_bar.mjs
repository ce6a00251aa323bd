/* Whether the server is heard: the mark in the head, and the bar under it while it is not. The same on the desk and on the
 * map's own window. */

import { remainingText } from "../live/countdown.mjs";
import { text } from "../live/catalogue.mjs";

export function showConnection(root, live) {
  const { connection } = live;
  const mark = root.querySelector("#desk-fresh-mark");
  const isHeard = connection.state === "live" || connection.state === "late";
  mark.dataset.state = isHeard ? connection.state : "down";
  write(root.querySelector("#desk-fresh"), isHeard
    ? text("desk.fresh.live", { seconds: ((connection.lag_ms ?? 0) / 1000).toFixed(1) })
    : text("desk.fresh.down"));
  const bar = root.querySelector("#desk-connection");
  bar.hidden = isHeard;
  root.dataset.writable = isHeard ? "1" : "0";
  if (isHeard) return;
  if (connection.reason === "signed_out") {
    bar.replaceChildren(text("desk.connection.signed_out"), signInLink());
    return;
  }
  const gone = Math.max(0, live.now() - (connection.since ?? live.now()));
  const line = connection.state === "reconnecting" ? "desk.connection.reconnecting" : "desk.connection.down";
  const consequence = document.createElement("span");
  consequence.textContent = text("desk.connection.consequence");
  bar.replaceChildren(text(line, { gone: remainingText(gone) }), consequence);
}

function write(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

function signInLink() {
  const link = document.createElement("a");
  link.href = "/sign-in";
  link.textContent = text("desk.connection.sign_in");
  return link;
}
