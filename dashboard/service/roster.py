"""The roster: which worker sits in which slot of the fleet, and with which device."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome
from dashboard.domain.rights import no_right
from dashboard.service.services import Services
from dashboard.store import audit, tables

ROSTER_COLUMNS = ("slot", "worker_id", "name", "grid", "assessed", "skills", "device_id", "key_generation")


class RosterError(ValueError):
    """A roster file that cannot be used; `faults` are sentences with their row."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults[:20]))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class RosterWorker:
    """One worker. `slot` is the dense index of the fleet arrays; `skills` are category codes or words."""

    slot: int
    worker_id: str
    name: str
    grid: str
    township: str
    region: str
    assessed: bool
    skills: tuple[str, ...]
    device_id: str
    key_generation: int


def roster(services: Services) -> list[RosterWorker]:
    """Return every worker in slot order. Names are whole: mask them before they leave the server."""
    with services.store.read() as connection:
        return workers_where(connection, None)


def workers_where(connection: Connection, slots: Iterable[int] | None) -> list[RosterWorker]:
    """Return the workers of some slots, or all."""
    statement = select(tables.roster).order_by(tables.roster.c.slot)
    if slots is not None:
        statement = statement.where(tables.roster.c.slot.in_(list(slots)))
    return [
        RosterWorker(
            row.slot, row.worker_id, row.name, row.grid, row.township, row.region, row.assessed,
            tuple(one for one in row.skills.split(";") if one), row.device_id, row.key_generation,
        )
        for row in connection.execute(statement)
    ]  # fmt: skip


def read_roster_file(services: Services, file: Path) -> list[RosterWorker]:
    """Read a roster CSV with the columns of `ROSTER_COLUMNS` (township and region follow from the grid).

    Raises:
        RosterError: every fault with its row: unknown grid, slot or id twice, slots that are not 0..n-1.
    """
    divisions = services.pack.divisions
    faults: list[str] = []
    found: list[RosterWorker] = []
    seen: set[str] = set()
    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        missing = set(ROSTER_COLUMNS) - set(reader.fieldnames or ())
        if missing:
            raise RosterError([f"columns missing: {', '.join(sorted(missing))}"])
        for number, row in enumerate(reader, start=2):
            grid = row["grid"].strip()
            if grid not in divisions or divisions.get(grid).level != "grid":
                faults.append(f"row {number}: no grid has the code {grid!r}")
                continue
            for name in ("worker_id", "device_id"):
                if not row[name].strip() or f"{name}:{row[name]}" in seen:
                    faults.append(f"row {number}: {name} {row[name]!r} is empty or there twice")
                seen.add(f"{name}:{row[name]}")
            try:
                slot, generation = int(row["slot"]), int(row["key_generation"])
            except ValueError:
                faults.append(f"row {number}: slot and key_generation are whole numbers")
                continue
            found.append(
                RosterWorker(
                    slot, row["worker_id"].strip(), row["name"].strip(), grid, divisions.township_of(grid) or "",
                    divisions.region_of(grid) or "", row["assessed"].strip() in ("1", "true", "yes"),
                    tuple(one.strip() for one in row["skills"].split(";") if one.strip()),
                    row["device_id"].strip(), generation,
                )
            )  # fmt: skip
    if sorted(one.slot for one in found) != list(range(len(found))) and not faults:
        faults.append(f"slots must be 0 to {len(found) - 1}, each once")
    if faults:
        raise RosterError(faults)
    return found


def import_roster(services: Services, actor: Principal, workers: Sequence[RosterWorker], now: int) -> Outcome:
    """Replace the roster; `Done.value` is how many workers it now has. Refused: no_right."""
    with services.store.write() as connection:
        refused = no_right(actor, "import_roster")
        if refused is not None:
            audit.record(connection, actor, "import_roster", "roster", refused.code, {}, now)
            return refused
        connection.execute(delete(tables.roster))
        rows = [
            {
                "slot": one.slot,
                "worker_id": one.worker_id,
                "name": one.name,
                "grid": one.grid,
                "township": one.township,
                "region": one.region,
                "assessed": one.assessed,
                "skills": ";".join(one.skills),
                "device_id": one.device_id,
                "key_generation": one.key_generation,
            }
            for one in workers
        ]
        if rows:
            connection.execute(insert(tables.roster), rows)
        audit.record(connection, actor, "import_roster", "roster", "done", {"workers": len(rows)}, now)
    return Done(len(rows))
