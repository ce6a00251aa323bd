/* `/replay`: where the minutes of a past period went. Asks once, then plays what it was given: it speaks to nobody, plays no
 * sound, and has no act. */

import { el } from "../wall/element.mjs";
import { clockText, dateText, durationText, minuteText } from "../wall/format.mjs";
import { paint } from "../wall/paint.mjs";
import { idempotencyKey, isPassing, Refused } from "../hand/api.mjs";
import { readable } from "../live/address.mjs";
import { text } from "../live/catalogue.mjs";
import { boardView } from "./board_view.mjs";
import { controlsView, keyOf } from "./controls_view.mjs";
import { courseRows, csvOf, download } from "./course_file.mjs";
import { countBelow, factsView, nameOf } from "./facts_view.mjs";
import { askFinding, findingsView } from "./findings_view.mjs";
import { headView, lanesView } from "./lanes_view.mjs";
import { actorsView, groundView, mapDrawing, viewOf } from "./map_view.mjs";
import { PastBoards } from "./past.mjs";
import { alarmsOf, eventsOf, JUMP_MS, Player, SPEEDS } from "./player.mjs";

const PAINT_MS = 200; // boards and map; the play head and the clock move with every frame
const ROW = 53; // px of a board's row, as replay.css
const BOARD_REST = 116; // px of the board that are no rows

export async function mount(hand) {
  const page = new ReplayPage(hand);
  await page.open();
  window.zhongshuReplay = page;
}

class ReplayPage {
  #frame = null;
  #framedAt = 0;
  #paintedAt = -Infinity;

  constructor(hand) {
    this.hand = hand;
    this.townships = [];
    this.still = window.matchMedia("(prefers-reduced-motion: reduce)");
    const part = (name, tag = "section") => Object.assign(document.createElement(tag), { className: `replay-${name}` });
    this.parts = Object.fromEntries(["bar", "map", "board", "review", "lanes", "controls"].map((name) => [name, part(name)]));
    const past = part("past", "div"); // what is not real time stands inside the dashed frame
    past.append(this.parts.map, this.parts.board);
    hand.main.classList.add("replay");
    hand.main.append(this.parts.bar, past, this.parts.review, this.parts.lanes, this.parts.controls);
  }

  async open() {
    paint(this.parts.bar, [badge(), el("span", { class: "replay-words" }, text("replay.loading"))]);
    try {
      const { value } = await this.hand.api.get(`/api/v1/replay${asked()}`, { timeoutMs: 60_000 });
      this.#begin(value);
    } catch (error) {
      this.#say(error);
    }
  }

