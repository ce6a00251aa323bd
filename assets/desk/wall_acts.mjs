/* What can be done to one wall: buttons and a few fields, which keep what is typed while the wall's row changes. */

import { text } from "../live/catalogue.mjs";
import { keepsOffSeams } from "../wall/cells.mjs";
import { labelMm, wantedScale } from "../live/legibility.mjs";

export class WallActs {
  #made = null; // id of the wall that the fields belong to

  /* `send(way, body)` posts one act on the picked wall. */
  constructor(place, { send }) {
    this.place = place;
    this.send = send;
    place.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) this.#do(button.dataset.do, button.dataset.with);
    });
  }

  focusFirst() {
    this.place.querySelector("button:not([disabled])")?.focus({ preventScroll: true });
  }

  draw(wall, scenes, matter, now, recordings) {
    this.wall = wall;
    this.matter = matter;
    if (this.#made !== wall.id) this.#make(wall, scenes);
    const isMuted = wall.muted_until > now;
    this.isMuted = isMuted;
    this.#button("push", matter ? text("desk.walls.push", { no: matter.no, title: matter.title }) : text("desk.walls.none_chosen"), !matter);
    for (const button of this.place.querySelectorAll("[data-do=scene]")) {
      button.classList.toggle("on", button.dataset.with === wall.scene);
      button.setAttribute("aria-pressed", String(button.dataset.with === wall.scene));
    }
    this.#button("hold", text(wall.held ? "desk.walls.release" : "desk.walls.hold"));
    this.#button("rotate", text(wall.rotates ? "desk.walls.rotate_off" : "desk.walls.rotate_on"));
    this.#button("mute", text(isMuted ? "desk.walls.unmute" : "desk.walls.mute"));
    const turning = wall.rotates ? text("desk.walls.rotates", { seconds: wall.rotation_s }) : text("desk.walls.still");
    this.#state("turning", wall.held ? text("desk.walls.held") : turning);
    this.#state("told", wall.driven_at === 0 ? text("desk.walls.told_nobody")
      : text("desk.walls.told", { by: wall.driven_by || "—", time: minute(wall.driven_at), scene: text(`desk.walls.scene.${wall.scene}`) }));
    this.#state("voice", isMuted ? text("desk.walls.muted", { time: minute(wall.muted_until), reason: wall.mute_reason, by: wall.muted_by })
      : text("desk.walls.speaks"));
    this.#state("recordings", recordingsText(recordings));
    this.#state("seen", wall.width_mm > 0
      ? text("desk.walls.seen", { mm: labelMm(wall).toFixed(1), scale: wantedScale(wall).toFixed(2) }) : "");
    this.#state("seams", keepsOffSeams(wall) ? "" : text("desk.walls.seams", { columns: wall.panels[0], rows: wall.panels[1] }));
  }

  #make(wall, scenes) {
    this.#made = wall.id;
    const scene = (name) => button("scene", text(`desk.walls.scene.${name}`), { with: name });
    this.place.replaceChildren(
      button("push", "", { className: "button primary push-matter" }),
      row("desk.walls.scenes", ...scenes.map(scene), state("told")),
      row(null, button("hold", ""), button("rotate", ""), field("rotation_s", "desk.walls.seconds", wall.rotation_s, 30, 60), state("turning")),
      row("desk.walls.voice", state("voice"), state("recordings")),
      row(null, words("reason", "desk.walls.reason"), button("mute", "")),
      row("desk.walls.built", field("panel_columns", "desk.walls.columns", wall.panels[0], 1, 8), field("panel_rows", "desk.walls.rows", wall.panels[1], 1, 8), state("seams")),
      row(null, field("width_mm", "desk.walls.width", wall.width_mm, 0, 30_000), field("distance_mm", "desk.walls.distance", wall.distance_mm, 500, 50_000),
        button("build", text("desk.walls.keep")), state("seen")),
    );
  }

  #do(what, value) {
    const { wall, matter } = this;
    if (what === "push" && matter) this.send("show", { scene: "incident", matter_id: matter.id });
    else if (what === "scene") this.send("show", { scene: value });
    else if (what === "hold") this.send("show", holding(wall));
    else if (what === "rotate") this.send("show", { rotates: !wall.rotates, rotation_s: this.#number("rotation_s") });
    else if (what === "mute") this.send("mute", { muted: !this.isMuted, reason: this.place.querySelector("[name=reason]").value.trim() });
    else if (what === "build") {
      const names = ["panel_columns", "panel_rows", "width_mm", "distance_mm"];
      this.send("build", Object.fromEntries(names.map((name) => [name, this.#number(name)])));
    }
  }

  #number(name) {
    return Math.round(Number(this.place.querySelector(`[name=${name}]`).value) || 0);
  }

  #button(name, words, isDisabled = false) {
    const node = this.place.querySelector(`[data-do=${name}]`);
    if (node.textContent !== words) node.textContent = words;
    node.disabled = isDisabled;
  }

  #state(name, words) {
    const node = this.place.querySelector(`[data-state="${name}"]`);
    if (node.textContent !== words) node.textContent = words;
  }
}

/* What is held is what the wall shows now, wherever its turn or an alarm has brought it. */
function holding({ held, shows }) {
  return held || !shows?.scene ? { held: !held } : { held: true, scene: shows.scene, matter_id: shows.matter_id ?? null };
}

/* What a wall plays that has no Chinese voice of its own; `missing` are names of files without their ending. */
function recordingsText({ in_use: inUse, missing } = {}) {
  if (!inUse) return text("desk.walls.recordings_none");
  return missing.length === 0 ? text("desk.walls.recordings_all") : text("desk.walls.recordings_missing", { names: missing.join(text("desk.walls.and")) });
}

function button(name, words, { with: value, className = "button small" } = {}) {
  const node = document.createElement("button");
  Object.assign(node, { type: "button", className, textContent: words });
  node.dataset.do = name;
  if (value) node.dataset.with = value;
  return node;
}

function state(name) {
  const node = document.createElement("span");
  node.className = "state";
  node.dataset.state = name;
  return node;
}

function field(name, label, value, least, most) {
  const node = document.createElement("label");
  const input = document.createElement("input");
  Object.assign(input, { type: "number", name, value: String(value), min: String(least), max: String(most), step: "1" });
  node.append(text(label), input);
  return node;
}

function words(name, label) {
  const input = document.createElement("input");
  Object.assign(input, { type: "text", name, placeholder: text(label), maxLength: 200 });
  input.setAttribute("aria-label", text(label));
  return input;
}

function row(label, ...nodes) {
  const node = document.createElement("div");
  node.className = "walls-acts-row";
  const head = document.createElement("span");
  head.className = "label";
  head.textContent = label ? text(label) : "";
  node.append(head, ...nodes);
  return node;
}

function minute(at) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
}
