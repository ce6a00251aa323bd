"""What Traccar's test generator asks, as our driver writes it, is what /osmand takes."""

from __future__ import annotations

import random
from urllib.parse import parse_qsl

from data_feeds.bus import Bus
from data_feeds.decoders.osmand import KNOT_IN_MPS, decode_osmand
from tests.fake_clock import FakeClock
from tests.feeds.feed_city import NOW, ROSTER, client_of, key_of, open_ingest
from tools.drive_traccar import WALK, course, query

# A request of the public script at its 10th and 11th place, but for the device, the place and what is drawn by chance.
TENTH = ["id", "timestamp", "lat", "lon", "bearing", "speed", "alarm", "ignition", "accuracy", "rpm", "fuel"]
ELEVENTH = ["id", "timestamp", "lat", "lon", "bearing", "speed", "ignition", "rpm", "fuel"]


def fields_of(index: int) -> list[tuple[str, str]]:
    return parse_qsl(query("dev-0", "KEY", index, NOW // 1000, random.Random(1)))


def test_the_fields_are_the_generators_in_its_order() -> None:
    tenth, eleventh = fields_of(10), fields_of(11)
    assert [name for name, _ in tenth] == [*TENTH, "key"]
    assert [name for name, _ in eleventh] == [*ELEVENTH, "key"]
    assert dict(tenth) | {"alarm": "sos", "ignition": "true", "accuracy": "100", "speed": "40"} == dict(tenth)
    first = dict(fields_of(0))
    assert (first["speed"], first["driverUniqueId"], "ignition" in first) == ("0", "123456", False)


def test_every_request_of_a_round_is_read() -> None:
    for index in range(2 * len(WALK)):
        asked = query("dev-0", "KEY", index, NOW // 1000, random.Random(index))
        fix, key = decode_osmand(asked.encode(), now=NOW)
        assert (fix.id, fix.at, key) == ("dev-0", NOW, "KEY")
        assert (fix.lat, fix.lon) == WALK[index % len(WALK)]
        assert fix.speed_mps == (0 if index % len(WALK) == 0 else 40 * KNOT_IN_MPS)
        assert fix.alarm is (True if index % 10 == 0 else None)
        assert 0 <= fix.bearing < 360


def test_courses_are_from_north() -> None:
    assert round(course((35.0, 119.0), (36.0, 119.0))) == 0
    assert round(course((35.0, 119.0), (35.0, 119.01))) == 90
    assert round(course((35.0, 119.0), (34.0, 119.0))) == 180


async def test_the_walk_is_taken_whole_by_the_entrance(bus: Bus) -> None:
    clock = FakeClock(NOW)
    ingest = open_ingest(bus, clock)
    await ingest.start()
    await bus.wait_until_up()
    async with client_of(ingest) as client:
        for index in range(len(WALK)):
            for number, row in enumerate(ROSTER):
                asked = query(
                    row.device_id,
                    key_of(row.device_id),
                    index,
                    NOW // 1000 + index,
                    random.Random(index),
                    number * 1e-5,
                )
                assert (await client.get(f"/osmand?{asked}")).status_code == 200
            clock.advance(ms=1_000)
    assert ingest.tally._counts == {"positions.accepted": len(WALK) * len(ROSTER)}
    await ingest.stop()
