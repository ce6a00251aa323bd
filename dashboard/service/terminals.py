"""The list of JT/T 808 terminals: the number each names itself with, and which device of the roster it is."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from sqlalchemy import delete, insert, select

from dashboard.domain.datum import Datum
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome
from dashboard.domain.rights import no_right
from dashboard.service.services import Services
from dashboard.store import audit, tables

TERMINAL_COLUMNS = ("phone", "device_id", "terminal_id", "plate", "datum")

# Ten bytes of BCD in the 2019 header; some makers put letters of a hexadecimal number there.
_PHONE = re.compile(r"[0-9a-f]{1,20}")


class TerminalsError(ValueError):
    """A file of terminals that cannot be used; `faults` are sentences with their row."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults[:20]))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Terminal:
    """One terminal.

    `phone` is without the zeros that fill it up. With a `terminal_id` the terminal may register and is then given
    its code; without one the code is entered by hand. `plate` is compared only where there is one. `datum` is what
    its coordinates are in where its messages do not say that they are shifted.
    """

    phone: str
    device_id: str
    terminal_id: str = ""
    plate: str = ""
    datum: Datum = "wgs84"


def terminals(services: Services) -> list[Terminal]:
    """Return every terminal; the numbers are whole."""
    column = tables.terminals.c
    with services.store.read() as connection:
        return [
            Terminal(row.phone, row.device_id, row.terminal_id, row.plate, row.datum)
            for row in connection.execute(select(tables.terminals).order_by(column.phone))
        ]


def read_terminals_file(services: Services, file: Path) -> list[Terminal]:
    """Read a CSV with the columns of `TERMINAL_COLUMNS`; an empty datum is wgs84.

    Raises:
        TerminalsError: every fault with its row.
    """
    with services.store.read() as connection:
        devices = set(connection.execute(select(tables.roster.c.device_id)).scalars())
    faults: list[str] = []
    found: list[Terminal] = []
    seen: set[str] = set()
    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        missing = set(TERMINAL_COLUMNS) - set(reader.fieldnames or ())
        if missing:
            raise TerminalsError([f"columns missing: {', '.join(sorted(missing))}"])
        for number, row in enumerate(reader, start=2):
            cells = {name: (row[name] or "").strip() for name in TERMINAL_COLUMNS}
            cells["phone"] = cells["phone"].lower().lstrip("0")
            cells["datum"] = cells["datum"] or "wgs84"
            wrong = _faults_of(cells, devices, seen)
            faults += [f"row {number}: {fault}" for fault in wrong]
            seen |= {f"phone {cells['phone']}", f"device {cells['device_id']}"}
            if not wrong:
                found.append(
                    Terminal(
                        cells["phone"], cells["device_id"], cells["terminal_id"], cells["plate"],
                        cast(Datum, cells["datum"]),
                    )
                )  # fmt: skip
    if faults:
        raise TerminalsError(faults)
    return found


def _faults_of(cells: Mapping[str, str], devices: set[str], seen: set[str]) -> list[str]:
    faults = []
    if not _PHONE.fullmatch(cells["phone"]):
        faults.append("phone must be the terminal's number, up to 20 digits")
    elif f"phone {cells['phone']}" in seen:
        faults.append("phone is there twice")
    if cells["device_id"] not in devices:
        faults.append(f"no device {cells['device_id']!r} in the roster")
    elif f"device {cells['device_id']}" in seen:
        faults.append("device_id is there twice")
    if len(cells["terminal_id"]) > 60 or len(cells["plate"]) > 20:
        faults.append("terminal_id has up to 60 characters, plate up to 20")
    if cells["datum"] not in get_args(Datum):
        faults.append("datum must be wgs84, gcj02 or bd09")
    return faults


def import_terminals(services: Services, actor: Principal, found: Sequence[Terminal], now: int) -> Outcome:
    """Replace the list; `Done.value` is how many terminals it now has. Refused: no_right."""
    with services.store.write() as connection:
        refused = no_right(actor, "import_roster")
        if refused is not None:
            audit.record(connection, actor, "import_terminals", "terminals", refused.code, {}, now)
            return refused
        connection.execute(delete(tables.terminals))
        rows = [
            {
                "phone": one.phone,
                "device_id": one.device_id,
                "terminal_id": one.terminal_id,
                "plate": one.plate,
                "datum": one.datum,
            }
            for one in found
        ]
        if rows:
            connection.execute(insert(tables.terminals), rows)
        audit.record(
            connection, actor, "import_terminals", "terminals", "done", {"terminals": len(rows)}, now
        )
    return Done(len(rows))
