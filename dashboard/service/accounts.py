"""Accounts and sessions: who may sign in, and for how long a session lives. No account exists by default."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, Row, delete, insert, select, update

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import ROLES, no_right
from dashboard.domain.throttle import wait_ms
from dashboard.service.act import new_id
from dashboard.service.services import Services
from dashboard.store import audit, tables
from dashboard.store.tokens import token_hash

# m = 19 MiB, t = 2: the smaller of OWASP's equal choices, 31 ms here; the library's default takes 287 ms.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Compared with when there is no such account, so that the time taken does not say which names exist.
_NOBODY = HASHER.hash(secrets.token_urlsafe(16))
MIN_PASSWORD = 10
SEEN_STEP_MS = 60_000  # a session's last use is written at most once a minute


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """A signed-in officer. `token` goes into the cookie and is stored here only as its hash."""

    token: str
    principal: Principal


NAME_LENGTH = 60  # characters of an account's and of a person's name: the columns' length
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account needs; `jurisdiction` is a division code, `unit` a liaison's unit id, `worker` the roster id of
    a grid worker."""

    name: str
    display_name: str
    role: str
    jurisdiction: str
    unit: str | None = None
    language: str = "zh"
    worker: str | None = None


def create_account(
    services: Services, actor: Principal, request: NewAccount, password: str, now: int
) -> Outcome:
    """Make an account; `Done.value` is its id. Refused: no_right, no_such_role, no_such_division, no_such_unit,
    unit_missing, worker_missing, no_such_worker, name_missing, display_name_missing, no_such_language, password_short,
    name_taken."""
    refused = _check_account(services, actor, request, password)
    # Hashing takes 30 ms and is done before the transaction, so that no act waits for it.
    password_hash = HASHER.hash(password)
    with services.store.write() as connection:
        if refused is None and _account(connection, request.name) is not None:
            refused = Refused("name_taken", {"name": request.name})
        if refused is not None:
            audit.record(connection, actor, "create_account", request.name, refused.code, {}, now)
            return refused
        account_id = f"officer:{new_id()}"
        connection.execute(
            insert(tables.accounts),
            {
                "id": account_id,
                "name": request.name,
                "display_name": request.display_name,
                "role": request.role,
                "jurisdiction": request.jurisdiction,
                "unit": request.unit,
                "worker": request.worker,
                "language": request.language,
                "password_hash": password_hash,
                "created_at": now,
            },
        )
        detail = {
            "role": request.role, "jurisdiction": request.jurisdiction, "unit": request.unit, "worker": request.worker,
        }  # fmt: skip
        audit.record(connection, actor, "create_account", request.name, "done", detail, now)
    return Done(account_id)


def disable_account(services: Services, actor: Principal, name: str, now: int) -> Outcome:
    """Disable an account and end its sessions. Refused: no_right, no_such_account."""
    with services.store.write() as connection:
        account = _account(connection, name)
        refused = no_right(actor, "manage_accounts")
        if refused is None and (account is None or account.disabled_at is not None):
            refused = Refused("no_such_account", {"name": name})
        if refused is not None or account is None:
            assert refused is not None
            audit.record(connection, actor, "disable_account", name, refused.code, {}, now)
            return refused
        connection.execute(
            update(tables.accounts).where(tables.accounts.c.id == account.id).values(disabled_at=now)
        )
        connection.execute(
            update(tables.sessions)
            .where((tables.sessions.c.account_id == account.id) & tables.sessions.c.closed_at.is_(None))
            .values(closed_at=now)
        )
        audit.record(connection, actor, "disable_account", name, "done", {}, now)
    return Done(account.id)


