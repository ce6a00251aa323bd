"""The whole product as a test subject: started by its own launcher, read like an operator reads it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from playwright.sync_api import Page

from tests.free_port import free_port

ROOT = Path(__file__).resolve().parents[2]
READY_S = 120.0
STOP_S = 30.0
_ACCOUNT = re.compile(r"^\s+([a-z][a-z0-9-]+)\s+(\S{8,})\s+\S")


@dataclass
class Centre:
    """One running installation under `var_dir`; use as a context manager.

    `environment` adds settings. `accounts` (name -> password) and `wall` are what the launcher printed; a second
    start prints no passwords, so the first start's are kept by the caller.
    """

    var_dir: Path
    environment: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    wall: str = ""
    web: str = ""
    lines: list[str] = field(default_factory=list)

    def __enter__(self) -> Centre:
        port, feeds_port = free_port(), free_port()
        self.web = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, "launch.py"],
            cwd=ROOT,
            env={
                **os.environ,
                "PORT": str(port),
                "ZHONGSHU_FEEDS_PORT": str(feeds_port),
                "ZHONGSHU_VAR_DIR": str(self.var_dir),
                "PYTHONUNBUFFERED": "1",
                **self.environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._wait_until_ready()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Ctrl-C, and wait until everything has ended; a second call does nothing."""
        if self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        self._reader.join(5)

    def sit_down(self, page: Page, name: str) -> None:
        """Sign somebody in at the desk that the page has open, and wait until it hears the live picture."""
        page.fill("input[name=name]", name)
        page.fill("input[name=password]", self.accounts[name])
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-ready='1']", state="attached")

    @property
    def output(self) -> str:
        """Everything the launcher and its parts have printed so far."""
        return "\n".join(self.lines)

    @property
    def exit_code(self) -> int | None:
        """The launcher's exit code, None while it runs."""
        return self._process.poll()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line.rstrip("\n"))

    def _wait_until_ready(self) -> None:
        ends_at = time.monotonic() + READY_S
        while time.monotonic() < ends_at:
            if any("Ctrl-C" in line for line in self.lines):
                self._learn()
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        self._process.kill()
        raise AssertionError(f"the centre did not get ready:\n{self.output}")

    def _learn(self) -> None:
        for line in self.lines:
            found = re.search(r"(http://\S+/wall\?kiosk=\S+)", line)
            if found:
                self.wall = found[1]
            account = _ACCOUNT.match(line)
            if account:
                self.accounts.setdefault(account[1], account[2])
