/* One WebSocket that is never given up, and what the page says of it.
 *
 * state: {state, since, lag_ms, missed, reason}
 *   "live"          frames arrive
 *   "late"          nothing for `LATE_AFTER_MS`, or the server says it is behind, or the machine slept and nobody has
 *                   spoken since
 *   "down"          nothing for `DOWN_AFTER_MS`
 *   "reconnecting"  the socket is gone and is being opened again
 *   "connecting"    the page is new: its first seconds, before the first picture
 * `since` is the last sign of life in server time; `missed` is set on return: {away_ms, changes, is_fresh,
 * movement_frames}. */

export const LATE_AFTER_MS = 2_500; // the server speaks every second
export const DOWN_AFTER_MS = 5_000;
const RESTART_AFTER_MS = 8_000; // an open socket that is silent for so long is dead, whatever TCP believes
const OPEN_LIMIT_MS = 10_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 6_000; // a hall is whole again within 8 s of its server's return, however long that was away
const REFUSED_WAIT_MS = 30_000;
const REFUSED_CODES = new Set([4401, 4403]);
const CLOSE_BROKEN = 4000;

/* The wait before attempt `attempt` (0, 1, ...): doubling, between half and the whole of its step, so that five hundred
 * screens do not return in the same instant. */
export function waitMs(attempt, random = Math.random) {
  const step = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 16));
  return step * (0.5 + random() / 2);
}

export class Connection {
  #socket = null;
  #attempt = 0;
  #retry = null;
  #isClosed = false;
  #openedAt = 0;
  #heardAt = performance.now();
  #wentAt = null; // when the page stopped being live, server ms
  #isBehind = false;
  #hasSlept = false; // perhaps: no frame since the machine's time jumped
  #movementLost = 0;
  #hasPicture = false;
  #bornAt = performance.now();

  constructor({ WebSocket, address, onFrame, onOpen, onState, now }) {
    this.WebSocket = WebSocket;
    this.address = address;
    this.onFrame = onFrame;
    this.onOpen = onOpen;
    this.onState = onState;
    this.now = now;
    this.state = { state: "connecting", since: now(), lag_ms: 0, missed: null, reason: null };
  }

  open() {
    clearTimeout(this.#retry);
    this.#retry = null;
    const socket = new this.WebSocket(this.address());
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#openedAt = performance.now();
    const isMine = () => this.#socket === socket;
    socket.onopen = () => isMine() && this.onOpen();
    socket.onmessage = (event) => isMine() && this.#message(event.data);
    socket.onclose = (event) => isMine() && this.#lost(event);
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#drop(1000);
  }

  send(message) {
    if (this.#socket?.readyState === this.WebSocket.OPEN) this.#socket.send(message);
  }

  /* Ends this socket and opens another at once; the cursor in the address brings what is missing. */
  restart(reason) {
    if (this.#isClosed) return;
    this.#hasSlept = false; // the socket that was doubted is gone
    this.#drop(CLOSE_BROKEN);
    this.#retryAfter(waitMs(this.#attempt++), reason);
  }

  /* Looks at the silence; called every second, with `isSuspicious` after a hidden time, and with `hasSlept` after the
   * machine's time jumped: its steady clock may have stood meanwhile, so the silence may be longer than it seems. */
  check({ isSuspicious = false, hasSlept = false }) {
    this.#hasSlept ||= hasSlept;
    const now = performance.now();
    const quietMs = now - Math.max(this.#heardAt, this.#openedAt); // of this socket: the one before may have been silent too
    const limitMs = isSuspicious || this.#hasSlept ? LATE_AFTER_MS : RESTART_AFTER_MS;
    const isOpening = this.#socket?.readyState === this.WebSocket.CONNECTING;
    if (isOpening && now - this.#openedAt > OPEN_LIMIT_MS) this.restart("no answer");
    else if (this.#retry !== null && (isSuspicious || hasSlept)) this.open();
    else if (this.#retry === null && !isOpening && quietMs > limitMs) this.restart("silent");
    else this.#judge();
  }

  /* A time broadcast came `lateMs` after it was said. */
  heardTime(lateMs) {
    this.state = { ...this.state, lag_ms: lateMs };
    this.#judge();
  }

  /* The server says whether its picture follows the truth now. */
  heardHealth(isBehind) {
    this.#isBehind = isBehind;
    this.#judge();
  }

  /* A notice of the server. */
  noted({ code, params }) {
    if (code === "movement_lost") this.#movementLost += params.frames ?? 0;
    if (code === "signed_out") this.state = { ...this.state, reason: "signed_out" };
    this.#judge();
  }

  /* The picture is whole again: `changes` entries lay between, `isFresh` if it was taken anew. */
  settled({ changes, isFresh }) {
    this.#attempt = 0;
    if (!this.#hasPicture || this.#wentAt === null) {
      this.#hasPicture = true;
      this.#wentAt = null;
      this.#judge();
      return;
    }
    const missed = {
      away_ms: Math.max(0, this.now() - this.#wentAt),
      changes: Math.max(0, changes),
      is_fresh: isFresh,
      movement_frames: this.#movementLost,
    };
    this.#wentAt = null;
    this.#movementLost = 0;
    this.state = { ...this.state, missed, reason: null };
    this.#judge(true);
  }

  #message(data) {
    this.#heardAt = performance.now();
    this.#hasSlept = false;
    this.state.since = this.now();
    if (data instanceof ArrayBuffer) this.onFrame(new Uint8Array(data));
    if (this.state.state !== "live") this.#judge();
  }

  #lost(event) {
    this.#socket = null;
    const isRefused = REFUSED_CODES.has(event.code);
    this.#retryAfter(isRefused ? REFUSED_WAIT_MS : waitMs(this.#attempt++), isRefused ? "signed_out" : null);
  }

  #drop(code) {
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null && socket.readyState <= this.WebSocket.OPEN) socket.close(code);
  }

  #retryAfter(ms, reason) {
    clearTimeout(this.#retry);
    if (!this.#isClosed) this.#retry = setTimeout(() => this.open(), ms);
    this.state = { ...this.state, reason: reason ?? this.state.reason };
    this.#judge();
  }

  /* Says what the page may say of itself; tells listeners when that changes. */
  #judge(isNews = false) {
    const state = this.#stateNow();
    if (state === "down" || state === "reconnecting") this.#wentAt ??= this.state.since;
    const changed = state !== this.state.state;
    if (changed) this.state = { ...this.state, state };
    if (changed || isNews) this.onState();
  }

  #stateNow() {
    const silentMs = performance.now() - this.#heardAt;
    if (!this.#hasPicture && performance.now() - this.#bornAt < DOWN_AFTER_MS) return "connecting";
    if (this.#socket?.readyState !== this.WebSocket.OPEN) return "reconnecting";
    if (silentMs > DOWN_AFTER_MS) return "down";
    return silentMs > LATE_AFTER_MS || this.#isBehind || this.#hasSlept ? "late" : "live";
  }
}
