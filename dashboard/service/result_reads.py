"""Narrow reads for the three rates, bounces, repeat callers and groups; each bounded by a month or by what is open."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import case, func, select

from dashboard.domain.masking import mask_name, mask_numbers, mask_phone
from dashboard.service.services import Services
from dashboard.store import tables
from dashboard.store.seal import Unsealable

DAY_MS = 86_400_000
_MATTER = tables.matters.c
_NAMES = (
    "id", "region", "township", "unit", "category", "urgency", "stage", "opened_at", "dispatched_at", "signed_at",
    "replied_at", "closed_at", "resolved", "satisfied", "returned", "merged_into", "carrier",
)  # fmt: skip
_COLUMNS = tuple(_MATTER[name] for name in _NAMES)


class OrderResult(NamedTuple):
    """What rates need of a hotline order; see `dashboard.analysis.results.ResultOrder`."""

    id: str
    region: str | None
    township: str | None
    unit: str | None
    category: str
    urgency: int
    stage: str
    opened_at: int
    dispatched_at: int | None
    signed_at: int | None
    replied_at: int | None
    closed_at: int | None
    resolved: bool | None
    satisfied: bool | None
    returned: int
    is_carried: bool


def results_of_month(services: Services, month_at: int) -> list[OrderResult]:
    """Return the hotline orders opened, dispatched or closed since `month_at`, or to be called back, each once."""
    found: dict[str, OrderResult] = {}
    for condition in (
        _MATTER.opened_at >= month_at,
        _MATTER.closed_at >= month_at,
        _MATTER.closed_at.is_(None) & (_MATTER.stage == "TO_CALLBACK"),
        # What was dispatched was touched then, and by that it is found.
        (_MATTER.touched_at >= month_at) & (_MATTER.dispatched_at >= month_at),
    ):
        statement = select(*_COLUMNS).where((_MATTER.kind == "order") & condition)
        with services.store.read() as connection:
            for row in connection.execute(statement):
                found[row.id] = _result(row)
    return list(found.values())


def results_touched(services: Services, since_at: int) -> list[OrderResult]:
    """Return the hotline orders that anything changed of since `since_at`, as they stand now."""
    statement = select(*_COLUMNS).where((_MATTER.kind == "order") & (_MATTER.touched_at >= since_at))
    with services.store.read() as connection:
        return [_result(row) for row in connection.execute(statement)]


def _result(row: Any) -> OrderResult:
    return OrderResult._make((*row[:15], row.merged_into is not None or row.carrier is not None))


def open_by_place(services: Services) -> dict[tuple[str, str], tuple[int, int]]:
    """Return by (region, township) how many orders are open, and how many of them are done again (重办)."""
    again = func.sum(case((_MATTER.stage == "REDO", 1), else_=0))
    statement = (
        select(_MATTER.region, _MATTER.township, func.count(), again)
        .where(_MATTER.closed_at.is_(None) & (_MATTER.kind == "order") & _MATTER.carrier.is_(None))
        .group_by(_MATTER.region, _MATTER.township)
    )
    with services.store.read() as connection:
        return {
            (row[0] or "", row[1] or ""): (int(row[2]), int(row[3])) for row in connection.execute(statement)
        }


def answers_per_day(services: Services, start_at: int, end_at: int) -> dict[int, list[int]]:
    """Return by day since `start_at` [resolved yes, answers, satisfied yes, answers] of what was closed then."""
    number = ((_MATTER.closed_at - start_at) // DAY_MS).label("number")

    def count(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    statement = (
        select(
            number,
            count(_MATTER.resolved.is_(True)),
            count(_MATTER.resolved.is_not(None)),
            count(_MATTER.satisfied.is_(True)),
            count(_MATTER.satisfied.is_not(None)),
        )
        .where(
            (_MATTER.closed_at >= start_at)
            & (_MATTER.closed_at < end_at)
            & (_MATTER.kind == "order")
            & _MATTER.carrier.is_(None)
        )
        .group_by(number)
    )
    with services.store.read() as connection:
        return {int(row[0]): [int(value) for value in row[1:]] for row in connection.execute(statement)}


def returns_by_unit(services: Services, since_at: int) -> dict[str, dict[str, int]]:
    """Return by unit {"asked", "upheld", "forced", "waiting"}: what it asked to give back since `since_at`."""
    column = tables.returns.c
    # Grouped by an expression: SQLite would read all returns by the index of units, to have them in its order.
    unit_of = func.coalesce(column.unit, "").label("unit_of")
    statement = (
        select(unit_of, column.ruling, func.count())
        .where(column.asked_at >= since_at)
        .group_by(unit_of, column.ruling)
    )
    found: dict[str, dict[str, int]] = {}
    with services.store.read() as connection:
        for unit, ruling, count in connection.execute(statement):
            if not unit:
                continue
            row = found.setdefault(unit, {"asked": 0, "upheld": 0, "forced": 0, "waiting": 0})
            row["asked"] += int(count)
            row[ruling or "waiting"] = row.get(ruling or "waiting", 0) + int(count)
    return found


def group_matters(services: Services, least: int, limit: int) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Return the open orders that `least` citizens or more asked for (merged into one), the most first, at most `limit`
    of each region, and how many there are by region ("": not known)."""
    order = (_MATTER.merged.desc(), _MATTER.opened_at, _MATTER.id)
    found = (
        select(
            _MATTER.id, _MATTER.no, _MATTER.title, _MATTER.category, _MATTER.region, _MATTER.township,
            _MATTER.merged, _MATTER.opened_at, _MATTER.final_due_at, *_in_region(_MATTER.region, order),
        )
        .where(
            _MATTER.closed_at.is_(None)
            & (_MATTER.kind == "order")
            & _MATTER.carrier.is_(None)
            & (_MATTER.merged >= least)
        )
        .subquery()
    )  # fmt: skip
    statement = (
        select(found)
        .where(found.c.place <= limit)
        .order_by(found.c.merged.desc(), found.c.opened_at, found.c.id)
    )
    with services.store.read() as connection:
        rows = connection.execute(statement).all()
    shown = [
        {
            "matter_id": row.id, "no": row.no, "title": mask_numbers(row.title), "category": row.category,
            "region": row.region or "", "township": row.township or "", "citizens": row.merged,
            "opened_at": row.opened_at, "due_at": row.final_due_at,
        }
        for row in rows
    ]  # fmt: skip
    return shown, {row.region or "": int(row.in_all) for row in rows}


