"""Database and data folder are destroyed while people act, and nothing that was told done is missing afterwards.

As docs/operator.md has it: PostgreSQL streams its log to a receiver (the files in `deploy/`), attachments have a second
copy, secrets and the rest come from the last backup.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shlex
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from dashboard import service
from dashboard.administration import open_services
from dashboard.citypack import CityPack, load_pack
from dashboard.deployment.__main__ import main
from dashboard.deployment.backup import check, make_backup
from dashboard.settings import PROJECT_ROOT, Settings
from dashboard.store import attachments, audit, tables
from dashboard.store.citizens import find
from dashboard.store.copying import facts_of, names_of_contents
from tests.deployment.test_backup import skip_without_programs
from tests.deployment.test_point_in_time import execute, until
from tests.store.centre import Centre, done
from tests.store.pictures import jpeg
from tests.throwaway_postgres import PostgresUnavailable, ThrowawayPostgres, _program
from tools.bench_rows import Row, tell

STREAM_CONF = PROJECT_ROOT / "deploy" / "postgresql-stream.conf"
UNIT = PROJECT_ROOT / "deploy" / "zhongshu-wal.service"
RECEIVER = "zhongshu_wal_1"
ACT_AFTER_BACKUP = 60
WAIT_S = 120


class Receiver:
    """The unit's own commands, with the test's folder and socket in place of the host's."""

    def __init__(self, server: ThrowawayPostgres) -> None:
        self._server = server
        self.folder = server.folder / "received"
        self.folder.mkdir(mode=0o700)
        if server.user is not None:
            os.chown(self.folder, server.user.pw_uid, server.user.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None

    def _command(self, key: str) -> list[str]:
        line = next(one for one in UNIT.read_text(encoding="utf-8").splitlines() if one.startswith(f"{key}="))
        words = shlex.split(line.partition("=")[2].lstrip("-"))
        here = {
            "/var/backups/zhongshu-wal": str(self.folder),
            "/usr/bin/pg_receivewal": _program("pg_receivewal"),
        }
        words = [here.get(word, word) for word in words]
        assert words[-2] == "-d"
        assert "host=10.0.0.5 user=zhongshu_wal " in words[-1]
        words[-1] = words[-1].replace(
            "host=10.0.0.5 user=zhongshu_wal", f"host={self._server.folder} user=tester"
        )
        return words

    def start(self) -> None:
        self._server._run(*self._command("ExecStartPre"))
        user = self._server.user
        become: dict[str, Any] = (
            {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        )
        self._process = subprocess.Popen(
            self._command("ExecStart"), cwd=self._server.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **become,
        )  # fmt: skip

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)
            self._process = None


@pytest.fixture
def server() -> Iterator[ThrowawayPostgres]:
    """A server whose commits wait for their disk, as one that was installed does."""
    try:
        for name in ("pg_basebackup", "pg_receivewal"):
            _program(name)
        opened = ThrowawayPostgres.start()
    except PostgresUnavailable as missing:
        pytest.skip(str(missing))
    opened._pg_ctl("stop", "-w", "-m", "fast")
    start(opened)
    yield opened
    opened.stop()


def start(server: ThrowawayPostgres) -> None:
    options = f"-k {server.folder} -c listen_addresses="
    server._pg_ctl("start", "-w", "-l", str(server.folder / "log"), "-o", options)


@pytest.fixture
def receiver(server: ThrowawayPostgres) -> Iterator[Receiver]:
    """A receiver that the server's commits wait for, set up in the order of the handbook."""
    made = Receiver(server)
    made.start()
    stream = STREAM_CONF.read_text(encoding="utf-8")
    assert RECEIVER in stream
    with (server.folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(stream)
    execute(server, "SELECT pg_reload_conf()")
    waits = "SELECT sync_state IN ('sync', 'quorum') FROM pg_stat_replication"
    until("commits wait for the receiver", server, f"{waits} WHERE application_name = '{RECEIVER}'")
    yield made
    made.stop()


class People:
    """Two who act until the database dies: one opens orders, one sends photographs of them."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self.orders: list[str] = []
        self.photographs: list[str] = []
        self._end = threading.Event()
        self._numbers = itertools.count()
        acts = (self._open, self._photograph)
        self._threads = [threading.Thread(target=self._until_the_fire, args=(act,)) for act in acts]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join(WAIT_S)
            assert not thread.is_alive()

    def _until_the_fire(self, act: Any) -> None:
        # Whatever a person is told when the database dies in the middle, it is not "done".
        with contextlib.suppress(Exception):
            while not self._end.is_set():
                act()

    def _open(self) -> None:
        self.orders.append(self._centre.order()["id"])

    def _photograph(self) -> None:
        if not self.orders:
            return
        number = next(self._numbers)
        picture = jpeg((64 + number % 64, 48 + number // 64))
        request = service.NewAttachment(self.orders[0], None, None, "photo", "现场.jpg", picture)
        kept = self._centre.services, self._centre.officer, request, self._centre.now, f"photo-{number}"
        self.photographs.append(done(service.keep_attachment(*kept))["id"])


def test_everything_is_destroyed_while_people_act_and_nothing_that_was_told_done_is_missing(
    server: ThrowawayPostgres, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "another machine" / "attachments"
    copy.mkdir(parents=True)
    given = {
        "ZHONGSHU_VAR_DIR": str(tmp_path / "var"),
        "DATABASE_URL": server.url("postgres"),
        "ZHONGSHU_ATTACHMENTS_COPY": str(copy),
    }
    skip_without_programs(given["DATABASE_URL"])
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings, pack = Settings.from_environment(given), load_pack(PROJECT_ROOT / "citypacks" / "rizhao")
    centre = Centre(open_services(settings, pack))
    base = server.folder / "base"
    server._run(
        _program("pg_basebackup"), "-D", str(base), "-h", str(server.folder), "-U", "tester", "-X", "stream",
        "-c", "fast",
    )  # fmt: skip
    people = People(centre)
    people.start()
    until_true("people act", lambda: len(people.photographs) >= 3)
    backup = make_backup(settings, tmp_path / "backups", datetime(2026, 11, 23, 3, 20, tzinfo=UTC))
    copied = len(people.orders), len(people.photographs)
    until_true(
        "people act after the backup",
        lambda: (
            len(people.orders) >= copied[0] + ACT_AFTER_BACKUP and len(people.photographs) > copied[1] + 3
        ),
    )

    server._pg_ctl("stop", "-m", "immediate")  # and what it had not written stays unwritten
    burnt_at = time.monotonic()
    shutil.rmtree(server.folder / "data")
    shutil.rmtree(settings.var_dir)
    people.join()
    receiver.stop()
    centre.services.store.close()

    put_back(server, base, receiver.folder)
    assert main(["restore", "--beside-database", str(backup)]) == 0
    took_s = time.monotonic() - burnt_at
    hold_against_the_truth(settings, pack, people, took_s)


def put_back(server: ThrowawayPostgres, base: Path, received: Path) -> None:
    """The handbook's steps: the base, the received log to its last record, and no waiting for a receiver yet."""
    data = server.folder / "data"
    base.rename(data)
    with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.write(f"restore_command = 'cp {received}/%f %p || cp {received}/%f.partial %p'\n")
        file.write("synchronous_standby_names = ''\n")
    (data / "recovery.signal").touch()
    start(server)
    until("it left recovery", server, "SELECT NOT pg_is_in_recovery()")


def hold_against_the_truth(settings: Settings, pack: CityPack, people: People, took_s: float) -> None:
    """Every order and photograph that somebody was told of, the log, the audit, sealed data and the bytes."""
    again = Centre(open_services(settings, pack))
    store = again.services.store
    try:
        with store.read() as connection:
            orders = set(connection.execute(select(tables.matters.c.id)).scalars())
            photographs = set(connection.execute(select(tables.attachments.c.id)).scalars())
            broken = audit.first_break(connection)
            rows = connection.execute(select(func.count()).select_from(tables.audit)).scalar_one()
            seqs = list(connection.execute(select(tables.log.c.seq).order_by(tables.log.c.seq)).scalars())
            citizen = find(connection, again.services.seal, people.orders[-1])
        lost = len(set(people.orders) - orders) + len(set(people.photographs) - photographs)
        assert lost == 0
        assert broken is None
        assert seqs == list(range(1, len(seqs) + 1))
        assert citizen is not None
        assert citizen.phone == "13812345678"
        folder = settings.var_dir / "attachments"
        assert all(attachments.load(folder, name) for name in names_of_contents(store))
        assert list(check(settings, facts_of(store))) == []
        again._keys = (f"after-the-fire-{number}" for number in itertools.count())
        done(again.dispatch(again.matter(people.orders[0]), *again.units(1)))  # and work goes on
    finally:
        store.close()
    told = len(people.orders) + len(people.photographs)
    tell(Row("all destroyed while people act: told done and missing afterwards", lost, f"of {told}", 0))
    tell(Row("all destroyed: breaks in the audit chain", 0, f"in {rows} rows", 0))
    tell(Row("all destroyed: from the fire to an installation that is whole", took_s, "s"))


def until_true(what: str, holds: Any) -> None:
    give_up_at = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < give_up_at, f"{what}: not within {WAIT_S} s"
        time.sleep(0.02)
