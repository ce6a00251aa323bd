/* `/hotline`: is this normal, why not, where, what to do, and are the seats enough. Told by its own socket, /hotline/live;
 * the only module of the page that touches it. */

import { exportButtons } from "../hand/export_buttons.mjs";
import { listenForExports } from "../live/exports.mjs";
import { paint } from "../wall/paint.mjs";
import { el } from "../wall/element.mjs";
import { clockText, grouped } from "../wall/format.mjs";
import { analysisOf } from "../live/analysis_rows.mjs";
import { brokenBehind } from "../live/broken.mjs";
import { openLive } from "../live/client.mjs";
import { text } from "../live/catalogue.mjs";
import { calendarView, SPANS } from "./calendar_view.mjs";
import { channelsTable, desksView, fateView, originsView, superiorsView, surgesView, zonesView } from "./lists_view.mjs";
import { MergesPart } from "./merges_part.mjs";
import { freshnesses, panelView } from "./panel.mjs";
import { bouncesView, groupsView, ORDERS, ratesView, repeatsView } from "./results_view.mjs";
import { stripView } from "./strip_view.mjs";
import { total, treemapView } from "./treemap_view.mjs";
import { surplusOf, VolumeChart } from "./volume_chart.mjs";
import { watchesView } from "./watches_view.mjs";
import { WordingsPart } from "./wordings_part.mjs";

const LINE_OF = { connecting: "connecting", live: "live", late: "late", down: "offline", reconnecting: "offline" };
// Places from left to right and down; panels of one place stand one above the other. The first two rows are the first screen.
const PLACES = [
  ["volume"], ["watches"], ["surge", "wordings"],
  ["treemap"], ["calendar"], ["merges", "origins"],
  ["zones"], ["superiors", "groups"], ["repeats"],
  ["rates"], ["bounces"],
];
const PANELS = PLACES.flat();
// What each news touches, so that a second repaints nothing but clocks.
const OF_PICTURE = ["volume", "surge", "zones"];
const OF_RESULTS = ["rates", "bounces", "repeats", "groups"];
const ASKED = ["wordings", "merges"]; // by the page itself, once it is told
const OF_BOARD = ["watches", "treemap", "calendar", "origins", "superiors", "zones"];

export async function mount(hand) {
  const page = new HotlinePage(hand);
  window.zhongshuHotline = page;
  page.open();
}

class HotlinePage {
  #boardMark = -Infinity;
  #span = SPANS[0];
  #open = new Set(); // regions whose townships are shown
  #order = ORDERS[0]; // a ranking is asked for
  #pressed = null; // what the button under the pointer did and said when it was pressed, null without a pointer
  #pairs = null; // proposals of the analysis as they were told last

