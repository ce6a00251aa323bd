/* The page's worker: it keeps the page's shell, so that the page opens without a network. */

const SCOPE = "/field";

/* `isBusy()` says whether a new shell must wait with its reload until the person has finished something. */
export async function install({ facts }, { isBusy, signOut }) {
  if (!("serviceWorker" in navigator)) return; // no secure context: everything works but opening without a network
  const hadWorker = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (hadWorker && !isBusy()) window.location.reload();
  });
  try {
    await navigator.serviceWorker.register(`/field/worker.js?release=${facts.release}`, { scope: SCOPE });
  } catch (error) {
    console.warn("no worker", error);
  }
  signOut?.addEventListener("submit", forgetPage);
  const worker = (await navigator.serviceWorker.ready).active;
  worker?.postMessage({ keep: loadedFonts() });
}

/* The slices of Chinese letters that this page has used: without a network the same words must be readable. */
function loadedFonts() {
  return performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname).filter((path) => path.endsWith(".woff2"));
}

/* Whoever signs out on a shared phone leaves no page behind; what waits to be sent stays. */
function forgetPage() {
  navigator.serviceWorker.controller?.postMessage({ forget: "page" });
}
