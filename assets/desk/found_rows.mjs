/* Rows of a dialog's table that are built only when somebody looks for them: hundreds of units, a handful seen. */

const MOST_SHOWN = 12; // more than that and the officer writes another letter

export class FoundRows {
  constructor(table) {
    this.body = table?.querySelector("tbody") ?? null;
    this.columns = Number(table?.dataset.foundColumns ?? 0);
    this.all = table ? JSON.parse(table.dataset.found).map(named) : [];
  }

  /* Returns the rows that are there for `query`: the dialog's own, those ticked, and the first that match. */
  show(query, rows, isOn) {
    const staying = rows.filter((row) => row.dataset.found !== "1" || isOn(row) || matches(row.dataset.search, query));
    for (const row of rows) if (!staying.includes(row)) row.remove();
    if (query === "") return staying;
    const known = new Set(staying.map((row) => row.dataset.receiver));
    const room = MOST_SHOWN - staying.filter((row) => row.dataset.found === "1").length;
    const fresh = this.all.filter(({ id, search }) => !known.has(id) && matches(search, query)).slice(0, Math.max(0, room));
    return [...staying, ...fresh.map((one) => this.#add(one))];
  }

  /* Adds the rows with these ids that are not there yet; returns them. */
  take(ids, rows) {
    const known = new Set(rows.map((row) => row.dataset.receiver));
    return this.all.filter(({ id }) => ids.has(id) && !known.has(id)).map((one) => this.#add(one));
  }

  #add({ id, kind, name, search, words, minutes, hands }) {
    const row = document.createElement("tr");
    Object.assign(row.dataset, { receiver: id, kind, name, search, found: "1", role: kind === "unit" ? "assist" : "", minutes: minutes ?? "", hands });
    row.setAttribute("aria-selected", "false");
    const tick = document.createElement("span");
    tick.className = "tick";
    const label = document.createElement("span");
    Object.assign(label, { className: "unit-name", textContent: name });
    row.append(cell(tick), cell(label), cell(document.createTextNode(words), "why"));
    row.lastChild.colSpan = this.columns - 2;
    this.body.append(row);
    return row;
  }
}

function named([id, kind, name, search, words, minutes, hands]) {
  return { id, kind, name, search, words, minutes, hands };
}

function matches(search, query) {
  return query !== "" && Boolean(search?.includes(query));
}

function cell(content, className = "") {
  const made = document.createElement("td");
  made.className = className;
  made.append(content);
  return made;
}
