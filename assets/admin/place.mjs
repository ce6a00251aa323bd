/* Which section and view an address names. An address of another role's section leads to the first page. */

import { readable } from "../live/address.mjs";

const FIRST = "overview";

/* `hash` as in the address bar; `sections` and `views` are those on the page. A section without views has none. */
export function placeOf(hash, sections, views) {
  const wanted = readable(hash.replace(/^#/, ""));
  const [name] = wanted.split("/");
  const section = sections.includes(name) ? name : FIRST;
  const own = views.filter((one) => one === section || one.startsWith(`${section}/`));
  const view = own.includes(wanted) ? wanted : (own[0] ?? "");
  return { section, view, isKnown: wanted === "" || sections.includes(name) };
}
