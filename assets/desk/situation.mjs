/* Everything on the desk that only shows: top bar, connection bar, shift figures, log, hotline figures, graph. */

import { remainingText } from "../live/countdown.mjs";
import { text } from "../live/catalogue.mjs";
import { bridge } from "../live/dash_bridge.mjs";
import { hotlineFreshness, positionsFreshness } from "../live/freshness.mjs";
import { cityTime } from "./city_time.mjs";
import { showConnection } from "./connection_bar.mjs";
import { VolumeChart } from "./volume_chart.mjs";

const LOG_LINES = 8;
const LATE_AFTER_INTERVALS = 2; // look.md: older than twice its interval is late
const DOWN_AFTER_INTERVALS = 10;

export class Situation {
  constructor(root, live, queue) {
    this.root = root;
    this.live = live;
    this.queue = queue;
    this.title = root.dataset.title;
  }

  start() {
    const { live } = this;
    live.on("second", () => this.second());
    live.on("connection", () => showConnection(this.root, live));
    live.on("health", () => showConnection(this.root, live));
    live.on("log", () => this.#log());
    live.on("hotline", () => this.hotline());
    live.on("fleet", () => {}); // the shift figures read the fleet once a second
    this.second();
    this.#log();
  }

  /* Mounts the volume graph; called once the queue stands, because Plotly is the heaviest file of the desk. */
  mountVolume() {
    const place = document.getElementById("desk-volume-place");
    bridge.feed("desk-volume-place", "children", JSON.parse(place.dataset.component));
    this.volume = new VolumeChart(this.root);
    this.hotline();
  }

  second() {
    const now = this.live.now();
    this.#write("desk-clock", cityTime(now));
    this.#write("desk-queue-as-of", hasPicture(this.live) ? text("desk.as_of", { at: cityTime(this.#heardAt(now)) }) : text("desk.waiting"));
    showConnection(this.root, this.live);
    this.#lateFeeds(now);
    if (hasPicture(this.live)) this.#shift(now);
    this.#positions(now);
    this.#hotlineFigures(now);
    const overdue = this.queue.counts?.overdue ?? 0;
    this.#write("desk-nav-overdue", overdue > 0 ? String(overdue) : "");
    const title = overdue > 0 ? `(${overdue}) ${this.title}` : this.title;
    if (document.title !== title) document.title = title;
  }

  #lateFeeds(now) {
    const late = (this.live.health?.platforms ?? [])
      .filter((platform) => !platform.last_at || now - platform.last_at > LATE_AFTER_INTERVALS * platform.interval_ms)
      .map((platform) => {
        if (!platform.last_at) return text("desk.feed.never", { name: platform.short });
        const age = now - platform.last_at;
        const key = age > DOWN_AFTER_INTERVALS * platform.interval_ms ? "desk.feed.down" : "desk.feed.late";
        return text(key, { name: platform.short, minutes: Math.max(1, Math.floor(age / 60_000)) });
      });
    const [first, ...rest] = late;
    this.#write("desk-late-feeds", first ? (rest.length > 0 ? text("desk.feed.more", { first, count: rest.length }) : first) : "");
  }

