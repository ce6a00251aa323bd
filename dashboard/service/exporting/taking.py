"""Taking a table out of the system: right, jurisdiction, size, and a row of the audit chain before the first line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import no_right
from dashboard.service.exporting.found import Found, Period, Row
from dashboard.service.exporting.tables import TABLES, ExportTable
from dashboard.service.services import Services
from dashboard.store import audit

Format = Literal["xlsx", "csv"]
# A sheet that a person can still read, and some ten seconds of one core; who needs more takes it month by month.
MOST_ROWS: Final = 50_000
DEFAULT_SPAN_MS: Final = 31 * 24 * 60 * 60_000


@dataclass(frozen=True, slots=True)
class TakeTable:
    """Which table, as what; a table with times is taken of [from_at, until_at), the last 31 days when not said.

    `told()` gives the picture that the asker's screen is told, for the tables whose rows are those.
    """

    table: str
    format: Format = "xlsx"
    from_at: int | None = None
    until_at: int | None = None
    told: Callable[[], Mapping[str, Any]] = dict


@dataclass(frozen=True, slots=True)
class TakenTable:
    """A table on its way out. `rows()` reads the rows as they are asked for; `n` is its row of the audit chain.

    `mark` is what the watermark says: {"name" (masked), "person" (the account's id), "role", "place", "at", "address",
    "n"}; `until_at` and `from_at` the period, None for a table without one.
    """

    table: ExportTable
    format: Format
    count: int
    rows: Callable[[], Iterator[Row]]
    mark: dict[str, Any]
    n: int
    from_at: int | None
    until_at: int | None


def take_table(services: Services, actor: Principal, request: TakeTable, now: int) -> Outcome:
    """Take a table out; `Done.value` is a `TakenTable`.

    That it was taken, or refused, is a row of the chain, committed before anything leaves. Refused: no_right,
    no_such_table, export_too_large, no_results_yet.
    """
    subject = f"export:{request.table}.{request.format}"[:140]
    until_at = now + 1 if request.until_at is None else request.until_at
    period = Period(until_at - DEFAULT_SPAN_MS if request.from_at is None else request.from_at, until_at)
    table = TABLES.get(request.table)
    refused = no_right(actor, "export_table")
    if refused is None and table is None:
        refused = Refused("no_such_table", {"table": request.table})
    if refused is None and table is not None:
        refused = no_right(actor, table.right)
    found = (
        _find(services, actor, table, request, period, now) if refused is None and table is not None else None
    )
    if isinstance(found, Refused):
        refused = found
    elif found is not None and found.count > MOST_ROWS:
        refused = Refused("export_too_large", {"count": found.count, "most": MOST_ROWS})
    said: dict[str, Any] = {"table": request.table, "format": request.format}
    if table is not None and table.has_period:
        said |= {"from_at": period.from_at, "until_at": period.until_at}
    with services.store.write() as connection:
        if refused is not None or found is None or isinstance(found, Refused) or table is None:
            assert refused is not None
            audit.record(connection, actor, "export_table", subject, refused.code, said, now)
            return refused
        detail = said | {"rows": found.count, "jurisdiction": actor.jurisdiction}
        n = audit.record(connection, actor, "export_table", subject, "done", detail, now)
    divisions = services.pack.divisions
    mark = {
        "name": mask_name(actor.name),
        "person": actor.id,
        "role": actor.role,
        "place": divisions.get(actor.jurisdiction).name if actor.jurisdiction in divisions else "",
        "at": now,
        "address": actor.address,
        "n": n,
    }
    shown = (period.from_at, period.until_at) if table.has_period else (None, None)
    return Done(TakenTable(table, request.format, found.count, found.rows, mark, n, *shown))


def _find(
    services: Services, actor: Principal, table: ExportTable, request: TakeTable, period: Period, now: int
) -> Found | Refused:
    if table.find is not None:
        return table.find(services, actor, period, now)
    assert table.find_told is not None
    return table.find_told(services, request.told())
