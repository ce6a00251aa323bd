"""A whole installation that can be killed: its Redis, two workers and the screens, on a folder of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import httpx

from dashboard import setting_values as values
from dashboard.child_process import ending_with
from dashboard.citypack import load_pack
from dashboard.clock import Clock, resume_demonstration
from dashboard.service import Services
from dashboard.settings import PROJECT_ROOT, Settings
from dashboard.store.secret_file import ensure_secret
from dashboard.store.store import Store
from data_feeds.embedded_redis import EmbeddedRedis, find_program
from tests.free_port import free_port

T = TypeVar("T")
READY_WITHIN_S = 150.0  # a busy machine; a quiet one takes 6 s


class Process:
    """One process of the installation; killed and started again under the same name."""

    def __init__(self, name: str, command: list[str], environ: dict[str, str], log: Path) -> None:
        self.name, self.command, self.environ, self.log = name, command, environ, log
        self._running: subprocess.Popen[bytes] | None = None
        self.ended_alone = 0  # times it had ended though nobody killed it

    @property
    def pid(self) -> int | None:
        """The process, None before its first start."""
        return None if self._running is None else self._running.pid

    def start(self) -> None:
        with self.log.open("ab") as out:
            self._running = subprocess.Popen(
                self.command,
                cwd=PROJECT_ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                preexec_fn=ending_with(os.getpid()),
            )

    def kill(self) -> None:
        """SIGKILL: nothing of it runs on, nothing is cleaned up."""
        assert self._running is not None
        self._running.send_signal(signal.SIGKILL)
        self._running.wait()

    def ensure_running(self) -> None:
        """Start it again if it ended by itself, as whoever supervises it would."""
        if self._running is None or self._running.poll() is not None:
            self.ended_alone += self._running is not None
            self.start()

    def stop(self) -> None:
        if self._running is None:
            return
        self._running.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._running.wait(8)
        self._running.kill()
        self._running.wait()


class Installation:
    """Everything that `make run` starts except the feeds and the simulator, at an accelerated clock."""

    def __init__(
        self,
        folder: Path,
        rate: int,
        database_url: str | None = None,
        *,
        workers: int = 2,
        web: int = 1,
        redis_url: str | None = None,
    ) -> None:
        self.folder = folder
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        given = {
            "PORT": str(port),
            "ZHONGSHU_FEEDS_PORT": str(free_port()),
            "ZHONGSHU_VAR_DIR": str(folder / "var"),
            "ZHONGSHU_DEMONSTRATION": "1",
            "ZHONGSHU_CLOCK_START": "2026-11-23T09:00",
            "ZHONGSHU_CLOCK_RATE": str(rate),
            "ZHONGSHU_SESSION_IDLE_MIN": "1440",  # minutes of the accelerated clock
            "ZHONGSHU_SESSION_HOURS": "72",
            "WEB_CONCURRENCY": str(web),
            **({"DATABASE_URL": database_url} if database_url else {}),
            **({"REDIS_URL": redis_url} if redis_url else {}),
        }
        self.settings = Settings.from_environment(given)
        self.clock: Clock = resume_demonstration(self.settings)
        store = Store(self.settings.database_url)
        store.migrate()
        pack = load_pack(self.settings.city_pack)
        self.services = Services(store, pack, secret=ensure_secret(self.settings.secret_file))
        own = values.redis_socket(self.settings.var_dir)
        self.redis = EmbeddedRedis(self.settings.var_dir / "redis", own, find_program())
        self.environ = environ = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **given}
        python = sys.executable
        numbers = range(1, workers + 1)
        self.workers = [self._process(f"worker{n}", [python, "worker.py"], environ) for n in numbers]
        screens = [python, "-m", "gunicorn", "-c", "gunicorn.conf.py", "web:server"]
        self.web = self._process("web", screens, environ)

    def start(self) -> None:
        if self.settings.redis_is_embedded:
            self.redis.start()
        for process in (*self.workers, self.web):
            process.start()
        self.until("the screens answer", self.answers, READY_WITHIN_S)

    def stop(self) -> None:
        for process in (self.web, *self.workers):
            process.stop()
        self.redis.stop()
        self.services.store.close()

    def tend(self) -> None:
        """Start again what ended by itself: a port or a lock that the killed one still held is no fault."""
        for process in (self.web, *self.workers):
            process.ensure_running()

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/healthz", timeout=2.0).status_code == 200
        except httpx.HTTPError:
            return False

    def until(
        self, what: str, condition: Callable[[], T], within_s: float, missing: Callable[[], str] = str
    ) -> T:
        """Wait by looking, and return what was found; fails with what `missing` says of it and the last lines of every
        process."""
        give_up_at = time.monotonic() + within_s
        while not (found := condition()):
            if time.monotonic() > give_up_at:
                raise AssertionError(f"{what}: not within {within_s:g} s. {missing()}\n{self.last_words()}")
            self.tend()
            time.sleep(0.1)
        return found

    def last_words(self) -> str:
        logs = [process.log for process in (self.web, *self.workers)]
        return "\n".join(
            f"-- {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in logs if log.exists()
        )

    def _process(self, name: str, command: list[str], environ: dict[str, str]) -> Process:
        return Process(name, command, environ, self.folder / f"{name}.log")
