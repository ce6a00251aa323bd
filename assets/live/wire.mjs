/* Frames of the screen wire (docs/wire.md): bytes in, values out. Same tables as dashboard/live/wire.py and
 * movement.py; no page, no socket, no clock. */

export const VERSION = 1;

export const Kind = Object.freeze({
  HELLO: 0, FLEET_SNAPSHOT: 1, FLEET_DELTA: 2, PICTURE: 3, CHANGES: 4, HOTLINE: 5, RATES: 6, HEALTH: 7, NOTICE: 8,
  TIME: 9, ROSTER: 10, POSTS: 11, ANALYSIS: 12, HOTLINE_BOARD: 13, HOTLINE_RESULTS: 14,
});

const JSON_KINDS = new Set([
  Kind.HELLO, Kind.CHANGES, Kind.HOTLINE, Kind.RATES, Kind.HEALTH, Kind.NOTICE, Kind.ANALYSIS, Kind.HOTLINE_BOARD,
  Kind.HOTLINE_RESULTS,
]);
const LAST_KIND = Math.max(...Object.values(Kind));
const DEFLATED_KINDS = new Set([Kind.PICTURE, Kind.ROSTER, Kind.POSTS]);
const MAX_JSON_BYTES = 64 * 1024 * 1024;

export const SetCoding = Object.freeze({ GAPS: 0, GAPS_AGAINST_EXPECTED: 1, BITMAP: 2 });

const SNAPSHOT_HEADER_BYTES = 20;
const ROW_BYTES = 16;
const DELTA_HEADER_BYTES = 24;
const FAR_BYTES = 10;
const STATE_BYTES = 5;
const TIME_BYTES = 33;
const LATEST_INSTANT = 2 ** 53;

/* Bytes that are not a frame of this wire; `offset` is where they stop making sense. */
export class WireError extends Error {
  constructor(offset, reason) {
    super(`screen frame, byte ${offset}: ${reason}`);
    this.name = "WireError";
    this.offset = offset;
    this.reason = reason;
  }
}

export function kindOf(bytes) {
  if (bytes.length === 0) throw new WireError(0, "empty frame");
  if (bytes[0] >> 4 !== VERSION) throw new WireError(0, `version ${bytes[0] >> 4} is not known`);
  const kind = bytes[0] & 15;
  if (kind > LAST_KIND) throw new WireError(0, `kind ${kind} is not known`);
  return kind;
}

export function isDeflated(kind) {
  return DEFLATED_KINDS.has(kind) || kind === Kind.FLEET_SNAPSHOT;
}

/* The value of any frame but the deflated ones; those need `decodeDeflated`. */
export function decode(bytes) {
  const kind = kindOf(bytes);
  if (kind === Kind.FLEET_DELTA) return parseDelta(bytes);
  if (kind === Kind.TIME) return parseTime(bytes);
  if (JSON_KINDS.has(kind)) return parseJson(bytes.subarray(1));
  throw new WireError(0, `kind ${kind} is deflated`);
}

/* The value of a picture, a roster or a fleet snapshot. */
export async function decodeDeflated(bytes) {
  const kind = kindOf(bytes);
  if (kind === Kind.FLEET_SNAPSHOT) return parseSnapshot(bytes);
  if (!DEFLATED_KINDS.has(kind)) throw new WireError(0, `kind ${kind} is not deflated`);
  return parseJson(await inflate(bytes.subarray(1), MAX_JSON_BYTES));
}

function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function parseJson(bytes) {
  let value;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new WireError(1, `not JSON: ${error.message}`);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new WireError(1, "JSON that is not an object");
  return value;
}

function parseTime(bytes) {
  if (bytes.length !== TIME_BYTES) throw new WireError(bytes.length, `a time frame has ${TIME_BYTES} bytes`);
  const view = viewOf(bytes);
  const [now, rate, echo, fleetAt] = [1, 9, 17, 25].map((at) => view.getFloat64(at, true));
  if (![now, rate, echo, fleetAt].every(Number.isFinite) || rate < 0) throw new WireError(1, "not an instant");
  return { now, rate, echo, fleetAt };
}

function instantAt(view, at) {
  const instant = view.getFloat64(at, true);
  if (!(instant >= 0 && instant < LATEST_INSTANT)) throw new WireError(at, "not an instant");
  return instant;
}

