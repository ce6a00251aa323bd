/* The course of a replay as a file for a spreadsheet: what the page shows, masked as it was given, and who took it when. */

import { dateText, clockText, durationText } from "../wall/format.mjs";
import { text } from "../live/catalogue.mjs";

const MARK = "\uFEFF"; // by which Excel knows UTF-8
const END = "\r\n";
const QUOTE = "\"";
const QUOTED = new RegExp("[\",\\n\\r]");
const FORMULA = /^[=+\-@\t\r]/; // a spreadsheet would calculate it

/* Rows of cells; `names` of the facts as the page lists them, `taken` = {by, at} as the server wrote it down. */
export function courseRows(past, { names, taken, isDemonstration }) {
  const { matter, lines, facts, findings } = past;
  return [
    [text("replay.file.of"), matter ? `${matter.no} ${matter.title}` : text("replay.bar.jurisdiction")],
    [text("replay.file.period"), `${whole(past.from)} – ${whole(past.to)}`],
    [text("replay.file.taken"), `${taken.by} ${whole(taken.at)}`],
    ...(isDemonstration ? [[text("replay.file.demonstration")]] : []),
    [],
    [text("replay.file.time"), text("replay.file.event")],
    ...lines.map(({ at, kind, params }) => [whole(at), text(`log.${kind}`, params)]),
    [],
    [text("replay.facts.title"), text("replay.file.from"), text("replay.file.until"), text("replay.file.took"), text("replay.file.limit")],
    ...facts.map((fact, place) => [names[place], whole(fact.from_at), fact.ended_at === null ? text("replay.facts.runs") : whole(fact.ended_at), durationText(fact.took_ms), fact.limit_ms === null ? "" : durationText(fact.limit_ms)]),
    [],
    [text("replay.findings.title"), ...["cause", "improvement", "owner", "due_on"].map((name) => text(`replay.findings.${name}`))],
    ...findings.map((one) => [one.fact, one.cause, one.improvement, one.owner, one.due_on]),
  ];
}

export function csvOf(rows) {
  const cell = (value) => {
    const plain = FORMULA.test(value) ? "'" + value : value;
    return QUOTED.test(plain) ? QUOTE + plain.replaceAll(QUOTE, QUOTE + QUOTE) + QUOTE : plain;
  };
  return MARK + rows.map((row) => row.map((value) => cell(String(value ?? ""))).join(",") + END).join("");
}

export function download(name, content) {
  const address = URL.createObjectURL(new Blob([content], { type: "text/csv;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 0);
}

function whole(at) {
  return `${dateText(at)} ${clockText(at)}`;
}
