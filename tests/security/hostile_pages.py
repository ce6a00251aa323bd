"""The busy city under attack, served whole to a browser: the real gate, its policy, its pages and its live picture."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn

from data_feeds.bus import Bus
from data_feeds.bus_names import FEED_COUNTERS, FEED_MALFORMED
from data_feeds.hotline_publisher import HotlinePublisher
from tests.free_port import free_port
from tests.security.hostile import hostile, write_over
from tests.security.whole_web import WholeWeb, whole_web

PICTURES = 2  # paces of the worker's: after them every board lies in Redis


@contextmanager
def attacked_city(folder: Path, redis_url: str) -> Iterator[WholeWeb]:
    """A city with a hostile text in every field of its store, and what the worker says of it in Redis."""
    with whole_web(folder, redis_url=redis_url) as web:
        write_over(web.centre.services, web.there, web.centre.now)
        web.loop.run_until_complete(_said_by_the_worker(web, redis_url))
        yield web


async def _said_by_the_worker(web: WholeWeb, redis_url: str) -> None:
    bus = Bus(redis_url)
    following = asyncio.create_task(bus.wait_until_up())
    await following
    await bus.increment(FEED_COUNTERS, {hostile("feed.counter"): 1})
    malformed = {name: hostile(f"malformed.{name}") for name in ("source", "reason", "input", "detail")}
    await bus.add(FEED_MALFORMED, {name: value.encode() for name, value in malformed.items()}, keep=10)
    publisher = HotlinePublisher(bus, web.centre.services, web.centre.clock)
    for _ in range(PICTURES):
        await publisher.turn()
    await publisher.leave()
    await bus.close()


@contextmanager
def served(web: WholeWeb) -> Iterator[str]:
    """Serve the whole process on a port of its own; gives the address."""
    port = free_port()
    config = uvicorn.Config(web.gate, port=port, log_level="critical", ws="websockets")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the process did not start"
        time.sleep(0.02)
    yield f"http://localhost:{port}"
    server.should_exit = server.force_exit = True
    with suppress(RuntimeError):
        thread.join(10)
