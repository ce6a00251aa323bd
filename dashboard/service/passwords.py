"""Passwords: how they are kept, what they must be, and who sets a new one."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, update

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import no_right
from dashboard.service.account_rows import account_named, close_sessions
from dashboard.service.services import Services
from dashboard.store import audit, tables

# m = 19 MiB, t = 2: the smaller of OWASP's equal choices, 31 ms here; the library's default takes 287 ms.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Compared with when there is no such account, so that the time taken does not say which names exist.
NOBODY = HASHER.hash(secrets.token_urlsafe(16))


def verify(password_hash: str, password: str) -> bool:
    """Say whether it is this password; takes its time, so not on an event loop."""
    try:
        return HASHER.verify(password_hash, password[:1024])
    except (VerifyMismatchError, InvalidHashError):
        return False


def weakness(services: Services, password: str, *about: str) -> Refused | None:
    """Say why a password will not do here: password_short, password_plain, password_common; None when it does."""
    return services.sign_in.weakness(password, about, _well_known())


def set_password(
    connection: Connection, account_id: str, password_hash: str, now: int, *, must_change: bool
) -> None:
    """Write an account's new password; `must_change` where somebody else knows it."""
    connection.execute(
        update(tables.accounts)
        .where(tables.accounts.c.id == account_id)
        .values(password_hash=password_hash, password_set_at=now, must_change=must_change)
    )


def reset_password(services: Services, actor: Principal, name: str, password: str, now: int) -> Outcome:
    """Give an account a password that its owner must change at once; every session of it ends.

    Refused: no_right, no_such_account, own_account, password_short, password_plain, password_common.
    """
    refused = no_right(actor, "manage_accounts") or weakness(services, password, name)
    password_hash = "" if refused is not None else HASHER.hash(password)
    with services.store.write() as connection:
        account: Any = account_named(connection, name)
        if refused is None and (account is None or account.disabled_at is not None):
            refused = Refused("no_such_account", {"name": name})
        if refused is None and account.id == actor.id:
            refused = Refused("own_account")
        if refused is not None:
            audit.record(connection, actor, "reset_password", name, refused.code, {}, now)
            return refused
        set_password(connection, account.id, password_hash, now, must_change=True)
        close_sessions(connection, account.id, now)
        audit.record(connection, actor, "reset_password", name, "done", {}, now)
    return Done(account.id)


@cache
def _well_known() -> frozenset[str]:
    """The 30,000 most used passwords; 30 ms and 3 MB, once, when somebody first sets one."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

    return frozenset(FREQUENCY_LISTS["passwords"])
