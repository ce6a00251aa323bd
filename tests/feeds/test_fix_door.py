"""The door for a device's fix: keys, limits of devices and addresses, what is counted."""

from __future__ import annotations

import pytest

from data_feeds import fix_door
from data_feeds.bus import BusDown
from data_feeds.decoders.errors import Batch, DecodeError
from data_feeds.decoders.positions import FixItem
from data_feeds.fix_door import TurnedAway
from tests.fake_clock import FakeClock
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import NOW, ROSTER, client_of, key_of, open_ingest


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


def test_a_fix_with_its_key_is_on_the_board_and_counted_under_its_wire(entrance: Entrance) -> None:
    assert entrance.take() == "accepted"
    assert entrance.take() == "duplicate"
    assert entrance.board.take_changes() == [0]
    assert entrance.counts == {"wire.accepted": 1, "wire.duplicate": 1}


@pytest.mark.parametrize(("device", "key"), [("dev-0", "A" * 26), ("dev-0", ""), ("dev-77", "A" * 26)])
def test_nobody_without_the_key_comes_in_and_the_roster_is_looked_at(
    entrance: Entrance, device: str, key: str
) -> None:
    with pytest.raises(TurnedAway, match="unauthorised"):
        entrance.take(device=device, key=key)
    with pytest.raises(TurnedAway, match="unauthorised"):
        entrance.door.admit(device, key, "wire", "10.0.0.1", NOW)
    assert entrance.counts == {"wire.unauthorised": 2}
    assert entrance.roster_wanted == 2
    assert entrance.board.take_changes() == []


def test_a_key_that_is_withdrawn_ends_a_running_session(entrance: Entrance) -> None:
    entrance.door.admit("dev-0", key_of("dev-0"), "wire", "10.0.0.1", NOW)
    entrance.keys.know_devices(ROSTER[1:])
    with pytest.raises(TurnedAway, match="unauthorised"):
        entrance.take()


def test_while_redis_is_away_nothing_is_taken_and_nothing_is_charged(entrance: Entrance) -> None:
    entrance.bus.state = "down"
    for number in range(fix_door.DEVICE_FIXES_BURST + 1):
        with pytest.raises(BusDown):
            entrance.take(number)
    entrance.bus.state = "up"
    assert entrance.take() == "accepted"


def test_a_day_from_a_dead_zone_comes_in_at_once_and_a_mad_device_does_not(entrance: Entrance) -> None:
    a_day = Batch(readings=[(i, FixItem(id="dev-0", at=NOW + i, lat=35.4, lon=119.5)) for i in range(17_280)])
    assert entrance.door.take_batch(a_day, "dev-0", NOW + 17_280, "wire")["accepted"] == 17_280
    with pytest.raises(TurnedAway, match="limited") as away:
        entrance.door.take_batch(a_day, "dev-0", NOW + 17_280, "wire")
    assert away.value.retry_after_s == pytest.approx((2 * 17_280 - 20_000) / 20, abs=1)
    assert entrance.counts["wire.limited"] == 17_280
    assert entrance.take(1, device="dev-1") == "accepted", "another device is not held up by it"


def test_a_call_for_help_is_taken_over_the_limit(entrance: Entrance) -> None:
    for number in range(fix_door.DEVICE_FIXES_BURST):
        entrance.take(number)
    with pytest.raises(TurnedAway, match="limited"):
        entrance.take(30_000)
    assert entrance.take(30_000, alarm=True) == "accepted"


def test_an_address_is_charged_for_wrong_keys_alone(entrance: Entrance) -> None:
    for _ in range(fix_door.ADDRESS_FAULTS_BURST):
        with pytest.raises(TurnedAway, match="unauthorised"):
            entrance.take(key="wrong")
    with pytest.raises(TurnedAway, match="limited"):
        entrance.take(key="wrong")
    assert entrance.counts["wire.limited"] == 1
    assert entrance.take() == "accepted", "a device with its key behind the same address is not shut out"


def test_what_an_address_sends_beyond_its_limit_is_not_kept(entrance: Entrance) -> None:
    fault = DecodeError("wire", 3, "field `lat` is not a number")

    def note() -> None:
        entrance.door.note_fault(fault, sender="x", payload=b"?", address="2001:db8::1", now=NOW)

    for _ in range(fix_door.ADDRESS_FAULTS_BURST):
        note()
    kept = len(entrance.tally._refused)
    for _ in range(5):
        with pytest.raises(TurnedAway, match="limited"):
            note()
    assert len(entrance.tally._refused) == kept
    assert entrance.counts["wire.limited"] == 5


async def test_a_phone_over_its_limit_is_told_when_to_come_again(bus, clock) -> None:
    ingest = open_ingest(bus, clock)
    await ingest.start()
    await bus.wait_until_up()
    ingest.door._devices.take("dev-0", NOW, fix_door.DEVICE_FIXES_BURST)
    ingest.door._addresses.take("127.0.0.1", NOW, fix_door.ADDRESS_FAULTS_BURST)
    parameters = {"id": "dev-0", "key": key_of("dev-0"), "lat": 35.4, "lon": 119.5, "timestamp": NOW}
    async with client_of(ingest) as client:
        answer = await client.get("/osmand", params=parameters)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
        assert answer.json()["error"] == "limited"
        for broken in ({**parameters, "key": "wrong"}, {**parameters, "lat": "north"}):
            assert (await client.get("/osmand", params=broken)).status_code == 429
        assert (await client.post("/v1/calls", json={})).status_code == 429
        clock.advance(seconds=1)
        assert (await client.get("/osmand", params=parameters)).status_code == 200
    await ingest.stop()
