"""Rotation of the installation's secret: a new one derives from now on, older ones are accepted until they are retired.

Each step may be cut off and is taken up by running it again. Until the older secrets are retired no further one is
added: a second rotation first finishes the one under way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import and_, select, update

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import no_right
from dashboard.service.key_rotation import (
    BATCH_ROWS,
    EVERYTHING,
    RETIRED_AFTER_S,
    Sealed,
    older_rows,
    rotate_keys,
)
from dashboard.service.services import NoSecret, Services
from dashboard.store import audit, tables
from dashboard.store.seal import Seal, Unsealable
from dashboard.store.secret_file import Secrets, write_secrets


@dataclass(frozen=True, slots=True)
class SecretRotated:
    """Telephone numbers marked anew, whether this took up a rotation under way, and how many secrets are accepted."""

    marked: int
    resumed: bool
    accepted: int


def _nobody(_rows: int) -> None:
    """Tell nobody: the default of `progress`."""


def rotate_secret(
    services: Services, actor: Principal, now: int, progress: Callable[[int], None] = _nobody
) -> Outcome:
    """Derive from a new secret, or finish what was cut off; `Done.value` is a SecretRotated.

    Personal data goes to data keys first, so that nothing is sealed with a secret any more. Nothing else may rotate
    meanwhile; the command holds a lock.

    Refused: no_right. Raises NoSecret, DataKeysError; StoreBusy: run it again.
    """
    file = _file_of(services)
    refused = no_right(actor, "manage_accounts")
    if refused is not None:
        _note(services, actor, "rotate_secret", refused.code, {}, now)
        return refused
    resumed = len(file.all()) > 1
    if _has_unkeyed(services):
        rotate_keys(services, actor, now, progress)
    if not resumed:
        write_secrets(file.file, file.list().with_new())
    marked, again = 0, 1
    while again:  # a process may have been marking by the older secret as the new one came
        again = sum(_mark_anew(services, progress))
        marked += again
    rotated = SecretRotated(marked, resumed, len(file.all()))
    detail = {"marked": marked, "resumed": resumed, "accepted": rotated.accepted}
    _note(services, actor, "rotate_secret", "done", detail, now)
    return Done(rotated)


def retire_secrets(
    services: Services,
    actor: Principal,
    now: int,
    *,
    at_once: bool = False,
    machine_s: Callable[[], float] = time.time,
) -> Outcome:
    """Accept the newest secret alone; `Done.value` is how many older ones went.

    Args:
        at_once: do not wait a day: for a secret that leaked.
        machine_s: epoch seconds.

    Refused: no_right; secret_in_use: something sealed opens by an older one alone; secret_too_new:
    the file changed within a day.
    """
    file = _file_of(services)
    listed = file.list()
    refused = no_right(actor, "manage_accounts")
    older = len(listed.secrets) - 1
    is_new = machine_s() - file.file.stat().st_mtime < RETIRED_AFTER_S
    if refused is None and older and is_new and not at_once:
        refused = Refused("secret_too_new", {"hours": RETIRED_AFTER_S // 3600})
    if refused is None and older and (rows := _needing_older(services)):
        refused = Refused("secret_in_use", {"rows": rows})
    detail = {} if refused else {"retired": older, "at_once": at_once}
    _note(services, actor, "retire_secret", refused.code if refused else "done", detail, now)
    if refused is not None:
        return refused
    if older:
        sum(
            _mark_anew(services, _nobody)
        )  # a process may have been marking by the older secret as the new one came
        write_secrets(file.file, listed.without_older())
    return Done(older)


def _file_of(services: Services) -> Secrets:
    if not isinstance(services.secret, Secrets):
        raise NoSecret("these services were opened without the file of the secret")
    return services.secret


def _note(
    services: Services, actor: Principal, act: str, result: str, detail: Mapping[str, object], now: int
) -> None:
    with services.store.write() as connection:
        audit.record(connection, actor, act, "installation secret", result, detail, now)


def _has_unkeyed(services: Services) -> bool:
    """Say whether the secret seals, or rows are left that no data key of now sealed."""
    if not services.seal.head():
        return True
    with services.store.read() as connection:
        return any(
            connection.execute(
                select(one.table.c[one.key]).where(older_rows(one, services.seal.head())).limit(1)
            ).first()
            for one in EVERYTHING
        )


def _mark_anew(services: Services, progress: Callable[[int], None]) -> Iterator[int]:
    """Yield how many numbers of each batch were marked by another secret than the one that derives."""
    column, after = tables.citizens.c, ""
    while True:
        seal, changed = services.seal, 0
        with services.store.write() as connection:
            found = connection.execute(
                select(column.matter_id, column.phone_sealed, column.phone_mark)
                .where(and_(column.matter_id > after, column.phone_mark.is_not(None), column.phone_sealed.is_not(None)))
                .order_by(column.matter_id)
                .limit(BATCH_ROWS)
            ).all()  # fmt: skip
            for matter_id, sealed, before in found:
                mark = _mark_of(seal, sealed, matter_id)
                if mark is not None and mark != before:
                    changed += 1
                    statement = update(tables.citizens).where(column.matter_id == matter_id)
                    connection.execute(statement.values(phone_mark=mark))
        if not found:
            return
        after = found[-1].matter_id
        progress(changed)
        yield changed


def _mark_of(seal: Seal, sealed: bytes, matter_id: str) -> str | None:
    try:
        return seal.mark(seal.open(sealed, matter_id))
    except Unsealable:
        return None


def _needing_older(services: Services) -> int:
    """Count the rows that open with an older secret and not without."""
    every, newest = services.seal, Seal(services.secrets[0], services.data_keys)
    return sum(
        _needs_older(every, newest, one, row) for one in EVERYTHING for row in _not_of_now(services, one)
    )


def _not_of_now(services: Services, one: Sealed) -> list[Mapping[str, object]]:
    head = services.seal.head()
    statement = select(one.table) if not head else select(one.table).where(older_rows(one, head))
    with services.store.read() as connection:
        return [dict(row) for row in connection.execute(statement).mappings()]


def _needs_older(every: Seal, newest: Seal, one: Sealed, row: Mapping[str, object]) -> bool:
    about = f"{one.before}{row[one.about]}"
    return any(
        _opens(every, row[name], about) and not _opens(newest, row[name], about) for name in one.columns
    )


def _opens(seal: Seal, sealed: object, about: str) -> bool:
    try:
        seal.open(sealed if isinstance(sealed, bytes) else None, about)
    except Unsealable:
        return False
    return True