  constructor(hand) {
    this.hand = hand;
    hand.main.classList.add("hotline");
    this.strip = part("div", "hotline-strip");
    this.panels = new Map(PANELS.map((name) => [name, part("div", `hotline-place hotline-place-${name}`)]));
    this.foot = part("footer", "hotline-foot");
    hand.main.append(this.strip, ...PLACES.map((names) => this.#column(names)), this.foot);
    const { regions, townships } = hand.facts;
    this.places = Object.fromEntries([...regions, ...townships].map(({ code, name }) => [code, name]));
    this.chart = new VolumeChart();
    this.wordings = new WordingsPart(hand, () => this.#paint(["wordings"]));
    this.merges = new MergesPart(hand, () => this.#paint(["merges"]));
    this.#addNav();
  }

  #column(names) {
    if (names.length === 1) return this.panels.get(names[0]);
    const column = part("div", `hotline-column hotline-column-${names[0]}`);
    column.append(...names.map((name) => this.panels.get(name)));
    return column;
  }

  open() {
    const { hand } = this;
    this.live = openLive({ url: "/hotline/live", document, view: "hotline" });
    const { live } = this;
    listenForExports(document, { tell: (sentence) => hand.notice(sentence) });
    live.on("hotline", () => this.#paint(OF_PICTURE));
    live.on("board", () => {
      this.#boardMark = performance.now();
      this.#paint(OF_BOARD);
    });
    live.on("results", () => this.#paint(OF_RESULTS));
    live.on("analysis", () => {
      this.#paint(["surge"]);
      const pairs = JSON.stringify(live.analysis?.merges ?? []);
      if (pairs !== this.#pairs) this.merges.told();
      this.#pairs = pairs;
    });
    live.on("news", (kinds) => {
      if (kinds === null || kinds.has("wordings")) this.wordings.told();
      if (kinds === null || kinds.has("merges")) this.merges.told();
    });
    live.on("connection", () => this.#connection());
    live.on("health", () => this.#connection());
    live.on("second", () => this.#second());
    hand.main.addEventListener("pointerdown", ({ target }) => (this.#pressed = { face: faceOf(target.closest("[data-do]")) }));
    hand.main.addEventListener("click", (event) => this.#clicked(event));
    hand.main.addEventListener("submit", (event) => this.#submit(event));
    document.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.#paint(PANELS)).observe(hand.main);
    this.#connection();
    this.#paint(PANELS);
  }

  #addNav() {
    const { home } = this.hand.facts;
    const nav = part("nav", "hotline-nav");
    nav.setAttribute("aria-label", text("hotline.nav.label"));
    paint(nav, [
      el("a", { href: home }, text(home === "/leader" ? "hotline.nav.leader" : "hotline.nav.desk")),
      ...["volume", "wordings", "rates"].map((name) => el("a", { href: `#hotline-${name}` }, text(`hotline.nav.${name}`))),
    ]);
    document.querySelector(".hand-heading").after(nav);
  }

  /* --- what is told ------------------------------------------------------------------------------------ */

  #connection() {
    const { state, since, reason } = this.live.connection;
    const broken = brokenBehind(this.live.health);
    Object.assign(this.hand.connection, { broken, state: reason === "signed_out" ? "signed_out" : LINE_OF[state], heardAt: state === "connecting" ? null : since, heardMark: this.hand.clock.mark() });
    this.hand.connection.onState();
    this.#paint(PANELS);
  }

  #second() {
    const states = statesOf(this.#freshnesses());
    const isOther = states !== this.states; // something grew old by time alone
    this.#paint(isOther ? PANELS : []);
  }

  #freshnesses() {
    return freshnesses(this.live, this.live.now(), performance.now() - this.#boardMark, this.live.rate);
  }

  /* --- painting ---------------------------------------------------------------------------------------- */

  #paint(names) {
    const now = this.live.now();
    const fresh = this.#freshnesses();
    this.states = statesOf(fresh);
    paint(this.strip, stripView(this.live.hotline, fresh.picture, analysisOf(this.live.analysis, now)));
    for (const name of names) this.#panel(name, fresh, now);
    if (!names.includes("volume") && fresh.picture.state !== "down" && this.live.hotline) this.#drawChart(now);
    paint(this.foot, this.#footWords(fresh, now));
  }

  #panel(name, fresh, now) {
    const { hotline, board } = this.live;
    const names = this.hand.facts.categories;
    const isJudged = fresh.picture.state === "fresh";
    const place = this.panels.get(name);
    const show = (parts) => paint(place, panelView({ name, title: text(`hotline.${name}.title`), note: text(`hotline.${name}.note`), ...parts }));
    if (name === "volume") {
      show({ freshness: fresh.picture, beside: hotline ? this.#volumeWords(hotline) : null, children: [el("div", { class: "hotline-chart-place" })] });
      this.#drawChart(now);
    }
    if (name === "surge") show({ freshness: fresh.picture, children: hotline ? surgesView(analysisOf(this.live.analysis, now), hotline.topics, names, this.places, isJudged) : [] });
    if (ASKED.includes(name)) show({ freshness: fresh.asked, keeps: true, ...this[name].parts(fresh.asked.state !== "down") });
    if (name === "watches") show({ freshness: fresh.board, children: board ? watchesView(board.watches, names, now, isJudged) : [] });
    if (name === "treemap") {
      const [width, height] = room(place, 480, 330);
      show({ title: text("hotline.treemap.title", { count: grouped(board ? total(board.categories) : null) ?? "—" }), freshness: fresh.board, children: board ? treemapView(board.categories, names, isJudged, width, height) : [] });
    }
    if (name === "calendar") {
      const [width, height] = room(place, 420, 300);
      show({ title: text("hotline.calendar.title", { days: this.#span }), freshness: fresh.board, children: board ? calendarView(board.days, this.#span, width, height) : [], tools: this.#spanSwitch() });
    }
    if (name === "origins") show({ freshness: fresh.board, children: board ? el("div", { class: "hotline-beside-each-other" }, originsView(board.origins), hotline ? channelsTable(hotline.channels) : null) : [] });
    if (name === "superiors") show({ freshness: fresh.board, children: board ? superiorsView(board.superiors, now) : [] });
    if (OF_RESULTS.includes(name)) this.#results(name, fresh, show);
    if (name === "zones") show({ freshness: fresh.board, children: board ? [zonesView(board, now), hotline ? desksView(hotline.desks, now) : null, hotline ? fateView(hotline.today, hotline.at) : null] : [] });
  }

  #results(name, { results: freshness }, show) {
    const { results } = this.live;
    const { categories: topics, units, is_city: isCity } = this.hand.facts;
    const names = this.places;
    const month = results ? text("hotline.rates.month", { month: results.month }) : null;
    if (name === "rates") {
      show({ freshness, beside: month, tools: el("span", { class: "hotline-tools" }, this.#orderSwitch(), exportButtons("rates")), children: results ? ratesView(results, { open: this.#open, order: this.#order, names, topics, isCity }) : [] });
    }
    if (name === "bounces") show({ freshness, beside: month, tools: exportButtons("returns"), children: results ? bouncesView(results, units) : [] });
    if (name === "repeats") show({ note: text("hotline.repeats.note", results?.repeat ?? { days: "—", least: "—" }), freshness, tools: exportButtons("repeats"), children: results ? repeatsView(results, names, topics) : [] });
    if (name === "groups") show({ note: text("hotline.groups.note", results?.group ?? { least: "—" }), freshness, tools: exportButtons("groups"), children: results ? groupsView(results, names, topics) : [] });
  }

  #orderSwitch() {
    return el("span", { class: "hotline-switch", role: "group", "aria-label": text("hotline.rates.order") },
      ORDERS.map((order) => el("button", { type: "button", "data-do": `order:${order}`, "aria-pressed": order === this.#order ? "true" : "false" }, text(`hotline.rates.by_${order}`))));
  }

  #volumeWords({ bins, kind, kind_days: days }) {
    const surplus = surplusOf(bins);
    const unsure = kind === "heating" ? `${text(days > 0 ? "hotline.kind.heating" : "hotline.kind.heating_first", { days })} · ` : "";
    return unsure + text(surplus < 0 ? "hotline.volume.fewer" : "hotline.volume.surplus", { count: grouped(Math.abs(surplus)) });
  }

  /* The chart is one drawing for the page's whole life; what is painted around it takes it along. */
  #drawChart(now) {
    const box = this.panels.get("volume").querySelector(".hotline-chart-place");
    if (!box || !this.live.hotline) return;
    if (this.chart.svg.parentNode !== box) box.replaceChildren(this.chart.svg);
    this.chart.show(this.live.hotline.bins, now, Math.max(360, box.clientWidth), Math.max(240, box.clientHeight));
  }

  #spanSwitch() {
    return el("span", { class: "hotline-switch", role: "group", "aria-label": text("hotline.calendar.span") },
      SPANS.map((span) => el("button", { type: "button", "data-do": `span:${span}`, "aria-pressed": span === this.#span ? "true" : "false" }, text("hotline.calendar.days", { days: span }))));
  }

  #footWords(fresh, now) {
    const asOf = fresh.picture.asOf;
    return [
      el("span", {}, el("kbd", {}, "K"), ` ${text("hotline.keys.k")} `, el("kbd", {}, "M"), ` ${text("hotline.keys.m")}`),
      el("span", {}, text("hotline.foot.terms")), el("span", {}, text("hotline.foot.as_of", { time: asOf === null ? "—" : clockText(asOf), now: clockText(now) })),
    ];
  }

  /* --- what a person does ------------------------------------------------------------------------------ */

  /* A list may change between pressing and letting go, and a button then be another's: that click is nobody's. One by key or
   * by a reader's software (no count, no pointer) is meant for what stands there now. */
  #clicked({ target, detail }) {
    const button = target.closest("[data-do]");
    const pressed = this.#pressed;
    this.#pressed = null;
    if (!button || (detail > 0 && pressed !== null && pressed.face !== faceOf(button))) return;
    this.#click(button);
  }

  #click(button) {
    const [what, value, of] = button.dataset.do.split(":");
    if (what === "wording") this.wordings.click(value, of);
    if (what === "fold") {
      if (!this.#open.delete(value)) this.#open.add(value);
      this.#paint(["rates"]);
    }
    if (what === "order") {
      this.#order = value;
      this.#paint(["rates"]);
    }
    if (what === "merge") this.merges.click(value, of);
    if (what === "span") {
      this.#span = Number(value);
      this.#paint(["calendar"]);
    }
  }

  #submit(event) {
    event.preventDefault();
    const { form } = event.target.dataset;
    if (form === "dismiss") this.merges.submit(event.target);
    else this.wordings.submit(event.target);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    if (event.key === "k" || event.key === "K") {
      event.preventDefault();
      this.wordings.give();
    }
    if (event.key === "m" || event.key === "M") {
      event.preventDefault();
      const heading = document.getElementById("hotline-merges");
      heading.tabIndex = -1;
      heading.focus();
    }
  }
}

/* What a button does, and what it says of that (`Merge 3 into 1`). */
function faceOf(button) {
  return button ? `${button.dataset.do} ${button.textContent}` : null;
}

function statesOf(freshnesses) {
  return JSON.stringify(Object.values(freshnesses).map(({ state }) => state));
}

function part(tag, className) {
  return Object.assign(document.createElement(tag), { className });
}

/* The room that a panel's content has, in px; what is not laid out yet has its usual one. */
function room(place, width, height) {
  const head = place.querySelector(".hotline-panel-head")?.offsetHeight ?? 30;
  return [Math.max(260, (place.clientWidth || width) - 28), Math.max(180, (place.clientHeight || height) - head - 26)];
}
