/* What each field of a form is; a field that is not listed is one line of text. Pure. */

const LONG = { kind: "long" };
const YES_NO = { kind: "yes_no" };
const TIME = { kind: "time" };

export const FIELDS = {
  reason: LONG, handling: LONG, public_reply: LONG, unresolved_reason: LONG, result: LONG, plan: LONG, explanation: LONG,
  agreement: LONG, text: LONG,
  request_true: YES_NO, contacted: YES_NO, resolved: YES_NO, granted: YES_NO, sent_back: YES_NO, beyond_duty: YES_NO,
  contacted_at: { kind: "time", isPast: true }, until_at: TIME, target_at: TIME,
};

/* Fields that are asked for only after another one was answered so. */
const DEPENDENT = { unresolved_reason: ["resolved", false] };
const ALWAYS_WITH = { resolved: ["unresolved_reason"] };

/* The fields of a step's form in order: the required ones, and those that an answer may make necessary. */
export function fieldsOf(required, optional = []) {
  const names = [];
  for (const name of [...required, ...optional]) {
    if (!names.includes(name)) names.push(name);
    for (const more of ALWAYS_WITH[name] ?? []) if (!names.includes(more)) names.push(more);
  }
  return names.map((name) => ({
    name, ...(FIELDS[name] ?? { kind: "line" }), isRequired: required.includes(name), shownWhen: DEPENDENT[name] ?? null,
  }));
}

/* Reads a form's raw values; returns {values} or the first field that is missing as {missing}. */
export function readFields(fields, raw) {
  const values = {};
  for (const field of fields) {
    const value = readOne(field, raw[field.name]);
    const isAsked = field.shownWhen === null || values[field.shownWhen[0]] === field.shownWhen[1];
    if (isAsked && value === null && (field.isRequired || field.shownWhen !== null)) return { missing: field.name };
    if (isAsked && value !== null) values[field.name] = value;
  }
  return { values };
}

function readOne({ kind }, raw) {
  const written = String(raw ?? "").trim();
  if (written === "") return null;
  if (kind === "yes_no") return written === "yes";
  if (kind === "time") return cityTime(written);
  return written;
}

const CITY_OFFSET = "+08:00";

/* A field's local time ("2026-11-23T10:31") is the city's, wherever the device believes to be. */
export function cityTime(written) {
  const at = Date.parse(`${written}:00${CITY_OFFSET}`);
  return Number.isNaN(at) ? null : at;
}

export function cityTimeValue(at) {
  return new Date(at + 8 * 3_600_000).toISOString().slice(0, 16);
}
