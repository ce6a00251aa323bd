"""A master with one replica and three sentinels that watch them, for one test: real servers on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from dashboard.child_process import ending_with
from tests.free_port import free_port

NAME = "zhongshu"
SILENT_MS = 2_000  # a master that is silent for so long is taken for dead; 30,000 is the server's own default
READY_WITHIN_S = 60.0


class Server:
    """One server or sentinel, configured by a file that it may rewrite."""

    def __init__(self, program: Path, folder: Path, *options: str, is_sentinel: bool = False) -> None:
        self.port = free_port()
        self._folder, self._program = folder, program
        self._mode = ["--sentinel"] if is_sentinel else []
        folder.mkdir()
        usual = [f"port {self.port}", "bind 127.0.0.1", f"dir {folder}", "daemonize no"]
        durable = [] if is_sentinel else ['save ""', "appendonly yes", "repl-diskless-sync-delay 0"]
        (folder / "server.conf").write_text("\n".join([*usual, *durable, *options]) + "\n", encoding="ascii")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and return when it answers. It ends with the thread that starts it."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._program), str(self._folder / "server.conf"), *self._mode],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=ending_with(os.getpid()),
            )  # fmt: skip
        until(lambda: self.says("PING"), f"the server at {self.port} answers")

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def says(self, *command: Any) -> Any:
        """Its answer, None while it gives none."""
        try:
            with redis.Redis(port=self.port, socket_timeout=5.0, retry=Retry(NoBackoff(), 0)) as client:
                return client.execute_command(*command)
        except (redis.RedisError, OSError):
            return None

    def role(self) -> str:
        """`master`, `slave`, or empty while it is away."""
        said = self.says("ROLE")
        return said[0].decode() if said else ""


class ThrowawaySentinels:
    """A master, its replica and three sentinels of which two must agree."""

    def __init__(self, program: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="zs-sentinel-"))
        master = Server(program, self._folder / "one")
        replica = Server(program, self._folder / "two", f"replicaof 127.0.0.1 {master.port}")
        self.servers = [master, replica]
        watched = [
            f"sentinel monitor {NAME} 127.0.0.1 {master.port} 2",
            f"sentinel down-after-milliseconds {NAME} {SILENT_MS}",
            f"sentinel failover-timeout {NAME} 5000",
        ]
        self.sentinels = [
            Server(program, self._folder / f"sentinel{n}", *watched, is_sentinel=True) for n in range(3)
        ]

    @property
    def url(self) -> str:
        """The REDIS_URL."""
        named = ",".join(f"127.0.0.1:{one.port}" for one in self.sentinels)
        return f"redis+sentinel://{named}/{NAME}"

    def start(self) -> None:
        """Start all and return when the replica copies and every sentinel knows it and the other two."""
        for one in (*self.servers, *self.sentinels):
            one.start()
        until(self._are_ready, "the sentinels know the replica and each other")

    def stop(self) -> None:
        """End all and remove what they wrote."""
        for one in (*self.sentinels, *self.servers):
            one.kill()
        shutil.rmtree(self._folder)

    def _are_ready(self) -> bool:
        said = [
            one.says("ROLE") or [b""] for one in self.servers
        ]  # either may lead: a busy machine is silent too
        if sorted(one[0] for one in said) != [b"master", b"slave"]:
            return False
        if next(one for one in said if one[0] == b"slave")[3] != b"connected":
            return False
        return all(self._knows_all(one) for one in self.sentinels)

    def _knows_all(self, sentinel: Server) -> bool:
        said = sentinel.says("SENTINEL", "MASTER", NAME)
        if not said:
            return False
        found = said if isinstance(said, dict) else dict(zip(said[::2], said[1::2], strict=True))
        known = {str(_text(key)): str(_text(value)) for key, value in found.items()}
        return (known["num-slaves"], known["num-other-sentinels"], known["flags"]) == ("1", "2", "master")


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value


def until(holds: Callable[[], Any], what: str) -> None:
    """Return when it holds."""
    give_up_at = time.monotonic() + READY_WITHIN_S
    while not holds():
        if time.monotonic() > give_up_at:
            raise AssertionError(f"not within {READY_WITHIN_S:g} s: {what}")
        time.sleep(0.05)
