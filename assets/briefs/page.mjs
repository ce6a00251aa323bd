/* `/briefs`: the list, one brief with the query behind each number, an officer's editing, a leader's approval. */

import { paint } from "../wall/paint.mjs";
import { el } from "../wall/element.mjs";
import { idempotencyKey, isPassing, Refused } from "../hand/api.mjs";
import { timeText } from "../hand/clock.mjs";
import { exportButtons } from "../hand/export_buttons.mjs";
import { text } from "../live/catalogue.mjs";
import { listenForExports } from "../live/exports.mjs";
import { briefView, fileButtons, numberOf, stateText } from "./brief_view.mjs";
import { EditForm } from "./edit_form.mjs";
import { takeFile } from "./files.mjs";

const KINDS = ["", "daily", "weekly", "monthly", "special"];
const TABLES = ["orders", "receipts", "tellings"];
const DAY_MS = 24 * 3_600_000;
const CITY_MS = 8 * 3_600_000; // the city's zone

export async function mount(hand) {
  await new BriefsPage(hand).start();
}

const BRIEF = /^#([A-Za-z0-9_-]{1,40})$/; // as the interface takes an id

class BriefsPage {
  #list = null;
  #brief = null;
  #opened = null;
  #kind = "";

  constructor(hand) {
    this.hand = hand;
    const { main } = hand;
    main.classList.add("briefs");
    this.side = main.appendChild(document.createElement("section"));
    this.side.className = "briefs-list";
    this.shown = main.appendChild(document.createElement("article"));
    this.shown.className = "briefs-shown";
    this.form = new EditForm(main, { onSave: (sentences) => this.#save(sentences), onClose: () => this.#paint() });
  }

  async start() {
    const { main } = this.hand;
    main.addEventListener("click", (event) => this.#clicked(event));
    window.addEventListener("hashchange", () => this.#open());
    listenForExports(document, { tell: (sentence) => this.hand.notice(sentence), periodOf: () => this.#period() });
    document.getElementById("hand-connection").hidden = true; // nothing is told to this page, so it says nothing of a line
    await this.#load();
    await this.#open();
  }

  get #wanted() {
    const [, wanted = ""] = BRIEF.exec(location.hash) ?? [];
    return wanted; // whatever else stands in an address asks for nothing: the newest is shown
  }

  /* Reads, or says why not; null then. */
  async #get(path) {
    try {
      return (await this.hand.api.get(path)).value;
    } catch (error) {
      if (error instanceof Refused) this.hand.notice(error.message);
      else if (isPassing(error)) this.hand.notice(text("briefs.no_line"));
      else throw error;
      return null;
    }
  }

  async #load() {
    const kind = this.#kind;
    const found = await this.#get(`/api/v1/briefs${kind ? `?kind=${kind}` : ""}`);
    if (found && kind === this.#kind) this.#list = found;
    this.#paint();
  }

  /* What is older than the list, below it. */
  async #more() {
    const [kind, shown] = [this.#kind, this.#list];
    const found = await this.#get(`/api/v1/briefs?${new URLSearchParams({ ...(kind ? { kind } : {}), before_at: shown.rows.at(-1).until_at })}`);
    if (found && this.#list === shown) this.#list = { ...found, rows: [...shown.rows, ...found.rows] };
    this.#paint();
  }

  async #open() {
    const wanted = this.#wanted || this.#list?.rows[0]?.id;
    this.#opened = null;
    if (!wanted) return this.#paint();
    const found = await this.#get(`/api/v1/briefs/${encodeURIComponent(wanted)}`);
    if (found && wanted === (this.#wanted || this.#list?.rows[0]?.id)) this.#brief = found;
    return this.#paint();
  }

  async #clicked(event) {
    const number = numberOf(event.target);
    if (number) return this.#ask(number);
    const { file, kind, act } = event.target.closest("[data-file], [data-kind], [data-act]")?.dataset ?? {};
    if (file) return this.#take(file);
    if (kind !== undefined) {
      this.#kind = kind;
      return this.#load();
    }
    if (act === "more") return this.#more();
    if (act === "edit") return this.form.open(this.#brief);
    if (act === "approve") return this.#approve();
    if (act === "make") return this.#make(event.target.closest("form"));
    return null;
  }

  async #ask({ sentence, number }) {
    const isOpen = this.#opened?.sentence === sentence && this.#opened.number === number;
    this.#opened = isOpen ? null : { sentence, number, answer: null };
    this.#paint();
    if (isOpen) return;
    const answer = await this.#get(`/api/v1/briefs/${this.#brief.id}/numbers/${sentence}/${number}`);
    if (answer && this.#opened?.sentence === sentence && this.#opened.number === number) this.#opened.answer = answer;
    this.#paint();
  }

  async #take(format) {
    this.hand.notice(text("briefs.file.making"));
    try {
      this.hand.notice(text("briefs.file.done", { file: await takeFile(this.#brief.id, format, text("briefs.file.failed")) }));
    } catch (error) {
      this.hand.notice(error.message);
    }
  }

  /* Posts an act and reads everything again; returns its value, null when it was refused or the line is away. */
  async #act(path, body) {
    try {
      const { value } = await this.hand.api.post(path, body, { key: idempotencyKey() });
      await Promise.all([this.#load(), this.#open()]);
      return value;
    } catch (error) {
      if (error instanceof Refused) this.hand.notice(error.message);
      else if (isPassing(error)) this.hand.notice(text("briefs.no_line"));
      else throw error;
      return null;
    }
  }

  async #save(sentences) {
    const done = await this.#act(`/api/v1/briefs/${this.#brief.id}/versions`, { version: this.#brief.version, sentences });
    if (done) this.form.close();
    if (done?.unlinked) this.hand.notice(text("briefs.saved_unlinked", { count: done.unlinked }));
    return done !== null;
  }

  async #approve() {
    const { id, version } = this.#brief;
    const done = await this.#act(`/api/v1/briefs/${id}/approval`, { version });
    if (done) this.hand.notice(text("briefs.approved_now", { digest: done.digest.slice(0, 16) }));
  }

  async #make(form) {
    const given = new FormData(form);
    const day = (name) => Date.parse(`${given.get(name)}T00:00:00Z`) - CITY_MS;
    const matter = String(given.get("matter") ?? "").trim();
    const surge = { category: given.get("category") ?? "", from_at: day("first") || 0, until_at: (day("last") || 0) + DAY_MS };
    const done = await this.#act("/api/v1/briefs", matter ? { matter_id: matter } : surge);
    if (done) location.hash = `#${done.id}`;
  }

  /* Which days a table is taken of: those of the form, the last month without. */
  #period() {
    const value = (name) => this.side.querySelector(`[name="${name}"]`)?.value;
    const at = (name, days) => Date.parse(`${value(name)}T00:00:00Z`) - CITY_MS + days * DAY_MS;
    return value("table-first") && value("table-last") ? { from_at: at("table-first", 0), until_at: at("table-last", 1) } : {};
  }

  #paint() {
    paint(this.side, this.#sideView());
    paint(this.shown, this.#brief ? this.#shownView() : [el("p", { class: "hand-label" }, text(this.#list ? "briefs.none" : "hand.opening"))]);
    this.shown.dataset.brief = this.#brief?.id ?? "";
    this.shown.dataset.state = this.#brief?.state ?? "";
  }

  #sideView() {
    const rows = this.#list?.rows ?? [];
    return [
      el("nav", { class: "briefs-kinds", "aria-label": text("briefs.kinds") }, ...KINDS.map((kind) => el("button", { type: "button", class: "hand-quiet", "data-kind": kind, "aria-pressed": String(kind === this.#kind) }, text(`briefs.kind.${kind || "all"}`)))),
      el(
        "ol",
        {},
        ...rows.map((one) =>
          el("li", {}, el("a", { href: `#${one.id}`, "aria-current": one.id === this.#brief?.id ? "page" : null }, el("span", { lang: "zh-CN" }, one.title), el("small", {}, text(`briefs.state.${one.state}`)))),
        ),
      ),
      this.#list?.further ? el("p", {}, el("button", { type: "button", class: "hand-button", "data-act": "more" }, text("briefs.more"))) : null,
      this.hand.facts.may_make ? this.#makeView() : null,
      this.#tablesView(),
    ];
  }

  #makeView() {
    const field = (name, type) => el("label", {}, el("span", {}, text(`briefs.make.${name}`)), el("input", { name, type, autocomplete: "off" }));
    const choices = el("label", {}, el("span", {}, text("briefs.make.category")), el("select", { name: "category" }, el("option", { value: "" }, "–"), ...this.hand.facts.categories.map(({ code, name }) => el("option", { value: code }, name))));
    return el("details", { class: "briefs-make" }, el("summary", {}, text("briefs.make.title")), el("form", {}, field("matter", "text"), choices, field("first", "date"), field("last", "date"), el("button", { type: "button", class: "hand-button", "data-act": "make" }, text("briefs.make.do"))));
  }

  #tablesView() {
    const day = (name) => el("label", {}, el("span", {}, text(`briefs.tables.${name}`)), el("input", { name: `table-${name}`, type: "date" }));
    return el(
      "details",
      { class: "briefs-tables" },
      el("summary", {}, text("briefs.tables.title")),
      day("first"),
      day("last"),
      ...TABLES.map((table) => el("div", {}, el("b", {}, text(`briefs.tables.${table}`)), exportButtons(table))),
    );
  }

  #shownView() {
    const brief = this.#brief;
    const now = this.hand.clock.now();
    const { may_edit: mayEdit, may_approve: mayApprove } = this.hand.facts;
    const isDraft = brief.state === "draft";
    return [
      el("h1", { lang: "zh-CN" }, brief.title),
      el("p", { class: "briefs-state" }, stateText(brief, (at) => timeText(at, now))),
      el(
        "p",
        { class: "briefs-acts" },
        isDraft && mayApprove ? el("button", { type: "button", class: "hand-button primary", "data-act": "approve" }, text("briefs.approve")) : null,
        isDraft && mayEdit ? el("button", { type: "button", class: "hand-button", "data-act": "edit" }, text("briefs.edit")) : null,
        ...fileButtons(),
      ),
      ...briefView(brief, this.#opened),
      el(
        "details",
        { class: "briefs-versions" },
        el("summary", {}, text("briefs.versions", { count: brief.versions.length })),
        el("ol", {}, ...brief.versions.map((one) => el("li", {}, text("briefs.version", { version: one.version, by: one.by || text("briefs.system"), time: timeText(one.at, now) })))),
        ...brief.sentences.filter((one) => one.generated !== null && one.generated !== one.text).map((one) => el("p", { lang: "zh-CN" }, text("briefs.was", { words: one.generated }))),
        ...brief.left_out.map((words) => el("p", { lang: "zh-CN" }, text("briefs.left_out", { words }))),
        brief.digest ? el("p", {}, text("briefs.digest", { digest: brief.digest })) : null,
      ),
    ];
  }
}
