"""The wires beside HTTP: one that fails is started again and disturbs no other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from data_feeds.stream_servers import StreamServers
from tests.fake_clock import FakeClock
from tests.feeds.feed_city import NOW, client_of, open_ingest


class ScriptedServer:
    """Does at each start what its script says next, and serves after that."""

    def __init__(self, name: str, *script: Exception | None) -> None:
        self.name = name
        self.script = list(script)
        self.started = 0
        self.is_open = False
        self.up = asyncio.Event()

    async def serve(self, listening: Callable[[], None]) -> None:
        self.started += 1
        if self.script:
            what = self.script.pop(0)
            if what is not None:
                raise what
            return
        self.is_open = True
        try:
            listening()
            self.up.set()
            await asyncio.Event().wait()
        finally:
            self.is_open = False

    def figures(self) -> dict[str, int]:
        return {"connections": 0}


async def test_a_wire_that_fails_is_started_again_and_disturbs_no_other() -> None:
    good = ScriptedServer("good")
    bad = ScriptedServer("bad", OSError("address in use"), ValueError("a fault of ours"), None)
    servers = StreamServers([good, bad], restart_s=0.001)
    assert servers.health()["bad"] == {"state": "down", "connections": 0}
    servers.start()
    await bad.up.wait()
    assert servers.health() == {
        "good": {"state": "up", "connections": 0},
        "bad": {"state": "up", "connections": 0},
    }
    assert (good.started, bad.started) == (1, 4)
    await servers.stop()
    assert not good.is_open
    assert not bad.is_open
    assert servers.health()["good"]["state"] == "down"


async def test_the_entrance_starts_and_stops_them_and_healthz_says_how_they_are(bus) -> None:
    wire = ScriptedServer("wire")
    doors = []

    def open_streams(door, tally):
        doors.append(door)
        return [wire]

    ingest = open_ingest(bus, FakeClock(NOW), open_streams=open_streams)
    assert doors == [ingest.door]
    await ingest.start()
    await bus.wait_until_up()
    await wire.up.wait()
    async with client_of(ingest) as client:
        health = (await client.get("/healthz")).json()
    assert health["streams"] == {"wire": {"state": "up", "connections": 0}}
    await ingest.stop()
    assert not wire.is_open


@pytest.mark.parametrize("kill_before_up", [True, False])
async def test_stopping_waits_until_each_has_closed(kill_before_up: bool) -> None:
    wire = ScriptedServer("wire", *([OSError("in use")] if kill_before_up else []))
    servers = StreamServers([wire], restart_s=3600)
    servers.start()
    await asyncio.sleep(0)
    await servers.stop()
    assert not wire.is_open
