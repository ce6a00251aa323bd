/* The wall with the product's own client, against a server that the test plays: a day of movement, changes, hotline,
 * health, alarms, whistles, calls for help and lost connections, on a clock that the test moves. */

import { openLive } from "/assets/live/client.mjs";
import { Kind } from "/assets/live/wire.mjs";
import { fixedMorning, mountWall } from "/harness/wall_mount.mjs";
import { PlayedFleet } from "/probes/played_fleet.mjs";
import { PlayedServer, deflatedFrame, jsonFrame, settled } from "/probes/played_server.mjs";

const MINUTE_MS = 60_000;
const SOS_AND_ON_DUTY = 0x85;
const ON_DUTY = 0x81;
const STEP_APART = 3; // a third of the fleet steps in a frame, as in a working hour
const RATE = Number(new URL(location.href).searchParams.get("rate")); // seconds of the wall in one of the page
const LOOK_EVERY_S = 15;
const MOVE_EVERY_S = 3; // the whole fleet steps once in nine seconds

class Day extends PlayedServer {
  tick = 0;
  alarms = 0;
  whistles = 0;
  lost = 0;
  failed = new Set(); // feeds that are silent: "positions", "hotline"
  waiting = []; // numbers of alarms that nobody has acknowledged or seen on the wall yet
  unseen = []; // that were acknowledged before
  scenes = new Set(); // that were shown
  down = new Set(); // panels that said that their data is gone
  blind = new Set(); // of alarms that came while the wall said that it hears nobody

  constructor(given) {
    super({ rate: RATE });
    this.seq = given.log[0].seq;
    this.fleet = new PlayedFleet(given.workers);
    this.take({ given: { ...given, workers: null }, log: given.log.slice(), matters: given.matters, commands: given.commands });
  }

  /* Takes in what the server knows; the typed arrays of its fleet are of one length and stay. */
  take({ given, log, matters, commands }) {
    this.given = given;
    this.log = log;
    this.table = new Map(matters.map((row) => [row.id, row]));
    this.orders = new Map(commands.map((row) => [row.id, row]));
    this.alarmRow = given.matters.find((row) => row.urgency === 1);
    this.whistleRow = given.commands.find((row) => row.kind === "whistle" && row.state === "running");
  }

  /* Gives all of it away as text and forgets it, so that the page can be weighed without its server, which lives on the
   * same heap and keeps a second copy of every row that it ever changed. `take(JSON.parse(text))` before time goes on. */
  leave() {
    const { given, log, table, orders } = this;
    Object.assign(this, { given: null, log: null, table: null, orders: null, alarmRow: null, whistleRow: null });
    this.sockets.splice(0, this.sockets.length - 1);
    this.attempts.length = 0;
    return JSON.stringify({ given, log, matters: [...table.values()], commands: [...orders.values()] });
  }

  async greeting() {
    const [hello] = await super.greeting();
    return [
      hello, await deflatedFrame(Kind.PICTURE, this.picture()), await this.fleet.snapshot(this.now()),
      jsonFrame(Kind.HOTLINE, this.hotline()), jsonFrame(Kind.RATES, this.given.rates), jsonFrame(Kind.HEALTH, this.health()),
    ];
  }

  picture() {
    return {
      epoch: this.epoch, seq: this.seq, matters: [...this.table.values()], commands: [...this.orders.values()], asks: [],
      log: this.log.slice(0, 200).reverse(),
    };
  }

  hotline() {
    const at = this.now();
    const bins = structuredClone(this.given.hotline.bins);
    bins.actual = bins.high.slice(0, Math.floor((this.tick / 300) % 288)).map((high, bin) => Math.round(high * (bin % 7 === 0 ? 1.2 : 0.7)));
    return { ...this.given.hotline, at, bins, source: { ...this.given.hotline.source, as_of: at } };
  }

  health() {
    const platforms = this.given.health.platforms.map((one, place) => ({ ...one, last_at: this.now() - (place === this.tick % 40 ? 60_000 : 1_000) }));
    return { ...this.given.health, at: this.now(), platforms };
  }

  broadcast() {
    super.broadcast();
    if (!this.fleet || this.isGreeting) return;
    this.tick += 1;
    if (this.tick % MOVE_EVERY_S === 0) this.move();
    if (this.tick % 5 === 0 && !this.failed.has("hotline")) this.say(jsonFrame(Kind.HOTLINE, this.hotline()));
    if (this.tick % 60 === 0) this.say(jsonFrame(Kind.RATES, { ...this.given.rates, at: this.now() }));
    if (this.tick % 10 === 0) this.say(jsonFrame(Kind.HEALTH, this.health()));
    if (this.tick % 9 === 0) this.progress();
    if (this.tick % LOOK_EVERY_S === 0) this.look();
    if (this.tick % 120 === 0) this.alarm();
    if (this.tick % 120 === 60) this.acknowledge();
    if (this.tick % 120 === 110) this.settleAlarm();
    if (this.tick % 1_200 === 0) this.whistle();
    if (this.tick % 1_200 === 1_000) this.endWhistle();
  }

