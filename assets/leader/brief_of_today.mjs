/* 今日日报: the newest daily brief with 批准 and PDF, short beside the map and whole under 日报; and twelve weeks of rates. */

import { el } from "../wall/element.mjs";
import { briefView, numberOf, sentenceView, stateText } from "../briefs/brief_view.mjs";
import { takeFile } from "../briefs/files.mjs";
import { idempotencyKey, isPassing, Refused } from "../hand/api.mjs";
import { timeText } from "../hand/clock.mjs";
import { text } from "../live/catalogue.mjs";
import { head, nothing } from "./parts.mjs";

const SHORT_SECTIONS = ["lead", "urgent"];

export class BriefOfToday {
  brief = undefined; // undefined until it was asked for, null where there is none
  rates = null;
  #opened = null;

  constructor(hand, { onChange }) {
    this.hand = hand;
    this.onChange = onChange;
  }

  start() {
    this.hand.main.addEventListener("click", (event) => this.#clicked(event.target));
    // A page that stays open over eight o'clock finds the new brief when somebody looks at it again.
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.load();
    });
    return this.load();
  }

  async load() {
    const [brief, rates] = await Promise.all([this.#get("/api/v1/briefs/newest"), this.#get("/api/v1/rates/history")]);
    if (brief !== undefined) this.brief = brief;
    if (rates) this.rates = rates;
    this.onChange();
  }

  /* undefined where the line is away: what was there stays. */
  async #get(path) {
    try {
      return (await this.hand.api.get(path)).value;
    } catch (error) {
      if (error instanceof Refused) this.hand.notice(error.message);
      else if (!isPassing(error)) throw error;
      return undefined;
    }
  }

  shortView(now) {
    if (this.brief === undefined) return null;
    if (this.brief === null) return el("div", { class: "leader-brief" }, head(text("leader.brief.title"), ""), nothing(text("leader.brief.none")), el("p", { class: "leader-more" }, el("a", { href: "#day" }, text("leader.day.open"))));
    const said = this.brief.sentences.filter(({ section }) => SHORT_SECTIONS.includes(section));
    return el(
      "div",
      { class: "leader-brief", "data-state": this.brief.state },
      head(text("leader.brief.title"), stateText(this.brief, (at) => timeText(at, now))),
      ...said.map((one) => sentenceView(one, this.#opened)),
      el("p", { class: "leader-brief-acts" }, ...this.#acts(), el("a", { class: "hand-button", href: "#day" }, text("leader.brief.whole"))),
    );
  }

  wholeView(now) {
    if (this.brief === undefined || this.brief === null) return this.brief === null ? nothing(text("leader.brief.none")) : null;
    return el(
      "article",
      { class: "leader-brief leader-brief-whole", "data-state": this.brief.state },
      el("h1", { lang: "zh-CN" }, this.brief.title),
      el("p", { class: "leader-beside" }, stateText(this.brief, (at) => timeText(at, now))),
      ...briefView(this.brief, this.#opened),
      el("p", { class: "leader-brief-acts" }, ...this.#acts(), el("a", { class: "hand-button", href: `/briefs#${this.brief.id}` }, text("leader.brief.all"))),
    );
  }

  #acts() {
    return [
      this.brief.state === "draft" ? el("button", { type: "button", class: "hand-button primary", "data-brief": "approve" }, text("briefs.approve")) : null,
      el("button", { type: "button", class: "hand-button", "data-brief": "pdf" }, text("briefs.file.pdf")),
    ];
  }

  #clicked(target) {
    const number = numberOf(target);
    if (number) return this.#ask(number);
    const act = target.closest("[data-brief]")?.dataset.brief;
    if (act === "approve") return this.#approve();
    if (act === "pdf") return this.#take();
    return null;
  }

  async #ask({ sentence, number }) {
    const isOpen = this.#opened?.sentence === sentence && this.#opened.number === number;
    this.#opened = isOpen ? null : { sentence, number, answer: null };
    this.onChange();
    if (isOpen) return;
    const answer = await this.#get(`/api/v1/briefs/${this.brief.id}/numbers/${sentence}/${number}`);
    if (answer && this.#opened?.sentence === sentence && this.#opened.number === number) this.#opened.answer = answer;
    this.onChange();
  }

  async #approve() {
    const { id, version } = this.brief;
    try {
      const { value } = await this.hand.api.post(`/api/v1/briefs/${id}/approval`, { version }, { key: idempotencyKey() });
      this.hand.notice(text("briefs.approved_now", { digest: value.digest.slice(0, 16) }));
    } catch (error) {
      if (error instanceof Refused) this.hand.notice(error.message);
      else if (isPassing(error)) this.hand.notice(text("briefs.no_line"));
      else throw error;
    }
    await this.load();
  }

  async #take() {
    this.hand.notice(text("briefs.file.making"));
    try {
      this.hand.notice(text("briefs.file.done", { file: await takeFile(this.brief.id, "pdf", text("briefs.file.failed")) }));
    } catch (error) {
      this.hand.notice(error.message);
    }
  }
}
