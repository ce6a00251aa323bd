"""Devices that send nonsense above the stated rate: kept apart, not drawn, heard when they call for help, let out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec
import numpy as np
import pytest

from dashboard.live.fleet import LOST, REPORTING, SOS, UNBELIEVED, FixBatch, Fleet
from dashboard.store.store import StoreBusy
from data_feeds import bus_names as names
from data_feeds.bus import Bus
from data_feeds.conduct import FAULTS_AT_ONCE, FAULTS_PER_MINUTE, FORGOTTEN_MS
from data_feeds.decoders.errors import Batch, DecodeError
from data_feeds.decoders.packed_positions import decode_packed
from data_feeds.decoders.positions import FixItem, decode_positions
from data_feeds.feed_keys import Sender
from data_feeds.position_board import PositionBoard
from data_feeds.positions_desk import PositionsDesk
from tests.fake_clock import FakeClock
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import CENTRES, NOW, ROSTER, client_of, device_header, open_ingest, platform_header
from tests.feeds.packing import packed

FAR = 36.0  # from 35.4 in a second: 67 km


def leap(number: int, device: str = "dev-0") -> FixItem:
    """Fixes a second apart, each in another latitude: none agrees with the one before it."""
    return FixItem(id=device, at=NOW + number * 1000, lat=FAR + number % 7, lon=119.5, accuracy_m=5)


def make_wild(entrance: Entrance, faults: int = FAULTS_AT_ONCE + 1, device: str = "dev-0") -> None:
    key = entrance.keys.key_of(device) or ""
    for number in range(1, faults + 1):
        entrance.door.take(device, key, leap(number, device), NOW, "wire", "10.0.0.1")


def test_more_leaps_than_the_rate_keep_a_device_apart_where_it_was_before(entrance: Entrance) -> None:
    entrance.take(accuracy_m=5)
    make_wild(entrance, FAULTS_AT_ONCE)
    assert entrance.door.held == set()
    entrance.door.take_proven("dev-0", leap(FAULTS_AT_ONCE + 1), NOW, "wire")
    assert entrance.door.held == {"dev-0"}
    board = entrance.board
    assert (board.lat[0], board.lon[0], board.fix_at[0]) == (35.4, 119.5, NOW)
    assert board.state[0] & UNBELIEVED
    assert board.take_changes() == [0]
    assert entrance.take(100_000) == "quarantined"
    assert (board.lat[0], board.fix_at[0]) == (35.4, NOW)
    assert board.take_changes() == []
    assert entrance.counts["wire.held"] == 1
    assert [fields["device"] for fields in entrance.tally._apart] == [b"dev-0"]
    assert entrance.take(device="dev-1") == "accepted"


def test_a_forger_who_makes_the_old_place_believed_no_more_is_taken_back_from_where_it_moved_the_marker(
    entrance: Entrance,
) -> None:
    """Two fixes that agree move a marker; the place before the first fault is what comes back."""
    entrance.take(accuracy_m=5)
    at = 0
    while not entrance.door.held:
        lat = FAR if at % 4 < 2 else 35.4  # two phones with one key: each agrees with itself
        at += 1
        entrance.door.take_proven(
            "dev-0", FixItem(id="dev-0", at=NOW + at * 1000, lat=lat, lon=119.5), NOW, "wire"
        )
        assert at < 200
    assert (entrance.board.lat[0], entrance.board.fix_at[0]) == (35.4, NOW)


def test_a_fault_now_and_then_keeps_nobody_apart(entrance: Entrance) -> None:
    apart_ms = 60_000 // FAULTS_PER_MINUTE
    error = DecodeError("wire", 0, "field `lat` is missing")
    for number in range(3 * FAULTS_AT_ONCE):
        now = NOW + number * apart_ms
        entrance.door.note_fault(error, sender="d", payload=b"", address="", now=now, device="dev-0")
    assert entrance.door.held == set()


def test_after_ten_minutes_without_a_fault_the_place_before_is_the_newer_one(entrance: Entrance) -> None:
    entrance.take()
    make_wild(entrance, 1)
    later = NOW + FORGOTTEN_MS + 60_000
    entrance.door.take_proven("dev-0", FixItem(id="dev-0", at=later, lat=35.41, lon=119.5), later, "wire")
    for number in range(1, FAULTS_AT_ONCE + 2):
        fix = FixItem(id="dev-0", at=later + number * 1000, lat=FAR + number % 7, lon=119.5)
        entrance.door.take_proven("dev-0", fix, later, "wire")
    assert entrance.door.held == {"dev-0"}
    assert (entrance.board.lat[0], entrance.board.fix_at[0]) == (35.41, later)


def test_nobody_is_shut_out_by_what_others_write_in_their_name(entrance: Entrance) -> None:
    error = DecodeError("wire", 0, "not UTF-8")
    for _ in range(5 * FAULTS_AT_ONCE):
        entrance.door.note_fault(error, sender="device dev-0", payload=b"", address="10.0.0.9", now=NOW)
        with pytest.raises(Exception, match="unauthorised"):
            entrance.door.take("dev-0", "A" * 26, leap(1), NOW, "wire", "10.0.0.9")
    assert entrance.door.held == set()


def bad_batches() -> dict[str, tuple[bytes, bool]]:
    """Body of `/v1/positions` -> whether it counts against its device."""
    good = {"id": "dev-0", "at": NOW, "lat": 35.4, "lon": 119.5}

    def body(**other: object) -> bytes:
        return msgspec.json.encode({"fixes": [good | other]})

    old, zero = {"at": NOW - 25 * 3_600_000}, {"lat": 0.0, "lon": 0.0}
    return {
        "a broken body": (b"{", True),
        "an unknown datum": (body(datum="cgcs2001"), True),
        "out of range": (body(lat=95), True),
        "ahead of the clock": (body(at=NOW + 3_600_000), True),
        "too old": (body(**old), False),
        "no place": (body(**zero), False),
        "too old, packed": (packed([good | old]), False),
        "no place, packed": (packed([good | zero]), False),
        "ahead, packed": (packed([good | {"at": NOW + 3_600_000}]), True),
    }


@pytest.mark.parametrize("name", bad_batches())
def test_what_counts_against_a_device_and_what_does_not(entrance: Entrance, name: str) -> None:
    body, counts = bad_batches()[name]
    desk = PositionsDesk(entrance.door, entrance.tally)
    for _ in range(FAULTS_AT_ONCE + 1):
        try:
            desk.take(body, Sender(None, "dev-0"), NOW)
        except DecodeError:
            assert name == "a broken body"
    assert entrance.counts["positions.malformed"] >= FAULTS_AT_ONCE
    assert (entrance.door.held == {"dev-0"}) == counts
    platform = Entrance()
    for _ in range(FAULTS_AT_ONCE + 1):
        with_fault = PositionsDesk(platform.door, platform.tally)
        try:
            with_fault.take(body, Sender("grid", None), NOW)
        except DecodeError:
            assert name == "a broken body"
    assert platform.door.held == set()  # whose fault it is cannot be told


def test_a_call_for_help_of_a_device_that_is_kept_apart_is_heard(entrance: Entrance) -> None:
    entrance.take()
    make_wild(entrance)
    entrance.board.take_changes()
    assert entrance.take(200_000, alarm=True) == "quarantined"
    assert entrance.board.state[0] & SOS
    assert entrance.board.take_changes() == [0]


def test_batches_json_and_packed_of_a_device_that_is_kept_apart_are_kept_by_themselves(
    entrance: Entrance,
) -> None:
    entrance.door.hold("dev-1")
    fixes = [{"id": f"dev-{n % 4}", "at": NOW + n, "lat": 35.4, "lon": 119.5} for n in range(8)]
    many = [{"id": "dev-1", "at": NOW + 100 + n, "lat": 35.4, "lon": 119.5} for n in range(80)]
    for batch, outcomes in (
        (decode_positions(msgspec.json.encode({"fixes": fixes}), now=NOW), (6, 2)),
        (Batch(readings=[]), (0, 0)),
    ):
        found = entrance.door.take_batch(batch, None, NOW, "wire")
        assert (found["accepted"], found["quarantined"]) == outcomes
    found = entrance.door.take_packed(decode_packed(packed(fixes + many), now=NOW), None, NOW, "wire")
    assert (found["quarantined"], found["accepted"]) == (82, 0)
    assert {fields["device"] for fields in entrance.tally._apart} == {b"dev-1"}
    assert len(entrance.tally._apart) == 84
    assert entrance.board.fix_at[1] == 0


def test_a_device_that_was_let_out_is_drawn_from_its_next_fix_on(entrance: Entrance) -> None:
    entrance.take()
    make_wild(entrance)
    entrance.door.release("dev-0")
    assert entrance.board.state[0] & UNBELIEVED  # nobody knows better yet
    assert entrance.take(3_600_000, now=NOW + 3_600_000) == "accepted"
    assert not entrance.board.state[0] & UNBELIEVED
    far = FixItem(id="dev-0", at=NOW + 3_601_000, lat=FAR, lon=119.5)
    assert entrance.door.take_proven("dev-0", far, NOW + 3_601_000, "wire") == "impossible_speed"
    assert entrance.door.held == set()  # it began anew


def frames(board: PositionBoard, seq: int, slots: list[int]) -> FixBatch:
    """What the publisher would send of some slots."""
    where = np.array(slots)
    micro = [np.rint(np.asarray(one)[where] * 1e6).astype(np.int32) for one in (board.lon, board.lat)]
    state, fix_at = np.asarray(board.state)[where], np.asarray(board.fix_at)[where]
    return FixBatch(seq, NOW, board.mark, where.astype(np.uint16), *micro, state.copy(), fix_at.copy())


def test_screens_show_the_last_believed_place_as_lost_at_once_and_another_process_follows(
    entrance: Entrance,
) -> None:
    fleet, other = Fleet(5), PositionBoard(ROSTER, CENTRES, 100)
    entrance.take(-120_000)
    at = 0
    entrance.door.take_proven("dev-0", leap(1), NOW, "wire")
    entrance.door.take_proven(
        "dev-0", FixItem(id="dev-0", at=NOW + 2000, lat=FAR + 1, lon=119.5), NOW, "wire"
    )
    assert entrance.board.lat[0] == FAR + 1  # two that agree: believed for now
    for target in (fleet.apply, other.follow):
        target(frames(entrance.board, 1, [0]))
    assert fleet.lat_e6[0] == (FAR + 1) * 1e6
    assert fleet.near(119.5, 35.4, 5) != []
    while not entrance.door.held:
        at += 1
        entrance.door.take_proven("dev-0", leap(at + 2), NOW, "wire")
    for target in (fleet.apply, other.follow):
        target(frames(entrance.board, 2, [0]))
    assert (fleet.lat_e6[0], fleet.fix_at[0]) == (35_400_000, NOW - 120_000)
    assert fleet.drawn_state(NOW)[0] == REPORTING | LOST | fleet.state[0]
    assert fleet.near(119.5, 35.4, 5) == []
    assert (other.lat[0], other.fix_at[0]) == (35.4, NOW - 120_000)
    # Who comes later reads it from the snapshot, and who had the forged place goes back too.
    snapshot = fleet.snapshot(NOW, entrance.board.mark)
    late = Fleet(5)
    late.fix_at[0], late.state[0], late.lat_e6[0] = NOW + 2000, REPORTING, 1
    assert late.apply_snapshot(snapshot).tolist() == [0]
    assert late.drawn_state(NOW)[0] & LOST
    assert late.apply_snapshot(snapshot).tolist() == []
    restarted = PositionBoard(ROSTER, CENTRES, 100)
    restarted.hold(0, None)
    restarted.restore(snapshot, NOW)
    assert restarted.state[0] & UNBELIEVED
    assert restarted.lat[0] == 35.4


class Book:
    """The store of a test: who is kept apart."""

    def __init__(self) -> None:
        self.held: dict[str, int] = {}
        self.why: dict[str, dict[str, int]] = {}
        self.is_busy = False

    def load(self) -> Mapping[str, int]:
        return dict(self.held)

    def keep(self, device: str, counts: Mapping[str, int], now: int) -> None:
        if self.is_busy:
            raise StoreBusy("locked")
        self.held[device] = now
        self.why[device] = dict(counts)


@pytest.mark.asyncio
async def test_over_http_it_is_written_down_survives_a_restart_and_ends_with_the_store(bus: Bus) -> None:
    book, clock = Book(), FakeClock(NOW)
    ingest = open_ingest(bus, clock, load_held=book.load, keep_held=book.keep)
    await ingest.start()
    await bus.wait_until_up()
    book.is_busy = True
    async with client_of(ingest) as client:
        for number in range(FAULTS_AT_ONCE + 1):
            body = b'{"fixes": %d}' % number
            answer = await client.post("/v1/positions", content=body, headers=device_header("dev-0"))
            assert answer.status_code == 400
        fix = {"id": "dev-0", "at": NOW, "lat": 35.4, "lon": 119.5}
        answer = await client.post("/v1/positions", json={"fixes": [fix]}, headers=platform_header("grid"))
        assert answer.json()["ignored"] == {"quarantined": 1}
        assert (await client.get("/healthz")).json()["held"] == 1
        await ingest._keep_unkept()
        await ingest._load_new_held()
        assert ingest.door.held == {"dev-0"}  # the store was busy: it stays apart all the same
        book.is_busy = False
        await ingest._keep_unkept()
        assert book.why == {"dev-0": {"malformed": FAULTS_AT_ONCE + 1}}
        await ingest.tally.flush()
        (entry,) = await bus.read_after(names.FEED_APART, "0", count=10)
        assert (entry.fields["device"], entry.fields["lat"]) == (b"dev-0", b"35.400000")
    await ingest.stop()
    again_bus = Bus(bus.url)
    again = open_ingest(again_bus, clock, load_held=book.load, keep_held=book.keep)
    await again.start()
    await again_bus.wait_until_up()
    try:
        assert again.door.held == {"dev-0"}
        book.held.clear()  # an administrator let it out, in another process
        await again_bus.publish(names.NUDGE_FEEDS, b"held")
        async with asyncio.timeout(30):
            while again.door.held:
                again._roster_wanted.set()
                await asyncio.sleep(0.01)
    finally:
        await again.stop()
