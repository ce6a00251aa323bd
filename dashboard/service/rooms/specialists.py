"""The list of experts and lawyers: read from a file as the roster is, looked up by field and by who is on today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from dashboard.domain.masking import mask_phone
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import may, no_right
from dashboard.service.list_file import ListFileError, rows_of
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import audit, tables
from dashboard.store.seal import Unsealable

COLUMNS = ("id", "kind", "name", "field", "organisation", "phone", "weekdays")
KINDS = ("expert", "lawyer")


@dataclass(frozen=True, slots=True)
class Specialist:
    """One expert or lawyer. `weekdays` are the days on the rota, Monday 1 to Sunday 7; none: comes when asked."""

    id: str
    kind: str
    name: str
    field: str
    organisation: str
    phone: str
    weekdays: tuple[int, ...]


def read_specialists_file(file: Path) -> list[Specialist]:
    """Read a CSV with the columns of `COLUMNS`; weekdays are "1;3;5".

    Raises:
        ListFileError: every fault with its row.
    """
    faults: list[str] = []
    found: list[Specialist] = []
    for number, cells in rows_of(file, COLUMNS):
        days = [one for one in cells["weekdays"].split(";") if one]
        if cells["kind"] not in KINDS:
            faults.append(f"row {number}: kind must be one of {', '.join(KINDS)}")
        if any(one not in "1234567" or len(one) != 1 for one in days):
            faults.append(f"row {number}: weekdays are 1 to 7, separated by ;")
        empty = [name for name in ("id", "name", "field", "organisation") if not cells[name]]
        if empty:
            faults.append(f"row {number}: {', '.join(empty)} must not be empty")
        if cells["id"] in {one.id for one in found} or len(cells["id"]) > 40 or len(cells["field"]) > 40:
            faults.append(f"row {number}: id is there twice, or id or field has more than 40 characters")
        if not faults:
            weekdays = tuple(sorted({int(one) for one in days}))
            found.append(
                Specialist(
                    cells["id"], cells["kind"], cells["name"], cells["field"], cells["organisation"],
                    cells["phone"], weekdays,
                )
            )  # fmt: skip
    if faults:
        raise ListFileError(faults)
    return found


def import_specialists(
    services: Services, actor: Principal, people: Sequence[Specialist], now: int
) -> Outcome:
    """Take over a list; who is no longer in it stays for the bookings of the past, but cannot be ordered any more.

    `Done.value` is how many are listed. Refused: no_right. Raises NoSecret: phone numbers cannot be sealed.
    """
    table = tables.specialists
    with services.store.write() as connection:
        refused = no_right(actor, "import_specialists")
        if refused is not None:
            audit.record(connection, actor, "import_specialists", "specialists", refused.code, {}, now)
            return refused
        known = set(connection.execute(select(table.c.id)).scalars())
        connection.execute(update(table).values(listed=False))
        for one in people:
            values: dict[str, Any] = {
                "kind": one.kind,
                "name": one.name,
                "field": one.field,
                "organisation": one.organisation,
                "phone_sealed": services.seal.close(one.phone, f"specialist:{one.id}"),
                "weekdays": ";".join(str(day) for day in one.weekdays),
                "listed": True,
            }
            if one.id in known:
                connection.execute(update(table).where(table.c.id == one.id).values(values))
            else:
                connection.execute(insert(table), values | {"id": one.id})
        detail = {"listed": len(people)}
        audit.record(connection, actor, "import_specialists", "specialists", "done", detail, now)
    return Done(len(people))


def specialists(services: Services, actor: Principal, now: int) -> list[Row] | Refused:
    """Return every expert and lawyer who can be ordered, those on today first; no numbers.

    A row says how many orders the person has open now, so that nobody is called twice for the same hour.
    Refused: no_right.
    """
    refused = no_right(actor, "book_specialist")
    if refused is not None:
        return refused
    table, booked = tables.specialists, tables.bookings
    today = weekday(services, now)
    with services.store.read() as connection:
        rows = connection.execute(select(table).where(table.c.listed.is_(True))).all()
        running: dict[str, int] = {}
        for one in connection.execute(
            select(booked.c.specialist_id).where(booked.c.state.in_(("asked", "accepted")))
        ).scalars():
            running[one] = running.get(one, 0) + 1
    found = [
        {
            "id": row.id,
            "kind": row.kind,
            "name": row.name,
            "field": row.field,
            "organisation": row.organisation,
            "weekdays": [int(day) for day in row.weekdays.split(";") if day],
            "on_today": str(today) in row.weekdays.split(";"),
            "open_bookings": running.get(row.id, 0),
        }
        for row in rows
    ]
    return sorted(found, key=lambda one: (not one["on_today"], one["kind"], one["field"], one["id"]))


def phone_of(services: Services, actor: Principal, specialist_id: str, sealed: bytes | None) -> str:
    """Return the number to call for who may order, masked for everybody else.

    The order itself is the reason for seeing it, and is in the audit log.
    """
    if services.secret is None or not sealed:
        return ""
    number = services.seal.open(sealed, f"specialist:{specialist_id}")
    return number if may(actor, "book_specialist") else mask_phone(number)


def number_of(services: Services, connection: Connection, specialist_id: str) -> str:
    """Return a specialist's number for the gateway that calls them; "" when there is none, or it does not open."""
    column = tables.specialists.c
    sealed = connection.execute(
        select(column.phone_sealed).where(column.id == specialist_id)
    ).scalar_one_or_none()
    if services.secret is None or not sealed:
        return ""
    try:
        return services.seal.open(sealed, f"specialist:{specialist_id}")
    except Unsealable:
        return ""


def weekday(services: Services, now: int) -> int:
    """Return the city's day of the week, Monday 1 to Sunday 7."""
    return datetime.fromtimestamp((now + services.pack.offset_ms) / 1000, UTC).isoweekday()
