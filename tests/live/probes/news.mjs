/* Plays time to what asks on news, and counts its asks. */

import { paintAges } from "/assets/admin/ages.mjs";
import { Day } from "/assets/field/day.mjs";
import { AskOnNews } from "/assets/live/ask_on_news.mjs";
import { NewsCounts } from "/assets/live/news_counts.mjs";

class PlayedClock {
  constructor() {
    this.at = 0;
    this.timers = new Map();
    this.number = 0;
  }

  now() { return this.at; }

  later(fn, ms) {
    this.timers.set(++this.number, { fn, at: this.at + ms });
    return this.number;
  }

  stop(timer) { this.timers.delete(timer); }

  /* Moves time on, firing what falls due, each with everything that follows from it. */
  async go(ms) {
    const end = this.at + ms;
    for (;;) {
      for (let turn = 0; turn < 10; turn += 1) await null; // what was answered is taken in
      const due = [...this.timers].filter(([, one]) => one.at <= end).sort(([, one], [, other]) => one.at - other.at)[0];
      if (!due) break;
      this.timers.delete(due[0]);
      this.at = due[1].at;
      due[1].fn();
    }
    this.at = end;
  }
}

function played({ answers = () => true, apartMs = 15_000, spreadMs = 0 } = {}) {
  const clock = new PlayedClock();
  const asked = [];
  const news = new AskOnNews({ apartMs, spreadMs, clock, ask: async () => { asked.push(clock.at); return answers(asked.length); } });
  return { clock, asked, news };
}

export default async function news() {
  return {
    silence: await silence(), one: await one(), burst: await burst(), steady: await steady(), person: await person(),
    failing: await failing(), under_way: await underWay(), spread: await spread(), counts: counts(), ages: ages(), day: await day(),
  };
}

async function silence() {
  const { clock, asked } = played();
  await clock.go(86_400_000);
  return { asked: asked.length, timers: clock.timers.size };
}

async function one() {
  const { clock, asked, news: it } = played();
  await clock.go(60_000);
  it.told();
  await clock.go(3_600_000);
  return { asked, timers: clock.timers.size };
}

async function burst() {
  const { clock, asked, news: it } = played();
  for (let number = 0; number < 50; number += 1) it.told();
  await clock.go(3_600_000);
  return asked;
}

/* Told every second for a minute: no oftener than allowed, and once after the last. */
async function steady() {
  const { clock, asked, news: it } = played();
  for (let second = 0; second < 60; second += 1) {
    it.told();
    await clock.go(1_000);
  }
  const last = clock.at;
  await clock.go(3_600_000);
  return { asked, isAfterLast: asked.at(-1) >= last - 1_000, timers: clock.timers.size };
}

async function person() {
  const { clock, asked, news: it } = played();
  it.told();
  await clock.go(1_000);
  it.told(); // due at 15,000
  it.now();
  await clock.go(3_600_000);
  return asked;
}

async function failing() {
  const { clock, asked, news: it } = played({ answers: (number) => number > 7 });
  it.told();
  await clock.go(3_600_000);
  return { apart: asked.slice(1).map((at, place) => at - asked[place]), timers: clock.timers.size };
}

async function underWay() {
  const clock = new PlayedClock();
  const asked = [];
  const answers = [];
  const it = new AskOnNews({ apartMs: 50, spreadMs: 0, clock, ask: () => { asked.push(clock.at); return new Promise((resolve) => answers.push(resolve)); } });
  it.told();
  await clock.go(10);
  it.told();
  it.told();
  await clock.go(10);
  const whileUnderWay = asked.length;
  answers.shift()(true);
  await clock.go(100);
  let isOver = false;
  it.now().then(() => { isOver = true; }); // who waits is not put off by what was told
  it.told();
  answers.shift()(true);
  await clock.go(0);
  const early = isOver; // the ask before was answered; the one that was waited for not yet
  answers.shift()(true);
  await clock.go(3_600_000);
  return { whileUnderWay, asked, early, isOver };
}

async function spread() {
  const waits = [];
  for (let desk = 0; desk < 200; desk += 1) {
    const { clock, asked, news: it } = played({ apartMs: 0, spreadMs: 500 });
    it.told();
    await clock.go(1_000);
    waits.push(...asked);
  }
  return { count: waits.length, least: Math.min(...waits), most: Math.max(...waits), kinds: new Set(waits).size };
}

function counts() {
  const it = new NewsCounts();
  const told = (value) => [...it.told(value)];
  const first = told({ posts: 4, tellings: 7 });
  const same = told({ posts: 4, tellings: 7 });
  const next = told({ posts: 5, tellings: 7 });
  const skipped = told({ posts: 9, tellings: 8 });
  it.opened();
  return { first, same, next, skipped, another_server: told({ posts: 1, tellings: 0 }), after: told({ posts: 1, tellings: 1 }) };
}

/* A worker's page from the evening of 23 November over midnight in Rizhao. */
async function day() {
  const asked = [];
  let duties = 0, at = 0;
  const it = new Day({
    get: async (path) => { asked.push(path); return { day: { done: asked.length }, duty: { state: "off_duty", fix_at: 1 } }; },
    store: { get: async () => ({ day: { done: 9 } }), put: async () => {} }, onChange: () => {}, onDuty: () => { duties += 1; }, now: () => at,
  });
  await it.restore();
  const midnight = Date.UTC(2026, 10, 23, 16);
  for (let now = midnight - 600_000; now < midnight; now += 1_000) it.second((at = now));
  const before = asked.length;
  for (let now = midnight; now < midnight + 600_000; now += 1_000) it.second((at = now));
  for (let turn = 0; turn < 10; turn += 1) await null;
  for (const duty of [undefined, { state: "on_duty", fix_at: 5 }, { state: "on_duty", fix_at: 5 }, { state: "lost", fix_at: 5 }]) it.heard(duty);
  return { before, asked, duties, duty: it.duty, figures: it.figures };
}

function ages() {
  const root = document.createElement("div");
  root.dataset.days = "{days}天{clock}";
  root.innerHTML = '<b data-words="已 {time}" data-since="1000">已 0:00</b><i data-words="还有 {time}" data-until="90000">还有 1:29</i><u data-since="1">·</u>';
  paintAges(root, 61_500);
  const later = root.textContent;
  paintAges(root, 4_000_000);
  return { later, over: root.textContent };
}
