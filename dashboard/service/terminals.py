"""The list of JT/T 808 terminals: the number each names itself with, and which device of the roster it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast, get_args

from sqlalchemy import select

from dashboard.domain.datum import Datum
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome
from dashboard.service.list_file import ListFileError, replace_list, rows_of
from dashboard.service.services import Services
from dashboard.store import tables

TERMINAL_COLUMNS = ("phone", "device_id", "terminal_id", "plate", "datum")

# Ten bytes of BCD in the 2019 header; some makers put letters of a hexadecimal number there.
_PHONE = re.compile(r"[0-9a-f]{1,20}")


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
        ListFileError: every fault with its row.
    """
    with services.store.read() as connection:
        devices = set(connection.execute(select(tables.roster.c.device_id)).scalars())
    faults: list[str] = []
    found: list[Terminal] = []
    seen: set[str] = set()
    for number, cells in rows_of(file, TERMINAL_COLUMNS):
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
        raise ListFileError(faults)
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
    return replace_list(
        services, actor, "import_terminals", tables.terminals, [asdict(one) for one in found], now
    )
