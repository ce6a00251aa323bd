"""Asks: what waits for somebody's ruling, as rows that every screen of the scope holds beside matters and commands.

A row is {"id", "kind", "matter_id", "no", "title", "scope", "made_at", "due_at", "params"}; its words are `ask.<kind>` of
`assets/catalogue/asks.json`, filled with `no`, `title` and `params`. `params.form` names the form act that rules on it
(begun with the argument `ask` = the row's id, and those of `params.args`), `params.tone` "risk" draws it amber. An act shows it with `Act.show_ask` and takes it away with `Act.drop_ask`; for a fresh
snapshot each kind has a reader here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

from dashboard.service.rows import Row
from dashboard.service.services import Services

Reader = Callable[[Services, Connection], list[Row]]
"""Returns the asks of one kind that are open now."""

READERS: Final[tuple[Reader, ...]] = ()


def open_asks(services: Services, connection: Connection) -> list[Row]:
    """Return every ask that waits for a ruling."""
    return [row for read in READERS for row in read(services, connection)]
