"""Second factor: codes of a device by time (TOTP, RFC 6238), through pyotp.

A code counts by the machine's own time, never by the city's clock, which a demonstration may run fast. Each code is
taken once; a device's secret is sealed with the installation's secret and bound to its account.
"""

from __future__ import annotations

import hmac
from typing import Any, Final

import pyotp
from sqlalchemy import Connection, update

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import no_right
from dashboard.domain.sign_in_step import Device
from dashboard.service.account_rows import account_named, close_sessions
from dashboard.service.services import Services
from dashboard.store import audit, tables

STEP_S: Final = 30
STEPS_AROUND: Final = (0, -1, 1)  # a phone's clock may be off by half a minute


def counted_as(account_id: str) -> str:
    """Return the name under which an account's wrong codes are counted; no account can be called so."""
    return f"\x01{account_id}"[:60]


def device_of(services: Services, row: Any) -> Device:
    """Return what a new device takes in, for the session of `row` alone.

    Its secret is made when this session first shows it and kept until a code confirms it: whoever saw one in another
    session has nothing.
    """
    secret = services.seal.open(row.totp_shown, row.id)
    if not secret:
        secret = pyotp.random_base32()
        session = tables.sessions.c
        with services.store.write() as connection:
            connection.execute(
                update(tables.sessions)
                .where(session.token_hash == row.token_hash)
                .values(totp_shown=services.seal.close(secret, row.id))
            )
    issuer = f"Zhongshu {services.pack.name}"
    return Device(secret, pyotp.TOTP(secret).provisioning_uri(name=row.name, issuer_name=issuer))


def take(services: Services, connection: Connection, row: Any, code: str, now: int) -> bool:
    """Say whether this is a code of the account's device that was not taken yet, and take it.

    Without a device the first code of the one that this session was shown is what sets it up.
    """
    is_new = row.totp_since is None
    sealed = row.totp_shown if is_new else row.totp_sealed
    secret, given = services.seal.open(sealed, row.id), "".join(code.split())
    if not secret or not given.isascii():
        return False
    totp, current = pyotp.TOTP(secret), int(services.machine_time_s()) // STEP_S
    last = 0 if is_new else row.totp_step
    for step in (current + around for around in STEPS_AROUND):
        if step > last and hmac.compare_digest(totp.at(step * STEP_S), given):
            since = now if is_new else row.totp_since
            _write(connection, row.id, totp_sealed=sealed, totp_step=step, totp_since=since)
            return True
    return False


def reset_second_factor(services: Services, actor: Principal, name: str, now: int) -> Outcome:
    """Forget an account's device (it was lost); its sessions end. Refused: no_right, no_such_account, own_account,
    no_second_factor."""
    with services.store.write() as connection:
        account: Any = account_named(connection, name)
        refused = no_right(actor, "manage_accounts")
        if refused is None and account is None:
            refused = Refused("no_such_account", {"name": name})
        if refused is None and account.id == actor.id:
            refused = Refused("own_account")
        if refused is None and account.totp_since is None:
            refused = Refused("no_second_factor", {"name": name})
        if refused is not None:
            audit.record(connection, actor, "reset_second_factor", name, refused.code, {}, now)
            return refused
        _write(connection, account.id, totp_sealed=None, totp_since=None)
        close_sessions(connection, account.id, now)
        audit.record(connection, actor, "reset_second_factor", name, "done", {}, now)
    return Done(account.id)


def _write(connection: Connection, account_id: str, **values: Any) -> None:
    connection.execute(update(tables.accounts).where(tables.accounts.c.id == account_id).values(**values))
