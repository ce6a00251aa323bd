"""The process of `bench_screens` as seen from a bench: open screens, count, end; and programs that end with it."""

from __future__ import annotations

import json
import os
import pickle
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from typing import Any

from dashboard.child_process import ending_with
from dashboard.settings import PROJECT_ROOT

STARTS_WITHIN_S = 60.0


class ScreenProcess:
    """Screens that are open and read."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its process, for what it takes of the machine."""
        return self._process.pid

    def count(self) -> dict[str, Any]:
        """Return messages of all screens, `least` of one screen, bytes, all since the last call; `cpu_s` in all."""
        return dict(json.loads(self._ask("count")))

    def until_each_has(self, messages: int, within_s: float) -> bool:
        """Wait until every screen got so many messages since the last count; says whether they did."""
        least, give_up_at = 0, time.monotonic() + within_s
        while True:
            least += int(self.count()["least"])
            if least >= messages or time.monotonic() > give_up_at:
                return least >= messages
            time.sleep(0.05)

    def end(self) -> dict[str, Any]:
        """Close the screens and return what `bench_screens` has noted of movement frames."""
        with tempfile.TemporaryDirectory(prefix="zs-screens-") as folder:
            file = Path(folder) / "noted"
            self._ask(f"end {file}")
            noted: dict[str, Any] = pickle.loads(file.read_bytes())  # written by our own process just now
        self._process.wait(10)
        return noted

    def _ask(self, order: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(order + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise RuntimeError("the screens' process ended: see its last words above")
        return answer


@contextmanager
def open_screens(
    port: int, groups: Sequence[Mapping[str, Any]], nap_s: float = 0.0
) -> Iterator[ScreenProcess]:
    """Open screens; groups and naps as in `bench_screens`."""
    wanted = {"port": port, "groups": list(groups), "nap_s": nap_s}
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.bench_screens", json.dumps(wanted)],
        cwd=PROJECT_ROOT,
        stdin=PIPE,
        stdout=PIPE,
        text=True,
        preexec_fn=ending_with(os.getpid()),
    )
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "open":
            raise RuntimeError("the screens could not be opened: see above")
        yield ScreenProcess(process)
    finally:
        process.kill()
        process.wait()


@contextmanager
def running(
    command: Sequence[str], port: int, environ: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the end of the block; begins once its port answers.

    Raises:
        RuntimeError: it ended, or did not listen, before that.
    """
    process = subprocess.Popen(
        list(command),
        cwd=PROJECT_ROOT,
        env={**os.environ, **(environ or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        preexec_fn=ending_with(os.getpid()),
    )
    try:
        until_listening(port, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(8)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server takes connections.

    Raises:
        RuntimeError: it ended, or took none within `STARTS_WITHIN_S`.
    """
    give_up_at = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None:
                raise RuntimeError(f"{process.args!r} ended with code {process.returncode}") from None
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.05)


def two_free_ports() -> int:
    """Return a port that is free together with the one above it."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = int(first.getsockname()[1])
            try:
                socket.create_server(("127.0.0.1", port + 1)).close()
            except OSError:
                continue
        return port
