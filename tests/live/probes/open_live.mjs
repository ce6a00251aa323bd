/* Opens the live picture in the page and keeps what was heard; window.deafen() makes the present socket silent,
 * window.feed(bytes) says something in the server's name. */

import { openLive } from "/assets/live/client.mjs";

const TOPICS = ["fleet", "matters", "commands", "asks", "log", "hotline", "rates", "health", "connection", "second"];

export default function open() {
  const sockets = [];
  class Watched extends WebSocket {
    constructor(address) {
      super(address);
      sockets.push(this);
    }
  }
  window.heard = [];
  window.live = openLive({ url: "/live", document, view: "desk", WebSocket: Watched });
  for (const topic of TOPICS) window.live.on(topic, () => window.heard.includes(topic) || window.heard.push(topic));
  window.deafen = () => { sockets.at(-1).onmessage = null; };
  window.feed = (bytes) => sockets.at(-1).onmessage({ data: bytes.buffer });
}
