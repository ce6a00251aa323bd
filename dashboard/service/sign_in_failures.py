"""Wrong passwords and codes, counted by name and address, and how long each has to wait for them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from dashboard.domain.refusal import Refused
from dashboard.domain.throttle import LONGEST_WAIT_MS, address_wait_ms, wait_ms
from dashboard.store import tables

# The row that counts an address whatever the name; no account can be called so.
ANY_NAME: Final = "\x01any"


def wait(left_ms: int) -> Refused:
    """Return the refusal of somebody who has to wait yet."""
    return Refused("wait_before_retry", {"seconds": -(-left_ms // 1000)})


def left_ms(connection: Connection, name: str, address: str, account: Any, now: int) -> int:
    """Return how long this name, and this address where the account never came in from it, have to wait yet."""
    column = tables.sign_in_failures.c
    found = {
        row.name: row
        for row in connection.execute(
            select(tables.sign_in_failures).where(
                column.name.in_((name, ANY_NAME)) & (column.address == address)
            )
        )
    }
    waits = [0]
    if name in found:
        waits.append(found[name].last_at + wait_ms(found[name].failures) - now)
    if ANY_NAME in found and not _came_from(connection, account, address):
        waits.append(found[ANY_NAME].last_at + address_wait_ms(found[ANY_NAME].failures) - now)
    return max(waits)


def _came_from(connection: Connection, account: Any, address: str) -> bool:
    if account is None:
        return False
    session = tables.sessions.c
    statement = select(session.token_hash).where(
        (session.account_id == account.id) & (session.address == address) & (session.stage == "open")
    )
    return connection.execute(statement.limit(1)).first() is not None


def count(connection: Connection, name: str, address: str, now: int) -> None:
    """Count one more failure of a name, or of an address whatever the name."""
    column = tables.sign_in_failures.c
    here = (column.name == name) & (column.address == address)
    row = connection.execute(select(column.failures, column.last_at).where(here)).first()
    if row is None:
        first = {"name": name, "address": address, "failures": 1, "last_at": now}
        connection.execute(insert(tables.sign_in_failures), first)
        return
    forgotten = name == ANY_NAME and now - row.last_at > LONGEST_WAIT_MS
    failures = 1 if forgotten else row.failures + 1
    connection.execute(update(tables.sign_in_failures).where(here).values(failures=failures, last_at=now))


def forget(connection: Connection, name: str, address: str) -> None:
    """Forget a name's failures from an address: its owner came in."""
    column = tables.sign_in_failures.c
    connection.execute(
        delete(tables.sign_in_failures).where((column.name == name) & (column.address == address))
    )
