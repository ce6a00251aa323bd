"""Signing in, step by step: name and password, then a code, a device or a new password where the policy asks for it.

A session that is not `open` yet is nobody: it only remembers which step its owner has come to, lives ten minutes, and
gets a new token with every step that it takes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, insert, select, update

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.sign_in_policy import Stage
from dashboard.domain.sign_in_step import Step
from dashboard.service import passwords, second_factor
from dashboard.service import sign_in_failures as failures
from dashboard.service.account_rows import account_named, close_sessions, fits, principal_of
from dashboard.service.services import Services
from dashboard.store import audit, tables
from dashboard.store.tokens import token_hash

SEEN_STEP_MS: Final = 60_000  # a session's last use is written at most once a minute
STEP_MS: Final = 10 * 60_000  # how long somebody may take for the steps after the password
AGENT_LENGTH: Final = 160


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """A session. `token` goes into the cookie and is stored only as its hash; until `stage` is open it is no one."""

    token: str
    principal: Principal
    stage: Stage = "open"


def sign_in(services: Services, name: str, password: str, address: str, now: int, agent: str = "") -> Outcome:
    """Open a session; `Done.value` is a `SessionOpened`.

    Failures slow down this name from this address; fifty of an address under whatever names slow the address down for
    those who never came in from there. So somebody else's attempts do not lock an officer out of the own desk.
    Refused: wrong_name_or_password (never which of both), wait_before_retry (with seconds).
    """
    name, address = name.strip()[:60], address[:80]
    with services.store.read() as connection:
        account = account_named(connection, name)
        left_ms = failures.left_ms(connection, name, address, account, now)
    visitor = Principal("visitor", name, "officer", "visitor", services.city, address=address)
    if left_ms > 0:
        refused = failures.wait(left_ms)
        with services.store.write() as connection:
            audit.record(connection, visitor, "sign_in", name, refused.code, {}, now)
        return refused
    right = passwords.verify(account.password_hash if account is not None else passwords.NOBODY, password)
    with services.store.write() as connection:
        if account is None or account.disabled_at is not None or not right:
            # A name that no account can have is counted for its address alone.
            for counted in (name, failures.ANY_NAME) if fits(name) else (failures.ANY_NAME,):
                failures.count(connection, counted, address, now)
            audit.record(connection, visitor, "sign_in", name, "wrong_name_or_password", {}, now)
            return Refused("wrong_name_or_password")
        failures.forget(connection, name, address)
        stage = _next_stage(services, account, now, passed_factor=False, fresh_password=False)
        opened = _open(services, connection, account, stage, _Came(address, agent), now)
        result = "done" if stage == "open" else f"waits_for_{stage}"
        audit.record(connection, opened.principal, "sign_in", name, result, {}, now)
    return Done(opened)


def sign_in_known(
    services: Services, name: str, address: str, now: int, agent: str = "", *, passed_factor: bool = False
) -> Outcome:
    """Open a session for somebody whom the city's identity server named; `Done.value` is a `SessionOpened`.

    `passed_factor`: it asked for more than a password. A password that would have to be changed here is not asked for.
    Refused: no_account_here.
    """
    address = address[:80]
    with services.store.write() as connection:
        account = account_named(connection, name)
        if account is None or account.disabled_at is not None:
            visitor = Principal("visitor", name[:60], "officer", "visitor", services.city, address=address)
            audit.record(connection, visitor, "single_sign_on", name[:60], "no_account_here", {}, now)
            return Refused("no_account_here", {"name": name[:60]})
        stage = _next_stage(services, account, now, passed_factor=passed_factor, fresh_password=True)
        came = _Came(address, agent, passed_factor, by_password=False)
        opened = _open(services, connection, account, stage, came, now)
        result = "done" if stage == "open" else f"waits_for_{stage}"
        audit.record(connection, opened.principal, "single_sign_on", name, result, {}, now)
    return Done(opened)


def session(
    services: Services, token: str, now: int, address: str = "", *, counts_as_use: bool = True
) -> Principal | None:
    """Return who a session token belongs to, None when it is unknown, ended, idle too long, not open yet or its account
    disabled.

    `address` is where this request comes from, for the audit log; without it the address of the sign-in counts.
    A screen that only asks whether it may stay open does not count as use: an unattended desk has to end.
    """
    if not token:
        return None
    with services.store.read() as connection:
        row = connection.execute(_WHO, {"key": token_hash(token)}).first()
    if row is None or not _is_alive(services, row, now) or row.stage != "open":
        return None
    if counts_as_use and now - row.seen_at >= SEEN_STEP_MS:
        with services.store.write() as connection:
            connection.execute(
                update(tables.sessions)
                .where(tables.sessions.c.token_hash == row.token_hash)
                .values(seen_at=now)
            )
    return principal_of(row, address or row.session_address)


def step_of(services: Services, token: str, now: int, *, new_device: bool = False) -> Step | None:
    """Return what a session waits for, None where there is none.

    With it goes a device to take in where the step asks for one, or where the owner of an open session wants one
    (`new_device`) and has none; its secret is made when it is first shown.
    """
    with services.store.read() as connection:
        row = _session(connection, token) if token else None
    if row is None or not _is_alive(services, row, now):
        return None
    wanted = row.stage == "enrol" or (new_device and row.stage == "open" and row.totp_since is None)
    device = second_factor.device_of(services, row) if wanted else None
    return Step(row.stage, row.name, row.language, device, row.totp_since is not None)


def enter_code(
    services: Services, token: str, code: str, address: str, now: int, *, password: str = ""
) -> Outcome:
    """Take the code of a device, known or new; `Done.value` is a `SessionOpened` with a new token.

    The owner of an open session may take a first device in at any time, with the password: a desk that was left open
    must not be enough. Refused: session_ended, wrong_code, wrong_old_password, wait_before_retry (with seconds).
    """
    address = address[:80]
    with services.store.read() as connection:
        before = _session(connection, token) if token else None
    is_open = before is not None and before.stage == "open"
    knows = not is_open or (before is not None and passwords.verify(before.password_hash, password))
    with services.store.write() as connection:
        row = _session(connection, token)
        if row is None or not _is_alive(services, row, now) or not _waits_for_code(row):
            return Refused("session_ended")
        who, counted = principal_of(row, address), second_factor.counted_as(row.id)
        left_ms = failures.left_ms(connection, counted, address, row, now)
        if left_ms > 0:
            return failures.wait(left_ms)
        if not knows or not second_factor.take(services, connection, row, code, now):
            refused = Refused("wrong_code") if knows else Refused("wrong_old_password")
            failures.count(connection, counted, address, now)
            failures.count(connection, failures.ANY_NAME, address, now)
            audit.record(connection, who, "second_factor", row.name, refused.code, {}, now)
            return refused
        failures.forget(connection, counted, address)
        detail = {"new_device": row.totp_since is None}
        audit.record(connection, who, "second_factor", row.name, "done", detail, now)
        return Done(
            _proceed(services, connection, row, now, passed_factor=True, fresh_password=not row.by_password)
        )


def choose_password(
    services: Services, token: str, old: str, new: str, again: str, address: str, now: int
) -> Outcome:
    """Set the own password, in the step that demands it or at any time; `Done.value` is a `SessionOpened`.

    Every other session of the account ends. Refused: session_ended, wrong_old_password, passwords_differ,
    password_same, password_short, password_plain, password_common, wait_before_retry.
    """
    address = address[:80]
    with services.store.read() as connection:
        row = _session(connection, token) if token else None
        left_ms = failures.left_ms(connection, row.name, address, row, now) if row is not None else 0
    if row is None or not _is_alive(services, row, now) or row.stage not in ("open", "password"):
        return Refused("session_ended")
    refused: Refused | None = failures.wait(left_ms) if left_ms > 0 else None
    is_old = refused is None and passwords.verify(row.password_hash, old)
    if refused is None and not is_old:
        refused = Refused("wrong_old_password")
    elif refused is None and new != again:
        refused = Refused("passwords_differ")
    elif refused is None and old == new:
        refused = Refused("password_same")
    refused = refused or passwords.weakness(services, new, row.name)
    password_hash = "" if refused is not None else passwords.HASHER.hash(new)
    who = principal_of(row, address)
    with services.store.write() as connection:
        still = _session(connection, token)
        is_same = still is not None and _is_alive(services, still, now)
        if refused is None and not (
            is_same and still is not None and still.password_hash == row.password_hash
        ):
            refused = Refused("session_ended")  # an administrator was first
        if refused is not None:
            if refused.code == "wrong_old_password":
                failures.count(connection, row.name, address, now)
            audit.record(connection, who, "choose_password", row.name, refused.code, {}, now)
            return refused
        passwords.set_password(connection, row.id, password_hash, now, must_change=False)
        audit.record(connection, who, "choose_password", row.name, "done", {}, now)
        opened = _proceed(
            services, connection, row, now, passed_factor=row.passed_factor, fresh_password=True
        )
        close_sessions(connection, row.id, now, but=token_hash(opened.token))
    return Done(opened)


def sign_out(services: Services, token: str, now: int) -> None:
    """End a session; an unknown token is nothing to end."""
    with services.store.write() as connection:
        row = _session(connection, token) if token else None
        if row is None or row.closed_at is not None:
            return
        _close(connection, row.token_hash, now)
        if row.stage == "open":
            audit.record(
                connection, principal_of(row, row.session_address), "sign_out", row.name, "done", {}, now
            )


def _waits_for_code(row: Any) -> bool:
    return row.stage in ("factor", "enrol") or (row.stage == "open" and row.totp_since is None)


def _next_stage(
    services: Services, account: Any, now: int, *, passed_factor: bool, fresh_password: bool
) -> Stage:
    if not passed_factor and account.totp_since is not None:
        return "factor"
    if not passed_factor and services.sign_in.needs_factor(account.role):
        return "enrol"
    if not fresh_password and (account.must_change or services.sign_in.is_old(account.password_set_at, now)):
        return "password"
    return "open"


@dataclass(frozen=True, slots=True)
class _Came:
    """How somebody came in."""

    address: str
    agent: str
    passed_factor: bool = False
    by_password: bool = True


def _proceed(
    services: Services,
    connection: Connection,
    row: Any,
    now: int,
    *,
    passed_factor: bool,
    fresh_password: bool,
) -> SessionOpened:
    """End the session of the step that was taken and begin the next one under a token of its own."""
    stage = _next_stage(services, row, now, passed_factor=passed_factor, fresh_password=fresh_password)
    _close(connection, row.token_hash, now)
    came = _Came(row.session_address, row.agent, passed_factor, row.by_password)
    return _open(services, connection, row, stage, came, now)


def _open(
    services: Services, connection: Connection, account: Any, stage: Stage, came: _Came, now: int
) -> SessionOpened:
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(tables.sessions),
        {
            "token_hash": token_hash(token),
            "account_id": account.id,
            "address": came.address,
            "opened_at": now,
            "seen_at": now,
            "ends_at": now + (services.session_absolute_ms if stage == "open" else STEP_MS),
            "stage": stage,
            "passed_factor": came.passed_factor,
            "by_password": came.by_password,
            "agent": came.agent[:AGENT_LENGTH],
        },
    )
    return SessionOpened(token, principal_of(account, came.address), stage)


def _session(connection: Connection, token: str) -> Row[Any] | None:
    """Return a session with its account: the account's columns by their names, the session's address apart."""
    return connection.execute(_WHOLE, {"key": token_hash(token)}).first()


def _statement(*account_columns: Any) -> Select[Any]:
    session, account = tables.sessions.c, tables.accounts.c
    return (
        select(
            *account_columns,
            session.token_hash,
            session.address.label("session_address"),
            session.seen_at,
            session.ends_at,
            session.closed_at,
            session.stage,
            session.passed_factor,
            session.by_password,
            session.agent,
            session.totp_shown,
        )
        .join_from(tables.sessions, tables.accounts, session.account_id == account.id)
        .where(session.token_hash == bindparam("key"))
    )


_WHOLE: Final = _statement(*tables.accounts.c)
# What every request asks: no more than a principal needs, and no hash of a password.
_WHO: Final = _statement(
    *(
        tables.accounts.c[name]
        for name in (
            "id",
            "display_name",
            "role",
            "jurisdiction",
            "unit",
            "worker",
            "language",
            "disabled_at",
        )
    )
)


def _is_alive(services: Services, row: Any, now: int) -> bool:
    if row.closed_at is not None or row.disabled_at is not None:
        return False
    return bool(now < row.ends_at and now - row.seen_at < services.session_idle_ms)


def _close(connection: Connection, hashed: str, now: int) -> None:
    connection.execute(
        update(tables.sessions).where(tables.sessions.c.token_hash == hashed).values(closed_at=now)
    )
