"""Accounts: who may sign in. No account exists by default."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select, update

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import ROLES, no_right
from dashboard.service import passwords
from dashboard.service.account_rows import NAME_LENGTH, account_named, close_sessions, fits
from dashboard.service.act import new_id
from dashboard.service.services import Services
from dashboard.store import audit, tables

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
    services: Services,
    actor: Principal,
    request: NewAccount,
    password: str,
    now: int,
    *,
    must_change: bool = True,
) -> Outcome:
    """Make an account; `Done.value` is its id.

    Args:
        must_change: whether its owner has to choose another password at the first sign-in, since this one is known to
            whoever made it.

    Refused: no_right, no_such_role, no_such_division, no_such_unit, unit_missing, worker_missing, no_such_worker,
    name_missing, display_name_missing, no_such_language, password_short, password_plain, password_common, name_taken.
    """
    refused = _check_account(services, actor, request, password)
    # Hashing takes 30 ms and is done before the transaction, so that no act waits for it.
    password_hash = passwords.HASHER.hash(password)
    with services.store.write() as connection:
        if refused is None and account_named(connection, request.name) is not None:
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
                "password_set_at": now,
                "must_change": must_change,
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
        account = account_named(connection, name)
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
        close_sessions(connection, account.id, now)
        audit.record(connection, actor, "disable_account", name, "done", {}, now)
    return Done(account.id)


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
    if not fits(request.name):
        return Refused("name_missing")
    if not fits(request.display_name):
        return Refused("display_name_missing")
    if request.language not in LANGUAGES:
        return Refused("no_such_language", {"language": request.language[:NAME_LENGTH]})
    return passwords.weakness(services, password, request.name)


def _is_on_roster(services: Services, worker: str) -> bool:
    with services.store.read() as connection:
        statement = select(tables.roster.c.slot).where(tables.roster.c.worker_id == worker)
        return connection.execute(statement).first() is not None
