/* The theme that was chosen on the desk or here, before the first paint; `assets/desk/switches.mjs` keeps it. */
(() => {
  try {
    if (window.localStorage.getItem("zhongshu.desk.theme") === "light") {
      document.documentElement.dataset.theme = "light";
    }
  } catch {
    // storage may be switched off by policy; the page is then dark
  }
})();
