/* The hotline scene: how far above the usual, why, and whether it is answered in time. */

import { drawing, el, px } from "./element.mjs";
import { clockText, durationText, grouped, percentText } from "./format.mjs";
import { goneView } from "./freshness.mjs";
import { chartView } from "./hotline_chart.mjs";
import { at, panelView, rulesView } from "./panels.mjs";
import { channelName, CONNECTED_TARGET, seatsView } from "./queue.mjs";

/* Panels by how many cells the picture has each way; one that is not named has given way. `topics` and `seats` say how much
 * of them there is room for. */
const LAYOUTS = {
  4: {
    calls: [0, 120, 2880, 960], now: [2880, 120, 960, 960], topics: [0, 1080, 1920, 1080], seats: [1920, 1080, 960, 1080],
    beside: [2880, 1080, 960, 1080], rules: [[2879, 120, 2, 2040], [0, 1079, 3840, 2], [1919, 1080, 2, 1080]],
  },
  3: {
    calls: [0, 120, 1920, 960], now: [1920, 120, 960, 960], topics: [0, 1080, 1920, 540], seats: [1920, 1080, 960, 540],
    rules: [[1919, 120, 2, 1500], [0, 1079, 2880, 2]],
  },
  2: { calls: [0, 120, 960, 960], now: [960, 120, 960, 960], rules: [[959, 120, 2, 960]] },
};

/* `hotline` may be null before the first picture: then every panel says so. */
export function hotlineView(hotline, model, freshness, categories, now, cells, text) {
  const layout = LAYOUTS[cells];
  const panel = (name, children, last, extra = {}) => layout[name] && panelView({
    name: `hotline-${name}`, box: layout[name], title: text(`wall.hotline.${name}`), freshness, text, children,
    gone: goneView(grouped(last), freshness.asOf, text), ...extra,
  });
  const known = hotline !== null && model !== null;
  const isFresh = freshness.state === "fresh";
  const topicsNote = (note) => (cells === 4 ? { note } : {});
  return [
    panel("calls", known ? callsView(hotline, model, isFresh, categories, now, cells, text) : [], hotline?.today.calls),
    panel("now", known ? nowView(hotline, model, text) : [], hotline?.queue.waiting),
    panel("topics", known && layout.topics ? topicsView(model, isFresh, categories, cells, text) : [], hotline?.topics.length,
      topicsNote(text("wall.hotline.topics_note"))),
    panel("seats", known ? seatingView(hotline.agents, cells, text) : [], seatedOf(hotline?.agents)),
    panel("beside", known ? besideView(hotline, text) : [], requestsOf(hotline), {
      title: besideTitle(hotline, text),
      note: known && besideUnlisted(hotline) > 0 ? text("wall.hotline.unlisted", { count: besideUnlisted(hotline) }) : null,
    }),
    ...rulesView(layout.rules),
  ];
}

/* --- the day -------------------------------------------------------------------------------------- */

/* Places within the panel of the day, [x, y, width, height]: words keep off the seam at 420 of it. */
const DAY = {
  4: { count: [36, 78, 860, 240], sums: [984, 92, 880, 220], recent: [1944, 92, 900, 220], chart: [36, 330, 2808, 618] },
  3: { count: [36, 78, 860, 240], sums: [984, 92, 880, 220], recent: [36, 318, 1840, 72], chart: [36, 430, 1848, 518] },
  2: { count: [36, 70, 888, 200], sums: [36, 272, 888, 146], whole: [36, 432, 888, 60], recent: [36, 492, 888, 132], chart: [36, 634, 888, 318] },
};

