"""Citizens' data, apart from everything else and sealed; opened only by an act that says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from dashboard.store import tables
from dashboard.store.seal import Seal


@dataclass(frozen=True, slots=True)
class Citizen:
    """Who asked, and in which words. `secret`: the handling unit must not learn who."""

    name: str
    phone: str
    words: str
    secret: bool


def keep(connection: Connection, seal: Seal, citizens: Sequence[tuple[str, Citizen]]) -> None:
    """Keep (matter id, citizen) pairs, replacing what was kept for those matters."""
    if not citizens:
        return
    connection.execute(
        delete(tables.citizens).where(
            tables.citizens.c.matter_id.in_([matter_id for matter_id, _ in citizens])
        )
    )
    connection.execute(
        insert(tables.citizens),
        [
            {
                "matter_id": matter_id,
                "name_sealed": seal.close(one.name, matter_id),
                "phone_sealed": seal.close(one.phone, matter_id),
                "words_sealed": seal.close(one.words, matter_id),
                "secret": one.secret,
            }
            for matter_id, one in citizens
        ],
    )


def find(connection: Connection, seal: Seal, matter_id: str) -> Citizen | None:
    """Open what is kept for a matter, None when nothing is.

    Raises:
        Unsealable: another secret sealed it, or it was changed.
    """
    row = connection.execute(select(tables.citizens).where(tables.citizens.c.matter_id == matter_id)).first()
    if row is None:
        return None
    return Citizen(
        name=seal.open(row.name_sealed, matter_id),
        phone=seal.open(row.phone_sealed, matter_id),
        words=seal.open(row.words_sealed, matter_id),
        secret=row.secret,
    )
