"""Citizens' data, apart from everything else and sealed; opened only by an act that says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from dashboard.store import tables
from dashboard.store.seal import Seal, Unsealable


@dataclass(frozen=True, slots=True)
class Citizen:
    """Who asked, in which words, and the whole address, down to the door. `secret`: the handling unit must not learn
    who."""

    name: str
    phone: str
    words: str
    secret: bool
    address: str = ""


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
                "phone_mark": seal.mark(one.phone),
                "words_sealed": seal.close(one.words, matter_id),
                "address_sealed": seal.close(one.address, matter_id),
                "secret": one.secret,
            }
            for matter_id, one in citizens
        ],
    )


def keep_addresses(connection: Connection, seal: Seal, addresses: Sequence[tuple[str, str]]) -> None:
    """Keep (matter id, whole address) pairs beside what is kept of their citizens; an address that is there stays."""
    column = tables.citizens.c
    ids = [matter_id for matter_id, _ in addresses]
    found = connection.execute(
        select(column.matter_id, column.address_sealed).where(column.matter_id.in_(ids))
    )
    known = {row.matter_id: row.address_sealed for row in found}
    for matter_id, address in addresses:
        sealed = seal.close(address, matter_id)
        if matter_id not in known:
            connection.execute(insert(tables.citizens), {"matter_id": matter_id, "address_sealed": sealed})
        elif known[matter_id] is None:
            connection.execute(
                update(tables.citizens).where(column.matter_id == matter_id).values(address_sealed=sealed)
            )


def mark_unmarked(connection: Connection, seal: Seal, since_at: int, limit: int) -> int:
    """Mark the numbers of up to `limit` matters opened since `since_at` that were kept without; returns how many.

    What another secret sealed cannot be opened and is marked "", so that it is not tried again.
    """
    column = tables.citizens.c
    found = connection.execute(
        select(column.matter_id, column.phone_sealed)
        .select_from(tables.citizens.join(tables.matters, tables.matters.c.id == column.matter_id))
        .where(
            (tables.matters.c.opened_at >= since_at)
            & (
                func.coalesce(column.phone_mark, "-") == "-"
            )  # not by the index of marks: older matters have none
            & column.phone_sealed.is_not(None)
        )
        .limit(limit)
    ).all()
    for matter_id, sealed in found:
        try:
            mark = seal.mark(seal.open(sealed, matter_id)) or ""
        except Unsealable:
            mark = ""
        connection.execute(
            update(tables.citizens).where(column.matter_id == matter_id).values(phone_mark=mark)
        )
    return len(found)


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
        address=seal.open(row.address_sealed, matter_id),
    )
