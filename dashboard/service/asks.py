"""Asks: what waits for somebody's ruling, as rows that every screen of the scope holds beside matters and commands.

A row is {"id", "kind", "matter_id", "no", "title", "scope", "made_at", "due_at", "params"}; its words are `ask.<kind>`
of `assets/catalogue/asks.json`, filled with `no`, `title` and `params`. `params.form` names the form act that rules on
it (begun with the argument `ask` = the row's id, and those of `params.args`), `params.tone` "risk" draws it amber. An
act shows it with `Act.show_ask` and takes it away with `Act.drop_ask`; for a snapshot each kind has a reader here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

from dashboard.domain.masking import mask_all
from dashboard.service.commands.declines import read_declines
from dashboard.service.districts.waiting import open_proposals
from dashboard.service.machines.ruling import open_rulings
from dashboard.service.merging.finding import open_merge_asks
from dashboard.service.rooms.booking_asks import read_booking_asks
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.shifts.alarm import open_alarms
from dashboard.service.telling.failing import read_failed

Reader = Callable[[Services, Connection], list[Row]]
"""Returns the asks of one kind that are open now."""

READERS: Final[tuple[Reader, ...]] = (
    open_rulings,
    read_failed,
    open_proposals,
    open_merge_asks,
    open_alarms,
    read_declines,
    read_booking_asks,
)


def open_asks(services: Services, connection: Connection) -> list[Row]:
    """Return every ask that waits for a ruling."""
    return [mask_all(row) for read in READERS for row in read(services, connection)]
