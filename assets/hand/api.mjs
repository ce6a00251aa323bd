/* Asking the server: one place that knows what its answers mean. */

const TIMEOUT_MS = 15_000;

/* The server refused an act, in words for the person; asking again with the same key says the same. */
export class Refused extends Error {
  constructor({ error, words, params }) {
    super(words ?? error);
    this.name = "Refused";
    this.code = error;
    this.params = params ?? {};
  }
}

/* No answer, or one that says that nothing happened: the same call may be made again with the same key. */
export class Away extends Error {
  constructor(reason, { isBusy = false } = {}) {
    super(reason);
    this.name = "Away";
    this.isBusy = isBusy;
  }
}

/* The session ended. */
export class SignedOut extends Error {
  constructor() {
    super("signed out");
    this.name = "SignedOut";
  }
}

/* Nothing is wrong with what was asked: no line, or no session any more. The page says so by itself. */
export function isPassing(error) {
  return error instanceof Away || error instanceof SignedOut;
}

/* The server did not understand, or nothing is there for this person: a repetition would not help. */
export class Malformed extends Error {
  constructor(status, error, faults = []) {
    super(`${status} ${error ?? ""}`.trim());
    this.name = "Malformed";
    this.status = status;
    this.faults = faults; // {field, why} of each field that the server could not read
  }
}

/* A key that lets the server recognise a repeated act. Works without a secure context, unlike randomUUID. */
export function idempotencyKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Api {
  constructor(clock, fetcher = (...given) => fetch(...given)) {
    this.clock = clock;
    this.fetch = fetcher;
    this.broken = ""; // what the server said last that it cannot reach: "store", "bus" or nothing
    this.onRelease = () => {}; // of the server, with every answer that names it
  }

  get(path, { signal, timeoutMs = TIMEOUT_MS } = {}) {
    return this.#ask(path, { method: "GET", signal }, timeoutMs);
  }

  /* Posts JSON, or a Blob as it is. Without a key the address must not need one. */
  post(path, body, { key, headers = {}, signal, timeoutMs = TIMEOUT_MS } = {}) {
    const isBlob = body instanceof Blob;
    const sent = { ...(isBlob ? {} : { "content-type": "application/json" }), ...headers };
    if (key) sent["idempotency-key"] = key;
    return this.#ask(path, { method: "POST", headers: sent, body: isBlob ? body : JSON.stringify(body), signal }, timeoutMs);
  }

  async #ask(path, request, timeoutMs) {
    const mark = this.clock.mark();
    const ended = AbortSignal.timeout(timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, ended]) : ended;
    let answer;
    let body;
    try {
      answer = await this.fetch(path, {
        ...request, signal, cache: "no-store", credentials: "same-origin", redirect: "manual",
        headers: { accept: "application/json", ...request.headers },
      });
      body = await readBody(answer);
    } catch (error) {
      if (request.signal?.aborted) throw error;
      throw new Away(error.message);
    }
    this.clock.heard(answer.headers, mark);
    const release = answer.headers.get("x-server-release");
    if (release) this.onRelease(release);
    this.broken = answer.headers.get("x-server-broken") ?? "";
    return judged(answer, body);
  }
}

async function readBody(answer) {
  if (!answer.headers.get("content-type")?.startsWith("application/json")) return null;
  try {
    return JSON.parse(await answer.text());
  } catch (error) {
    if (error instanceof SyntaxError) return null; // cut off on its way
    throw error;
  }
}

function judged(answer, body) {
  const status = answer.status;
  if (status === 401 || answer.type === "opaqueredirect") throw new SignedOut();
  if (status === 409 && body?.error) throw new Refused(body);
  if (status >= 500 || status === 408 || status === 429) throw new Away(`status ${status}`, { isBusy: true });
  if (!answer.ok) throw new Malformed(status, body?.error, body?.faults);
  if (body === null) throw new Away("no readable answer");
  return body;
}
