/* The page's worker: it keeps the page and its files, so that the page opens without a network. */

const PATIENCE_MS = 60_000; // on a bad line a new release's files take this long

export async function install({ facts, release }, { signOut }) {
  if (!("serviceWorker" in navigator)) return; // no secure context: everything works but opening without a network
  // A later release's files are on the phone before this page gives way to it.
  release.prepare = (later) => registered(later);
  signOut?.addEventListener("submit", forgetPage);
  try {
    await registered(facts.release);
  } catch (error) {
    console.warn("no worker", error);
    return;
  }
  navigator.serviceWorker.controller?.postMessage({ keep: loadedFaces() });
}

/* Resolves once the worker of a release is the active one. */
async function registered(release) {
  const page = `/${document.documentElement.dataset.page}`;
  const address = `${page}/worker.js?release=${release}`;
  const registration = await navigator.serviceWorker.register(address, { scope: page });
  const isActive = () => registration.active?.scriptURL.endsWith(address);
  const until = performance.now() + PATIENCE_MS;
  while (!isActive()) {
    if (performance.now() > until) throw new Error(`the files of release ${release} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/* The slices of letters that this page has loaded: without a network the same words must be readable. */
function loadedFaces() {
  const loaded = performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname);
  return loaded.filter((path) => path.endsWith(".woff2") || path.endsWith("fonts_chinese.css"));
}

/* Whoever signs out on a shared phone leaves no page behind; what waits to be sent stays. */
function forgetPage() {
  navigator.serviceWorker.controller?.postMessage({ forget: "page" });
}
