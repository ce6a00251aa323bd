/* A page whose entry never came loads itself again: its files are of a release that this server no longer has, or the line
 * broke. Nobody reloads a wall by hand. A classic script under an address without a release, so that it is always there. */
(function () {
  "use strict";

  const RELOAD_AFTER_S = 20;
  const RELOAD_SPREAD_S = 10; // forty walls must not ask in the same second

  // The entry has run or has failed before this event: it is one of the scripts that the document waits for.
  addEventListener("load", () => {
    if (document.documentElement.dataset.started === "true") return;
    setTimeout(() => location.reload(), (RELOAD_AFTER_S + Math.random() * RELOAD_SPREAD_S) * 1_000);
  });
})();
