"""What an empty store gets at the first start: accounts, a wall's token, and in a demonstration its roster and key."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dashboard import service
from dashboard.citypack import CityPack
from dashboard.domain.principal import Principal
from dashboard.secret_file import ensure_secret
from dashboard.service import Services
from dashboard.settings import Settings
from dashboard.store.store import Store
from data_feeds.simulator.parameters import parameters
from data_feeds.simulator.roster import make_roster, write_roster
from launcher.ground import CannotStart

# Letters and digits that nobody mistakes for one another when typing from a sheet of paper.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
PASSWORD_GROUPS, GROUP_LENGTH = 3, 5  # 15 characters of 31: 74 bits

WALL_TOKEN_FILE = "wall.token"
GATEWAY_KEY_FILE = "simulator.key"


@dataclass(frozen=True, slots=True)
class MadeAccount:
    """An account made at this start; `password` exists nowhere else."""

    name: str
    title: str
    password: str


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What the operator has to be told; `wall_token` is None when the wall's token was revoked."""

    accounts: tuple[MadeAccount, ...]
    wall_token: str | None


def open_services(settings: Settings, pack: CityPack) -> Services:
    """The acts on this installation's store, brought to the present schema."""
    store = Store(settings.database_url)
    store.migrate()
    return Services(store, pack, secret=ensure_secret(settings.secret_file))


def fill(services: Services, settings: Settings, now: int) -> FirstRun:
    """Make what is missing and return what the operator has to be told; `now` is UTC ms."""
    launcher = Principal("launcher", "launcher", "system", "system", services.city, address="local")
    if settings.demonstration:
        _import_demonstration_roster(services, launcher, settings, now)
        _ensure_gateway_key(services, launcher, settings, now)
    wall_token = _ensure_wall_token(services, launcher, settings, now)
    accounts = () if service.any_account(services) else tuple(_make_accounts(services, launcher, now))
    return FirstRun(accounts, wall_token)


def first_accounts(pack: CityPack) -> list[service.NewAccount]:
    """The accounts of a first start: two of the city, one for each of its first two districts, three administrators."""
    city = pack.divisions.city
    districts = [
        service.NewAccount(f"duty-{region.code.lower()}", f"{region.name}值班员", "duty_officer", region.code)
        for region in pack.divisions.regions[:2]
    ]
    return [
        service.NewAccount("city-leader", f"{city.name}值班长", "duty_leader", city.code),
        service.NewAccount("city-duty", f"{city.name}值班员", "duty_officer", city.code),
        *districts,
        service.NewAccount("sysadmin", "系统管理员", "sysadmin", city.code),
        service.NewAccount("secadmin", "安全管理员", "secadmin", city.code),
        service.NewAccount("auditor", "审计管理员", "auditor", city.code),
    ]


def _make_accounts(services: Services, launcher: Principal, now: int) -> Iterator[MadeAccount]:
    for request in first_accounts(services.pack):
        password = new_password()
        _committed(service.create_account(services, launcher, request, password, now))
        yield MadeAccount(request.name, request.display_name, password)


def new_password() -> str:
    """A random password in groups, easy to type from paper."""
    letters = (secrets.choice(ALPHABET) for _ in range(PASSWORD_GROUPS * GROUP_LENGTH))
    flat = "".join(letters)
    return "-".join(flat[start : start + GROUP_LENGTH] for start in range(0, len(flat), GROUP_LENGTH))


def _ensure_wall_token(services: Services, launcher: Principal, settings: Settings, now: int) -> str | None:
    file = settings.var_dir / WALL_TOKEN_FILE
    if not file.exists():
        opened = service.open_kiosk_token(services, launcher, "大屏", services.city, now)
        _write_private(file, _committed(opened).value.token)
    token = file.read_text(encoding="ascii").strip()
    return token if service.kiosk(services, token, now) else None


def _ensure_gateway_key(services: Services, launcher: Principal, settings: Settings, now: int) -> None:
    """The simulator's receivers answer through the public inbox, with a key like any gateway's."""
    file = settings.var_dir / GATEWAY_KEY_FILE
    if not file.exists():
        opened = service.open_gateway_key(services, launcher, "演示接收方", services.city, (), now)
        _write_private(file, _committed(opened).value.token)


def _import_demonstration_roster(
    services: Services, launcher: Principal, settings: Settings, now: int
) -> None:
    if service.roster(services):
        return
    file = settings.var_dir / "demonstration_roster.csv"
    write_roster(file, make_roster(services.pack, parameters()))
    workers = service.read_roster_file(services, file)
    _committed(service.import_roster(services, launcher, workers, now))


def _committed(outcome: service.Outcome) -> service.Done:
    if isinstance(outcome, service.Refused):
        raise CannotStart(
            f"首次启动被拒绝 · the first start was refused: {outcome.code} {dict(outcome.params)}"
        )
    return outcome


def _write_private(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text + "\n")
