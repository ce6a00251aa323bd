/* Loads the files of the release that the server runs now, so that a page that reloads itself is dark for as short as
 * can be: everything its document names is in the browser's cache by then. */

const PATIENCE_MS = 20_000; // a wall whose document has come and that cannot load its files reloads all the same

/* Returns whether the server answered with the document: else there is nothing to reload to. */
export async function loadNextRelease(address, { fetch = window.fetch.bind(window) } = {}) {
  let page;
  try {
    const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) return false;
    page = await answer.text();
  } catch {
    return false;
  }
  await Promise.race([loadNamed(page, address, fetch), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  return true;
}

async function loadNamed(page, address, fetch) {
  const document = new DOMParser().parseFromString(page, "text/html");
  const named = [...document.querySelectorAll("link[href], script[src]")].map((one) => one.getAttribute("href") ?? one.getAttribute("src"));
  await Promise.allSettled(named.map(async (one) => (await fetch(new URL(one, address))).arrayBuffer()));
}
