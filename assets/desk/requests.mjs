/* What each act asks of the server: pure functions from a filled form to the request the callback parses,
 * or to the key of the sentence that says what is missing. */

import { writtenFor } from "./receiver_lines.mjs";

const MINUTE_MS = 60_000;
const CITY_OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

const BUILDERS = {
  dispatch(form, now) {
    const picked = form.picked();
    if (picked.length === 0) return missing("desk.missing.receiver");
    if (!form.value("objective")) return missing("desk.missing.objective");
    const minutes = Number(form.choice("minutes"));
    const receivers = [];
    for (const { id, kind, role, name } of withOneLead(picked)) {
      const { objective, due } = writtenFor(form, id);
      const dueAt = due ? timeAfter(/^\d{1,3}$/.test(due) ? `+${due}` : due, now) : null;
      if (due && dueAt === null) return { missing: "desk.missing.readable", params: { label: name } };
      receivers.push({ id, kind, role, objective, due_at: dueAt });
    }
    return { receivers, objective: form.value("objective"), due_at: minutes ? now + minutes * MINUTE_MS : null, override_reason: form.value("override") };
  },
  whistle(form) {
    const units = form.picked().map(({ id }) => id);
    const agenda = form.values("agenda");
    if (units.length === 0) return missing("desk.missing.unit");
    if (agenda.length === 0) return missing("desk.missing.agenda");
    if (!form.value("decider")) return missing("desk.missing.decider");
    if (!form.value("place")) return missing("desk.missing.place");
    const written = Object.fromEntries(["decider", "place", "message", "reception", "fallback"].map((name) => [name, form.value(name)]));
    return { units, agenda, ...written };
  },
  transfer(form) {
    const [unit] = form.picked();
    if (!unit) return missing("desk.missing.unit");
    return requireReason(form, { unit: unit.id });
  },
  supervise: (form) => requireReason(form, {}),
  urge: (form) => (form.value("reason") ? { reason: form.value("reason") } : { reason: "" }),
  decision(form, now) {
    const [item] = form.picked();
    if (!item) return missing("desk.missing.agenda_item");
    for (const name of ["decision", "owner", "verifier"]) if (!form.value(name)) return missing(`desk.missing.${name}`);
    const dueAt = timeAfter(form.value("due"), now);
    if (dueAt === null) return missing("desk.missing.due");
    return { item: item.id, decision: form.value("decision"), owner: form.value("owner"), verifier: form.value("verifier"), owner_unit: form.choice("owner_unit"), due_at: dueAt };
  },
  consultation(form, now) {
    if (!form.value("host")) return missing("desk.missing.host");
    const nextAt = timeAfter(form.value("next"), now);
    if (nextAt === null) return missing("desk.missing.next");
    return { host: form.value("host"), next_at: nextAt };
  },
  note: (form) => (form.value("note") ? { note: form.value("note") } : missing("desk.missing.note")),
  leave(form) {
    const [receiver] = form.picked();
    return receiver ? { receiver_id: receiver.id } : missing("desk.missing.receiver");
  },
  reveal: (form) => requireReason(form, {}),
  acknowledge: () => ({}),
};

export function buildRequest(act, form, now) {
  return BUILDERS[act] ? BUILDERS[act](form, now) : collect(form, now);
}

const INSTANTS = { time: timeAfter, date: dateAfter, past: dateBefore };

/* A form of any act: every field under its own name. What is missing is named by the field's own label. */
function collect(form, now) {
  const request = {};
  for (const { name, label, kind, required, value } of form.fields()) {
    if (!value && required) return { missing: "desk.missing.field", params: { label } };
    const asInstant = INSTANTS[kind];
    const read = value && asInstant ? asInstant(value, now) : value;
    if (read === null) return { missing: "desk.missing.readable", params: { label } };
    request[name] = asInstant ? read || null : read;
  }
  const pick = form.pick();
  if (pick?.required && form.picked().length === 0) return { missing: "desk.missing.field", params: { label: pick.label } };
  if (pick) request.picked = form.picked().map(({ id, kind, role }) => ({ id, kind, role }));
  return { ...request, ...form.choices() };
}

function requireReason(form, rest) {
  return form.value("reason") ? { ...rest, reason: form.value("reason") } : missing("desk.missing.reason");
}

function missing(key) {
  return { missing: key };
}

/* One lead: the ticked one, else the first unit, else the first receiver. */
export function withOneLead(picked) {
  if (picked.some((receiver) => receiver.role === "lead")) return picked;
  const lead = picked.find((receiver) => receiver.kind === "unit") ?? picked[0];
  return picked.map((receiver) => (receiver === lead ? { ...receiver, role: "lead" } : receiver));
}

/* Reads `HH:MM` as the next such time in the city, or `+N` as N minutes from now; null when it is neither. */
export function timeAfter(written, now) {
  const relative = /^\+(\d{1,4})$/.exec(written);
  if (relative) return now + Number(relative[1]) * MINUTE_MS;
  const match = /^([01]?\d|2[0-3])[:\uFF1A]([0-5]\d)$/.exec(written);
  if (!match) return null;
  const dayStart = Math.floor((now + CITY_OFFSET_MS) / DAY_MS) * DAY_MS - CITY_OFFSET_MS;
  const at = dayStart + Number(match[1]) * 3_600_000 + Number(match[2]) * MINUTE_MS;
  return at > now ? at : at + DAY_MS;
}

/* Reads `MM-DD HH:MM` as the next such minute in the city; null when it is none. */
export function dateAfter(written, now) {
  const parts = dateParts(written);
  if (!parts) return timeAfter(written, now);
  const thisYear = new Date(now + CITY_OFFSET_MS).getUTCFullYear();
  const at = minuteIn(parts.year ?? thisYear, parts);
  return at === null || at > now || parts.year ? at : minuteIn(thisYear + 1, parts);
}

/* Reads `HH:MM` or `MM-DD HH:MM` as the last such minute in the city that has begun; null when it is none. */
export function dateBefore(written, now) {
  const parts = dateParts(written);
  if (!parts) {
    const next = written.startsWith("+") ? null : timeAfter(written, now);
    return next === null ? null : next - DAY_MS;
  }
  const thisYear = new Date(now + CITY_OFFSET_MS).getUTCFullYear();
  const at = minuteIn(parts.year ?? thisYear, parts);
  return at === null || at <= now || parts.year ? at : minuteIn(thisYear - 1, parts);
}

function dateParts(written) {
  const match = /^(?:(\d{4})-)?(\d{1,2})-(\d{1,2})(?:\s+([01]?\d|2[0-3])[:\uFF1A]([0-5]\d))?$/.exec(written);
  if (!match) return null;
  const [, year, month, day, hour = "18", minute = "00"] = match;
  return { year: year ? Number(year) : null, month, day, hour, minute };
}

/* The instant of a month, day and minute in a year of the city; null for a day that there is not (02-30). */
function minuteIn(year, { month, day, hour, minute }) {
  const at = Date.UTC(year, month - 1, day, hour, minute) - CITY_OFFSET_MS;
  return new Date(at + CITY_OFFSET_MS).getUTCDate() === Number(day) ? at : null;
}

/* A key that lets the server recognise a repeated request. Works without a secure context, unlike randomUUID. */
export function idempotencyKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
