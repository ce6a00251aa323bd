/* What agents are to say (口径): each wording that holds, in which version, who has read it, and the forms around it. */

import { el } from "../wall/element.mjs";
import { clockText, grouped, minuteText } from "../wall/format.mjs";
import { text } from "../live/catalogue.mjs";
import { emptyView } from "./panel.mjs";

const UNREAD_NAMED = 6; // seats; more are counted
const NAMED_BY = 18; // characters of its own text by which a form names a wording
export const LONGEST = 300; // characters, as dashboard/domain/wording.py

/* `given` is the answer of /api/v1/hotline/wordings, null before the first; `form` {kind: "give"|"revise"|"end", id, whose,
 * about, text, version, busy, wrong} is the open form, null for none: `about` is the wording that it is about, as it was.
 * It stands above the list, so that what is being written stays where it is when another wording comes. While the server
 * is not heard (`isHeard` false) nothing can be sent. */
export function wordingsView(given, { form, places, names, isHeard }) {
  if (given === null) return emptyView(text("hotline.wording.loading"));
  return [
    form ? formView(form, places, names, isHeard) : null,
    given.wordings.length === 0
      ? emptyView(text("hotline.wording.none"))
      : el("ul", { class: "hotline-wordings" }, given.wordings.map((one) => wordingView(one, given, form, names, isHeard))),
  ];
}

export function giveButton(given, form, isHeard) {
  if (!given?.may_give) return null;
  return el("button", { type: "button", class: "hotline-button", "data-do": "wording:give", disabled: isHeard ? null : "", "aria-keyshortcuts": "k", "aria-expanded": form?.kind === "give" ? "true" : "false" },
    text("hotline.wording.give"), el("kbd", { "aria-hidden": "true" }, "K"));
}

function wordingView(one, { seats }, form, names, isHeard) {
  const topic = one.category ? (names[one.category] ?? one.category) : null;
  const isOpen = form?.id === one.id;
  const button = (what, words, isPressed = null) => el("button", { type: "button", class: "hotline-button", "data-do": `wording:${what}:${one.id}`, disabled: isHeard ? null : "", "aria-expanded": isPressed === null ? null : isPressed ? "true" : "false" }, words);
  return el("li", { "data-wording": one.id, "data-version": one.version },
    el("p", { class: "hotline-wording-text" }, topic ? el("b", {}, text("hotline.wording.topic", { topic })) : null, one.text),
    el("p", { class: "hotline-note" },
      text("hotline.wording.given", { place: one.place_name, version: one.version, by: one.by, time: minuteText(one.given_at) }), " ",
      readersView(one, seats)),
    el("p", { class: "hotline-buttons" },
      one.is_read ? null : button("read", text("hotline.wording.read")),
      one.may_change ? button("revise", text("hotline.wording.revise"), isOpen && form.kind === "revise") : null,
      one.may_change ? button("end", text("hotline.wording.end"), isOpen && form.kind === "end") : null),
    one.before.length > 0
      ? el("details", {}, el("summary", {}, text("hotline.wording.before", { count: one.before.length })),
        one.before.map((old) => el("p", { class: "hotline-note" }, text("hotline.wording.old", { version: old.version, by: old.by, time: clockText(old.given_at), text: old.text }))))
      : null);
}

/* Who has read the version that holds: of the seats on duty, and the officers by name. Nobody tells of a hall without seats. */
function readersView({ read, unread, officers }, seats) {
  const said = seats === 0 ? text("hotline.wording.no_seats") : text("hotline.wording.readers", { read: grouped(read), seats: grouped(seats) });
  const named = unread.slice(0, UNREAD_NAMED).join(" ");
  return el("span", { class: "hotline-readers" },
    el("b", {}, said),
    seats > 0 && unread.length > 0
      ? el("span", {}, ` ${text("hotline.wording.unread", { seats: unread.length > UNREAD_NAMED ? text("hotline.wording.unread_more", { seats: named, count: unread.length - UNREAD_NAMED }) : named })}`)
      : null,
    officers.length > 0 ? el("span", {}, ` ${text("hotline.wording.officers", { names: officers.map(({ name }) => name).join(" ") })}`) : null);
}

function shortened(words) {
  const signs = [...words];
  return signs.length > NAMED_BY ? `${signs.slice(0, NAMED_BY).join("")}…` : words;
}

function formView(form, places, names, isHeard) {
  const isEnd = form.kind === "end";
  const id = `hotline-wording-${form.kind}`;
  return el("form", { class: "hotline-form", "data-form": form.kind, "data-whose": form.whose, novalidate: "" },
    el("h3", {}, text(form.kind === "give" ? "hotline.wording.give" : `hotline.wording.head_${form.kind}`, { version: form.version, about: shortened(form.about) })),
    form.kind === "give"
      ? [
        el("label", { for: `${id}-place` }, text("hotline.wording.place")),
        el("select", { id: `${id}-place`, name: "place" }, places.map(({ code, name }) => el("option", { value: code }, name))),
        el("label", { for: `${id}-category` }, text("hotline.wording.category")),
        el("select", { id: `${id}-category`, name: "category" }, el("option", { value: "" }, text("hotline.wording.any")),
          Object.entries(names).filter(([code]) => code.length === 4).map(([code, name]) => el("option", { value: code }, name))),
      ]
      : null,
    el("label", { for: `${id}-text` }, text(isEnd ? "hotline.wording.reason" : "hotline.wording.text", { most: LONGEST })),
    el("textarea", { id: `${id}-text`, name: "text", rows: 3, maxlength: LONGEST, "aria-describedby": form.wrong ? `${id}-wrong` : null, "aria-invalid": form.wrong ? "true" : null }, form.text),
    form.wrong ? el("p", { class: "hotline-wrong", id: `${id}-wrong`, role: "alert" }, form.wrong) : null,
    el("p", { class: "hotline-buttons" },
      el("button", { type: "submit", class: "hotline-button primary", disabled: form.busy || !isHeard ? "" : null }, text(`hotline.wording.send_${form.kind}`)),
      el("button", { type: "button", class: "hotline-button", "data-do": "wording:close" }, text("hotline.cancel"))));
}
