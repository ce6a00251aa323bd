"""One holder at a time, and the next one when it is gone."""

from __future__ import annotations

import asyncio

from data_feeds.bus import Bus
from data_feeds.bus_names import INTAKE_LEASE
from data_feeds.lease import Lease


async def test_only_one_of_two_holds_it_until_it_is_given_back(bus: Bus) -> None:
    first, second = Lease(bus, INTAKE_LEASE, 60_000), Lease(bus, INTAKE_LEASE, 60_000)
    assert await first.hold()
    assert await first.hold()
    assert not await second.hold()
    await second.release()
    assert not await second.hold(), "only the holder gives it back"
    await first.release()
    assert await second.hold()


async def test_the_lease_of_a_dead_holder_ends(bus: Bus) -> None:
    dead, alive = Lease(bus, INTAKE_LEASE, 1), Lease(bus, INTAKE_LEASE, 60_000)
    assert await dead.hold()
    while not await alive.hold():
        await asyncio.sleep(0.001)
