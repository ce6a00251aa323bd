/* The queue's views: county, unit, category and order beside the filter chips, and those that the officer keeps on the
 * server. What narrows the queue is always said on the button, so that nothing is out of sight unnoticed. */

import { text } from "../live/catalogue.mjs";
import { bridge } from "../live/dash_bridge.mjs";

const NOTHING = { region: "", unit: "", category: "", order: "remaining" };

export class QueueViews {
  constructor(root, live, queue) {
    Object.assign(this, { root, live, queue, name: "" });
    this.button = root.querySelector("#desk-views-button");
    this.panel = root.querySelector("#desk-views-panel");
  }

  start() {
    this.button.addEventListener("click", () => this.toggle());
    this.root.querySelector("#desk-queue-empty").addEventListener("click", (event) => {
      const what = event.target.closest("[data-let-go]")?.dataset.letGo;
      if (what === "filter") this.queue.setFilter("all");
      if (what === "views") this.#narrow({ ...NOTHING, order: this.queue.narrowed.order }, "");
    });
    new MutationObserver(() => this.#arrived()).observe(this.panel, { childList: true, subtree: true });
    this.panel.addEventListener("change", (event) => {
      if (event.target.matches("[data-narrow]")) this.#narrow({ ...this.queue.narrowed, [event.target.dataset.narrow]: event.target.value }, "");
    });
    this.panel.addEventListener("click", (event) => this.#clicked(event.target.closest("button")));
    this.panel.addEventListener("keydown", (event) => this.#key(event));
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  toggle() {
    if (this.isOpen) {
      this.close();
      return;
    }
    this.panel.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.isFresh = true;
    this.#ask({ do: "list" });
    this.#arrived();
  }

  close() {
    this.panel.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (this.panel.contains(document.activeElement)) document.activeElement.blur();
  }

  #ask(wanted) {
    this.revision = (this.revision ?? 0) + 1;
    bridge.ask("desk-views-asked", { matter_id: "", lang: this.root.dataset.lang, revision: this.revision, ...wanted });
  }

  /* The server's part was drawn, for the first time or anew: the name's field and the units are the page's. */
  #arrived() {
    const place = this.panel.querySelector(".views-name");
    if (place && !place.firstChild) {
      const input = Object.assign(document.createElement("input"), { id: "desk-views-name", type: "text", maxLength: Number(place.dataset.max), placeholder: place.dataset.placeholder, autocomplete: "off" });
      input.setAttribute("aria-label", place.dataset.placeholder);
      place.append(input);
    }
    if (!place || !this.isFresh || !this.isOpen) return;
    this.isFresh = false;
    this.#offerUnits();
    this.#show();
    this.panel.querySelector("[data-narrow]").focus({ preventScroll: true });
  }

  #offerUnits() {
    const select = this.#select("unit");
    const named = new Map([...this.live.matters.values()].filter((row) => row.unit).map((row) => [row.unit, row.unit_name]));
    const kept = this.queue.narrowed.unit;
    if (kept && !named.has(kept)) named.set(kept, kept);
    const options = [...named].sort(([, one], [, other]) => one.localeCompare(other, "zh")).map(([id, name]) => new Option(name, id));
    select.replaceChildren(select.options[0], ...options);
  }

  #select(name) {
    return this.panel.querySelector(`[data-narrow="${name}"]`);
  }

  #clicked(button) {
    if (!button) return;
    if (button.dataset.view) {
      const { filter, ...narrowed } = JSON.parse(button.dataset.view);
      this.queue.setFilter(filter);
      this.#narrow(narrowed, button.dataset.name);
    } else if (button.dataset.drop) this.#ask({ do: "drop", name: button.dataset.drop });
    else if (button.dataset.keep) this.#keep();
    else if (button.dataset.clear) this.#narrow(NOTHING, "");
  }

  #key(event) {
    if (event.key !== "Enter" || event.isComposing || event.target.id !== "desk-views-name") return;
    event.preventDefault();
    event.stopPropagation();
    this.#keep();
  }

  #keep() {
    const name = this.panel.querySelector("#desk-views-name").value.trim();
    this.name = name;
    this.#ask({ do: "keep", name, view: { ...NOTHING, ...this.queue.narrowed, filter: this.queue.filter } });
    this.#say();
  }

  #narrow(narrowed, name) {
    this.name = name;
    this.queue.narrowTo({ ...NOTHING, ...narrowed });
    this.#show();
  }

  #show() {
    if (this.#select("unit")) this.#offerUnits(); // else the panel was never opened
    for (const select of this.panel.querySelectorAll("[data-narrow]")) select.value = this.queue.narrowed[select.dataset.narrow];
    this.#say();
  }

  #say() {
    const chosen = Object.keys(NOTHING).filter((key) => this.queue.narrowed[key] !== NOTHING[key]);
    const words = chosen.map((key) => this.#select(key)?.selectedOptions[0]?.textContent ?? "").filter(Boolean);
    this.button.classList.toggle("on", chosen.length > 0);
    this.button.querySelector("#desk-views-on").textContent = chosen.length === 0 ? "" : this.name || words.join(text("desk.join.names"));
  }
}