def _in_region(region: Any, order: tuple[Any, ...]) -> tuple[Any, Any]:
    """Which place a row has among those of its region, and how many these are: each county has its own first ones."""
    return (
        func.row_number().over(partition_by=region, order_by=order).label("place"),
        func.count().over(partition_by=region).label("in_all"),
    )


def repeat_callers(
    services: Services, since_at: int, least: int, limit: int
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Return who asked `least` times or more since `since_at` in one region, the most first, at most `limit` of each
    region, and how many there are by region ("": not known). Numbers are masked.

    Found by a mark of the telephone number that only this installation can make; the number itself stays sealed and is
    opened for the rows that are shown alone.
    """
    citizen = tables.citizens.c
    count = func.count().label("asked")
    # An expression: by the index of marks SQLite would read everybody who ever asked, to have them in its order.
    mark = func.coalesce(citizen.phone_mark, "").label("phone_mark")
    last_at = func.max(_MATTER.opened_at)
    found = (
        select(
            mark,
            _MATTER.region,
            count,
            func.sum(case((_MATTER.closed_at.is_(None), 1), else_=0)).label("open"),
            last_at.label("last_at"),
            *_in_region(_MATTER.region, (func.count().desc(), last_at.desc())),
        )
        .select_from(tables.matters.join(tables.citizens, citizen.matter_id == _MATTER.id))
        .where((_MATTER.opened_at >= since_at) & (_MATTER.kind == "order") & (mark != ""))
        .group_by(mark, _MATTER.region)
        .having(count >= least)
        .subquery()
    )
    statement = (
        select(found)
        .where(found.c.place <= limit)
        .order_by(found.c.asked.desc(), found.c.last_at.desc(), found.c.phone_mark)
    )
    with services.store.read() as connection:
        rows = connection.execute(statement).all()
        shown = [_repeat(services, connection, row, since_at) for row in rows]
    return shown, {row.region or "": int(row.in_all) for row in rows}


def _repeat(services: Services, connection: Any, found: Any, since_at: int) -> dict[str, Any]:
    citizen = tables.citizens.c
    is_there = _MATTER.region.is_(None) if found.region is None else _MATTER.region == found.region
    newest = (
        select(_MATTER.id, _MATTER.no, _MATTER.category, citizen.name_sealed, citizen.phone_sealed)
        .select_from(tables.citizens.join(tables.matters, citizen.matter_id == _MATTER.id))
        .where(
            (citizen.phone_mark == found.phone_mark)
            & (_MATTER.opened_at >= since_at)
            & (_MATTER.kind == "order")
            & is_there
        )
        .order_by(_MATTER.opened_at.desc())
        .limit(1)
    )
    row = connection.execute(newest).one()
    try:
        seal = services.seal
        caller = f"{mask_phone(seal.open(row.phone_sealed, row.id))} {mask_name(seal.open(row.name_sealed, row.id))}"
    except Unsealable:
        caller = ""  # another secret sealed it
    return {
        "region": found.region or "", "caller": caller.strip(), "count": int(found.asked), "open": int(found.open),
        "last_at": int(found.last_at), "matter_id": row.id, "no": row.no, "category": row.category,
    }  # fmt: skip