  fleetAt() {
    return this.movedAt ?? this.now();
  }

  move() {
    if (this.failed.has("positions")) return;
    this.movedAt = this.now();
    const isCalling = this.tick % 120 === 0;
    const states = this.tick % 60 === 0 ? [[7, isCalling ? SOS_AND_ON_DUTY : ON_DUTY]] : [];
    this.say(this.fleet.delta(this.now(), { apart: STEP_APART, phase: this.tick % STEP_APART, states }));
  }

  change({ matters = [], commands = [], gone = [], over = [], kind = "MatterOpened" }) {
    for (const row of matters) this.table.set(row.id, row);
    for (const row of commands) this.orders.set(row.id, row);
    for (const id of gone) this.table.delete(id);
    for (const id of over) this.orders.delete(id);
    this.seq += 1;
    const row = matters[0] ?? this.alarmRow;
    const line = {
      seq: this.seq, at: this.now(), kind, params: { no: row.no, title: row.title }, matter_id: row.id, command_id: null,
      tone: "", scope: ["371100"],
    };
    this.log = [line, ...this.log].slice(0, 200);
    this.say(jsonFrame(Kind.CHANGES, {
      seq_from: this.seq, seq_to: this.seq, upserts: { matters, commands, asks: [] },
      gone: { matters: gone, commands: over, asks: [] }, log: [line],
    }));
  }

  progress() {
    const rows = this.given.matters;
    const row = rows[10 + (this.tick % (rows.length - 10))];
    const known = this.table.get(row.id);
    if (known) this.change({ matters: [{ ...known, version: known.version + 1, due_at: this.now() + (this.tick % 90) * MINUTE_MS, touched_at: this.now() }] });
  }

  alarm() {
    this.alarms += 1;
    this.waiting.push(`A${this.alarms}`);
    this.change({ matters: [{
      ...this.alarmRow, id: `alarm-${this.alarms}`, no: `A${this.alarms}`, acknowledged: false, whistle: null, opened_at: this.now(),
      due_at: this.now() + 3 * MINUTE_MS, limit_ms: 3 * MINUTE_MS, lon: 119.1 + (this.alarms % 40) / 100,
    }] });
  }

  /* What somebody in the room would see: panels without data; of an alarm its number in the scene that is shown or its sign on the scene's map,
   * or that the wall is blind. */
  look() {
    const row = this.table.get(`alarm-${this.alarms}`);
    const scene = document.querySelector("[id^='wall-scene-'][data-shown='true']");
    if (!scene) return;
    this.scenes.add(scene.id.replace("wall-scene-", ""));
    for (const panel of scene.querySelectorAll("[data-freshness='down']")) this.down.add(panel.id || panel.dataset.panel);
    if (!row || row.acknowledged) return;
    const isSaid = scene.querySelector(`[data-matter="${row.id}"]`) !== null || new RegExp(`\\b${row.no}\\b`).test(scene.textContent);
    const isBlind = ["down", "reconnecting"].includes(document.getElementById("wall-connection").dataset.state);
    if (isSaid || isBlind) this.waiting = this.waiting.filter((no) => no !== row.no);
    if (isBlind && !isSaid) this.blind.add(row.no);
  }

  acknowledge() {
    const row = this.table.get(`alarm-${this.alarms}`);
    this.unseen.push(...this.waiting.splice(0));
    if (row) this.change({ matters: [{ ...row, acknowledged: true, version: 2, due_at: this.now() + 60 * MINUTE_MS, limit_ms: 60 * MINUTE_MS }] });
  }

  settleAlarm() {
    this.change({ gone: [`alarm-${this.alarms}`], kind: "MatterClosed" });
  }

  whistle() {
    this.whistles += 1;
    this.change({ commands: [{
      ...this.whistleRow, id: `whistle-${this.whistles}`, no: `W${this.whistles}`, matter_id: this.given.matters[20].id, issued_at: this.now(),
      due_at: this.now() + 30 * MINUTE_MS, lon: 119.2 + (this.whistles % 20) / 100,
    }] });
  }

  /* Gone for a minute; with `epoch` it comes back as another one. */
  restart(epoch = this.epoch) {
    this.lost += 1;
    this.kill();
    setTimeout(() => Object.assign(this, { isUp: true, epoch }), MINUTE_MS / RATE);
  }

  endWhistle() {
    this.change({ over: [`whistle-${this.whistles}`] });
  }
}

const server = new Day(await fixedMorning());
const live = openLive({ url: "/live", document, view: "wall", WebSocket: server.Socket });
Object.assign(window, { server, live, settled });

await mountWall(live);
