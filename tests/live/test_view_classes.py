"""What a class of screens sees is built once, however many screens there are; and it is the same bytes for all."""

from __future__ import annotations

from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

import pytest

import data_feeds.live_boards as live_boards
import data_feeds.live_channel as live_channel
import data_feeds.live_socket as live_socket
from dashboard.live.fleet import REPORTING
from dashboard.live.fleet_frames import pack_fixes
from dashboard.live.movement_writer import MovementWriter
from dashboard.live.wire import Kind
from data_feeds import bus_names as names
from tests.live.live_city import CITY, NOW, City, Screen, city, officer
from tests.live.test_hub import has_all, until

WALLS, DESKS, COUNTY_DESKS = 12, 5, 3


@pytest.fixture(autouse=True)
def no_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each second's beat looks for workers who grew stale, and frees what is kept for those who join."""
    monkeypatch.setattr(live_socket, "TIME_EVERY_S", 3600.0)


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts every building of something for a view."""
    counts: Counter[str] = Counter()

    def counted(owner: Any, name: str, called: Any) -> None:
        def wrapped(*args: Any) -> Any:
            counts[called(*args) if callable(called) else called] += 1
            return original(*args)

        original = getattr(owner, name)
        monkeypatch.setattr(owner, name, wrapped)

    counted(MovementWriter, "advance", "tick")
    counted(MovementWriter, "snapshot_frame", "movement snapshot")
    counted(live_channel, "encode_json", lambda kind, _: kind.name)
    counted(live_boards, "encode_json", lambda kind, _: kind.name)
    return counts


async def opened(town: City, hall: AsyncExitStack) -> list[Screen]:
    """A hall of screens: three view classes."""
    screens = []
    for count, query, jurisdiction in (
        (WALLS, "view=wall", CITY),
        (DESKS, "view=desk", CITY),
        (COUNTY_DESKS, "view=desk", "371102"),
    ):
        town.who["principal"] = officer(jurisdiction)
        screens += [await hall.enter_async_context(town.screen(query)) for _ in range(count)]
    for screen in screens:
        await screen.until(has_all)
    return screens


async def test_a_tick_an_entry_and_a_board_are_built_once_a_class(
    redis_flush: str, builds: Counter[str]
) -> None:
    async with city(redis_flush) as town, AsyncExitStack() as hall:
        await until(lambda: town.hub.stats()["bus"] == "up" and town.hub.is_ready)
        screens = await opened(town, hall)
        builds.clear()
        fixes = pack_fixes(1, NOW, [0], [119_470_000], [35_430_000], [REPORTING], [NOW], roster=town.mark)
        await town.bus.publish(names.fleet_channel("371102"), fixes)
        await town.relay.relay(
            town.truth.commit(scope=["371102"], matters=[{"id": "m1", "scope": ["371102"]}])
        )
        await town.bus.put_and_publish(names.HOTLINE, b'{"at": 7}')
        frames: list[dict[Kind, bytes]] = []
        for screen in screens:
            seen: dict[Kind, bytes] = {}
            while not {Kind.FLEET_DELTA, Kind.CHANGES, Kind.HOTLINE} <= seen.keys():
                frame = await screen.socket.recv()
                assert isinstance(frame, bytes)
                seen[screen.take(frame)] = frame
            frames.append(seen)
        classes = (frames[:WALLS], frames[WALLS : WALLS + DESKS], frames[WALLS + DESKS :])
        for alike in classes:
            for kind in (Kind.FLEET_DELTA, Kind.CHANGES, Kind.HOTLINE):
                assert len({seen[kind] for seen in alike}) == 1
        assert builds["CHANGES"] == builds["HOTLINE"] == 3
        assert builds["tick"] == 1, "one pass for walls and desks of every jurisdiction"
        assert builds["movement snapshot"] == 0


async def test_screens_that_join_together_share_what_brings_them_up(
    redis_flush: str, builds: Counter[str]
) -> None:
    async with city(redis_flush) as town, AsyncExitStack() as hall:
        await until(lambda: town.hub.stats()["bus"] == "up" and town.hub.is_ready)
        await opened(town, hall)
        await until(lambda: town.hub.stats()["screens"] == WALLS + DESKS + COUNTY_DESKS)
        assert builds["PICTURE"] == 3
        assert (builds["ROSTER"], builds["POSTS"]) == (2, 1)
        assert builds["movement snapshot"] == 3
        assert builds["HOTLINE"] == builds["RATES"] == 3