def sign_in(services: Services, name: str, password: str, address: str, now: int) -> Outcome:
    """Open a session; `Done.value` is a `SessionOpened`.

    Failures slow down this name from this address only: somebody else's attempts do not lock the officer out.
    Refused: wrong_name_or_password (never which of both), wait_before_retry (with seconds).
    """
    name, address = name.strip()[:60], address[:80]
    with services.store.read() as connection:
        account = _account(connection, name)
        failures = connection.execute(
            select(tables.sign_in_failures).where(
                (tables.sign_in_failures.c.name == name) & (tables.sign_in_failures.c.address == address)
            )
        ).first()
    visitor = Principal("visitor", name, "officer", "visitor", services.city, address=address)
    if failures is not None:
        left_ms = failures.last_at + wait_ms(failures.failures) - now
        if left_ms > 0:
            seconds = -(-left_ms // 1000)
            _audit_sign_in(services, visitor, name, "wait_before_retry", now)
            return Refused("wait_before_retry", {"seconds": seconds})
    right = _verify(account.password_hash if account is not None else _NOBODY, password)
    if account is None or account.disabled_at is not None or not right:
        _count_failure(services, visitor, name, address, now)
        return Refused("wrong_name_or_password")
    token = secrets.token_urlsafe(32)
    principal = replace(_principal(account), address=address)
    with services.store.write() as connection:
        connection.execute(
            delete(tables.sign_in_failures).where(
                (tables.sign_in_failures.c.name == name) & (tables.sign_in_failures.c.address == address)
            )
        )
        connection.execute(
            insert(tables.sessions),
            {
                "token_hash": token_hash(token),
                "account_id": account.id,
                "address": address,
                "opened_at": now,
                "seen_at": now,
                "ends_at": now + services.session_absolute_ms,
            },
        )
        audit.record(connection, principal, "sign_in", name, "done", {}, now)
    return Done(SessionOpened(token, principal))


def session(
    services: Services, token: str, now: int, address: str = "", *, counts_as_use: bool = True
) -> Principal | None:
    """Return who a session token belongs to, None when it is unknown, ended, idle too long or its account disabled.

    `address` is where this request comes from, for the audit log; without it the address of the sign-in counts.
    A screen that only asks whether it may stay open does not count as use: an unattended desk has to end.
    """
    if not token:
        return None
    key = token_hash(token)
    column = tables.sessions.c
    with services.store.read() as connection:
        row = connection.execute(
            select(
                column.address,
                column.seen_at,
                column.ends_at,
                column.closed_at,
                tables.accounts.c.id,
                tables.accounts.c.display_name,
                tables.accounts.c.role,
                tables.accounts.c.jurisdiction,
                tables.accounts.c.unit,
                tables.accounts.c.worker,
                tables.accounts.c.language,
                tables.accounts.c.disabled_at,
            )
            .join_from(tables.sessions, tables.accounts, column.account_id == tables.accounts.c.id)
            .where(column.token_hash == key)
        ).first()
    if row is None or row.closed_at is not None or row.disabled_at is not None:
        return None
    if now >= row.ends_at or now - row.seen_at >= services.session_idle_ms:
        return None
    if counts_as_use and now - row.seen_at >= SEEN_STEP_MS:
        with services.store.write() as connection:
            connection.execute(update(tables.sessions).where(column.token_hash == key).values(seen_at=now))
    return replace(_principal(row), address=address or row.address)


def sign_out(services: Services, token: str, now: int) -> None:
    """End a session; an unknown token is nothing to end."""
    principal = session(services, token, now)
    with services.store.write() as connection:
        connection.execute(
            update(tables.sessions)
            .where(
                (tables.sessions.c.token_hash == token_hash(token)) & tables.sessions.c.closed_at.is_(None)
            )
            .values(closed_at=now)
        )
        if principal is not None:
            audit.record(connection, principal, "sign_out", principal.name, "done", {}, now)


def any_account(services: Services) -> bool:
    """Say whether an account exists: the launcher makes the first ones only on an empty store."""
    with services.store.read() as connection:
        return connection.execute(select(tables.accounts.c.id).limit(1)).first() is not None


def _check_account(
    services: Services, actor: Principal, request: NewAccount, password: str
) -> Refused | None:
    refused = no_right(actor, "manage_accounts")
    if refused is not None:
        return refused
    if request.role not in ROLES:
        return Refused("no_such_role", {"role": request.role, "allowed": ", ".join(ROLES)})
    if request.jurisdiction not in services.pack.divisions:
        return Refused("no_such_division", {"division": request.jurisdiction})
    if request.role == "unit_liaison" and not request.unit:
        return Refused("unit_missing")
    if request.unit and request.unit not in services.pack.units:
        return Refused("no_such_unit", {"unit": request.unit})
    if request.role == "grid_worker" and not request.worker:
        return Refused("worker_missing")
    if request.worker and not _is_on_roster(services, request.worker):
        return Refused("no_such_worker", {"worker": request.worker})
    if not _fits(request.name):
        return Refused("name_missing")
    if not _fits(request.display_name):
        return Refused("display_name_missing")
    if request.language not in LANGUAGES:
        return Refused("no_such_language", {"language": request.language[:NAME_LENGTH]})
    if len(password) < MIN_PASSWORD:
        return Refused("password_short", {"length": MIN_PASSWORD})
    return None


def _fits(name: str) -> bool:
    return bool(name.strip()) and len(name) <= NAME_LENGTH and name.isprintable()


def _is_on_roster(services: Services, worker: str) -> bool:
    with services.store.read() as connection:
        statement = select(tables.roster.c.slot).where(tables.roster.c.worker_id == worker)
        return connection.execute(statement).first() is not None


def _verify(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password[:1024])
    except (VerifyMismatchError, InvalidHashError):
        return False


def _count_failure(services: Services, visitor: Principal, name: str, address: str, now: int) -> None:
    column = tables.sign_in_failures.c
    here = (column.name == name) & (column.address == address)
    with services.store.write() as connection:
        changed = connection.execute(
            update(tables.sign_in_failures).where(here).values(failures=column.failures + 1, last_at=now)
        )
        if not changed.rowcount:
            connection.execute(
                insert(tables.sign_in_failures),
                {"name": name, "address": address, "failures": 1, "last_at": now},
            )
        audit.record(connection, visitor, "sign_in", name, "wrong_name_or_password", {}, now)


def _audit_sign_in(services: Services, visitor: Principal, name: str, result: str, now: int) -> None:
    with services.store.write() as connection:
        audit.record(connection, visitor, "sign_in", name, result, {}, now)


def _account(connection: Connection, name: str) -> Row[Any] | None:
    if not _fits(name):  # a database may refuse to look for it
        return None
    return connection.execute(select(tables.accounts).where(tables.accounts.c.name == name)).first()


def _principal(row: Any) -> Principal:
    return Principal(
        id=row.id,
        name=row.display_name,
        kind="officer",
        role=row.role,
        jurisdiction=row.jurisdiction,
        unit=row.unit,
        language=row.language,
        worker=row.worker,
    )
