"""The secret is rotated and retired; what was sealed, marked and given out stays good; a kill loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from dashboard import service
from dashboard.administration import main
from dashboard.domain.principal import Principal
from dashboard.service.secret_rotation import retire_secrets, rotate_secret
from dashboard.service.services import Services
from dashboard.store import audit, tables
from dashboard.store.citizens import Citizen, find, keep
from dashboard.store.data_keys import DataKeys
from dashboard.store.secret_file import Secrets, open_secrets
from tests.store.centre import done, officer, refusal

SYSTEM = Principal("operator", "", "system", "system", "371100", address="command line")
ROWS = 23


@pytest.fixture
def sealed(services: Services, tmp_path: Path) -> Services:
    """Citizens that the secret itself sealed."""
    found = replace(
        services, secret=open_secrets(tmp_path / "secret.key"), data_keys=DataKeys(tmp_path / "data.keys")
    )
    with found.store.write() as connection:
        keep(connection, found.seal, [(f"m{n:03}", citizen(n)) for n in range(ROWS)])
    return found


def citizen(n: int) -> Citizen:
    return Citizen("李小明", f"138000000{n:02}", "水管坏了", secret=False)


def everybody(services: Services) -> list[Citizen | None]:
    with services.store.read() as connection:
        return [find(connection, services.seal, f"m{n:03}") for n in range(ROWS)]


def marks(services: Services) -> list[str]:
    column = tables.citizens.c
    with services.store.read() as connection:
        return list(connection.execute(select(column.phone_mark).order_by(column.matter_id)).scalars())


def file_of(services: Services) -> Secrets:
    assert isinstance(services.secret, Secrets)
    return services.secret


def test_all_goes_on_over_a_rotation_and_its_retirement(sealed: Services) -> None:
    assert sealed.data_keys is not None
    running = replace(sealed, secret=Secrets(file_of(sealed).file), data_keys=DataKeys(sealed.data_keys.file))
    before, name = everybody(running), file_of(running).list().broker_name()
    old = running.secrets[0]
    rotated = done(rotate_secret(sealed, SYSTEM, 1_000))
    assert (rotated.marked, rotated.resumed, rotated.accepted) == (ROWS, False, 2)
    assert running.secrets[1:] == (old,)  # a process that was running hears of it by itself
    assert everybody(running) == before
    assert marks(running) == [running.seal.mark(one.phone) for one in before if one]
    assert done(rotate_secret(sealed, SYSTEM, 2_000)).resumed
    assert len(running.secrets) == 2
    assert refusal(retire_secrets(sealed, SYSTEM, 3_000)) == "secret_too_new"
    assert done(retire_secrets(sealed, SYSTEM, 4_000, at_once=True)) == 1
    assert old not in running.secrets
    assert everybody(running) == before
    assert file_of(running).list().broker_name() == name
    with sealed.store.read() as connection:
        acts = list(connection.execute(select(tables.audit.c.act)).scalars())
        assert audit.first_break(connection) is None
    assert acts.count("rotate_secret") == acts.count("retire_secret") == 2


def test_what_an_older_secret_alone_opens_is_not_lost(sealed: Services) -> None:
    old = sealed.secrets[0]
    done(rotate_secret(sealed, SYSTEM, 1_000))
    with sealed.store.write() as connection:  # a process that was sealing with it as the new one came
        keep(connection, replace(sealed, secret=old, data_keys=None).seal, [("m000", citizen(0))])
    assert everybody(sealed)[0] == citizen(0)
    assert refusal(retire_secrets(sealed, SYSTEM, 2_000, at_once=True)) == "secret_in_use"
    done(rotate_secret(sealed, SYSTEM, 3_000))
    assert done(retire_secrets(sealed, SYSTEM, 4_000, at_once=True)) == 1
    assert everybody(sealed)[0] == citizen(0)


def test_who_may_not_manage_accounts_may_not_rotate(sealed: Services) -> None:
    assert refusal(rotate_secret(sealed, officer("duty_officer"), 1)) == "no_right"
    assert refusal(retire_secrets(sealed, officer("duty_officer"), 1)) == "no_right"
    assert len(sealed.secrets) == 1


KILLED = """
import os, signal, sys
from pathlib import Path
from dashboard.citypack import load_pack
from dashboard.domain.principal import Principal
from dashboard.store.secret_file import Secrets
from dashboard.service import secret_rotation
from dashboard.service.services import Services
from dashboard.settings import PROJECT_ROOT
from dashboard.store.data_keys import DataKeys
from dashboard.store.store import Store

url, folder, where = sys.argv[1:]
services = Services(Store(url), load_pack(PROJECT_ROOT / "citypacks" / "rizhao"),
                    secret=Secrets(Path(folder) / "secret.key"), data_keys=DataKeys(Path(folder) / "data.keys"))
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if where == "before the file is replaced":
    Path.replace = lambda self, to: die() if to.name == "secret.key" else os.replace(self, to)
else:
    secret_rotation._mark_anew = die
secret_rotation.rotate_secret(services, Principal("operator", "", "system", "system", "371100"), 1)
"""


@pytest.mark.parametrize("where", ["before the file is replaced", "before the marks"])
def test_killed_in_the_middle_it_is_taken_up(
    sealed: Services, database_url: str, tmp_path: Path, where: str
) -> None:
    before = everybody(sealed)
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, database_url, str(tmp_path), where],
        cwd=Path(__file__).resolve().parents[2], check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert everybody(sealed) == before
    rotated = done(service.rotate_secret(sealed, SYSTEM, 2_000))
    assert rotated.accepted == 2
    assert rotated.resumed == (where != "before the file is replaced")
    assert everybody(sealed) == before
    assert marks(sealed) == [sealed.seal.mark(one.phone) for one in before if one]


def test_the_command_says_what_it_did_and_retires_nothing_blindly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHONGSHU_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/zs.sqlite3")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    assert main(["rotate-secret"]) == 0
    assert "0 numbers marked anew, 2 secrets accepted" in capsys.readouterr().out
    assert os.stat(tmp_path / "secret.key").st_mode & 0o777 == 0o600
    assert main(["rotate-secret", "--retire"]) == 1
    assert "is not known" in capsys.readouterr().out
    assert main(["rotate-secret", "--retire", "--even-so"]) == 0
    assert "old secrets retired: 1" in capsys.readouterr().out
