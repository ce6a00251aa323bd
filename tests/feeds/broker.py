"""A real broker for tests: mosquitto on a port of its own, with what it keeps in a folder of the test's."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.free_port import free_port

PROGRAM_PATHS = os.pathsep.join(
    (os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
)


def program(name: str) -> str:
    """The path of one of mosquitto's programs; the test skips where it is not installed."""
    found = shutil.which(name, path=PROGRAM_PATHS)
    if found is None:
        pytest.skip(f"{name} is not installed: tools/ensure_services.sh installs the package mosquitto")
    return found


class Mosquitto:
    """One broker that can be killed and started again with the same port and folder.

    Args:
        settings: further lines of its configuration.
    """

    def __init__(self, folder: Path, settings: Sequence[str] = ("allow_anonymous true",)) -> None:
        self.folder = folder
        self.port = free_port()
        self._program = program("mosquitto")
        self._process: subprocess.Popen[bytes] | None = None
        lines = [
            f"listener {self.port} 127.0.0.1",
            f"user {pwd.getpwuid(os.getuid()).pw_name}",
            "persistence true",
            f"persistence_location {folder}/",
            "max_queued_messages 0",  # as docs/feeds.md asks for: as many as there are,
            "max_inflight_messages 0",  # and as many at once as the client says
            *settings,
        ]
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")

    def start(self) -> None:
        with (self.folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "-c", str(self.folder / "mosquitto.conf")], stdout=log, stderr=log
            )
        give_up_at = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                said = (self.folder / "mosquitto.log").read_text("utf-8", "replace")
                assert self._process.poll() is None and time.monotonic() < give_up_at, said
                time.sleep(0.01)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def said(self, text: str) -> int:
        """How often its log has a text."""
        return (self.folder / "mosquitto.log").read_text("utf-8", "replace").count(text)

    def stop(self) -> None:
        """End it in order: it writes down what it keeps."""
        assert self._process is not None
        self._process.terminate()
        assert self._process.wait(20) == 0
        self._process = None

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def password_file(folder: Path, accounts: dict[str, str]) -> Path:
    """Write the accounts as mosquitto reads them."""
    found = folder / "passwords"
    found.touch(0o600)
    for user, password in accounts.items():
        subprocess.run([program("mosquitto_passwd"), "-b", str(found), user, password], check=True)
    return found
