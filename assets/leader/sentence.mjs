/* The sentence at the top: the verdict that the server's rule gave, then the one or two things that weigh most, in words.
 * Parts {words, tone} where tone is "", "risk" or "alarm": colour is the clock's alone. Pure. */

import { text } from "../live/catalogue.mjs";
import { dueState } from "../live/countdown.mjs";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TONE_OF = { ok: "", risk: "risk", overdue: "alarm" };
const SAID = 2; // more than two things are a list

/* Lines of parts: the verdict with what it is out of, then what weighs most. */
export function sentenceOf(picture, now) {
  const { control, numbers, needs } = picture;
  const { count, of } = numbers.overdue;
  const share = of ? ((count / of) * 100).toFixed(1) : "0.0";
  const first = [{ words: text(`leader.control.${control.code}`), tone: "", isVerdict: true }];
  if (needs.count === 0) {
    first.push({ words: text(of ? "leader.sentence.calm" : "leader.sentence.empty", { count, of, share }), tone: "" });
    return [first];
  }
  first.push({ words: text("leader.sentence.needs", { count: needs.count, overdue: count, of, share }), tone: "" });
  return [first, ...needs.rows.slice(0, SAID).map((row) => [{ words: row.title, tone: "" }, ...clockOf(row, now), { words: text("leader.sentence.end"), tone: "" }])];
}

function clockOf(row, now) {
  const found = [];
  if (row.due_at !== null) {
    const left = row.due_at - now;
    const words = left < 0 ? text("leader.sentence.late", { span: spanText(-left) }) : text("leader.sentence.left", { span: spanText(left) });
    found.push({ words: ` ${words}`, tone: TONE_OF[dueState(row.due_at, row.limit_ms, now)] });
  }
  const why = whyText(row.reasons[0]);
  if (why) found.push({ words: text("leader.sentence.comma", { words: why }), tone: "" });
  return found;
}

/* "2 分钟", "3 小时", "4 天": a leader needs no seconds in a sentence. */
export function spanText(ms) {
  if (ms < HOUR_MS) return text("leader.span.minutes", { count: Math.max(Math.floor(ms / MINUTE_MS), 1) });
  if (ms < DAY_MS) return text("leader.span.hours", { count: Math.floor(ms / HOUR_MS) });
  return text("leader.span.days", { count: Math.floor(ms / DAY_MS) });
}

/* Why a matter waits for a leader's word. */
export function whyText(one) {
  if (one.reason === "whistle") return whistleText(one);
  if (one.reason === "raised") return text("leader.why.raised", { who: text(`leader.act.${one.must_act}`) });
  if (one.reason === "declined") return text("leader.why.declined", { no: one.no, receiver: one.receiver, why: one.why });
  if (one.reason === "district") return text("leader.why.district", { from: one.from, to: one.to, what: one.what, what_en: one.what_en });
  return text("leader.why.supervision", { no: one.no, unit: one.unit });
}

function whistleText(one) {
  const on = { no: one.no, on_site: one.on_site, called: one.called };
  if (one.late.length) return text("leader.why.whistle_late", { ...on, late: one.late.map(({ name }) => name).join(text("leader.list_comma")) });
  return text("leader.why.whistle_undecided", { ...on, open: one.open_items, items: one.items });
}
