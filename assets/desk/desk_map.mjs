/* The desk's map with everything on it: workers, matters, whistles, labels, search, measure. The desk mounts it in its own
 * pane, and the map's own window (map_window.mjs) in the whole of the window. */

import { text } from "../live/catalogue.mjs";
import { addWorkerLayer } from "../live/worker_layer.mjs";
import { MapTools } from "./map/map_tools.mjs";
import { createOverlay, follow } from "./map_overlay.mjs";
import { WorkerCard } from "./worker_card.mjs";

const RESTYLE_AFTER_MS = 60; // one repaint for the hundreds of shapes of one file
const MATTER_REACH_PX = 22;

export class DeskMap {
  /* `page` = {chosenId(), choose(id), recommended()}: the matter that is chosen, how another one is, and the numbered
   * receivers that are proposed for it as {lon, lat, number}. */
  constructor(root, live, page) {
    Object.assign(this, { root, live, page });
    this.pane = root.querySelector("#desk-map-pane");
    this.following = true;
    this.isAway = false; // in a window of its own: nothing is drawn here
    this.shown = { workers: true, matters: true, whistles: true, recommended: true, gaps: false, cameras: false, hot_spots: true, base: true };
  }

  async start() {
    const { live, page } = this;
    this.map = await window.zhongshu.mapReady("desk-map");
    this.workers = addWorkerLayer(this.map, live);
    this.overlay = createOverlay(this.map, () => ({
      matters: live.matters, commands: live.commands, chosen: page.chosenId(),
      recommended: page.recommended(), shown: this.shown, now: live.now(), tools: this.tools,
    }));
    this.card = new WorkerCard(this.map, this.workers, live, JSON.parse(this.root.dataset.places || "{}"));
    this.tools = new MapTools(this.pane, this.map, live, {
      redraw: () => this.changed(),
      framed: () => this.#framed(),
      chooseMatter: (id) => page.choose(id),
      pinWorker: (slot) => this.card.pinSlot(slot),
      isCardPinned: () => this.card.isPinned,
    });
    this.map.on("click", (event) => this.#clicked(event));
    this.map.on("resize", () => this.#framed());
    // The base map's files arrive after the map: each layer is painted in the theme of its arrival, not of the switch.
    this.map.on("layeradd", () => this.#restyleSoon());
    this.#restyleSoon();
    this.root.querySelector("#desk-follow").addEventListener("click", () => this.toggleFollow());
    for (const button of this.root.querySelectorAll("[data-layer]")) {
      button.addEventListener("click", () => this.#toggleLayer(button));
    }
    if (this.isAway) this.#clear();
    else this.#follow();
    this.#followText();
  }

  /* Rows, positions or the time changed. */
  changed() {
    if (!this.isAway) this.overlay?.schedule();
  }

  /* Another matter is chosen. */
  chosen() {
    this.changed();
    this.#follow();
    this.#followText();
  }

  /* Another part of the map is free than before: what is followed is brought into it. */
  #framed() {
    this.changed();
    this.#follow();
  }

  toggleFollow() {
    this.following = !this.following;
    this.#follow();
    this.#followText();
  }

  restyle() {
    if (this.map) window.zhongshu.baseMap.restyle(this.map);
    this.overlay?.draw();
    this.workers?.redraw?.();
  }

  /* Gives the pane's room away, or takes it back. A map that has not come yet is fitted to its pane first. */
  setAway(isAway) {
    if (isAway === this.isAway) return;
    this.isAway = isAway;
    if (!this.tools) return;
    if (isAway) this.#clear();
    else this.#return();
  }

  #clear() {
    this.pane.hidden = true;
    this.card.hide();
    this.map.removeLayer(this.workers);
  }

  #return() {
    this.pane.hidden = false;
    this.map.invalidateSize({ animate: false });
    if (this.shown.workers) this.map.addLayer(this.workers);
    this.overlay.draw();
    this.#follow();
  }

  /* The nearest thing under the pointer: a matter is chosen, a worker gets a card. The overlay itself takes no clicks,
   * or it would swallow panning. */
  #clicked(event) {
    if (this.tools.takesClick(event, false)) return;
    let best = null;
    for (const row of this.live.matters.values()) {
      if (!Number.isFinite(row.lon)) continue;
      const point = this.overlay.spots?.get(row.id) ?? this.map.latLngToContainerPoint([row.lat, row.lon]);
      const distance = event.containerPoint.distanceTo(point);
      if (distance < MATTER_REACH_PX && (best === null || distance < best.distance)) best = { id: row.id, distance };
    }
    if (best !== null && best.distance <= this.card.distanceTo(event.containerPoint)) {
      this.card.hide();
      this.page.choose(best.id);
    } else {
      const wasPinned = this.card.isPinned;
      this.card.pin(event);
      if (!this.card.isPinned && !wasPinned) this.tools.takesClick(event, true);
    }
  }

  #toggleLayer(button) {
    const name = button.dataset.layer;
    this.shown[name] = !this.shown[name];
    button.classList.toggle("on", this.shown[name]);
    button.setAttribute("aria-pressed", String(this.shown[name]));
    if (name === "workers") {
      if (this.shown.workers) this.map.addLayer(this.workers);
      else this.map.removeLayer(this.workers);
      this.card.hide();
    }
    this.tools.showLayer(name, this.shown[name]);
    this.overlay.draw();
  }

  #follow() {
    if (!this.following || !this.tools || this.isAway) return;
    const row = this.live.matters.get(this.page.chosenId());
    follow(this.map, this.tools.frame, row, row?.whistle ? this.live.commands.get(row.whistle) : undefined);
  }

  #followText() {
    const row = this.live.matters.get(this.page.chosenId());
    const line = this.following ? text("desk.follow.on", { no: row?.no ?? "—" }) : text("desk.follow.off");
    this.root.querySelector("#desk-follow-text").textContent = line;
  }

  #restyleSoon() {
    clearTimeout(this.restyleTimer);
    this.restyleTimer = setTimeout(() => window.zhongshu.baseMap.restyle(this.map), RESTYLE_AFTER_MS);
  }
}
