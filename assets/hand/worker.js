/* The worker of an installable page (/field, /leader): the page and its files from the device when the network has none.
 * One cache per page and release, with the page in it: what opens without a network is always of one release. The
 * interface under /api is never answered from here, the page keeps its own data. */

const HERE = new URL(self.location.href); // /field/worker.js?release=...
const RELEASE = HERE.searchParams.get("release") ?? "0";
const PAGE = HERE.pathname.replace(/\/worker\.js$/, "");
const SHELLS = `zhongshu-${PAGE.slice(1)}-`;
const SHELL = SHELLS + RELEASE;
const PAGE_WAIT_MS = 4_000;

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(dropOldShells()));
self.addEventListener("message", (event) => {
  if (event.data?.forget === "page") event.waitUntil(forgetPage());
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
  const answer = await fetch(`${PAGE}/shell.json`, { cache: "no-store" });
  const { files } = await answer.json();
  const cache = await caches.open(SHELL);
  await cache.addAll(files);
  await keepPage(await fetch(PAGE, { credentials: "same-origin" }));
  await self.skipWaiting();
}

/* A sign-in page or a failure is never kept as the page, nor is the page of another release: its files are not here. */
async function keepPage(answer) {
  if (!answer.ok || answer.redirected || answer.type !== "basic") return;
  const copy = answer.clone();
  if (!(await answer.text()).includes(`/assets/v-${RELEASE}/`)) return;
  await (await caches.open(SHELL)).put(PAGE, copy);
}

async function forgetPage() {
  await (await caches.open(SHELL)).delete(PAGE);
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
    if (name.startsWith(SHELLS) && name !== SHELL) await caches.delete(name);
  }
  await self.clients.claim();
}

/* The network's page while it answers soon, else the kept one. */
async function page(event) {
  const kept = await caches.match(PAGE, { cacheName: SHELL });
  const fresh = fetch(event.request);
  // The slow answer is still kept for the next opening, and its failure is no news.
  event.waitUntil(fresh.then((answer) => keepPage(answer.clone())).catch(() => undefined));
  if (!kept) return fresh;
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PAGE_WAIT_MS));
  return Promise.race([fresh.then((answer) => (answer.status >= 500 ? kept : answer)).catch(() => kept), late]);
}

async function file(request) {
  const kept = await caches.match(request, { cacheName: SHELL });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && new URL(request.url).pathname.endsWith(".woff2")) await (await caches.open(SHELL)).put(request, answer.clone());
  return answer;
}
