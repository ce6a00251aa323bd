/* Entry of every page of the hand: opens clock, store, queue and connection, and hands them to the page's own module,
 * which exports `mount(hand)`. */

import { Api } from "./api.mjs";
import { HandClock } from "./clock.mjs";
import { connectionText, InboxConnection } from "./connection.mjs";
import { SendQueue } from "./queue.mjs";
import { openStore } from "./store.mjs";
import { loadCatalogue, text } from "../live/catalogue.mjs";

const LANGUAGE_COOKIE = "zhongshu_language"; // read by the server when it builds the page
const YEAR_S = 365 * 24 * 3_600;

start();

async function start() {
  const main = document.querySelector("[data-hand]");
  if (main === null) return;
  try {
    await loadCatalogue([], document.documentElement.lang);
    const hand = await opened(main);
    window.zhongshuHand = hand;
    const { mount } = await import(`../${main.dataset.hand}/page.mjs`);
    await mount(hand);
    document.documentElement.dataset.mounted = "true";
  } catch (error) {
    console.error(error);
    showFailure(main, error);
  }
}

/* What every page works with. A page that has an inbox starts `hand.connection`. */
async function opened(main) {
  const facts = JSON.parse(document.getElementById("hand-facts").textContent);
  const clock = new HandClock();
  const api = new Api(clock);
  const store = await openStore(facts.person);
  const queue = new SendQueue({ api, store, clock, person: facts.person });
  const connection = new InboxConnection({ api, clock, store, queue });
  const hand = { main, facts, clock, api, store, queue, connection, text, notice };
  await queue.open();
  showConnection(hand);
  startLanguage();
  startSignOut(queue);
  clock.countDown(document.body);
  if (!store.isLasting) notice(text("hand.no_storage"));
  if (queue.entries.length) queue.send();
  return hand;
}

/* Says something above everything until the person has seen it; "" takes it away. */
export function notice(words, { onDismiss = () => {} } = {}) {
  const box = document.getElementById("hand-notice");
  box.replaceChildren();
  box.hidden = !words;
  if (!words) return;
  const line = document.createElement("span");
  line.textContent = words;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "hand-quiet";
  button.textContent = text("hand.dismiss");
  button.addEventListener("click", () => {
    notice("");
    onDismiss();
  });
  box.append(line, button);
}

function showConnection(hand) {
  const line = document.getElementById("hand-connection");
  const show = () => {
    line.dataset.state = hand.connection.state;
    line.textContent = connectionText(hand.connection, hand.clock, hand.queue.count);
    if (hand.connection.state === "signed_out") line.append(" ", signInLink());
  };
  hand.connection.onState = show;
  hand.queue.onState = (state) => {
    if (state !== "signed_out") return;
    hand.connection.state = state;
    show();
  };
  hand.queue.onChange = () => {
    show();
    showRefused(hand);
  };
  hand.queue.onChange();
}

/* What the server refused, one at a time: the person must see it, also after the page was closed. */
function showRefused(hand) {
  const [first] = hand.queue.refused;
  if (!first) return;
  notice(text("hand.refused_one", { words: first.words }), {
    onDismiss: () => hand.queue.dismiss(first.key),
  });
}

function signInLink() {
  const link = document.createElement("a");
  link.href = "/sign-in";
  link.textContent = text("hand.sign_in");
  return link;
}

function startLanguage() {
  document.getElementById("hand-language")?.addEventListener("click", () => {
    const other = document.documentElement.lang.startsWith("en") ? "zh" : "en";
    document.cookie = `${LANGUAGE_COOKIE}=${other}; path=/; max-age=${YEAR_S}; samesite=strict`;
    window.location.reload();
  });
}

/* Nothing is lost by signing out, but nobody should believe that it was sent. */
function startSignOut(queue) {
  document.getElementById("hand-sign-out")?.addEventListener("submit", (event) => {
    if (queue.count && !window.confirm(text("hand.sign_out_waiting", { count: queue.count }))) event.preventDefault();
  });
}

/* Never a blank page. */
function showFailure(main, error) {
  const title = document.createElement("h1");
  title.textContent = text("hand.failed.title");
  const reason = document.createElement("p");
  reason.textContent = error instanceof Error ? error.message : String(error);
  const again = document.createElement("button");
  again.type = "button";
  again.className = "hand-button";
  again.textContent = text("hand.failed.again");
  again.addEventListener("click", () => window.location.reload());
  main.replaceChildren(title, reason, again);
  main.setAttribute("role", "alert");
}
