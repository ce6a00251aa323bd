/* The administrators' page in the browser: one section at a time by its address, the switches, and asks of buttons that
 * the server drew. The only module of the page that touches it. */

import { applyTheme, startSwitches } from "../desk/switches.mjs";
import { openLive } from "../live/client.mjs";
import { bridge } from "../live/dash_bridge.mjs";
import { sayUse } from "../live/used.mjs";
import { listenForExports } from "../live/exports.mjs";
import { AskedLately } from "./asks.mjs";
import { DisclosureKeeper } from "./disclosures.mjs";
import { FocusKeeper } from "./focus.mjs";
import { placeOf } from "./place.mjs";
import { ToldSections } from "./told.mjs";
import { watchAnswers } from "./unanswered.mjs";

const root = await rootElement();
applyTheme(root);
startSwitches(root, () => {});
document.title = root.dataset.title;
watchAnswers(window, root);
sayUse(window);
listenForExports(document);
new DisclosureKeeper(root);
const focus = new FocusKeeper(root);
const asks = new AskedLately();
const live = openLive({ url: "/admin/live", document, view: "admin" });
const told = new ToldSections(root, live, (section) => bridge.ask(`admin-${section}-told`, asks.next(section, "news", "")));
told.start();

window.addEventListener("hashchange", () => {
  show(true);
  told.shown();
});
document.addEventListener("click", (event) => {
  if (event.target.closest(".skip")) {
    event.preventDefault();
    root.querySelector("#admin-main").focus();
    return;
  }
  const button = event.target.closest("[data-ask]");
  if (button) ask(button);
});
show(false);
// Not before the page stands: only then has the store what an earlier load kept in the session.
if (root.querySelector('[data-section="policies"]')) send("admin-asked", "open", "");
document.documentElement.dataset.mounted = "true";

function ask(button) {
  const { ask: what, of, asked: store } = button.dataset;
  focus.after(button);
  // What is looked at, or taken up again, stands among the chains and not in the history where it was asked for.
  if (["look", "take", "back", "step"].includes(what)) location.hash = "#policies";
  send(store ?? "admin-asked", what, of ?? "");
}

function send(store, what, of) {
  bridge.ask(store, asks.next(store, what, of));
}

/* Show the section and the view of the address. */
function show(moves) {
  const names = [...root.querySelectorAll("[data-section]")].map((one) => one.dataset.section);
  const views = [...root.querySelectorAll("[data-view]")].map((one) => one.dataset.view);
  const { section, view, isKnown } = placeOf(location.hash, names, views);
  for (const one of root.querySelectorAll("[data-section]")) one.hidden = one.dataset.section !== section;
  for (const one of root.querySelectorAll("[data-view]")) one.hidden = one.dataset.view !== view;
  for (const link of root.querySelectorAll("[data-link]")) mark(link, link.dataset.link === section);
  for (const tab of root.querySelectorAll("[data-tab]")) mark(tab, tab.dataset.tab === view);
  root.querySelector("#admin-not-yours").hidden = isKnown;
  if (!moves) return;
  window.scrollTo(0, 0);
  const heading = root.querySelector(`[data-section="${section}"] h1`);
  if (!root.querySelector(`[data-section="${section}"]`).contains(document.activeElement)) heading.focus();
}

function mark(link, isHere) {
  if (isHere) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}

/* The `[data-page]` element, now or when Dash has drawn it. */
function rootElement() {
  const find = () => document.querySelector("[data-page]");
  return new Promise((resolve) => {
    if (find()) {
      resolve(find());
      return;
    }
    const watch = new MutationObserver(() => {
      if (!find()) return;
      watch.disconnect();
      resolve(find());
    });
    watch.observe(document.documentElement, { childList: true, subtree: true });
  });
}
