/* Takes a table away as a file: one listener for every `[data-export]` on the page, however often it is drawn anew.
 *
 * The words stand in the element's attributes; what a refusal says comes from the server, in words. */

const NAMED = /filename\*=UTF-8''([^;]+)/;

/* `periodOf(element)` gives {from_at, until_at} where the page lets one choose a time; `tell(sentence)` says what came of
 * it where the page has a place of its own for that. */
export function listenForExports(document, { periodOf = () => ({}), tell = null, fetcher = (...given) => fetch(...given) } = {}) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-export] [data-format]");
    if (!button) return;
    const place = button.closest("[data-export]");
    if (place.dataset.busy) return;
    take(place, button.dataset.format, periodOf(place), { tell, fetcher });
  });
}

async function take(place, format, period, { tell, fetcher }) {
  const words = { ...place.dataset };
  const say = tell ?? ((sentence, outcome) => write(place, sentence, outcome));
  place.dataset.busy = "true";
  say(words.making, "");
  try {
    const asked = new URLSearchParams({ format, ...period });
    const answer = await fetcher(`/api/v1/exports/${place.dataset.export}?${asked}`, { method: "POST", credentials: "same-origin", redirect: "manual" });
    if (answer.ok) {
      const file = decodeURIComponent(NAMED.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? `${place.dataset.export}.${format}`);
      save(await answer.blob(), file);
      say(words.done.replace("{file}", file), "done");
    } else if (answer.status === 401 || answer.type === "opaqueredirect") say(words.signedOut, "refused");
    else say((answer.status === 409 ? (await answer.json()).words : null) ?? words.failed, "refused");
  } catch {
    say(words.failed, "refused"); // no answer, or cut off on its way
  } finally {
    delete place.dataset.busy;
  }
}

function write(place, sentence, outcome) {
  const said = place.querySelector("[role='status']");
  said.textContent = sentence;
  said.title = sentence;
  said.dataset.outcome = outcome;
}

function save(content, name) {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads the address after this turn; a minute is longer than any dialog that names the file.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