/* Parsed, not applied: what it means needs the state that it changes (fleet.mjs). */
function parseDelta(bytes) {
  if (bytes.length < DELTA_HEADER_BYTES) throw new WireError(bytes.length, `shorter than its ${DELTA_HEADER_BYTES}-byte header`);
  const view = viewOf(bytes);
  const coding = bytes[1];
  if (coding > SetCoding.BITMAP) throw new WireError(1, `set coding ${coding} is not known`);
  const number = view.getUint32(2, true);
  const tickAt = instantAt(view, 6);
  const [setSize, moved, wide, far, states] = [14, 16, 18, 20, 22].map((at) => view.getUint16(at, true));
  const length = DELTA_HEADER_BYTES + setSize + moved + 2 * wide + FAR_BYTES * far + STATE_BYTES * states;
  if (bytes.length !== length) throw new WireError(bytes.length, `the counts need ${length} bytes`);
  const setAt = DELTA_HEADER_BYTES;
  const pairsAt = setAt + setSize;
  const wideAt = pairsAt + moved;
  const farAt = wideAt + 2 * wide;
  return {
    number,
    tickAt,
    coding,
    set: bytes.subarray(setAt, pairsAt),
    pairs: bytes.subarray(pairsAt, wideAt),
    wide: new Int8Array(bytes.buffer, bytes.byteOffset + wideAt, 2 * wide),
    far: rowsOf(far, farAt, FAR_BYTES, (at) => ({
      index: view.getUint16(at, true), x: view.getInt32(at + 2, true), y: view.getInt32(at + 6, true),
    })),
    states: rowsOf(states, farAt + FAR_BYTES * far, STATE_BYTES, (at) => ({
      index: view.getUint16(at, true), state: view.getUint8(at + 2), ageS: view.getUint16(at + 3, true),
    })),
  };
}

function rowsOf(count, start, size, read) {
  return Array.from({ length: count }, (_, place) => read(start + place * size));
}

async function parseSnapshot(bytes) {
  if (bytes.length < SNAPSHOT_HEADER_BYTES) {
    throw new WireError(bytes.length, `shorter than its ${SNAPSHOT_HEADER_BYTES}-byte header`);
  }
  const view = viewOf(bytes);
  const number = view.getUint32(2, true);
  const tickAt = instantAt(view, 6);
  const n = view.getUint16(14, true);
  const quantum = { lonE6: view.getUint16(16, true), latE6: view.getUint16(18, true) };
  if (quantum.lonE6 === 0 || quantum.latE6 === 0) throw new WireError(16, "a quantum of nothing");
  const body = await inflate(bytes.subarray(SNAPSHOT_HEADER_BYTES), ROW_BYTES * n);
  if (body.length !== ROW_BYTES * n) {
    throw new WireError(SNAPSHOT_HEADER_BYTES, `the body has ${body.length} bytes, ${n} workers need ${ROW_BYTES * n}`);
  }
  return { number, tickAt, n, quantum, ...columnsOf(body, n) };
}

/* Columns, widest first; each starts where the one before ends. */
function columnsOf(body, n) {
  const { buffer, byteOffset } = body;
  return {
    x: new Int32Array(buffer.slice(byteOffset, byteOffset + 4 * n)),
    y: new Int32Array(buffer.slice(byteOffset + 4 * n, byteOffset + 8 * n)),
    slots: new Uint16Array(buffer.slice(byteOffset + 8 * n, byteOffset + 10 * n)),
    ageS: new Uint16Array(buffer.slice(byteOffset + 10 * n, byteOffset + 12 * n)),
    state: body.slice(12 * n, 13 * n),
    stepX: new Int8Array(buffer.slice(byteOffset + 13 * n, byteOffset + 14 * n)),
    stepY: new Int8Array(buffer.slice(byteOffset + 14 * n, byteOffset + 15 * n)),
    habit: body.slice(15 * n, 16 * n),
  };
}

/* Inflates a zlib body of at most `limit` bytes. */
async function inflate(bytes, limit) {
  const stream = new DecompressionStream("deflate");
  const writer = stream.writable.getWriter();
  const fed = writer.write(bytes).then(() => writer.close());
  fed.catch(() => {}); // the reader below meets the same fault and reports it
  const reader = stream.readable.getReader();
  const chunks = [];
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length;
      if (size > limit) throw new WireError(1, "deflate is larger than its limit");
      chunks.push(part.value);
    }
    await fed;
  } catch (error) {
    reader.cancel().catch(() => {}); // already failed; there is nobody left to tell
    throw error instanceof WireError ? error : new WireError(1, `broken deflate: ${error.message}`);
  }
  return joined(chunks, size);
}

function joined(chunks, size) {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
