/* Entry of every officer's page of the hand: opens clock, store, queue and connection, and hands them to the page's own
 * module, which exports `mount(hand)`. */

import { Api } from "./api.mjs";
import { HandClock } from "./clock.mjs";
import { connectionText, InboxConnection } from "./connection.mjs";
import { notice, pageFacts, startPage } from "./frame.mjs";
import { SendQueue } from "./queue.mjs";
import { ReleaseWatch } from "./release.mjs";
import { openStore } from "./store.mjs";
import { text } from "../live/catalogue.mjs";
import { sayUse } from "../live/used.mjs";

startPage(async (main) => {
  const hand = await opened(main);
  window.zhongshuHand = hand;
  sayUse(window);
  const { mount } = await import(`../${main.dataset.hand}/page.mjs`);
  main.replaceChildren();
  await mount(hand);
});

/* What every page works with. A page that has an inbox starts `hand.connection`. */
async function opened(main) {
  const facts = pageFacts();
  const clock = new HandClock();
  const api = new Api(clock);
  const store = await openStore(facts.person);
  const queue = new SendQueue({ api, store, clock, person: facts.person });
  const connection = new InboxConnection({ api, clock, store, queue });
  const release = new ReleaseWatch({ api, clock, facts });
  const hand = { main, facts, clock, api, store, queue, connection, release, text, notice };
  await queue.open();
  showConnection(hand);
  startSignOut(queue);
  clock.countDown(document.body);
  if (!store.isLasting) notice(text("hand.no_storage"));
  if (queue.entries.length) queue.send();
  return hand;
}

function showConnection(hand) {
  const line = document.getElementById("hand-connection");
  const show = () => {
    line.dataset.state = hand.connection.state === "live" && hand.connection.broken ? "broken" : hand.connection.state;
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

/* Nothing is lost by signing out, but nobody should believe that it was sent. */
function startSignOut(queue) {
  document.getElementById("hand-sign-out")?.addEventListener("submit", (event) => {
    if (queue.count && !window.confirm(text("hand.sign_out_waiting", { count: queue.count }))) event.preventDefault();
  });
}