function callsView(hotline, { headline, recent, surplus, over, wholeDay, surging }, isFresh, categories, now, cells, text) {
  const day = DAY[cells];
  const more = headline.departure !== null && headline.departure >= 0;
  // Old numbers take part in no judgement: neither a departure nor a surge is said of them.
  const departure = isFresh && headline.departure !== null
    ? el("b", { class: "departure" }, text(more ? "wall.hotline.more" : "wall.hotline.less", { percent: Math.abs(headline.departure) }))
    : null;
  const whole = wholeDay === null ? null : el("div", { class: "line second" }, text("wall.hotline.whole_day", { count: grouped(wholeDay) }));
  const [x, y, width, height] = day.chart;
  return [
    el("div", { class: "scene-headline", style: at(...day.count) },
      el("b", { class: "clock-face huge" }, grouped(headline.calls) ?? "—")),
    el("div", { class: "scene-stack", style: at(...day.sums) },
      el("div", { class: "line big" }, text("wall.hotline.expected", { count: grouped(headline.expected) ?? "—" })),
      el("div", { class: "line big" }, departure,
        isFresh ? el("span", {}, text(surplus >= 0 ? "wall.hotline.surplus" : "wall.hotline.deficit", { count: grouped(Math.abs(surplus)) })) : null),
      day.whole ? null : whole),
    day.whole ? el("div", { class: "scene-stack", style: at(...day.whole) }, whole) : null,
    el("div", { class: `scene-stack scene-recent${cells === 3 ? " beside" : ""}`, style: at(...day.recent) },
      recent === null ? null : el("div", { class: "line" }, text(`wall.hotline.recent_${isFresh ? recent.side : "plain"}`, recent)),
      el("div", { class: "line surge-names" }, isFresh && surging.length > 0
        ? [el("em", { class: "flag" }, text("wall.topics.surge")), el("b", { class: "cut" }, namesOf(surging, categories, text))]
        : el("span", { class: "quiet" }, isFresh ? text("wall.hotline.no_surge") : ""))),
    el("div", { class: "scene-chart-place", style: at(x, y, width, height) },
      chartView(hotline.bins, isFresh ? over : [], { x, y: y + 120, width, height }, now, text)),
  ];
}

const NAMED = 3; // a fourth name would be cut; the table below has them all

function namesOf(surging, categories, text) {
  const names = surging.slice(0, NAMED).map((topic) => categories[topic.category] ?? topic.category);
  const rest = surging.length - names.length;
  const separator = text("wall.hotline.and");
  return rest > 0 ? text("wall.hotline.names_more", { names: names.join(separator), count: rest }) : names.join(separator);
}

/* --- this moment ---------------------------------------------------------------------------------- */

function nowView({ queue, connected_24h: connected }, { answered }, text) {
  const figure = (top, value, unit, line, attributes = {}) => el("div", { class: "scene-figure beside", style: at(36, top, 888, 150), ...attributes },
    el("b", { class: "clock-face large" }, value, unit ? el("small", {}, unit) : null), el("span", { class: "line" }, line));
  const of = answered.of === null ? "" : text("wall.hotline.of_last_hour", { in_time: grouped(answered.inTime), of: grouped(answered.of) });
  return [
    figure(80, grouped(queue.waiting) ?? "—", null, Number.isFinite(queue.waiting) ? text("wall.queue.waiting") : text("wall.hotline.waiting_unknown")),
    figure(246, Number.isFinite(queue.waiting) ? durationText(queue.longest_wait_ms ?? 0) : "—", null, text("wall.queue.longest")),
    figure(450, percentText(answered.share) ?? "—", answered.share === null ? null : "%", [
      missMark(answered.misses), text("wall.queue.within", { target: Math.round(queue.target * 100) }),
    ], { "data-misses": answered.misses ? "true" : null }),
    el("div", { class: "line quiet scene-below", style: at(36, 606, 888, 56) }, of),
    el("div", { class: "scene-bullet", style: at(36, 750, 888, 160) }, connectedBullet(connected, text)),
  ];
}

/* Missing a target is no clock, so it has no colour: a hollow mark, as beside the rates. */
export function missMark(misses) {
  if (!misses) return null;
  return drawing(36, 36, { class: "miss" }, el("circle", { cx: 18, cy: 18, r: 12, fill: "none", stroke: "var(--data)", "stroke-width": 6 }));
}

const BULLET = { width: 888, from: 0.8 };

