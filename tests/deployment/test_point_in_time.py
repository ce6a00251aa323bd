"""A PostgreSQL goes back to a point in time from a base backup and its archive, as docs/operator.md has it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import text

from dashboard.citypack import load_pack
from dashboard.service import Services, ensure_policy
from dashboard.settings import PROJECT_ROOT
from dashboard.store import audit
from dashboard.store.store import Store
from tests.store.centre import SECRET, Centre
from tests.throwaway_postgres import PostgresUnavailable, ThrowawayPostgres, _program

READY_WITHIN_S = 120
ARCHIVE_CONF = PROJECT_ROOT / "deploy" / "postgresql-archive.conf"
NAMED_THERE = "/var/backups/zhongshu-wal"


@pytest.fixture
def server() -> Iterator[ThrowawayPostgres]:
    """A server of the test's own that archives as the file in `deploy/` says, into a folder of the test's."""
    try:
        _program("pg_basebackup")
        opened = ThrowawayPostgres.start()
    except PostgresUnavailable as missing:
        pytest.skip(str(missing))
    archive = opened.folder / "wal"
    archive.mkdir(mode=0o700)
    if opened.user is not None:
        os.chown(archive, opened.user.pw_uid, opened.user.pw_gid)
    settings = ARCHIVE_CONF.read_text(encoding="utf-8")
    assert NAMED_THERE in settings
    with (opened.folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(settings.replace(NAMED_THERE, str(archive)))
    opened._pg_ctl("restart", "-w", "-m", "fast")
    yield opened
    opened.stop()


def execute(server: ThrowawayPostgres, statement: str) -> object:
    engine = sqlalchemy.create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            return connection.execute(text(statement)).scalar()
    finally:
        engine.dispose()


def until(what: str, server: ThrowawayPostgres, statement: str) -> None:
    """Wait by asking the server until it answers true; it may not be up yet."""
    give_up_at = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < give_up_at:
        try:
            if execute(server, statement):
                return
        except sqlalchemy.exc.OperationalError:
            pass
        time.sleep(0.05)
    log = (server.folder / "log").read_text(errors="replace")[-1500:]
    raise AssertionError(f"{what}: not within {READY_WITHIN_S} s\n{log}")


def test_the_city_stands_as_it_was_at_the_point_and_its_audit_is_whole(server: ThrowawayPostgres) -> None:
    pack = load_pack(PROJECT_ROOT / "citypacks" / "rizhao")
    store = Store(server.url("postgres"))
    store.migrate()
    centre = Centre(Services(store, pack, secret=SECRET))
    ensure_policy(centre.services, centre.now)
    before_base = centre.order()["id"]
    base = server.folder / "base"
    server._run(
        _program("pg_basebackup"), "-D", str(base), "-h", str(server.folder), "-U", "tester", "-X", "stream",
        "-c", "fast",
    )  # fmt: skip
    after_base = [centre.order()["id"] for _ in range(3)]
    seq, rows = centre.seq(), centre.count("audit")
    execute(server, "SELECT pg_create_restore_point('before the fire')")
    lost = centre.order()["id"]
    segment = execute(server, "SELECT pg_walfile_name(pg_switch_wal())")
    until("the segment is archived", server, f"SELECT last_archived_wal >= '{segment}' FROM pg_stat_archiver")
    store.close()

    data = Path(server._data)
    server._pg_ctl("stop", "-m", "immediate")
    shutil.rmtree(data)
    base.rename(data)
    with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.write(f"restore_command = 'cp {server.folder}/wal/%f %p'\n")
        file.write("recovery_target_name = 'before the fire'\nrecovery_target_action = 'promote'\n")
    (data / "recovery.signal").touch()
    server._pg_ctl(
        "start", "-w", "-l", str(server.folder / "log"), "-o", f"-k {server.folder} -c listen_addresses="
    )
    until("it left recovery", server, "SELECT NOT pg_is_in_recovery()")

    store = Store(server.url("postgres"))
    assert store.schema() == "current"
    again = Centre(Services(store, pack, secret=SECRET))
    try:
        assert (again.seq(), again.count("audit")) == (seq, rows)
        with store.read() as connection:
            kept = set(connection.execute(text("SELECT id FROM matters")).scalars())
            assert audit.first_break(connection) is None
        assert kept == {before_base, *after_base}
        assert lost not in kept
        epoch = store.epoch()
        assert store.renew_epoch() != epoch
        assert again.order()["id"]  # and work goes on
    finally:
        store.close()
