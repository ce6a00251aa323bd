"""The roster: which worker sits in which slot of the fleet, and with which device."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome
from dashboard.service.list_file import ListFileError, replace_list, rows_of
from dashboard.service.services import Services
from dashboard.store import tables

ROSTER_COLUMNS = ("slot", "worker_id", "name", "grid", "assessed", "skills", "device_id", "key_generation")


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
        ListFileError: every fault with its row: unknown grid, slot or id twice, slots that are not 0..n-1.
    """
    divisions = services.pack.divisions
    faults: list[str] = []
    found: list[RosterWorker] = []
    seen: set[str] = set()
    for number, cells in rows_of(file, ROSTER_COLUMNS):
        grid = cells["grid"]
        if grid not in divisions or divisions.get(grid).level != "grid":
            faults.append(f"row {number}: no grid has the code {grid!r}")
            continue
        for name in ("worker_id", "device_id"):
            if not cells[name] or f"{name}:{cells[name]}" in seen:
                faults.append(f"row {number}: {name} {cells[name]!r} is empty or there twice")
            seen.add(f"{name}:{cells[name]}")
        try:
            slot, generation = int(cells["slot"]), int(cells["key_generation"])
        except ValueError:
            faults.append(f"row {number}: slot and key_generation are whole numbers")
            continue
        found.append(
            RosterWorker(
                slot, cells["worker_id"], cells["name"], grid, divisions.township_of(grid) or "",
                divisions.region_of(grid) or "", cells["assessed"] in ("1", "true", "yes"),
                tuple(one.strip() for one in cells["skills"].split(";") if one.strip()), cells["device_id"], generation,
            )
        )  # fmt: skip
    if sorted(one.slot for one in found) != list(range(len(found))) and not faults:
        faults.append(f"slots must be 0 to {len(found) - 1}, each once")
    if faults:
        raise ListFileError(faults)
    return found


def import_roster(services: Services, actor: Principal, workers: Sequence[RosterWorker], now: int) -> Outcome:
    """Replace the roster; `Done.value` is how many workers it now has. Refused: no_right."""
    rows = [asdict(one) | {"skills": ";".join(one.skills)} for one in workers]
    return replace_list(services, actor, "import_roster", tables.roster, rows, now)
