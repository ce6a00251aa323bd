/* Entry of wall, desk and the map's own window: opens the live picture, waits until Dash has mounted the page's root, and hands both to the
 * page's own module. It runs before Dash's scripts have come, so that rows and files are there when the root is. */

// Not when it is needed: the next release has no file of this one.
import { loadNextRelease } from "./live/next_release.mjs";
import { sayUse } from "./live/used.mjs";

const PAGES = { wall: "./wall/page.mjs", desk: "./desk/page.mjs", desk_map: "./desk/map_window.mjs" };
const RELOAD_AFTER_S = 20;
const RELOAD_SPREAD_S = 10; // forty walls must not ask in the same second
const SIGNED_OUT_RELOAD_APART_MS = 60_000;
const RELEASE_AGAIN_MS = 5_000;
const RELOADED_KEY = "zhongshu.reloaded_at";

document.documentElement.dataset.started = "true"; // read by live/start_guard.js
start();

async function start() {
  // Everything that needs no root is fetched while Dash mounts: by then the picture is usually there.
  const early = Promise.all([import("./live/catalogue.mjs"), openEarly(), import(PAGES[pageOfAddress()])]);
  early.catch(() => {}); // told below, where there is a root to tell it in
  const root = await rootElement();
  try {
    const [{ loadCatalogue }, live, { mount }] = await early;
    await loadCatalogue([], root.dataset.lang);
    window.zhongshu = Object.assign(window.zhongshu ?? {}, { live });
    if (root.dataset.page !== "wall") sayUse(window); // a wall has nobody who touches it
    live.on("connection", () => followSignOut(live));
    followSignOut(live);
    if (root.dataset.page === "wall") live.on("second", () => followRelease(live));
    await mount(root, live);
    document.documentElement.dataset.mounted = "true";
  } catch (error) {
    console.error(error);
    await showFailure(root, error);
  }
}

async function openEarly() {
  const { openLive } = await import("./live/client.mjs");
  return openLive({ url: "/live", document, view: pageOfAddress() === "wall" ? "wall" : "desk" });
}

/* Each page is mounted under its own name. */
function pageOfAddress() {
  const [, first] = location.pathname.split("/");
  return first in PAGES ? first : "desk";
}

/* The `[data-page]` element, now or when Dash has rendered it. */
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

/* A session that ended, a token that was revoked: the server shows the right page, so ask for it, but not for ever. */
function followSignOut(live) {
  if (live.connection.reason !== "signed_out") return;
  const last = Number(sessionStorage.getItem(RELOADED_KEY) ?? 0);
  if (Date.now() - last < SIGNED_OUT_RELOAD_APART_MS) return;
  sessionStorage.setItem(RELOADED_KEY, String(Date.now()));
  location.reload();
}

/* Nobody reloads a wall by hand. */
function followRelease(live) {
  if (!live.isOutdated) return;
  live.isOutdated = false;
  setTimeout(reloadWarm, Math.random() * RELOAD_SPREAD_S * 1_000);
}

/* Not before the new document is there: a page of a proxy's that says 502 would stay on the wall for good. */
async function reloadWarm() {
  if (await loadNextRelease(location.href)) location.reload();
  else setTimeout(reloadWarm, RELEASE_AGAIN_MS);
}

/* Never a blank page: says what failed and tries again by itself. Where the catalogue is what failed, the
 * title and the reason must do. */
async function showFailure(root, error) {
  const box = document.createElement("div");
  box.setAttribute("role", "alert");
  box.className = "page-failure";
  const lines = await failureLines(error);
  for (const [place, line] of lines.entries()) {
    const paragraph = document.createElement(place === 0 ? "h1" : "p");
    paragraph.textContent = line;
    box.append(paragraph);
  }
  Object.assign(box.style, {
    position: "fixed", inset: "0 0 auto 0", zIndex: "10000", padding: "24px", background: "#CE2A24", color: "#FFFFFF",
    font: "20px/1.5 sans-serif",
  });
  root.append(box);
  setTimeout(() => location.reload(), (RELOAD_AFTER_S + Math.random() * RELOAD_SPREAD_S) * 1_000);
}

async function failureLines(error) {
  const reason = error instanceof Error ? error.message : String(error);
  try {
    const { text } = await import("./live/catalogue.mjs");
    return [
      text("live.failed.title"), text("live.failed.what", { reason }), text("live.failed.next", { seconds: RELOAD_AFTER_S }),
    ];
  } catch {
    return [document.title, reason];
  }
}
