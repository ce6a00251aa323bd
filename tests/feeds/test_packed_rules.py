"""A packed batch has the effect of the same fixes one by one: outcomes, counts, and every number of the board."""

from __future__ import annotations

import json
from random import Random

import pytest

from data_feeds.board_batches import FEW
from data_feeds.bus import BusDown
from data_feeds.decoders.packed_positions import PackedBatch, decode_packed
from data_feeds.decoders.positions import decode_positions
from data_feeds.fix_door import DEVICE_FIXES_BURST, TurnedAway
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import CENTRES, NOW, Row
from tests.feeds.packing import packed

DEVICES = 3 * FEW
ROSTER = [
    Row(slot, f"dev-{slot}", f"w{slot}", list(CENTRES)[slot % 3], f"37110{slot % 4}")
    for slot in range(DEVICES)
]
COLUMNS = ("fix_at", "lon", "lat", "state", "is_changed", "sos_until", "alarm_at")


def random_fix(dice: Random, now: int) -> dict:
    """A fix of a working day, sometimes with a fault."""
    lon, lat = CENTRES["g1"]
    fix = {
        "id": f"dev-{dice.randrange(DEVICES)}",
        "at": now - dice.choice((0, 0, 0, 1_000, 2_500, 59_999, 60_000, 60_001, 3_600_000)),
        "lon": lon + dice.choice((0.0, 1e-6, 1e-4, 1e-3, 1e-2, 0.3)) * dice.choice((-1, 1)),
        "lat": lat + dice.choice((0.0, 1e-6, 1e-4, 1e-3)),
    }
    said = {
        "speed_mps": (0.0, 0.25, 0.5, 30.0), "accuracy_m": (5.0, 100.0, 100.5, 1_000.0, 1_000.5),
        "duty": (True, True, False), "task": (True, False), "alarm": (True, False), "datum": ("gcj02", "bd09"),
    }  # fmt: skip
    for name, values in said.items():
        if dice.random() < {"alarm": 0.1, "datum": 0.1}.get(name, 0.5):
            fix[name] = dice.choice(values)
    faults = (
        {"id": "dev-stranger"}, {"at": now + 61_000}, {"at": now - 90_000_000}, {"lat": 0.0, "lon": 0.0},
        {"lat": 91.0}, {"lon": -181.0}, {"speed_mps": 250.0}, {"accuracy_m": -1.0}, {"at": now + 60_000},
    )  # fmt: skip
    return fix | dice.choice(faults) if dice.random() < 0.08 else fix


def assert_same(one: Entrance, other: Entrance) -> None:
    assert one.counts == other.counts
    for name in COLUMNS:
        assert list(getattr(one.board, name)) == pytest.approx(
            list(getattr(other.board, name)), rel=0, abs=1e-9
        ), name
    assert one.board.doubted.keys() == other.board.doubted.keys()
    for slot, doubted in one.board.doubted.items():
        assert doubted == pytest.approx(other.board.doubted[slot], rel=0, abs=1e-9)


@pytest.mark.parametrize("seed", range(16))
def test_random_batches_do_the_same_packed_and_one_by_one(seed: int) -> None:
    dice = Random(seed)
    together, single = Entrance(ROSTER), Entrance(ROSTER)
    now = NOW
    for _ in range(6):
        now += dice.choice((1_000, 5_000, 60_000, 700_000))
        fixes = [random_fix(dice, now) for _ in range(dice.choice((1, FEW - 1, DEVICES, 5 * DEVICES)))]
        device = dice.choice((None, None, None, "dev-0"))
        batch = decode_packed(packed(fixes), now=now)
        in_json = decode_positions(json.dumps({"fixes": fixes}).encode(), now=now)
        outcomes = together.door.take_packed(batch, device, now, "wire")
        expected = single.door.take_batch(in_json, device, now, "wire")
        assert +outcomes == +expected
        refused = [sorted(fault.offset for fault in found.faults) for found in (batch, in_json)]
        assert refused[0] == refused[1]
        strangers = [
            {
                (fault.offset, fault.reason)
                for fault in found.faults
                if fault.offset not in found.refused_items
            }
            for found in (batch, in_json)
        ]
        assert strangers[0] == strangers[1]
        assert_same(together, single)
        assert together.roster_wanted == single.roster_wanted
        if dice.random() < 0.5:
            slots = together.board.take_changes()
            assert slots == single.board.take_changes()
            for entrance in (together, single):
                entrance.board.set_out_of_grid(slots, [slot % 2 == 0 for slot in slots])


