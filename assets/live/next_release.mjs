/* Loads the files of the release that the server runs now, so that a page that reloads itself is dark for as short as
 * can be: everything its document names is in the browser's cache by then. */

const PATIENCE_MS = 20_000; // a wall that cannot load them reloads all the same

export async function loadNextRelease(address, { fetch = window.fetch.bind(window) } = {}) {
  const loading = load(address, fetch).catch(() => null); // the reload says what is wrong, if it still is
  await Promise.race([loading, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
}

async function load(address, fetch) {
  const answer = await fetch(address, { cache: "no-store" });
  const document = new DOMParser().parseFromString(await answer.text(), "text/html");
  const named = [...document.querySelectorAll("link[href], script[src]")].map((one) => one.getAttribute("href") ?? one.getAttribute("src"));
  await Promise.allSettled(named.map(async (one) => (await fetch(new URL(one, address))).arrayBuffer()));
}
