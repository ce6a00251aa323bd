"""What an empty store gets at the first start: accounts, a wall's token, and in a demonstration its roster and key."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from dashboard import administration, service
from dashboard.administration import FirstAccount
from dashboard.domain.principal import Principal
from dashboard.domain.wall import DEFAULT_NAME
from dashboard.service import Services
from dashboard.settings import Settings
from data_feeds.simulator.parameters import parameters
from data_feeds.simulator.roster import make_roster, write_roster
from data_feeds.simulator.specialists import make_specialists, write_specialists
from launcher.demonstration_people import demonstration_people
from launcher.ground import CannotStart

WALL_TOKEN_FILE = "wall.token"
GATEWAY_KEY_FILE = "simulator.key"
SIMULATED_OFFICER_FILE = "simulator_officer.json"


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What the operator has to be told; `wall_token` is None when the wall's token was revoked."""

    accounts: tuple[FirstAccount, ...]
    wall_token: str | None


def fill(services: Services, settings: Settings, now: int) -> FirstRun:
    """Make what is missing and return what the operator has to be told; `now` is UTC ms.

    Raises:
        CannotStart: the store refused.
    """
    operator = administration.operator(services.city)
    if settings.demonstration:
        _import_demonstration_roster(services, operator, settings, now)
        _import_demonstration_specialists(services, operator, settings, now)
        _ensure_gateway_key(services, operator, settings, now)
    wall_token = _ensure_wall_token(services, operator, settings, now)
    accounts = administration.first_accounts(services, now, must_change=not settings.demonstration)
    if settings.demonstration and accounts:
        accounts += demonstration_people(services, operator, now)
    if settings.demonstration:
        _ensure_simulated_officer(services, operator, settings, now)
    return FirstRun(tuple(accounts), wall_token)


def _ensure_wall_token(services: Services, operator: Principal, settings: Settings, now: int) -> str | None:
    file = settings.var_dir / WALL_TOKEN_FILE
    if not file.exists():
        opened = service.open_kiosk_token(services, operator, DEFAULT_NAME, services.city, now)
        _write_private(file, _committed(opened).value.token)
    token = file.read_text(encoding="ascii").strip()
    return token if service.kiosk(services, token, now) else None


def _ensure_gateway_key(services: Services, operator: Principal, settings: Settings, now: int) -> None:
    """The simulator's receivers answer through the public inbox, with a key like any gateway's."""
    file = settings.var_dir / GATEWAY_KEY_FILE
    if not file.exists():
        opened = service.open_gateway_key(services, operator, "演示接收方", services.city, (), now)
        _write_private(file, _committed(opened).value.token)


def _ensure_simulated_officer(services: Services, operator: Principal, settings: Settings, now: int) -> None:
    """The simulator's officer signs in like any other; made after the people's accounts, never in place of them."""
    file = settings.var_dir / SIMULATED_OFFICER_FILE
    if not file.exists():
        password = administration.new_password()
        request = service.NewAccount("yanshi", "演示值班员", "duty_officer", services.city)
        made = service.create_account(services, operator, request, password, now, must_change=False)
        if isinstance(made, service.Refused) and made.code == "name_taken":
            return  # its file was removed: the demonstration goes on without this officer
        _committed(made)
        _write_private(file, json.dumps({"name": request.name, "password": password}))


def _import_demonstration_roster(
    services: Services, operator: Principal, settings: Settings, now: int
) -> None:
    if service.roster(services):
        return
    file = settings.var_dir / "demonstration_roster.csv"
    write_roster(file, make_roster(services.pack, parameters()))
    workers = service.read_roster_file(services, file)
    _committed(service.import_roster(services, operator, workers, now))


def _import_demonstration_specialists(
    services: Services, operator: Principal, settings: Settings, now: int
) -> None:
    file = settings.var_dir / "demonstration_specialists.csv"
    if file.exists():
        return  # once: an operator's own list, imported later, is not replaced at the next start
    write_specialists(file, make_specialists(parameters()))
    _committed(service.import_specialists(services, operator, service.read_specialists_file(file), now))


def _committed(outcome: service.Outcome) -> service.Done:
    if isinstance(outcome, service.Refused):
        refused = f"{outcome.code} {dict(outcome.params)}"
        raise CannotStart(f"首次启动被拒绝 · the first start was refused: {refused}")
    return outcome


def _write_private(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text + "\n")
