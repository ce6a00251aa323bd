"""The restore drill: a centre at work is copied, its data folder destroyed, and what was acknowledged stands again."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import shutil
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import select, text

from dashboard import service
from dashboard.administration import open_services, operator
from dashboard.citypack import CityPack, load_pack
from dashboard.deployment.__main__ import main
from dashboard.deployment.backup import (
    BackupError,
    check,
    forget_old_backups,
    make_backup,
    read_list,
    restore,
)
from dashboard.settings import PROJECT_ROOT, Settings
from dashboard.store import audit, tables
from dashboard.store.citizens import find
from dashboard.store.copying import POSTGRESQL_COPY, CopyError, Facts, facts_of, program
from dashboard.store.seal import HEAD
from dashboard.store.store import Store
from tests.store.centre import Centre, done
from tests.store.pictures import jpeg
from tools.bench_rows import Row, tell

AT = datetime(2026, 11, 23, 3, 20, tzinfo=UTC)
WAIT_S = 60
BEFORE_THE_COPY = 30  # orders acknowledged before it begins; more come in while it is made


@pytest.fixture(scope="module")
def pack() -> CityPack:
    return load_pack(PROJECT_ROOT / "citypacks" / "rizhao")


# Each copies in a way of its own; what is refused and told is decided before that, the same for both.
ON_BOTH = pytest.mark.parametrize("settings", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    given = {"ZHONGSHU_VAR_DIR": str(tmp_path / "var")}
    if getattr(request, "param", "sqlite") == "named":
        given["DATABASE_URL"] = f"sqlite:///{tmp_path / 'var' / 'centre.db'}"
    if getattr(request, "param", "sqlite") == "postgresql":
        given["DATABASE_URL"] = request.getfixturevalue("postgres_database")
        skip_without_programs(given["DATABASE_URL"])
    for name, value in given.items():
        monkeypatch.setenv(name, value)  # the commands read it
    return Settings.from_environment(given)


def skip_without_programs(database_url: str) -> None:
    """PostgreSQL's programs copy no server that is newer than they are."""
    try:
        dump = program("pg_dump")
        program("pg_restore")
    except CopyError as missing:
        pytest.skip(str(missing))
    engine = sqlalchemy.create_engine(database_url)
    with engine.connect() as connection:
        server = int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
    engine.dispose()
    said = subprocess.run([dump, "--version"], capture_output=True, text=True, check=True).stdout
    own = int(said.rpartition(") ")[2].split(".")[0].split()[0])
    if own < server:
        pytest.skip(f"pg_dump is of PostgreSQL {own}, the server of {server}")


@pytest.fixture
def centre(settings: Settings, pack: CityPack) -> Iterator[Centre]:
    """A centre with a citizen's data, a photograph and an order in it."""
    opened = Centre(open_services(settings, pack))
    matter = opened.order()
    photo = service.NewAttachment(matter["id"], None, None, "photo", "现场.jpg", jpeg())
    done(opened.do(service.keep_attachment, photo))
    done(opened.dispatch(opened.matter(matter["id"]), *opened.units(1)))
    (settings.var_dir / "outbox").mkdir()
    (settings.var_dir / "outbox" / "waits.json").write_text("{}", encoding="utf-8")
    yield opened
    opened.services.store.close()


def destroy(settings: Settings, centre: Centre) -> None:
    """The data folder is gone, and whatever the database held."""
    centre.services.store.close()
    shutil.rmtree(settings.var_dir)
    if not centre.services.store.is_sqlite:
        store = Store(settings.database_url)
        with store.write() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        store.close()


