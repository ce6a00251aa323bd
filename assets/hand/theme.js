/* Light or dark as the system is, before the first paint; a page of the hand has no switch of its own. */
(() => {
  const light = window.matchMedia("(prefers-color-scheme: light)");
  const apply = () => {
    document.documentElement.dataset.theme = light.matches ? "light" : "dark";
  };
  apply();
  light.addEventListener("change", apply);
})();
