"""Rotation of the data keys: a new key seals from now on, and what older ones sealed is sealed anew in small batches.

The centre goes on working: each batch is one short transaction, and every process opens old and new values alike. A
rotation that was cut off, in a batch or between two, is taken up by running it again; no value is ever without a key
that is in the list.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, LargeBinary, Table, and_, func, literal, or_, select, update

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import no_right
from dashboard.service.services import NoSecret, Services
from dashboard.store import audit, tables
from dashboard.store.seal import HEAD_BYTES, Seal, Unsealable

BATCH_ROWS: Final = 200  # some 10 ms of the writer's turn, which acts wait for
RETIRED_AFTER_S: Final = 24 * 60 * 60  # a day: longer than any act, session or backup is under way
ACT: Final = "rotate_keys"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A table with sealed columns: its key, the column bound in as `about`, and what stands before that."""

    table: Table
    key: str
    columns: tuple[str, ...]
    about: str
    before: str = ""


EVERYTHING: Final = (
    Sealed(
        tables.citizens,
        "matter_id",
        ("name_sealed", "phone_sealed", "words_sealed", "address_sealed"),
        "matter_id",
    ),
    Sealed(tables.specialists, "id", ("phone_sealed",), "id", "specialist:"),
    Sealed(tables.webhooks, "id", ("secret_sealed",), "id"),
    Sealed(tables.feed_keys, "id", ("secret_sealed",), "id"),
    Sealed(tables.accounts, "id", ("totp_sealed",), "id"),
    Sealed(tables.sessions, "token_hash", ("totp_shown",), "account_id"),
)


@dataclass(frozen=True, slots=True)
class Rotated:
    """The version that seals now, rows sealed anew, rows that open with no key at hand, and whether this took up a
    rotation that had been cut off."""

    version: int
    rows: int
    unopened: int
    resumed: bool


def _nobody(_rows: int) -> None:
    """Tell nobody: the default of `progress`."""


def rotate_keys(
    services: Services,
    actor: Principal,
    now: int,
    progress: Callable[[int], None] = _nobody,
    batch_rows: int = BATCH_ROWS,
) -> Outcome:
    """Seal everything with a new key, or finish what was cut off; `Done.value` is a Rotated.

    With the keys in the settings none is made: everything is sealed with the first of them. `progress` hears the rows
    so far after each batch. Nothing else may rotate meanwhile; the command holds a lock.

    Refused: no_right. Raises NoSecret, DataKeysError; StoreBusy: run it again.
    """
    refused = no_right(actor, "manage_accounts")
    if refused is not None:
        _note(services, actor, refused.code, {}, now)
        return refused
    keys = services.data_keys
    if keys is None:
        raise NoSecret("these services were opened without a place for data keys")
    # What a rotation that was cut off left behind comes first; without any, a new key begins another one.
    rows, unopened = _seal_anew(services, progress, batch_rows) if keys.all() else (0, 0)
    resumed = rows > 0
    if not resumed and keys.file is not None:
        keys.write(keys.with_new())
        rows, unopened = _seal_anew(services, progress, batch_rows)
    again = 1
    while again:  # a process may have been sealing with the older key as the new one came
        again, unopened = _seal_anew(services, progress, batch_rows)
        rows += again
    version = keys.all()[0].version if keys.all() else 0
    rotated = Rotated(version, rows, unopened, resumed)
    detail = {"version": version, "rows": rows, "unopened": unopened, "resumed": resumed}
    _note(services, actor, "done", detail, now)
    return Done(rotated)


def retire_keys(
    services: Services, actor: Principal, now: int, machine_s: Callable[[], float] = time.time
) -> Outcome:
    """Drop every key but the one that seals; `Done.value` lists the versions that went.

    Refused: no_right; keys_in_use: something is still sealed by one; keys_too_new: the list changed within a day
    (`machine_s`, epoch seconds), and something that is under way may need them.
    """
    keys = services.data_keys
    refused = no_right(actor, "manage_accounts")
    if keys is None or keys.file is None:
        raise NoSecret("the data keys stand in ZHONGSHU_DATA_KEYS: take the old ones away there")
    listed = keys.all()
    if refused is None and listed and machine_s() - keys.file.stat().st_mtime < RETIRED_AFTER_S:
        refused = Refused("keys_too_new", {"hours": RETIRED_AFTER_S // 3600})
    with services.store.write() as connection:
        waiting = sum(_count(connection, services.seal, one) for one in EVERYTHING) if listed else 0
        if refused is None and waiting:
            refused = Refused("keys_in_use", {"rows": waiting})
        old = [one.version for one in listed[1:]]
        detail = {} if refused else {"versions": old}
        audit.record(
            connection, actor, "retire_keys", "data keys", refused.code if refused else "done", detail, now
        )
        if refused is not None:
            return refused
        if old:
            keys.write(listed[:1])
    return Done(old)


def _note(services: Services, actor: Principal, result: str, detail: Mapping[str, object], now: int) -> None:
    with services.store.write() as connection:
        audit.record(connection, actor, ACT, "data keys", result, detail, now)


def _seal_anew(services: Services, progress: Callable[[int], None], batch_rows: int) -> tuple[int, int]:
    rows = unopened = 0
    for one in EVERYTHING:
        for done, shut in _batches(services, one, batch_rows):
            rows, unopened = rows + done, unopened + shut
            progress(rows)
    return rows, unopened


def _batches(services: Services, one: Sealed, batch_rows: int) -> Iterator[tuple[int, int]]:
    """Yield (rows sealed anew, rows that do not open) of each batch, in the order of the table's key."""
    key, after, seal = one.table.c[one.key], "", services.seal
    while True:
        with services.store.write() as connection:
            found = connection.execute(
                select(one.table).where(and_(key > after, older_rows(one, seal.head()))).order_by(key).limit(batch_rows)
            ).mappings().all()  # fmt: skip
            shut = 0
            for row in found:
                about = f"{one.before}{row[one.about]}"
                try:
                    anew = {name: seal.close(seal.open(row[name], about), about) for name in one.columns}
                except Unsealable:
                    shut += 1  # another secret sealed it; it stays as it is and is told of
                    continue
                connection.execute(update(one.table).where(key == row[one.key]).values(anew))
        if not found:
            return
        after = found[-1][one.key]
        yield len(found) - shut, shut


def _count(connection: Connection, seal: Seal, one: Sealed) -> int:
    counted = select(func.count()).select_from(one.table).where(older_rows(one, seal.head()))
    return int(connection.execute(counted).scalar_one())


def older_rows(one: Sealed, head: bytes) -> ColumnElement[bool]:
    """Match the rows of which a column was sealed by another key than the one that seals now."""
    if not head:
        return literal(value=False)
    begins = [
        and_(
            one.table.c[name].is_not(None),
            func.substr(one.table.c[name], 1, HEAD_BYTES, type_=LargeBinary) != literal(head, LargeBinary),
        )
        for name in one.columns
    ]
    return or_(*begins)