@ON_BOTH
def test_what_was_acknowledged_before_a_backup_stands_after_the_fire(
    settings: Settings, centre: Centre, pack: CityPack, tmp_path: Path
) -> None:
    done(service.rotate_keys(centre.services, operator("371100"), centre.now))
    acknowledged: list[str] = []
    going, end = threading.Event(), threading.Event()

    def act() -> None:
        while not end.is_set():
            acknowledged.append(centre.order()["id"])
            if len(acknowledged) >= BEFORE_THE_COPY:
                going.set()

    acting = threading.Thread(target=act)
    acting.start()
    try:
        assert going.wait(WAIT_S)
        before = list(acknowledged)
        folder = make_backup(settings, tmp_path / "backups", AT)
    finally:
        end.set()
        acting.join(WAIT_S)
    (first,) = centre.log("MatterOpened")[:1]
    epoch, secret = centre.services.store.epoch(), centre.services.secrets
    destroyed_at = time.monotonic()
    destroy(settings, centre)

    assert main(["restore", str(folder)]) == 0
    took_s = time.monotonic() - destroyed_at
    again = Centre(open_services(settings, pack))
    try:
        store = again.services.store
        assert again.services.secrets == secret
        assert store.epoch() != epoch
        with store.read() as connection:
            kept = set(connection.execute(select(tables.matters.c.id)).scalars())
            assert set(before) <= kept <= {*acknowledged, first.matter_id}
            assert audit.first_break(connection) is None
            rows = connection.execute(select(sqlalchemy.func.count()).select_from(tables.audit)).scalar_one()
            citizen = find(connection, again.services.seal, str(first.matter_id))
        assert citizen is not None
        assert citizen.phone == "13812345678"  # the key that sealed it came along
        assert again.services.seal.head() == HEAD + b"\0\x01"
        assert list(check(settings, facts_of(store))) == []
        assert (settings.var_dir / "outbox" / "waits.json").exists()
        reused = again.dispatch(again.order(), *again.units(1))
        assert reused == service.Refused("key_reused")  # a key that was told done is known here too
        again._keys = (f"after-the-fire-{number}" for number in itertools.count())
        done(again.dispatch(again.order(), *again.units(1)))  # and work goes on
    finally:
        again.services.store.close()
    assert main(["check-backup", str(folder), "--installation"]) == 0
    database = "SQLite" if again.services.store.is_sqlite else "PostgreSQL"
    lost = len(set(before) - kept)
    tell(
        Row(
            f"{database}: acknowledged before the copy and missing after the fire",
            lost,
            f"of {len(before)}",
            0,
        )
    )
    tell(Row(f"{database}: breaks in the audit chain", 0, f"in {rows} rows", 0))
    tell(Row(f"{database}: from the fire to an installation that is whole", took_s, "s"))


@pytest.mark.parametrize("settings", ["named"], indirect=True)
def test_a_database_of_any_name_is_in_a_backup_once(
    settings: Settings, centre: Centre, tmp_path: Path
) -> None:
    (settings.var_dir / "another.sqlite3").write_bytes(b"not the database")
    assert (settings.var_dir / "centre.db-wal").exists()
    folder = make_backup(settings, tmp_path / "backups", AT)
    kept = sorted(os.listdir(folder / "files"))
    assert "another.sqlite3" in kept
    assert [name for name in kept if name.startswith("centre.db")] == []
    facts = facts_of(centre.services.store)
    destroy(settings, centre)
    assert dataclasses.replace(restore(settings, folder), epoch=facts.epoch) == facts


def test_a_backup_does_not_go_into_what_it_copies(settings: Settings, centre: Centre, tmp_path: Path) -> None:
    (tmp_path / "beside").symlink_to(settings.var_dir)
    for into in (settings.var_dir, settings.var_dir / "backups", tmp_path / "beside" / "backups"):
        with pytest.raises(BackupError, match="in the data folder"):
            make_backup(settings, into, AT)
    assert not (settings.var_dir / "backups").exists()


