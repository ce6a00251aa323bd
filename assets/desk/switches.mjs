/* Theme and language, per user: remembered by this browser, and the language also told to the server. */

const THEME_KEY = "zhongshu.desk.theme";
const LANGUAGE_COOKIE = "zhongshu_language"; // read by the server when it builds the page
const YEAR_S = 365 * 24 * 3_600;

export function applyTheme(root, theme = remembered()) {
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.surface = "desk";
  document.documentElement.lang = root.lang;
  document.body.dataset.agThemeMode = theme;
}

export function startSwitches(root, onRestyle) {
  root.querySelector("#desk-theme").addEventListener("click", () => {
    const theme = document.documentElement.dataset.theme === "light" ? "dark" : "light";
    remember(theme);
    applyTheme(root, theme);
    onRestyle();
  });
  root.querySelector("#desk-language").addEventListener("click", () => {
    const language = root.dataset.lang === "zh" ? "en" : "zh";
    document.cookie = `${LANGUAGE_COOKIE}=${language}; path=/; max-age=${YEAR_S}; samesite=strict`;
    window.location.reload();
  });
}

function remembered() {
  try {
    return window.localStorage.getItem(THEME_KEY) === "light" ? "light" : "dark";
  } catch {
    return "dark"; // storage may be switched off by policy; the desk then starts dark each time
  }
}

function remember(theme) {
  try {
    window.localStorage.setItem(THEME_KEY, theme);
  } catch {
    return; // see remembered()
  }
}
