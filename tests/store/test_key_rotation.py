"""Data keys: a rotation seals everything anew, survives kill -9 in the middle, and locks nobody out meanwhile."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, insert, select, update

from dashboard import service
from dashboard.administration import main
from dashboard.domain.principal import Principal
from dashboard.service.key_rotation import EVERYTHING, RETIRED_AFTER_S
from dashboard.service.services import Services
from dashboard.store import audit, tables
from dashboard.store.citizens import Citizen, find, keep
from dashboard.store.data_keys import DataKeys, DataKeysError, parse
from dashboard.store.seal import HEAD, Unsealable
from tests.store.centre import done, officer, refusal

SECRET = b"a secret of thirty-two bytes ..."
SYSTEM = Principal("operator", "", "system", "system", "371100", address="command line")
ROWS = 23


@pytest.fixture
def sealed(services: Services, tmp_path: Path) -> Services:
    """Rows that the key derived from the secret sealed, and a place for keys."""
    with_keys = replace(services, secret=SECRET, data_keys=DataKeys(tmp_path / "keys" / "data.keys"))
    with with_keys.store.write() as connection:
        keep(connection, with_keys.seal, [(f"m{n:03}", citizen(n)) for n in range(ROWS)])
        connection.execute(
            insert(tables.specialists),
            {"id": "s1", "kind": "expert", "name": "王", "field": "水", "organisation": "局",
             "phone_sealed": with_keys.seal.close("13900000000", "specialist:s1")},
        )  # fmt: skip
    return with_keys


def citizen(n: int) -> Citizen:
    return Citizen("李小明", f"138000000{n:02}", "" if n % 2 else "水管坏了", secret=bool(n % 3))


def everybody(services: Services) -> list[Citizen | None]:
    with services.store.read() as connection:
        return [find(connection, services.seal, f"m{n:03}") for n in range(ROWS)]


def heads(services: Services) -> set[bytes]:
    column = tables.citizens.c.phone_sealed
    with services.store.read() as connection:
        return {bytes(one)[:5] for one in connection.execute(select(column)).scalars()}


def other_process(services: Services) -> Services:
    assert services.data_keys is not None
    return replace(services, data_keys=DataKeys(services.data_keys.file))


def test_every_sealed_column_is_rotated() -> None:
    found = {
        (table.name, column.name)
        for table in tables.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert found == {(one.table.name, name) for one in EVERYTHING for name in one.columns}


def test_all_is_sealed_anew_and_reads_the_same(sealed: Services) -> None:
    other = other_process(sealed)
    before = everybody(other)
    rotated = done(service.rotate_keys(sealed, SYSTEM, 1_000, batch_rows=5))
    assert (rotated.version, rotated.rows, rotated.unopened, rotated.resumed) == (1, ROWS + 1, 0, False)
    assert heads(sealed) == {HEAD + b"\0\x01"}
    assert everybody(other) == before  # a process that was running hears of the key by itself
    assert other.seal.head() == HEAD + b"\0\x01"
    assert done(service.rotate_keys(sealed, SYSTEM, 2_000)).version == 2
    with sealed.store.read() as connection:
        rows = connection.execute(select(tables.audit).where(tables.audit.c.act == "rotate_keys")).all()
        assert [(row.actor, row.result) for row in rows] == [("operator", "done")] * 2
        assert audit.first_break(connection) is None


KILLED = """
import os, signal, sys
from pathlib import Path
from dashboard.citypack import load_pack
from dashboard.domain.principal import Principal
from dashboard.service import rotate_keys
from dashboard.service.services import Services
from dashboard.store.data_keys import DataKeys
from dashboard.store.store import Store
from dashboard.settings import PROJECT_ROOT

url, keys, secret, where = sys.argv[1:]
services = Services(Store(url), load_pack(PROJECT_ROOT / "citypacks" / "rizhao"), secret=bytes.fromhex(secret),
                    data_keys=DataKeys(Path(keys)))
die = lambda: os.kill(os.getpid(), signal.SIGKILL)
if where == "in a batch":
    from dashboard.store.seal import Seal
    sealed, left = Seal.close, [20]
    def close(self, text, about):
        left[0] -= 1
        return sealed(self, text, about) if left[0] else die()
    Seal.close = close
rotate_keys(services, Principal("operator", "", "system", "system", "371100"), 1,
            lambda rows: die() if rows >= 10 and where == "between two" else None, batch_rows=5)
