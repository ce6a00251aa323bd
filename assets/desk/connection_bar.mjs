/* Whether the server is heard: the mark in the head, and the bar under it while it is not, or while it is and cannot reach
 * what stands behind it. The same on the desk and on the map's own window. */

import { brokenBehind } from "../live/broken.mjs";
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
  const broken = isHeard ? brokenBehind(live.health) : "";
  bar.hidden = isHeard && broken === "";
  bar.dataset.kind = broken || "line";
  root.dataset.writable = isHeard ? "1" : "0";
  if (isHeard) {
    if (broken) say(bar, `desk.broken.${broken}`, `desk.broken.${broken}_consequence`);
    return;
  }
  if (connection.reason === "signed_out") {
    bar.replaceChildren(text("desk.connection.signed_out"), signInLink());
    return;
  }
  const gone = Math.max(0, live.now() - (connection.since ?? live.now()));
  const line = connection.state === "reconnecting" ? "desk.connection.reconnecting" : "desk.connection.down";
  say(bar, line, "desk.connection.consequence", { gone: remainingText(gone) });
}

/* A reader of screens speaks what is put in, so the same words are not put in again every second. */
function say(bar, what, consequence, params = {}) {
  const [first, second] = [text(what, params), text(consequence)];
  if (bar.textContent === first + second) return;
  const span = document.createElement("span");
  span.textContent = second;
  bar.replaceChildren(first, span);
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
