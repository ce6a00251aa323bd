"""A database that is locked, and a disk that is full: said clearly, nothing broken, right again alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.settings import PROJECT_ROOT
from dashboard.store.engine import BUSY_TIMEOUT_MS, sqlite_module
from tests.faults.full_disk import OFFICER, act, integrity, outcome, truth
from tests.security.whole_web import WholeWeb, whole_web
from tools.bench_rows import Row, tell

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

DISK_MB = 24  # the city of the test takes 8
NAMESPACES = (["unshare", "-m"], ["unshare", "-rm"])  # as root, and as anybody where the kernel allows it
MOUNTED = 'mount -t tmpfs -o size="$0"m disk "$1" && shift && exec "$@"'


@pytest.fixture(scope="module")
def namespace(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A command after which a small disk of its own can be mounted, seen by nobody else."""
    place = tmp_path_factory.mktemp("disk")
    for one in NAMESPACES:
        tried = [*one, "sh", "-c", MOUNTED, "1", str(place), "true"]
        if (
            shutil.which("unshare")
            and subprocess.run(tried, capture_output=True, check=False).returncode == 0
        ):
            return one
    pytest.skip("no file system can be mounted here (unshare)")


@pytest.fixture
def web(tmp_path: Path) -> Iterator[WholeWeb]:
    with whole_web(tmp_path / "var") as opened:
        yield opened


def test_a_full_disk_is_said_and_nothing_is_lost(namespace: list[str], tmp_path: Path) -> None:
    command = [*namespace, "sh", "-c", MOUNTED, str(DISK_MB), str(tmp_path), sys.executable]
    run = subprocess.run(
        [*command, "-m", "tests.faults.full_disk", str(tmp_path)],
        cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    found = json.loads(run.stdout.splitlines()[-1])
    said = found["said"]
    unclear = sum(count for what, count in said.items() if not what.endswith(("200", "503 store_full")))
    answers = ", ".join(f"{what} x {count}" for what, count in sorted(said.items()))
    tell(Row("disk full: answers that are neither done nor 503 store_full", unclear, "", 0, note=answers))
    tell(Row("disk full: reads refused", sum(one != 200 for one in found["reads"]), "of 5", 0))
    broken = [one for one in found["integrity"] if one != "ok"]
    tell(Row("integrity checks that are not clean, while full and after", len(broken), "of 2", 0))
    not_again = [one for one in found["again"] if one != "200"]
    tell(
        Row("room again: the same act and photo refused", len(not_again), "of 2", 0, note="without a restart")
    )
    lost = len(found["not_once"]) + found["holes"]
    tell(Row("acknowledged and lost or twice, gaps in the log", lost, f"of {found['acknowledged']}", 0))
    assert said["503 store_full"] == 1
    assert said["photo 503 store_full"] == 1
    assert (unclear, broken, not_again, lost) == (0, [], [], 0)
    assert found["reads"] == [200] * 5
    assert found["audit_broken_at"] is None


def test_a_locked_database_is_said_and_the_same_act_goes_through_later(web: WholeWeb, tmp_path: Path) -> None:
    """Somebody else's transaction is open for longer than anybody waits."""
    assert act(web, "before-lock-1").status_code == 200
    other = sqlite_module().connect(tmp_path / "var" / "web.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    refused = act(web, "while-lock-1")
    took_s = time.monotonic() - began
    read = web.ask(OFFICER, "GET", f"/api/v1/matters/{web.there['signed']}")
    other.execute("ROLLBACK")
    other.close()
    again = act(web, "while-lock-1")
    whole = integrity(tmp_path)
    found = truth(web, ["before-lock-1", "while-lock-1"])
    unclear = int(outcome(refused) != "503 store_busy")
    tell(Row("database locked: acts not answered 503 store_busy", unclear, "of 1", 0, note=outcome(refused)))
    tell(Row("database locked: the answer comes after", took_s, "s", BUSY_TIMEOUT_MS / 1000 + 5))
    tell(Row("reads refused meanwhile", int(read.status_code != 200), "of 1", 0))
    tell(
        Row(
            "unlocked: the same act refused or lost",
            len(found["not_once"]),
            "of 2",
            0,
            note=f"integrity {whole}",
        )
    )
    assert (outcome(refused), read.status_code, outcome(again), whole) == ("503 store_busy", 200, "200", "ok")
    assert found["not_once"] == []
    assert (found["holes"], found["audit_broken_at"]) == (0, None)
