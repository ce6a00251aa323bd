"""The open matters of a leader's jurisdiction in the few columns that counting takes."""

from __future__ import annotations

import json
from typing import NamedTuple

from sqlalchemy import Connection, select

from dashboard.domain.principal import Principal
from dashboard.service.act import is_inside
from dashboard.service.services import Services
from dashboard.store import tables


class OpenMatter(NamedTuple):
    """One open matter; instants UTC ms."""

    id: str
    urgency: int
    level: int
    card: str
    must_act: str
    due_at: int | None
    lon: float | None
    lat: float | None
    scope: str


class Reach:
    """Which divisions a principal's word and eyes reach; answers for a scope are kept, there are few different ones."""

    def __init__(self, services: Services, actor: Principal) -> None:
        self._divisions = services.pack.divisions
        self._place = actor.jurisdiction
        self._all = actor.jurisdiction == services.city
        self._known: dict[str, bool] = {}

    def sees(self, scope: str) -> bool:
        """Say whether a scope, as the store keeps it (JSON), lies inside."""
        if self._all:
            return True
        if scope not in self._known:
            self._known[scope] = is_inside(self._divisions, json.loads(scope), self._place)
        return self._known[scope]


_COLUMNS = tuple(tables.matters.c[name] for name in OpenMatter._fields)


def open_matters(connection: Connection, reach: Reach) -> list[OpenMatter]:
    """Return the open matters inside, in no order."""
    column = tables.matters.c
    statement = select(*_COLUMNS).where(column.closed_at.is_(None))
    return [one for row in connection.execute(statement) if reach.sees((one := OpenMatter(*row)).scope)]
