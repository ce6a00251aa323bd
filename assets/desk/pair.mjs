/* Two windows of one browser that belong together: each says things to the other and knows whether the other is there.
 * Nothing goes over the server. Each asks once a second and the other answers from its message handler, because the
 * timers of a window that lies behind others hardly run while messages still reach it; and what is counted is questions
 * without an answer, not time, so that a machine that slept has lost nobody. */

const UNANSWERED = 3;
const ASKED = "there?";
const ANSWERED = "here";
const LEFT = "gone";

export class Pair {
  #unanswered = 0;
  #hasLeft = false;
  isThere = false;

  /* `channel` as BroadcastChannel, `me` this window's part ("desk", "map"). `onSaid(kind, what)` for each thing that the
   * other part says, `onThere(isThere)` whenever it comes or goes. */
  constructor({ channel, me, onSaid, onThere }) {
    Object.assign(this, { channel, me, onSaid, onThere });
    channel.onmessage = ({ data }) => this.#heard(data);
  }

  say(kind, what = null) {
    this.channel.postMessage({ from: this.me, kind, what });
  }

  /* Once a second: asks whether the other is there. */
  ask() {
    if (this.#hasLeft) return;
    if (this.isThere && this.#unanswered >= UNANSWERED) this.#set(false);
    this.#unanswered += 1;
    this.say(ASKED);
  }

  /* This window closes or loads itself again; its timers and handlers may run a little longer and say nothing more. */
  leave() {
    this.say(LEFT);
    this.#hasLeft = true;
  }

  /* The browser kept the page and shows it again. */
  back() {
    this.#hasLeft = false;
  }

  #heard({ from, kind, what }) {
    if (from === this.me || this.#hasLeft) return; // another window with the same part: a tab that was duplicated
    this.#unanswered = 0;
    if (kind === LEFT) {
      this.#set(false);
      return;
    }
    if (kind === ASKED) this.say(ANSWERED);
    this.#set(true);
    if (kind !== ASKED && kind !== ANSWERED) this.onSaid(kind, what);
  }

  #set(isThere) {
    if (isThere === this.isThere) return;
    this.isThere = isThere;
    this.onThere(isThere);
  }
}

/* The channel of a pair by its name, which the address of the map's window carries. */
export function channelOf(name) {
  return new BroadcastChannel(`zhongshu.map.${name}`);
}
