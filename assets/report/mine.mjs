/* What was reported from this device: a link that was not written down is found again by scanning the same code. */

import { timeText } from "../hand/clock.mjs";
import { node } from "../field/node.mjs";

const NAME = "reports.mine";
const MOST = 5;

export async function remember({ store }, report) {
  const kept = (await store.get(NAME)) ?? [];
  await store.put(NAME, [report, ...kept.filter(({ no }) => no !== report.no)].slice(0, MOST));
}

/* A card of links, null without any. */
export async function mineView({ store, clock, facts, text }) {
  const kept = (await store.get(NAME)) ?? [];
  if (kept.length === 0) return null;
  const now = clock.now();
  return node(
    "section",
    { class: "report-mine" },
    node("h2", { class: "hand-label" }, text("report.mine")),
    kept.map(({ no, code, category, at }) =>
      node("a", { class: "report-mine-one", href: `/report/follow/${code}` }, node("b", {}, no), node("span", {}, kindName(facts, category)), node("time", {}, timeText(at, now))),
    ),
  );
}

function kindName({ kinds = [], language }, code) {
  const kind = kinds.find((one) => one.code === code);
  return kind ? (language === "en" ? kind.name_en || kind.name : kind.name) : "";
}