function connectedBullet(share, text) {
  const known = Number.isFinite(share);
  const x = (value) => px(((Math.max(BULLET.from, Math.min(1, value)) - BULLET.from) / (1 - BULLET.from)) * BULLET.width);
  return [
    el("div", { class: "line" }, missMark(known && share < CONNECTED_TARGET),
      text("wall.hotline.connected", { target: Math.round(CONNECTED_TARGET * 100) }),
      el("b", {}, known ? `${percentText(share)}%` : "—")),
    drawing(BULLET.width, 40, {},
      el("rect", { x: 0, y: 14, width: BULLET.width, height: 12, fill: "var(--line)" }),
      known ? el("rect", { x: 0, y: 14, width: x(share), height: 12, fill: "var(--data)" }) : null,
      el("rect", { x: x(CONNECTED_TARGET) - 3, y: 0, width: 6, height: 40, fill: "var(--ink)" })),
  ];
}

/* --- topics --------------------------------------------------------------------------------------- */

const ROW_TOPS = [144, 241, 338, 435, 544, 652, 760, 868]; // of the panel: none across the seam at 540
const ROW_HEIGHT = 97;

const TOPIC_ROWS = { 4: 8, 3: 4 };

function topicsView({ topics: all, unlisted: before }, isFresh, categories, cells, text) {
  const topics = all.slice(0, TOPIC_ROWS[cells]);
  const unlisted = before + all.length - topics.length;
  if (topics.length === 0) return el("div", { class: "line quiet", style: at(36, 120, 1800, 60) }, text("wall.topics.none"));
  const head = ["today", "expected", "ratio", "yesterday"].map((name) =>
    el("span", { class: `head ${name}` }, text(`wall.hotline.column_${name}`)));
  return [
    el("div", { class: "scene-topic heads", style: at(0, 84, 1920, 60) }, head),
    topics.map((topic, place) => topicRow(topic, ROW_TOPS[place], isFresh, categories, text)),
    unlisted > 0 ? el("div", { class: "line quiet scene-below", style: at(...UNLISTED_AT[cells]) }, text("wall.hotline.unlisted", { count: unlisted })) : null,
  ];
}

const UNLISTED_AT = { 4: [36, 980, 900, 60], 3: [36, 84, 440, 60] }; // below the rows, or over their names

function topicRow(topic, top, isFresh, categories, text) {
  const surges = isFresh && topic.surge;
  const cell = (name, value) => el("span", { class: `cell ${name}` }, value);
  return el("div", { class: "scene-topic", style: at(0, top, 1920, ROW_HEIGHT), "data-category": topic.category, "data-surge": surges ? "true" : null },
    el("span", { class: "name cut" }, categories[topic.category] ?? topic.category),
    el("span", { class: "spark" }, sparkView(topic.spark ?? [], surges)),
    cell("today", grouped(topic.count) ?? "—"),
    cell("expected", grouped(topic.expected) ?? "—"),
    cell("ratio", Number.isFinite(topic.ratio) ? text("wall.topics.ratio", { ratio: topic.ratio.toFixed(1) }) : "—"),
    cell("yesterday", grouped(topic.yesterday) ?? "—"),
    surges ? el("em", { class: "flag" }, text("wall.topics.surge")) : null);
}

const SPARK = { width: 230, height: 60 };

function sparkView(values, surges) {
  const top = Math.max(1, ...values);
  const x = (place) => px(8 + (place / Math.max(1, values.length - 1)) * (SPARK.width - 16));
  const y = (value) => px(SPARK.height - 8 - (value / top) * (SPARK.height - 16));
  if (values.length === 0) return drawing(SPARK.width, SPARK.height, {});
  const end = values.length - 1;
  return drawing(SPARK.width, SPARK.height, {},
    el("path", {
      d: `M${values.map((value, place) => `${x(place)} ${y(value)}`).join("L")}`, fill: "none",
      stroke: surges ? "var(--ink)" : "var(--data)", "stroke-width": surges ? 7 : 5, "stroke-linejoin": "round",
    }),
    el("circle", { cx: x(end), cy: y(values[end]), r: 7, fill: surges ? "var(--ink)" : "var(--data)" }));
}