  #begin(past) {
    this.hand.main.dataset.open = "";
    Object.assign(this, { past, boards: new PastBoards(past) });
    this.player = new Player({ from: past.from, to: past.to, events: eventsOf(past), alarms: alarmsOf(past) });
    this.player.seek(beginning(past));
    document.title = text("replay.title_of", { no: past.matter?.no ?? "", time: minuteText(past.from) });
    this.#paintReview();
    this.parts.review.addEventListener("scroll", () => countBelow(this.parts.review), { capture: true, passive: true });
    this.#layOut();
    new ResizeObserver(() => this.#layOut()).observe(this.hand.main);
    document.addEventListener("keydown", (event) => this.#key(event));
    this.parts.controls.addEventListener("click", ({ target }) => this.#do(target.closest("[data-do]")?.dataset.do));
    for (const part of [this.parts.review, this.parts.bar]) part.addEventListener("click", ({ target }) => this.#do(target.closest("[data-do]")?.dataset.do));
    this.parts.lanes.addEventListener("pointerdown", (event) => this.#point(event));
    this.#loadTownships();
  }

  /* A page that cannot show anything says why, with the way back in the head. */
  #say(error) {
    if (!(error instanceof Refused) && !isPassing(error)) console.error(error);
    const words = error instanceof Refused ? error.message : text("replay.away");
    paint(this.parts.bar, [badge(), el("p", { class: "replay-refused", role: "alert" }, words), el("button", { type: "button", class: "hand-quiet" }, text("replay.again"))]);
    this.parts.bar.querySelector("button").addEventListener("click", () => window.location.reload(), { once: true });
  }

  #paintReview() {
    paint(this.parts.review, [...factsView(this.past), ...(this.past.matter ? findingsView(this.past) : [])]);
    countBelow(this.parts.review);
  }

  /* The one thing that is written here is about what was seen: nothing of the period is touched. */
  #find() {
    if (!this.past.may_find || document.querySelector("dialog[open]")) return;
    this.player.pause();
    const names = this.past.facts.map((fact) => nameOf(fact, this.past));
    const key = idempotencyKey();
    askFinding([...new Set(names)], {
      keep: async (values) => {
        try {
          const { value } = await this.hand.api.post(`/api/v1/replay/${this.past.matter.id}/findings`, values, { key });
          const others = this.past.findings.filter(({ fact }) => fact !== value.fact);
          this.past.findings = [...others, { ...value, at: this.hand.clock.now() }];
          this.#paintReview();
          return "";
        } catch (error) {
          return error instanceof Refused ? error.message : text("replay.away");
        }
      },
    });
  }

  /* Who takes the course away is written down before there is a file. */
  async #export() {
    const { past } = this;
    try {
      const { value: taken } = await this.hand.api.post("/api/v1/replay/exports", { matter: past.matter?.id ?? null, from_at: past.from, to_at: past.to });
      const names = past.facts.map((fact) => nameOf(fact, past));
      const isDemonstration = document.querySelector(".hand-ribbon") !== null;
      download(`${text("replay.file.name")}-${past.matter?.no ?? past.from}.csv`, csvOf(courseRows(past, { names, taken, isDemonstration })));
    } catch (error) {
      this.hand.notice(error instanceof Refused ? error.message : text("replay.away"));
    }
  }