def test_every_rule_is_met_by_the_random_batches() -> None:
    """Without this the test above could hold because nothing happened in it."""
    entrance, dice, met = Entrance(ROSTER), Random(1), set()
    for tick in range(8):
        now = NOW + tick * 5_000
        batch = decode_packed(packed([random_fix(dice, now) for _ in range(4 * DEVICES)]), now=now)
        met |= {
            name for name, number in entrance.door.take_packed(batch, None, now, "wire").items() if number
        }
        met |= {"refused"} if batch.refused_items else set()
    assert met == {
        "accepted", "late", "duplicate", "out_of_order", "coarse", "impossible_speed", "unknown_device", "refused",
    }  # fmt: skip


def whole_fleet(at: int, **fields) -> PackedBatch:
    fixes = [{"id": row.device_id, "at": at, "lon": 119.5, "lat": 35.4, **fields} for row in ROSTER]
    return decode_packed(packed(fixes), now=at)


def test_a_fleet_that_jumps_is_not_believed_and_is_when_it_stays_there() -> None:
    entrance = Entrance(ROSTER)
    outcomes = [
        entrance.door.take_packed(whole_fleet(NOW + n * 10_000, lat=lat), None, NOW + n * 10_000, "wire")
        for n, lat in enumerate((35.4, 35.6, 35.6001))
    ]
    assert [+found for found in outcomes] == [
        {"accepted": DEVICES}, {"impossible_speed": DEVICES}, {"accepted": DEVICES},
    ]  # fmt: skip
    assert entrance.board.doubted == {}


def test_a_batch_that_is_sent_again_changes_nothing() -> None:
    entrance = Entrance(ROSTER)
    entrance.door.take_packed(whole_fleet(NOW, alarm=True), None, NOW, "wire")
    entrance.door.take_packed(whole_fleet(NOW + 1_000, alarm=False), None, NOW + 1_000, "wire")
    entrance.board.take_changes()
    again = entrance.door.take_packed(whole_fleet(NOW, alarm=True), None, NOW + 2_000, "wire")
    assert +again == {"out_of_order": DEVICES}
    assert entrance.board.take_changes() == []


def test_a_devices_own_packed_batch_is_limited_and_a_platforms_is_not() -> None:
    entrance = Entrance(ROSTER)
    fixes = [{"id": "dev-0", "at": NOW - 5_000 + n, "lon": 119.5, "lat": 35.4} for n in range(5_000)]
    batch = decode_packed(packed(fixes), now=NOW)
    for _ in range(DEVICE_FIXES_BURST // 5_000):
        entrance.door.take_packed(batch, "dev-0", NOW, "wire")
    with pytest.raises(TurnedAway, match="limited"):
        entrance.door.take_packed(batch, "dev-0", NOW, "wire")
    assert entrance.counts["wire.limited"] == 5_000
    assert +entrance.door.take_packed(whole_fleet(NOW + 1), None, NOW + 1, "wire") == {"accepted": DEVICES}


def test_while_redis_is_away_nothing_is_taken() -> None:
    entrance = Entrance(ROSTER)
    entrance.bus.state = "down"
    with pytest.raises(BusDown):
        entrance.door.take_packed(whole_fleet(NOW), None, NOW, "wire")
    assert entrance.board.take_changes() == []
    assert entrance.counts == {}