"""


@pytest.mark.parametrize("where", ["in a batch", "between two"])
def test_killed_in_the_middle_it_is_taken_up(sealed: Services, database_url: str, where: str) -> None:
    assert sealed.data_keys is not None
    before = everybody(sealed)
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, database_url, str(sealed.data_keys.file), SECRET.hex(), where],
        cwd=Path(__file__).resolve().parents[2], check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert len(heads(sealed)) > 1  # some rows are of the new key, others still of the old one
    assert everybody(sealed) == before  # and all are readable
    rotated = done(service.rotate_keys(sealed, SYSTEM, 2_000))
    assert (rotated.version, rotated.resumed) == (1, True)
    assert heads(sealed) == {HEAD + b"\0\x01"}
    assert everybody(sealed) == before


def test_what_opens_with_no_key_stays_and_is_told_of(sealed: Services) -> None:
    with sealed.store.write() as connection:
        strange = replace(sealed, secret=b"z" * 32, data_keys=None).seal.close("13811111111", "m003")
        connection.execute(
            update(tables.citizens).where(tables.citizens.c.matter_id == "m003").values(phone_sealed=strange)
        )
    rotated = done(service.rotate_keys(sealed, SYSTEM, 1_000))
    assert (rotated.rows, rotated.unopened) == (ROWS, 1)
    with sealed.store.read() as connection, pytest.raises(Unsealable):
        find(connection, sealed.seal, "m003")


def test_old_keys_go_when_nothing_needs_them(sealed: Services) -> None:
    done(service.rotate_keys(sealed, SYSTEM, 1_000))
    done(service.rotate_keys(sealed, SYSTEM, 2_000))
    keys = sealed.data_keys
    assert keys is not None
    assert keys.file is not None
    assert refusal(service.retire_keys(sealed, SYSTEM, 3_000)) == "keys_too_new"
    later = keys.file.stat().st_mtime + RETIRED_AFTER_S + 1
    straggler = keys.all()[1:]
    with sealed.store.write() as connection:  # a process that sealed with the old key as the new one came
        late = replace(sealed, data_keys=DataKeys(given=f"1:{straggler[0].key.hex()}"))
        keep(connection, late.seal, [("m000", citizen(0))])
    assert refusal(service.retire_keys(sealed, SYSTEM, 3_000, lambda: later)) == "keys_in_use"
    assert done(service.rotate_keys(sealed, SYSTEM, 4_000)).resumed
    assert done(service.retire_keys(sealed, SYSTEM, 5_000, lambda: later)) == [1]
    assert [one.version for one in keys.all()] == [2]
    assert everybody(other_process(sealed)) == [citizen(n) for n in range(ROWS)]


def test_keys_of_the_settings_seal_and_none_is_made(sealed: Services, tmp_path: Path) -> None:
    given = replace(sealed, data_keys=DataKeys(given=f"7:{'ab' * 32},3:{'cd' * 32}"))
    rotated = done(service.rotate_keys(given, SYSTEM, 1_000))
    assert (rotated.version, rotated.rows) == (7, ROWS + 1)
    assert not (tmp_path / "keys").exists()


def test_who_may_not_manage_accounts_may_not_rotate(sealed: Services) -> None:
    assert refusal(service.rotate_keys(sealed, officer("duty_officer"), 1)) == "no_right"
    assert refusal(service.retire_keys(sealed, officer("duty_officer"), 1)) == "no_right"


def test_a_list_that_others_may_read_or_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "data.keys"
    keys = DataKeys(file)
    keys.write(keys.with_new())
    assert len(keys.all()) == 1
    assert file.stat().st_mode & 0o777 == 0o600
    os.chmod(file, 0o640)
    with pytest.raises(DataKeysError, match="chmod 600"):
        DataKeys(file).all()
    file.unlink()
    file.touch(mode=0o600)
    file.write_text("1:abc\n")
    with pytest.raises(DataKeysError, match="no list"):
        DataKeys(file).all()
    file.unlink()
    with pytest.raises(DataKeysError, match="is gone"):
        keys.all()


@pytest.mark.parametrize("text", ["ab" * 32, "1:ab", f"0:{'ab' * 32}", f"1:{'ab' * 32},1:{'cd' * 32}"])
def test_a_reason_repeats_no_key(text: str) -> None:
    with pytest.raises(ValueError, match=r"version|fromhex") as refused:
        parse(text)
    assert "abab" not in str(refused.value)


def test_the_command_runs_alone_and_says_what_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHONGSHU_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/zs.sqlite3")
    assert main(["rotate-keys"]) == 0
    assert "sealed with key 1: 0 rows" in capsys.readouterr().out
    assert main(["rotate-keys", "--retire"]) == 1
    assert "keys_too_new" in capsys.readouterr().err
    with (tmp_path / ".data.keys.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert main(["rotate-keys"]) == 1
    assert "another rotation is running" in capsys.readouterr().err