/* --- seats ---------------------------------------------------------------------------------------- */

const DOINGS = ["talk", "wrap", "idle", "rest"];

function seatedOf(agents) {
  return agents ? DOINGS.reduce((sum, doing) => sum + (agents[doing] ?? 0), 0) : null;
}

/* In a low panel what each seat is doing is told by the squares alone. */
function seatingView(agents, cells, text) {
  const short = agents.short > 0;
  const answering = agents.talk + agents.wrap + agents.idle;
  return [
    el("div", { class: "line big", style: at(36, 84, 888, 70) },
      el("b", {}, short ? text("wall.hotline.short", { short: grouped(agents.short) }) : text("wall.hotline.enough"))),
    el("div", { class: "line", style: at(36, 160, 888, 56) },
      text("wall.hotline.needed", { needed: grouped(agents.needed), answering: grouped(answering) })),
    el("div", { class: "scene-seats", style: at(36, 250, 888, 270) }, seatsView(agents, { width: 880, height: 260, largest: 110 })),
    cells < 4 ? null : DOINGS.map((doing, place) => el("div", { class: "scene-doing", style: at(36, 572 + place * 112, 888, 100), "data-doing": doing },
      seatsView({ [doing]: 1 }, { width: 60, height: 60, largest: 60 }),
      el("span", { class: "line" }, text(`wall.queue.${doing}`)), el("b", { class: "clock-face" }, grouped(agents[doing]) ?? "—"))),
  ];
}

/* --- zones and special desks where the feed has them, channels else ------------------------------- */

/* Requests of all channels today. */
function requestsOf(hotline) {
  return hotline?.channels.reduce((total, channel) => total + channel.count, 0) ?? null;
}

function besideTitle(hotline, text) {
  return text(hotline?.desks?.length ? "wall.hotline.desks" : "wall.hotline.channels");
}

const BESIDE_TOPS = [88, 176, 264, 352, 440]; // of the panel, above the seam
const FATE_TOPS = [640, 728, 816]; // below it

function besideView(hotline, text) {
  const desks = (hotline.desks ?? []).map((desk) => ({
    id: desk.code, name: text(`wall.desk.${desk.code}`), value: grouped(desk.waiting) ?? "—",
    second: Number.isFinite(desk.oldest_at) ? text("wall.hotline.oldest", { time: clockText(desk.oldest_at) }) : "",
  }));
  const sum = requestsOf(hotline);
  const channels = [...hotline.channels].sort((one, other) => other.count - one.count).map((channel) => ({
    id: channel.code, name: channelName(channel.code, text), value: grouped(channel.count), second: "",
  }));
  const rows = desks.length > 0 ? desks : [{ id: "all", name: text("wall.queue.channel_total"), value: grouped(sum), second: "" }, ...channels];
  return [
    rows.slice(0, BESIDE_TOPS.length).map((row, place) => besideRow(row, BESIDE_TOPS[place])),
    el("h2", { style: at(36, 562, 888, 60) }, text("wall.hotline.fate")),
    fateOf(hotline.today, text).map((row, place) => besideRow(row, FATE_TOPS[place])),
  ];
}

function besideRow(row, top) {
  return el("div", { class: "scene-row", style: at(36, top, 888, 84), "data-row": row.id },
    el("span", { class: "name cut" }, row.name), el("span", { class: "second" }, row.second), el("b", { class: "clock-face" }, row.value));
}

/* What became of the day's calls: answered and given up out of all, and the orders of all channels. */
function fateOf(today, text) {
  const of = text("wall.hotline.of_calls", { calls: grouped(today.calls) ?? "—" });
  return [["answered", of], ["abandoned", of], ["orders", ""]].map(([id, second]) => ({
    id, second, name: text(`wall.hotline.fate_${id}`), value: grouped(today[id]) ?? "—",
  }));
}

/* How many rows found no room beside the seats. */
function besideUnlisted(hotline) {
  const rows = hotline.desks?.length ? hotline.desks.length : hotline.channels.length + 1;
  return Math.max(0, rows - BESIDE_TOPS.length);
}