  async #loadTownships() {
    try {
      const answer = await fetch(this.hand.facts.townships, { credentials: "same-origin" });
      if (answer.ok) this.townships = (await answer.json()).features;
    } catch (error) {
      console.info(error); // the regions' outlines stand without them
    }
    this.#layOut();
  }

  #layOut() {
    const { map, lanes } = this.parts;
    const [width, height] = [Math.max(320, map.clientWidth), Math.max(240, map.clientHeight)];
    this.view = viewOf(this.past, this.hand.facts.outlines, width, height);
    this.ground = groundView(this.view, this.hand.facts, this.townships, this.past.matter?.lon != null);
    const laid = lanesView(this.past, Math.max(640, lanes.clientWidth));
    Object.assign(this, laid);
    paint(lanes, el("div", { class: "replay-lanes-box", style: `height:${laid.height}px` }, laid.drawn, el("svg", { class: "replay-head-layer", width: lanes.clientWidth, height: laid.height, "aria-hidden": "true" })));
    this.head = lanes.querySelector(".replay-head-layer");
    this.#paintAll();
    countBelow(this.parts.review);
  }

  #do(what) {
    const { player } = this;
    if (!what) return;
    const [name, value] = what.split(":");
    if (name === "play") player.isPlaying ? player.pause() : player.play();
    if (name === "jump") player.seek(player.at + Number(value) * JUMP_MS);
    if (name === "event") Number(value) < 0 ? player.previousEvent() : player.nextEvent();
    if (name === "speed") player.choose(SPEEDS[Number(value)]);
    if (name === "finding") this.#find();
    if (name === "export") this.#export();
    if (name === "end") player.seek(Number(value) < 0 ? player.from : player.to);
    this.#paintAll();
    this.#run();
  }

  #key(event) {
    const what = keyOf(event);
    if (!what || !this.player) return;
    event.preventDefault();
    this.#do(what);
  }

  #point(event) {
    if (event.button !== 0) return;
    const box = this.parts.lanes.querySelector(".replay-lanes-drawing").getBoundingClientRect();
    const move = ({ clientX }) => {
      this.player.seek(this.scale.at(clientX - box.left));
      this.#paintAll();
    };
    const end = () => {
      this.parts.lanes.removeEventListener("pointermove", move);
      this.#run();
    };
    this.parts.lanes.setPointerCapture(event.pointerId);
    this.parts.lanes.addEventListener("pointermove", move);
    this.parts.lanes.addEventListener("pointerup", end, { once: true });
    this.parts.lanes.addEventListener("pointercancel", end, { once: true });
    move(event);
  }

  #run() {
    if (!this.player.isPlaying || this.#frame !== null) return;
    this.#framedAt = performance.now();
    const step = (now) => {
      this.#frame = null;
      this.player.advance(Math.max(0, now - this.#framedAt));
      this.#framedAt = now;
      this.#paintHead();
      const apart = this.still.matches ? 1_000 : PAINT_MS; // whoever wants no motion gets a new picture a second
      if (!this.player.isPlaying || this.player.alarmAt === this.player.at || now - this.#paintedAt >= apart) this.#paintAll(now);
      if (this.player.isPlaying) this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  #paintHead() {
    if (this.still.matches && performance.now() - this.#paintedAt < 1_000 && this.player.isPlaying) return;
    paint(this.head, headView(this.player.at, this.scale, this.height));
    const clock = this.parts.bar.querySelector(".replay-clock");
    if (clock) clock.firstChild.nodeValue = clockText(this.player.at);
  }

  #paintAll(now = performance.now()) {
    const { past, boards, player, parts, view } = this;
    this.#paintedAt = now;
    boards.moveTo(player.at);
    const room = Math.max(3, Math.floor((parts.board.clientHeight - BOARD_REST) / ROW));
    paint(parts.bar, barView(past, player));
    paint(parts.board, boardView(past, boards, player.at, room));
    paint(parts.map, [mapDrawing(view, text("replay.map.label", { time: clockText(player.at) }), [...this.ground, ...actorsView(view, past, boards, player.at)]), el("p", { class: "replay-note" }, noteWords(past, boards, player.at))]);
    paint(parts.controls, controlsView(past, player));
    this.#paintHead();
  }
}

function asked() {
  const [, , matter] = location.pathname.split("/");
  const query = new URLSearchParams(location.search);
  const given = new URLSearchParams();
  const of = matter ? readable(matter) : query.get("matter");
  if (of) given.set("matter", of);
  for (const name of ["from", "to"]) if (query.get(name)) given.set(name, query.get(name));
  return given.size ? `?${given}` : "";
}

/* Not at the period's edge, where nothing is yet: at its first event. */
function beginning({ lines, from }) {
  return lines.length ? Math.max(from, lines[0].at) : from;
}

function badge() {
  return el("p", { class: "replay-badge" }, el("span", { class: "replay-badge-mark", "aria-hidden": "true" }), el("b", {}, text("replay.badge")), el("b", {}, text("replay.not_live")));
}

/* The ways to what lies before and after: of a matter only what is left of its own life. */
function neighbours({ matter, from, to, now }) {
  const way = (name, begin, end) => el("a", { class: "replay-neighbour", href: `?from=${begin}&to=${end}` }, text(name));
  const later = Math.min(now, to + (to - from));
  const isOver = later - to < 60_000 || (matter?.closed_at !== null && matter?.closed_at <= to);
  return [matter ? null : way("replay.bar.earlier", from - (to - from), from), isOver ? null : way("replay.bar.later", to, later)];
}

function noteWords({ matter }, boards, at) {
  if (matter && matter.lon === null) return text("replay.map.no_place");
  return text(boards.isKnown(at) ? "replay.map.note" : "replay.map.place_only");
}

function barView(past, player) {
  const { matter, from, to, now } = past;
  const span = text("replay.bar.span", { from: `${dateText(from)} ${minuteText(from)}`, to: minuteText(to), took: durationText(to - from) });
  return [
    badge(),
    el("time", { class: "replay-clock clock-face", datetime: new Date(player.at).toISOString() }, clockText(player.at)),
    el("h1", {}, matter ? `${matter.no} ${matter.title}` : text("replay.bar.jurisdiction")),
    el("p", { class: "replay-words" }, [matter?.place, span].filter(Boolean).join(" · ")),
    ...neighbours(past),
    el("button", { type: "button", class: "hand-quiet replay-export", "data-do": "export", "aria-keyshortcuts": "E" }, text("replay.file.take"), " ", el("kbd", {}, "E")),
    el("p", { class: "replay-known" }, el("b", {}, text("replay.as_known")), el("span", {}, text("replay.read_at", { time: `${dateText(now)} ${minuteText(now)}` }))),
  ];
}
