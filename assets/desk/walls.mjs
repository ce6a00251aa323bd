/* The walls' controller: what each wall shows now and since when, and what it is to show. Asked when it is opened and
 * when the server tells that a wall was driven or shows something else; never by the clock. */

import { AskOnNews } from "../live/ask_on_news.mjs";
import { text } from "../live/catalogue.mjs";
import { post } from "./post.mjs";
import { WallActs } from "./wall_acts.mjs";

const ADDRESS = "/api/v1/walls";
const APART_MS = 500;
const SECOND_MS = 1_000;
const CITY_HOUR = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
});

export class Walls {
  constructor(root, live, { chosenId }) {
    this.root = root;
    this.live = live;
    this.chosenId = chosenId;
    this.panel = root.querySelector("#desk-walls");
    this.list = root.querySelector("#desk-walls-list");
    this.told = null; // the server's answer
    this.picked = null; // id of the wall that the acts are for
    this.isSending = false;
    this.news = new AskOnNews({ ask: () => this.#ask(), apartMs: APART_MS });
    this.acts = new WallActs(root.querySelector("#desk-walls-acts"), { send: (way, body) => this.#send(way, body) });
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  start() {
    this.root.querySelector("#desk-walls-open").addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    this.root.querySelector("#desk-walls-close").addEventListener("click", () => this.close());
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("[data-wall]");
      if (row) this.#pick(row.dataset.wall);
    });
    this.live.on("news", (kinds) => this.isOpen && (kinds === null || kinds.has("walls") || kinds.has("walls_shown")) && this.news.told());
    this.live.on("second", () => this.isOpen && this.#second());
  }

  /* Opens on the chosen matter; Enter then puts it on the wall. */
  async open() {
    if (this.panel.dataset.may !== "1") return;
    this.matterId = this.chosenId();
    const row = this.live.matters.get(this.matterId);
    this.#write("desk-walls-matter", row ? `${row.no} ${row.title}` : text("desk.walls.none_chosen"));
    this.#complain(null);
    this.panel.hidden = false;
    await this.news.now();
    this.acts.focusFirst();
  }

  close() {
    this.panel.hidden = true;
    if (this.panel.contains(document.activeElement)) document.activeElement.blur();
  }

  async #ask() {
    try {
      const answer = await fetch(ADDRESS, { headers: { accept: "application/json" } });
      if (!answer.ok) return false;
      this.told = (await answer.json()).value;
    } catch {
      return false; // the connection bar says that the server is not heard
    }
    this.#draw();
    return true;
  }

  get #wall() {
    return this.told?.walls.find((wall) => wall.id === this.picked) ?? null;
  }

  #pick(id) {
    this.picked = id;
    this.#draw();
  }

  #draw() {
    const { walls } = this.told;
    if (!this.#wall) this.picked = firstOf(walls, this.live.view.jurisdiction)?.id ?? null;
    const rows = walls.map((wall) => this.list.querySelector(`[data-wall="${wall.id}"]`) ?? madeRow(wall.id));
    if (rows.some((row, place) => this.list.children[place] !== row) || this.list.children.length !== rows.length) {
      this.list.replaceChildren(...rows);
    }
    walls.forEach((wall, place) => this.#fill(rows[place], wall));
    const matter = this.live.matters.get(this.matterId);
    if (this.#wall) this.acts.draw(this.#wall, this.told.scenes, matter ?? null, this.live.now(), this.told.recordings);
  }

  #fill(row, wall) {
    const isPicked = String(wall.id === this.picked);
    if (row.getAttribute("aria-checked") !== isPicked) row.setAttribute("aria-checked", isPicked);
    row.dataset.connected = String(Boolean(wall.shows?.connected));
    const lines = { name: `${wall.place} · ${wall.name}`, link: this.#linkText(wall), now: this.#nowText(wall) };
    for (const [name, words] of Object.entries(lines)) {
      const node = row.querySelector(`.${name}`);
      if (node.textContent !== words) node.textContent = words;
    }
  }

  #linkText({ shows }) {
    if (!this.told.shown_known) return text("desk.walls.unknown");
    if (!shows) return text("desk.walls.never");
    return shows.connected ? text("desk.walls.connected") : text("desk.walls.gone", { time: clock(shows.heard_at) });
  }

  #nowText({ shows }) {
    if (!shows?.scene) return text("desk.walls.shows_nothing");
    const matter = this.live.matters.get(shows.matter_id);
    return text("desk.walls.shows", {
      scene: text(`desk.walls.scene.${shows.scene}`), matter: matter ? ` ${matter.no} ${matter.title}` : "",
      time: clock(shows.since_at), lasted: lasted(this.live.now() - shows.since_at),
    });
  }

  #second() {
    if (!this.told) return;
    for (const wall of this.told.walls) {
      const row = this.list.querySelector(`[data-wall="${wall.id}"]`);
      if (row) this.#fill(row, wall);
    }
  }

  async #send(way, body) {
    if (this.isSending || !this.#wall) return;
    this.isSending = true;
    this.panel.setAttribute("aria-busy", "true");
    const refusal = this.root.dataset.writable === "1"
      ? await post(`${ADDRESS}/${this.picked}/${way}`, body) : text("desk.connection.no_writing");
    this.isSending = false;
    this.panel.removeAttribute("aria-busy");
    this.#complain(refusal);
    await this.news.now();
  }

  #complain(refusal) {
    const line = this.root.querySelector("#desk-walls-refusal");
    line.textContent = refusal ?? "";
    line.hidden = refusal === null;
  }

  #write(id, words) {
    this.root.querySelector(`#${id}`).textContent = words;
  }
}

/* The wall that the acts are for until another is picked: the own centre's before a county's, of each the connected. */
function firstOf(walls, jurisdiction) {
  const own = walls.filter((wall) => wall.jurisdiction === jurisdiction);
  const connected = (some) => some.find((wall) => wall.shows?.connected) ?? some[0];
  return connected(own) ?? connected(walls);
}

function madeRow(id) {
  const row = document.createElement("button");
  Object.assign(row, { type: "button", className: "wall-row" });
  row.setAttribute("role", "radio");
  row.dataset.wall = id;
  for (const [tag, name] of [["b", "name"], ["span", "link"], ["span", "now"]]) {
    const node = document.createElement(tag);
    node.className = name;
    row.append(node);
  }
  return row;
}

export function clock(at) {
  return CITY_HOUR.format(at);
}

function lasted(ms) {
  const seconds = Math.max(0, Math.floor(ms / SECOND_MS));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const two = (value) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
}
