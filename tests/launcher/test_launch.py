"""`make run` as an operator sees it: up with addresses and accounts, down cleanly, up again on the same data."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.free_port import free_port

PROJECT_ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 150.0  # a busy machine; a quiet one takes 10 s
STOPPED_WITHIN_S = 40.0
METRICS_TOKEN = "m" * 40
# Where an operator is told of figures; what Prometheus itself adds (`up`) is none of ours.
TELL_OF_FIGURES = (
    "deploy/grafana-dashboard.json",
    "deploy/templates/zhongshu-alerts.yml",
    "docs/operator.md",
)


def figures_told_of() -> set[str]:
    told = [(PROJECT_ROOT / file).read_text(encoding="utf-8") for file in TELL_OF_FIGURES]
    found = set(re.findall(r"(?<!ZHONGSHU_)\b(?:zhongshu|process)_[a-z]\w+", "\n".join(told)))
    others = ("zhongshu_sign_in", "zhongshu_wal", "zhongshu_wal_1", "zhongshu_wal_2")
    return found - set(others)  # a zone of nginx, and who receives PostgreSQL's log


class Run:
    """One start of the launcher on a folder, with what it printed."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.metrics_ports = {
            f"ZHONGSHU_{process}_METRICS_PORT": str(free_port()) for process in ("FEEDS", "WORKER")
        }
        self._log = Path(tempfile.mkstemp(prefix="zs-launch-")[1])
        environ = {
            "PATH": os.environ["PATH"],
            "PORT": str(self.port),
            "ZHONGSHU_FEEDS_PORT": str(free_port()),
            "ZHONGSHU_VAR_DIR": str(folder),
            "WEB_CONCURRENCY": "1",
            "ZHONGSHU_METRICS_TOKEN": METRICS_TOKEN,
            **self.metrics_ports,
        }
        self.process = subprocess.Popen(
            [sys.executable, "launch.py"],
            cwd=PROJECT_ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=self._log.open("wb"),
            stderr=subprocess.STDOUT,
        )

    @property
    def printed(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def parts(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def part(self, word: str) -> int:
        return next(child.pid for child in self.parts() if word in child.cmdline())

    def until(self, what: str, condition: Callable[[], bool], within_s: float) -> None:
        give_up_at = time.monotonic() + within_s
        while not condition():
            assert self.process.poll() is None, f"ended before {what}:\n{self.printed[-4000:]}"
            assert time.monotonic() < give_up_at, f"{what}: not in {within_s:g} s\n{self.printed[-4000:]}"
            time.sleep(0.1)

    def until_ready(self) -> None:
        self.until("ready", lambda: "已就绪" in self.printed, READY_WITHIN_S)

    def figures(self) -> set[str]:
        """The names of all figures that the processes tell now, each on its own port."""
        bearer = {"authorization": f"Bearer {METRICS_TOKEN}"}
        names: set[str] = set()
        for port in (str(self.port), *self.metrics_ports.values()):
            page = f"http://127.0.0.1:{port}/metrics"
            assert httpx.get(page).status_code == 403, "nobody reads without the token"
            text = httpx.get(page, headers=bearer).raise_for_status().text
            names |= set(re.findall(r"^(?:# TYPE )?([a-z_]+)[ {]", text, flags=re.MULTILINE))
        return names

    def stop(self, number: signal.Signals = signal.SIGINT) -> list[psutil.Process]:
        """Stop it and return which of its parts are left."""
        parts = self.parts()
        self.process.send_signal(number)
        self.process.wait(STOPPED_WITHIN_S)
        return psutil.wait_procs(parts, timeout=STOPPED_WITHIN_S)[1]

    def end(self) -> None:
        if self.process.poll() is None:
            self.stop(signal.SIGTERM)
        self._log.unlink()


@pytest.fixture
def starts() -> Iterator[Callable[[], Run]]:
    folder = Path(tempfile.mkdtemp(prefix="zs-launch-"))
    runs: list[Run] = []

    def start() -> Run:
        runs.append(Run(folder / "var"))
        return runs[-1]

    yield start
    for run in runs:
        run.end()
    shutil.rmtree(folder)


def test_up_down_and_up_again_on_the_same_data(starts: Callable[[], Run]):
    first = starts()
    first.until_ready()
    wall = re.search(r"(http://\S+/wall\?kiosk=\S+)", first.printed)
    assert wall is not None
    assert httpx.get(f"http://127.0.0.1:{first.port}/healthz").json()["status"] == "ok"
    assert httpx.get(wall[1]).status_code in (200, 303)
    wanted = figures_told_of()
    assert {"zhongshu_worker_waits_total", "zhongshu_entrance_bus_up", "zhongshu_store_up"} < wanted
    # The analysis begins some seconds after its worker.
    first.until("every figure", lambda: wanted <= first.figures(), READY_WITHIN_S)
    accounts = re.findall(r"^    ([a-z]+[0-9]?) +(\S{14}) ", first.printed, flags=re.MULTILINE)
    assert len(accounts) == 13
    assert len({password for _, password in accounts}) == 13

    killed = first.part("worker.py")
    os.kill(killed, signal.SIGKILL)
    first.until("the worker is back", lambda: "SIGKILL" in first.printed, READY_WITHIN_S)
    first.until(
        "another worker runs", lambda: any("worker.py" in c.cmdline() for c in first.parts()), READY_WITHIN_S
    )
    assert first.part("worker.py") != killed

    assert first.stop() == []
    assert first.process.returncode == 0

    second = starts()
    second.until_ready()
    assert "密码只显示这一次" not in second.printed, "accounts are made once"
    assert wall[1].partition("/wall")[2] in second.printed, "the wall's token stays"
    assert second.stop(signal.SIGTERM) == []
    assert second.process.returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only the Linux kernel ends children with their parent")
def test_nothing_is_left_when_the_launcher_itself_is_killed(starts: Callable[[], Run]):
    run = starts()
    run.until("the worker runs", lambda: any("worker.py" in c.cmdline() for c in run.parts()), READY_WITHIN_S)
    parts = run.parts()
    run.process.kill()
    run.process.wait()
    assert psutil.wait_procs(parts, timeout=STOPPED_WITHIN_S)[1] == []