  #shift(now) {
    const rows = [...this.live.matters.values()];
    const whistles = [...this.live.commands.values()].filter((command) => command.kind === "whistle" && command.state !== "resolved" && command.state !== "recalled" && command.state !== "done");
    this.#figure("shift", "open", count(rows.length), text("desk.against.overdue", { count: this.queue.counts?.overdue ?? 0 }));
    const unanswered = rows.filter((row) => row.urgency === 1 && !row.acknowledged).length;
    this.#figure("shift", "unacknowledged", count(unanswered), text("desk.against.emergency", { count: this.queue.counts?.emergency ?? 0 }), unanswered > 0 ? "overdue" : "ok");
    this.#figure("shift", "whistles", count(whistles.length), text("desk.against.conferring", { count: whistles.filter((command) => command.state === "conferring").length }));
    this.#write("desk-duty-as-of", cityTime(this.#heardAt(now)));
  }

  /* Who is on duty is as old as the newest position: grey when late, and nobody is counted who has not been heard of. */
  #positions(now) {
    const { state, asOf } = positionsFreshness(this.live, now);
    const pane = document.getElementById("desk-map-pane");
    if (pane.dataset.positions !== state) pane.dataset.positions = state;
    this.#write("desk-map-as-of", asOf === null ? text("desk.positions.never") : text(`desk.positions.${state}`, { at: cityTime(asOf) }));
    const fleet = fleetSummary(this.live, now);
    if (!fleet) return;
    const known = state !== "down";
    const tone = state === "fresh" ? "ok" : "late";
    this.#figure("shift", "on_duty", known ? count(fleet.on_duty) : "—", `/ ${count(fleet.platform_total)}`, tone);
    this.#figure("shift", "tasked", known ? count(fleet.tasked) : "—", "", tone);
    this.#figure("shift", "lost", known ? count(fleet.lost) : "—", "", tone);
  }

  /* When the picture was last known to be whole: now while the server is heard, else its last sign of life. */
  #heardAt(now) {
    const { state, since } = this.live.connection;
    return state === "live" || state === "late" ? now : since ?? now;
  }

  /* A line that is on screen stays the element it is: a new one is put before it. */
  #log() {
    const list = document.getElementById("desk-log");
    const lines = this.live.log.slice(0, LOG_LINES);
    this.#write("desk-log-as-of", lines.length > 0 ? "" : text(hasPicture(this.live) ? "desk.log.none" : "desk.waiting"));
    const shown = new Map([...list.children].map((item) => [item.dataset.seq, item]));
    const items = lines.map((line) => shown.get(String(line.seq)) ?? logItem(line));
    for (const item of shown.values()) if (!items.includes(item)) item.remove();
    items.forEach((item, place) => {
      if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
    });
  }

  hotline() {
    const picture = this.live.hotline;
    if (!picture) return;
    this.#hotlineFigures(this.live.now());
    this.volume?.show(picture);
  }

  /* Once a second, because figures grow old without anybody sending anything: grey when late, a dash when gone. */
  #hotlineFigures(now) {
    const picture = this.live.hotline;
    if (!picture) return this.#write("desk-hotline-as-of", text("desk.hotline.never"));
    const { state: age, asOf } = hotlineFreshness(picture, now);
    const down = age === "down";
    document.getElementById("desk-volume-place").dataset.freshness = age;
    const judged = (isMissed) => (age !== "fresh" ? "late" : isMissed ? "missed" : "ok"); // old numbers are judged by nobody
    this.#write("desk-hotline-as-of", text(`desk.hotline.${age}`, { at: cityTime(asOf ?? picture.at) }));
    const { queue, agents } = picture;
    const target = queue.target;
    this.#figure("hotline", "waiting", down ? "—" : count(queue.waiting), "", judged(false));
    this.#figure("hotline", "longest", down ? "—" : remainingText(queue.longest_wait_ms ?? 0), "", judged(false));
    this.#figure("hotline", "within", down || queue.within_15s === null ? "—" : percent(queue.within_15s), text("desk.against.target", { target: percent(target) }), judged(queue.within_15s !== null && queue.within_15s < target));
    this.#figure("hotline", "connected", down || picture.connected_24h === null ? "—" : percent(picture.connected_24h), "", judged(false));
    this.#figure("hotline", "seats", down ? "—" : count(agents.talk + agents.wrap + agents.idle), down ? "" : agents.short > 0 ? text("desk.against.short", { count: agents.short }) : text("desk.against.needed", { count: agents.needed }), judged(agents.short > 0));
  }

  #figure(group, name, value, against, state = "ok") {
    const node = this.root.querySelector(`[data-${group}="${name}"]`);
    if (node.textContent !== value) node.textContent = value;
    const side = this.root.querySelector(`[data-${group}-against="${name}"]`);
    if (side.textContent !== against) side.textContent = against;
    node.parentElement.dataset.state = state;
  }

  #write(id, value) {
    const node = document.getElementById(id);
    if (node && node.textContent !== value) node.textContent = value;
  }
}

export function logText(line) {
  return text(`log.${line.kind}`, line.params ?? {});
}

function logItem(line) {
  const item = document.createElement("li");
  item.dataset.tone = line.tone ?? "";
  item.dataset.seq = line.seq;
  if (line.matter_id) item.dataset.matter = line.matter_id;
  item.title = logText(line);
  item.append(plain(cityTime(line.at)), plain(item.title));
  return item;
}

/* Before the first picture nothing is counted: nobody knows that nothing is open. */
export function hasPicture(live) {
  return live.ready !== false;
}

function fleetSummary(live, now) {
  return typeof live.fleet?.summary === "function" ? live.fleet.summary(now) : null;
}

function plain(value) {
  const node = document.createElement("span");
  node.textContent = value;
  return node;
}

const count = (value) => (value === null || value === undefined ? "—" : value.toLocaleString("en-US"));
const percent = (share) => `${(share * 100).toFixed(1)}%`;
