/* Says to the server that somebody touched this page: reading, scrolling and moving a map ask nothing of it, and what a
 * page asks by itself does not count as use of its session (data_feeds/http/access.py). Untouched, nothing is said. */

const ADDRESS = "/api/v1/session/use";
const APART_MS = 10_000; // the shortest session is a minute; the server writes its use down once a minute
const TOUCHES = ["pointerdown", "keydown", "wheel", "input"];

/* Listens to `target` (a window) from now on. `say` asks the server and is never waited for. */
export function sayUse(target, { say = sayToServer, now = () => performance.now() } = {}) {
  let saidAt = -Infinity;
  const touched = (event) => {
    if (!event.isTrusted || now() - saidAt < APART_MS) return;
    saidAt = now();
    say();
  };
  for (const touch of TOUCHES) target.addEventListener(touch, touched, { capture: true, passive: true });
}

function sayToServer() {
  fetch(ADDRESS, { method: "POST", keepalive: true }).catch(() => {}); // the page says by itself that nobody is heard
}
