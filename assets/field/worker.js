/* The worker of /field: the page and its files from the device when the network has none. One cache per release; the
 * interface under /api is never answered from here, the page keeps its own data. */

const RELEASE = new URL(self.location.href).searchParams.get("release") ?? "0";
const SHELL = `zhongshu-field-${RELEASE}`;
const PAGE = "/field";
const PAGE_CACHE = "zhongshu-field-page";
const PAGE_WAIT_MS = 4_000;

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(dropOldShells()));
self.addEventListener("message", (event) => {
  if (event.data?.forget === "page") event.waitUntil(caches.delete(PAGE_CACHE));
  if (Array.isArray(event.data?.keep)) event.waitUntil(keepMore(event.data.keep));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(page(event));
  else if (pathname.startsWith("/assets/")) event.respondWith(file(request));
});

async function keepShell() {
  const answer = await fetch("/field/shell.json", { cache: "no-store" });
  const { files } = await answer.json();
  const cache = await caches.open(SHELL);
  await cache.addAll(files.map((path) => new Request(path, { cache: "no-cache" })));
  const shown = await fetch(PAGE, { credentials: "same-origin" });
  if (isPage(shown)) await (await caches.open(PAGE_CACHE)).put(PAGE, shown);
  await self.skipWaiting();
}

/* Files that the page used and the list does not know. */
async function keepMore(paths) {
  const cache = await caches.open(SHELL);
  for (const path of paths.filter((one) => one.startsWith("/assets/"))) {
    if (!(await cache.match(path))) await cache.add(path);
  }
}

async function dropOldShells() {
  for (const name of await caches.keys()) {
    if (name.startsWith("zhongshu-field-") && name !== SHELL && name !== PAGE_CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

/* The network's page while it answers soon, else the kept one. */
async function page(event) {
  const kept = await caches.match(PAGE, { cacheName: PAGE_CACHE });
  const fresh = fetch(event.request).then(async (answer) => {
    if (isPage(answer)) await (await caches.open(PAGE_CACHE)).put(PAGE, answer.clone());
    return answer;
  });
  if (!kept) return fresh;
  // The slow answer is still kept for the next opening, and its failure is no news.
  event.waitUntil(fresh.catch(() => undefined));
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PAGE_WAIT_MS));
  return Promise.race([fresh.then((answer) => (answer.status >= 500 ? kept : answer)).catch(() => kept), late]);
}

/* A sign-in page or a failure is never kept as the page. */
function isPage(answer) {
  return answer.ok && !answer.redirected && answer.type === "basic";
}

async function file(request) {
  const kept = await caches.match(request, { cacheName: SHELL, ignoreSearch: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(SHELL)).put(request, answer.clone());
  return answer;
}