def test_a_backup_is_its_owners_alone(settings: Settings, centre: Centre, tmp_path: Path) -> None:
    folder = make_backup(settings, tmp_path / "backups", AT)
    for path in (folder.parent, folder, *folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert not list(folder.rglob("*.sqlite3-*"))
    assert sorted(os.listdir(tmp_path / "backups")) == [folder.name]


def test_nothing_is_put_over_what_is_there(settings: Settings, centre: Centre, tmp_path: Path) -> None:
    folder = make_backup(settings, tmp_path / "backups", AT)
    facts = facts_of(centre.services.store)
    assert main(["restore", str(folder)]) == 2
    shutil.rmtree(settings.var_dir / "outbox")
    shutil.move(settings.var_dir / "attachments", tmp_path / "attachments")
    shutil.move(settings.secret_file, tmp_path / "secret")
    (settings.var_dir / "system_clock.json").unlink(missing_ok=True)
    with pytest.raises(CopyError, match="already"):
        restore(settings, folder)
    assert not settings.secret_file.exists()  # nothing was begun
    assert facts_of(centre.services.store) == facts
    with pytest.raises(BackupError, match="there already"):
        make_backup(settings, tmp_path / "backups", AT)


def test_a_backup_that_was_touched_is_refused(settings: Settings, centre: Centre, tmp_path: Path) -> None:
    folder = make_backup(settings, tmp_path / "backups", AT)
    photo = next(file for file in (folder / "files" / "attachments").rglob("*") if file.is_file())
    whole = photo.read_bytes()
    photo.write_bytes(whole[:-1] + b"x")
    with pytest.raises(BackupError, match=f"changed.*{photo.name}"):
        read_list(folder)
    photo.unlink()
    with pytest.raises(BackupError, match="missing"):
        read_list(folder)
    photo.write_bytes(whole)
    (folder / "more").write_text("x", encoding="utf-8")
    with pytest.raises(BackupError, match="not of the backup: more"):
        read_list(folder)
    (folder / "more").unlink()
    read_list(folder)
    assert main(["check-backup", str(tmp_path)]) == 2


def test_what_is_lost_or_changed_in_an_installation_is_named(
    settings: Settings, centre: Centre, tmp_path: Path
) -> None:
    facts = facts_of(centre.services.store)
    assert list(check(settings, facts)) == []
    assert any("the log ends" in one for one in check(settings, facts_with(facts, log_seq=facts.log_seq + 1)))
    assert any("not the one" in one for one in check(settings, facts_with(facts, audit_hash="0" * 64)))
    photo = next(file for file in (settings.var_dir / "attachments").rglob("*") if file.is_file())
    photo.unlink()
    assert any(photo.name in one for one in check(settings, facts))
    with centre.services.store.write() as connection:
        connection.execute(tables.audit.update().where(tables.audit.c.n == 1).values(subject="other"))
    assert any("breaks at row 1" in one for one in check(settings, facts))


def facts_with(facts: Facts, **changed: Any) -> Facts:
    return dataclasses.replace(facts, **changed)


@ON_BOTH
def test_a_copy_of_the_other_kind_is_refused(settings: Settings, centre: Centre, tmp_path: Path) -> None:
    folder = make_backup(settings, tmp_path / "backups", AT)
    is_dump = json.loads((folder / "backup.json").read_text(encoding="utf-8"))["database"] == POSTGRESQL_COPY
    elsewhere = {"ZHONGSHU_VAR_DIR": str(tmp_path / "elsewhere")}
    if not is_dump:
        elsewhere["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    with pytest.raises(CopyError, match="is no copy of a"):
        restore(Settings.from_environment(elsewhere), folder)


def test_old_backups_go_and_the_newest_stay(tmp_path: Path) -> None:
    for day in range(1, 5):
        (tmp_path / f"zhongshu-2026110{day}T032000Z").mkdir()
    (tmp_path / "something else").mkdir()
    assert forget_old_backups(tmp_path, 0) == []
    assert [one.name[-9:-1] for one in forget_old_backups(tmp_path, 2)] == [
        "01T032000"[-8:],
        "02T032000"[-8:],
    ]
    assert len(os.listdir(tmp_path)) == 3


def test_a_password_is_not_on_the_command_line_of_the_program() -> None:
    from sqlalchemy import make_url

    from dashboard.store.copying import _plain

    plain = _plain(make_url("postgresql+psycopg://u:hidden@db:5433/z?host=/run/pg"))
    assert "hidden" not in plain
    assert plain.startswith("postgresql://u@db:5433/z")
