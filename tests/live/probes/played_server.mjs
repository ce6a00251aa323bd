/* A server that a test plays inside the page: it can be gone, silent, of another epoch, and hours away. `Socket` stands for
 * WebSocket; time is the page's, so with Playwright's clock hours pass in no time and the same in every run. */

import { Kind } from "/assets/live/wire.mjs";

export const START = 1_795_401_000_000;
const TIME_BYTES = 33;

export class PlayedServer {
  sockets = [];
  attempts = []; // {at, epoch, seq}
  isUp = true;
  isSilent = false;
  isGreeting = false;
  epoch = "epoch-1";
  matters = [{ id: "m1" }];
  seq = 7;
  ahead = 0; // ms that passed here and not by this machine's steady clock: it slept

  /* `rate`: how many seconds of this server pass in one of the page, as in a demonstration. */
  constructor({ rate = 1 } = {}) {
    this.rate = rate;
    const server = this;
    this.Socket = class {
      static CONNECTING = 0;
      static OPEN = 1;
      readyState = 0;

      constructor(address) {
        const { searchParams } = new URL(address);
        server.attempts.push({ at: performance.now(), epoch: searchParams.get("epoch"), seq: searchParams.get("seq") });
        server.sockets.push(this);
        setTimeout(() => server.answer(this), 1);
      }

      send(message) {
        if (message.startsWith("t") && !server.isSilent && this.readyState === 1) server.tell(this, server.time(Number(message.slice(1))));
      }

      close() {
        this.readyState = 3;
      }
    };
    setInterval(() => this.broadcast(), 1_000 / rate);
  }

  get socket() { return this.sockets.at(-1); }
  get open() { return this.sockets.filter((socket) => socket.readyState === 1).length; }

  now() {
    return START + performance.now() * this.rate + this.ahead;
  }

  async answer(socket) {
    if (socket.readyState !== 0) return;
    if (this.isUp === "half-open") return; // TCP took it, nobody answers
    if (!this.isUp) {
      this.end(socket, 1006);
      return;
    }
    socket.readyState = 1;
    socket.onopen?.();
    if (this.isSilent) return;
    this.isGreeting = true; // nothing else is said before the greeting is whole
    const frames = await this.greeting();
    this.isGreeting = false;
    for (const frame of frames) this.tell(socket, frame);
    this.tell(socket, this.time(0));
  }

  /* What a screen is told when it joins, in order. */
  async greeting() {
    const view = { jurisdiction: "371100", surface: "wall", resumed: false };
    const hello = { now: this.now(), rate: this.rate, epoch: this.epoch, seq: this.seq, release: "r1", screen: "s1", view, demonstration: false };
    return [jsonFrame(Kind.HELLO, hello), await deflatedFrame(Kind.PICTURE, this.picture())];
  }

  picture() {
    return { epoch: this.epoch, seq: this.seq, matters: this.matters, commands: [], asks: [], log: [] };
  }

  /* Says something to the screen, if it is there to hear. */
  say(bytes) {
    if (!this.isSilent && !this.isGreeting && this.socket?.readyState === 1) this.tell(this.socket, bytes);
  }

  broadcast() {
    this.say(this.time(0));
  }

  tell(socket, bytes) {
    socket.onmessage?.({ data: bytes.buffer });
  }

  /* The newest tick of the position feed. */
  fleetAt() {
    return this.now();
  }

  time(echo) {
    const bytes = new Uint8Array(TIME_BYTES);
    const view = new DataView(bytes.buffer);
    bytes[0] = 0x10 | Kind.TIME;
    [this.now(), this.rate, echo, this.fleetAt()].forEach((value, place) => view.setFloat64(1 + 8 * place, value, true));
    return bytes;
  }

  end(socket, code) {
    socket.readyState = 3;
    socket.onclose?.({ code });
  }

  kill() {
    this.isUp = false;
    if (this.socket.readyState === 1) this.end(this.socket, 1006);
  }
}

export function jsonFrame(kind, value) {
  return Uint8Array.of(0x10 | kind, ...new TextEncoder().encode(JSON.stringify(value)));
}

export async function deflatedFrame(kind, value) {
  return joined(Uint8Array.of(0x10 | kind), await deflated(new TextEncoder().encode(JSON.stringify(value))));
}

/* A zlib body. */
export async function deflated(bytes) {
  const body = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(body).arrayBuffer());
}

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/* Lets what was sent be inflated and taken in: streams do not run on the played clock. */
export async function settled() {
  for (let turn = 0; turn < 200; turn += 1) {
    await new Promise((resolve) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = resolve;
      channel.port2.postMessage(0);
    });
  }
}
