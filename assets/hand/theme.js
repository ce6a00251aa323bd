/* Light or dark before the first paint: as the person chose on this device, else as the system is. The field's page is
 * light unless somebody chose: it is read in the sun. */
(() => {
  const root = document.documentElement;
  const light = window.matchMedia("(prefers-color-scheme: light)");
  const chosen = () => {
    try {
      return window.localStorage.getItem("zhongshu.hand.theme");
    } catch {
      return null; // switched off by policy
    }
  };
  const apply = () => {
    const wanted = chosen() ?? (root.dataset.page === "field" ? "light" : "system");
    root.dataset.theme = wanted === "system" ? (light.matches ? "light" : "dark") : wanted;
  };
  apply();
  light.addEventListener("change", apply);
  window.addEventListener("zhongshu-theme", apply);
})();
