/* Every visible string of the browser's side, from the same files as layouts/catalogue.py. They are loaded before
 * whoever imports this module runs. */

// A page names what it needs in its document; one that names nothing reads the whole.
const NAMED = document.documentElement.dataset.words;
const FEATURES = NAMED ? NAMED.split(" ") : ["page", "live", "map", "log", "refusals", "wall", "wall_scenes", "wall_control", "wall_incident", "desk", "desk_bar", "asks", "tellings", "shift", "steps", "desk_map", "desk_map_window", "desk_walls", "desk_states"];
const PLACEHOLDER = /\{([a-z_]+)\}/g;
// What somebody wrote must not turn the direction of the words that stand after it in the same sentence.
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

const entries = new Map();
let language = document.documentElement.lang.startsWith("en") ? "en" : "zh";

await loadCatalogue(FEATURES);

/* Loads features and, if given, chooses the language. A feature without a file has no strings yet. */
export async function loadCatalogue(features, lang) {
  if (lang) setLanguage(lang);
  await Promise.all(features.map(loadFeature));
}

async function loadFeature(feature) {
  const answer = await fetch(new URL(`../catalogue/${feature}.json`, import.meta.url));
  if (!answer.ok) {
    console.warn(`no catalogue of ${feature}: ${answer.status}`);
    return;
  }
  for (const [key, texts] of Object.entries(await answer.json())) entries.set(key, texts);
}

export function setLanguage(lang) {
  language = lang === "en" ? "en" : "zh";
}

export function currentLanguage() {
  return language;
}

/* Text of a key in the page's language. A missing key shows itself: visible in a test, readable in the centre. */
export function text(key, params = {}) {
  const texts = entries.get(key);
  if (!texts) return key;
  return texts[language].replace(PLACEHOLDER, (whole, name) => String(inLanguage(params, name) ?? whole).replace(TURNING, ""));
}

/* A log entry is written once for readers of both languages: `step_en` stands beside `step`. */
function inLanguage(params, name) {
  return (language === "en" ? params[`${name}_en`] : undefined) ?? params[name];
}

export function hasText(key) {
  return entries.has(key);
}
