"""What the feed tests share: a bus on the suite's real Redis, and a Redis of a test's own for outages."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from data_feeds.bus import Bus
from data_feeds.embedded_redis import EmbeddedRedis, EmbeddedRedisError, find_program


@pytest_asyncio.fixture
async def bus(redis_flush: str) -> AsyncIterator[Bus]:
    """A bus on an empty Redis."""
    opened = Bus(redis_flush)
    yield opened
    await opened.close()


@pytest.fixture
def own_redis() -> Iterator[EmbeddedRedis]:
    """A Redis of the test's own, not started yet: for tests about outages."""
    try:
        program = find_program()
    except EmbeddedRedisError as error:
        pytest.skip(str(error))
    folder = Path(tempfile.mkdtemp(prefix="zs-feeds-"))  # short: a socket's path has little room
    server = EmbeddedRedis(folder, folder / "redis.sock", program)
    yield server
    server.kill()
    shutil.rmtree(folder)
