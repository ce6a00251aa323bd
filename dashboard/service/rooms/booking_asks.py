"""Ordered specialists whose word nobody has recorded yet, as asks on the desks."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select

from dashboard.service.rooms.seeing import specialist_name
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import tables


def read_booking_asks(services: Services, connection: Connection) -> list[Row]:
    """Return the asks of bookings that nobody has answered for."""
    table, people, matters = tables.bookings, tables.specialists, tables.matters
    rows = connection.execute(
        select(table, people.c.name, people.c.field, matters.c.no, matters.c.title, matters.c.scope)
        .join(people, people.c.id == table.c.specialist_id)
        .join(matters, matters.c.id == table.c.matter_id)
        .where((table.c.state == "asked") & matters.c.closed_at.is_(None))
        .order_by(table.c.asked_at)
    ).mappings()
    return [
        booking_ask(
            dict(row),
            row["no"],
            row["title"],
            json.loads(row["scope"]),
            specialist_name(row["name"], row["field"]),
        )
        for row in rows
    ]


def booking_ask(row: dict[str, Any], no: str, title: str, scope: list[str], name: str) -> Row:
    """Return the ask of one booking."""
    return {
        "id": f"booking:{row['id']}",
        "kind": "booking",
        "matter_id": row["matter_id"],
        "no": no,
        "title": title,
        "scope": scope,
        "made_at": row["asked_at"],
        "due_at": row["wanted_at"],
        "params": {"name": name, "form": "booking_answer", "args": {"booking": row["id"]}},
    }
