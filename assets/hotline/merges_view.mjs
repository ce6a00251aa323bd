/* Open orders that may be one matter, with what speaks for it; an officer merges them or says that they are not the same. */

import { el } from "../wall/element.mjs";
import { grouped, minuteText } from "../wall/format.mjs";
import { text } from "../live/catalogue.mjs";
import { emptyView } from "./panel.mjs";

const SHOWN = 12;
const OTHERS_NAMED = 3;

/* `list` is the answer of /api/v1/hotline/merges, null before the first; `dismissing` {key, nos, whose, busy, wrong} is the row whose
 * reason is being written, `said` what the server said of the last act. While the server is not heard (`isHeard` false) nothing
 * can be sent. */
export function mergesView(list, { dismissing, busy, said, isHeard }) {
  if (list === null) return emptyView(text("hotline.merges.loading"));
  return [
    dismissing ? formView(dismissing, isHeard) : null,
    said ? el("p", { class: "hotline-wrong", role: "alert" }, said) : null,
    list.rows.length === 0
      ? emptyView(text("hotline.merges.none"))
      : el("ol", { class: "hotline-merges" }, list.rows.slice(0, SHOWN).map((row) => rowView(row, list.may_merge, dismissing, busy, isHeard))),
    list.rows.length > SHOWN ? el("p", { class: "hotline-note" }, text("hotline.more_rows", { count: list.rows.length - SHOWN })) : null,
  ];
}

function rowView({ carrier, others, count, by }, mayMerge, dismissing, busy, isHeard) {
  const key = rowKey(carrier, others);
  const isDismissing = dismissing?.key === key;
  const words = others.slice(0, OTHERS_NAMED).map((one) => text("hotline.merges.other", { no: one.no, title: one.title, time: minuteText(one.opened_at) })).join(" · ");
  return el("li", { "data-merge": key, "data-by": by },
    el("p", { class: "hotline-merge-head" },
      el("b", {}, carrier.no), el("span", { class: "cut", title: `${carrier.title} · ${carrier.place}` }, `${carrier.title} · ${carrier.place}`),
      el("b", { class: "number" }, text("hotline.merges.count", { count: grouped(count) }))),
    mayMerge
      ? el("p", { class: "hotline-buttons" },
        el("button", { type: "button", class: "hotline-button primary", "data-do": `merge:do:${key}`, disabled: busy === key || !isHeard ? "" : null }, text("hotline.merges.merge", { count: others.length + 1 })),
        el("button", { type: "button", class: "hotline-button", "data-do": `merge:dismiss:${key}`, disabled: isHeard ? null : "", "aria-expanded": isDismissing ? "true" : "false" }, text("hotline.merges.dismiss")))
      : null,
    el("p", { class: "hotline-note hotline-merge-why" },
      el("span", {}, words, others.length > OTHERS_NAMED ? ` ${text("hotline.more_rows", { count: others.length - OTHERS_NAMED })}` : ""),
      el("span", {}, text(`hotline.merges.by_${by}`), " · ", reasonWords(others[0]))),
  );
}

/* Above the list, so that what is being written stays where it is when the list changes. */
function formView({ nos, whose, busy, wrong }, isHeard) {
  return el("form", { class: "hotline-form", "data-form": "dismiss", "data-whose": whose, novalidate: "" },
    el("h3", {}, text("hotline.merges.head_dismiss", { nos })),
    el("label", { for: "hotline-dismiss" }, text("hotline.merges.reason")),
    el("input", { id: "hotline-dismiss", name: "text", maxlength: 200, "aria-invalid": wrong ? "true" : null, "aria-describedby": wrong ? "hotline-dismiss-wrong" : null }),
    wrong ? el("p", { class: "hotline-wrong", id: "hotline-dismiss-wrong", role: "alert" }, wrong) : null,
    el("p", { class: "hotline-buttons" },
      el("button", { type: "submit", class: "hotline-button primary", disabled: busy || !isHeard ? "" : null }, text("hotline.merges.send_dismiss")),
      el("button", { type: "button", class: "hotline-button", "data-do": "merge:close" }, text("hotline.cancel"))));
}

/* One row is one head with those that it would carry. */
export function rowKey(carrier, others) {
  return `${carrier.id}~${others[0].id}`;
}

/* What speaks for a pair, in words: how alike, how near, how far apart in time, which words they share. */
export function reasonWords({ likeness, reasons }) {
  const said = reasons.flatMap(([reason, value]) => {
    if (reason === "distance") return text("hotline.merges.metres", { metres: grouped(value) });
    if (reason === "time") return text("hotline.merges.minutes", { minutes: grouped(value / 60_000) });
    if (reason === "words") return text("hotline.merges.words", { words: [value].flat().join(" ") });
    return reason === "category" || reason === "place" ? text(`hotline.merges.same_${reason}`) : [];
  });
  return [text("hotline.merges.likeness", { likeness: Number(likeness).toFixed(2) }), ...said].join(" · ");
}
