"""Recordings through the public addresses: small made files, and slices of the real ones."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterable
from math import cos, hypot, radians
from pathlib import Path

import httpx
import msgspec
import pytest

from dashboard.citypack import CityPack, load_pack
from dashboard.domain.readings import CallReading, HotlineOrderReading
from data_feeds import bus_names as names
from data_feeds.bus import Bus
from data_feeds.code_check import CodeCheck
from data_feeds.feed_keys import FeedKeys
from data_feeds.grid_shapes import GridShapes
from data_feeds.ingest import Ingest
from data_feeds.replay import __main__ as command
from data_feeds.replay.affine_move import box_onto_box, keeping_distances
from data_feeds.replay.call_volume import read_calls
from data_feeds.replay.player import Player, PlayerRefused, part_of
from data_feeds.replay.service_requests import (
    BOSTON_BOX,
    RequestPlaces,
    _request_types,
    category_of,
    read_requests,
)
from data_feeds.replay.table_files import TableFile
from data_feeds.replay.timed import RecordingError, Timed, TimeShift
from data_feeds.replay.walks import read_walks
from tests.fake_clock import FakeClock
from tests.feeds.feed_city import CENTRES, NOW, PLATFORMS, ROSTER, SECRET, SHAPES, client_of, platform_header
from tests.feeds.recordings import real_file

HEADERS = {
    "calls": platform_header("hotline"),
    "orders": platform_header("hotline"),
    "positions": platform_header("grid"),
}
MINUTE = 60_000
HOUR = 60 * MINUTE


@pytest.fixture(scope="module")
def pack() -> CityPack:
    return load_pack(Path(__file__).resolve().parents[2] / "citypacks" / "rizhao")


@pytest.fixture
async def ingest(redis_flush: str, pack: CityPack):
    opened = Ingest(
        Bus(redis_flush), lambda: list(ROSTER), FeedKeys(SECRET, PLATFORMS), CENTRES, GridShapes(SHAPES),
        CodeCheck(pack), FakeClock(NOW), exact_m=100, tick_ms=3_600_000,
    )  # fmt: skip
    await opened.start()
    await opened.bus.wait_until_up()
    yield opened
    await opened.stop()


def file_of(folder: Path, name: str, text: str) -> TableFile:
    path = folder / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return TableFile(path)


async def played(ingest: Ingest, items: Iterable[Timed], speed: float, span_ms: int) -> Player:
    """Play items whose recorded span ends now: everything is due at once."""
    chosen = list(items)
    async with client_of(ingest) as client:
        player = Player(client, HEADERS, FakeClock(NOW))
        await player.play(chosen, TimeShift(chosen[0].at, NOW - round(span_ms / speed), speed))
    return player


async def readings(bus: Bus, stream: str, kind: type) -> list:
    return [
        msgspec.json.decode(entry.fields["b"], type=kind)
        for entry in await bus.read_after(stream, "0-0", count=10**6)
    ]


def places(pack: CityPack) -> RequestPlaces:
    return RequestPlaces(box_onto_box(BOSTON_BOX, pack.map.urban_bounds), pack.locator, lambda grid: "某街道")


VOLUME = (
    "rownames,DateTime,Calls\n1,2003-03-03T07:00:00Z,3\n2,2003-03-03T07:05:00Z,0\n3,2003-03-03T07:10:00Z,2\n"
)


async def test_call_volume_becomes_that_many_calls_spread_over_their_bins(
    tmp_path: Path, bus: Bus, ingest
) -> None:
    items = list(read_calls(file_of(tmp_path, "calls.csv.gz", VOLUME), "t"))
    player = await played(ingest, items, 2.0, 15 * MINUTE)
    assert dict(player.outcomes) == {"calls accepted": 5}
    calls = await readings(bus, names.FEED_CALLS, CallReading)
    assert len({call.call_id for call in calls}) == 5
    assert all(call.kind == "arrived" and call.source == "hotline" for call in calls)
    bins = Counter((call.at - (NOW - 450_000)) // 150_000 for call in calls)
    assert [bins[number] for number in (-1, 0, 1, 2)] in ([0, 3, 0, 2], [0, 3, 1, 1], [0, 3, 2, 0])
    assert [call.at for call in calls] == sorted(call.at for call in calls)


def test_our_own_form_of_a_volume_is_taken_and_a_run_is_repeatable(tmp_path: Path) -> None:
    table = file_of(tmp_path, "v.csv", "start_at,calls\n2026-11-02T08:00,4\n")
    assert list(read_calls(table, "a")) == list(read_calls(table, "a"))
    ids = {one.item["call_id"] for run in ("a", "b") for one in read_calls(table, run)}
    assert len(ids) == 8, "two runs never share a call number"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("when,calls\n1,2\n", "v.csv: calls need the columns"),
        ("start_at,calls\n2026-11-02T08:00,many\n", "v.csv row 2: calls is not a whole number"),
        ("start_at,calls\n2026-11-02T08:00,-1\n", "v.csv row 2: calls is not within 0 to 100000"),
        ("start_at,calls\nyesterday,1\n", "v.csv row 2: start_at is not a date and time"),
        ("start_at,calls\n2026-11-02T08:00\n", "v.csv row 2: calls is missing"),
    ],
)
def test_a_volume_that_cannot_be_read_is_named_with_its_row(
    tmp_path: Path, text: str, complaint: str
) -> None:
    with pytest.raises(RecordingError, match=complaint):
        list(read_calls(file_of(tmp_path, "v.csv", text), "t"))


def test_a_file_that_breaks_off_is_named(tmp_path: Path) -> None:
    whole = gzip.compress(b"start_at,calls\n" + b"2026-11-02T08:00,1\n" * 50_000)
    (tmp_path / "v.csv.gz").write_bytes(whole[:-20])
    with pytest.raises(RecordingError, match=r"v\.csv\.gz"):
        list(read_calls(TableFile(tmp_path / "v.csv.gz"), "t"))
    with pytest.raises(RecordingError, match="nowhere"):
        TableFile(tmp_path / "nowhere.csv")


REQUESTS = """CASE_ENQUIRY_ID,OPEN_DT,TARGET_DT,CLOSED_DT,TYPE,REASON,LATITUDE,LONGITUDE,Source
1,2015-01-01 00:00:00,2015-01-02 00:00:00,2015-01-01 02:00:00,Street Light Outages,Street Lights,42.33,-71.1,Constituent Call
2,2015-01-01 01:00:00,,,Heat - Excessive  Insufficient,Housing,42.3594,-71.0587,Citizens Connect App
3,2015-01-01 03:00:00,,2015-01-01 02:59:00,Never heard of,Nor this,42.3310,-71.1010,Carrier pigeon
"""  # noqa: E501 - rows as the file has them


async def test_a_request_becomes_an_order_when_it_opens_and_again_when_it_closes(
    tmp_path: Path, bus: Bus, ingest, pack: CityPack
) -> None:
    items = list(read_requests(file_of(tmp_path, "requests.csv", REQUESTS), "t", places(pack)))
    player = await played(ingest, items, 60.0, 3 * HOUR)
    assert dict(player.outcomes) == {"orders accepted": 4}
    orders = await readings(bus, names.FEED_ORDERS, HotlineOrderReading)
    assert [(order.order_no, order.status) for order in orders] == [
        ("R-t-1", "TO_DISPATCH"), ("R-t-2", "TO_DISPATCH"), ("R-t-1", "CLOSED"), ("R-t-3", "TO_DISPATCH"),
    ]  # fmt: skip
    lamp, heating, closed, other = orders
    assert (lamp.category, lamp.channel, lamp.title) == ("0209", "phone", "路灯不亮")
    assert lamp.place == "某街道（移植位置）"
    assert lamp.lon is not None and pack.locator(lamp.lon, lamp.lat) == lamp.grid
    assert lamp.due_at == lamp.opened_at + 24 * MINUTE
    assert closed.closed_at == lamp.opened_at + 2 * MINUTE
    assert (heating.category, heating.urgency, heating.channel) == ("0203", 2, "app")
    assert (heating.lon, heating.lat, heating.place) == (None, None, "未注明位置")
    assert (other.category, other.status) == ("09", "TO_DISPATCH")


async def test_our_own_form_of_a_request_is_taken(tmp_path: Path, bus: Bus, ingest, pack: CityPack) -> None:
    text = (
        "order_no,opened_at,closed_at,category,urgency,lon,lat,channel,title,region\n"
        "A1,2026-11-02T08:00,2026-11-02T09:00,0203,2,119.525,35.428,wechat,停暖,371102\n"
        "A2,2026-11-02T08:30,,0503,3,,,phone,,\n"
    )
    items = list(read_requests(file_of(tmp_path, "r.csv", text), "t", places(pack)))
    player = await played(ingest, items, 1.0, HOUR)
    assert dict(player.outcomes) == {"orders accepted": 3}
    first = (await readings(bus, names.FEED_ORDERS, HotlineOrderReading))[0]
    assert (first.lon, first.lat, first.region, first.title) == (119.525, 35.428, "371102", "停暖")


def test_every_request_type_names_a_category_of_the_city(pack: CityPack) -> None:
    assert len(_request_types()) > 50
    for category, urgency, title in _request_types().values():
        assert category in pack.categories
        assert 1 <= urgency <= 4 and title
    assert category_of({"TYPE": "?", "REASON": "Street Lights"})[0] == "0209"
    assert category_of({"TYPE": "?", "REASON": "?"})[0] == "09"


WALKS = """X;Y;fid;trajectory_id;t
116.3900;39.9000;1;1;2008-12-11 04:42:14+00
116.3901;39.9000;2;1;2008-12-11 04:42:24+00
116.3000;39.9500;3;2;2009-06-29 07:02:25+00
116.3000;39.9501;4;2;2009-06-29 07:02:35+00
"""


async def test_walks_become_fixes_of_named_devices_that_begin_now(tmp_path: Path, ingest) -> None:
    items, _ = read_walks(file_of(tmp_path, "walks.csv", WALKS), ["dev-0", "dev-3"], (119.5267, 35.4154))
    player = await played(ingest, items, 1.0, 10_000)
    assert dict(player.outcomes) == {"positions accepted": 4}
    board = ingest.publisher.board
    assert (board.fix_at[0], board.fix_at[3], board.fix_at[1]) == (NOW, NOW, 0)
    assert abs(board.lat[0] - 35.4154) < 0.1


def test_a_walk_keeps_its_metres() -> None:
    move = keeping_distances((116.39, 39.9), (119.5267, 35.4154))
    assert move(116.39, 39.9) == pytest.approx((119.5267, 35.4154))
    east, north = (
        hypot((b[0] - a[0]) * cos(radians(35.4154)), b[1] - a[1])
        for a, b in ((move(116.39, 39.9), move(116.40, 39.9)), (move(116.39, 39.9), move(116.39, 39.91)))
    )
    assert east == pytest.approx(0.01 * cos(radians(39.9)), rel=1e-6)
    assert north == pytest.approx(0.01)


@pytest.mark.parametrize("devices", [[], ["dev-0"]])
def test_walks_without_enough_devices_are_refused(tmp_path: Path, devices: list[str]) -> None:
    with pytest.raises(RecordingError, match="devices"):
        read_walks(file_of(tmp_path, "walks.csv", WALKS), devices, (119.5, 35.4))


def test_a_part_of_a_recording_is_chosen_by_its_own_time(tmp_path: Path) -> None:
    items = list(read_calls(file_of(tmp_path, "calls.csv", VOLUME), "t"))
    begins = items[0].at - items[0].at % 300_000
    assert len(list(part_of(items, begins + 300_000, None, None))) == 2
    assert len(list(part_of(items, None, begins + 300_000, None))) == 3
    assert len(list(part_of(items, None, None, 4))) == 4


async def test_the_player_waits_for_each_items_time(ingest) -> None:
    class Clock(FakeClock):
        """Moves on by what it is asked to wait for, and notes it."""

        def real_seconds_until(self, due_at: int) -> float:
            waited.append(due_at - self.now)
            self.advance_to(due_at)
            return 0.0

    waited: list[int] = []
    items = [
        Timed(at, "calls", {"call_id": f"c{at}", "kind": "arrived"}, {"at": at})
        for at in (0, 60_000, 60_000, 90_000)
    ]
    async with client_of(ingest) as client:
        player = Player(client, HEADERS, Clock(NOW - 100_000))
        await player.play(items, TimeShift(0, NOW - 100_000, 2.0))
    assert waited == [30_000, 15_000]
    assert player.outcomes["calls accepted"] == 4


async def test_a_player_with_a_wrong_key_stops_and_says_so(ingest) -> None:
    async with client_of(ingest) as client:
        player = Player(client, {"calls": {}}, FakeClock(NOW))
        with pytest.raises(PlayerRefused, match="401"):
            await player.play([Timed(0, "calls", {}, {})], TimeShift(0, NOW, 1.0))


async def test_what_is_turned_away_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_feeds.replay.player._RETRY_S", 0.0)
    answers = iter([503, 503, 200])

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(next(answers), json={"accepted": 1, "ignored": {}, "refused": []})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://feeds") as client:
        player = Player(client, {"calls": {}}, FakeClock(NOW))
        await player.play([Timed(0, "calls", {}, {})], TimeShift(0, NOW, 1.0))
    assert player.outcomes["calls accepted"] == 1
    assert player.reasons["turned away (503)"] == 2


def test_the_command_says_what_it_takes_and_moves(tmp_path: Path, pack: CityPack, capsys) -> None:
    path = tmp_path / "requests.csv"
    path.write_text(REQUESTS, encoding="utf-8")
    assert len(list(command.open_recording("requests", path, pack, ()))) == 4
    said = capsys.readouterr().out
    assert "CASE_ENQUIRY_ID" in said
    assert "移植位置" in said
    assert "lon' =" in said


def test_the_command_names_a_file_it_cannot_play(tmp_path: Path, monkeypatch, capsys) -> None:
    secret = tmp_path / "secret.key"
    secret.write_text("ab" * 32)
    secret.chmod(0o600)
    for name in ("ZHONGSHU_SECRET_FILE", "ZHONGSHU_VAR_DIR"):
        monkeypatch.setenv(name, str(secret if name.endswith("FILE") else tmp_path))
    assert command.main(["calls", str(tmp_path / "nowhere.csv")]) == 1
    assert "nowhere.csv" in capsys.readouterr().err


@pytest.mark.real_data
async def test_a_real_morning_of_calls_is_in_the_stream_call_by_call(bus: Bus, ingest) -> None:
    table = TableFile(real_file("call_volume_5min_2003.csv.gz"))
    counted = sum(row.whole("Calls", 0, 10**6) for _, row in zip(range(36), table.rows(), strict=False))
    items = list(
        part_of(read_calls(table, "t"), None, next(table.rows()).moment("DateTime") + 3 * HOUR, None)
    )
    player = await played(ingest, items, 60.0, 3 * HOUR)
    assert player.outcomes["calls accepted"] == counted == await bus.length(names.FEED_CALLS)
    assert player.outcomes["calls refused"] == 0


@pytest.mark.real_data
async def test_real_requests_are_in_the_stream_each_with_its_place_or_without(
    bus: Bus, ingest, pack: CityPack
) -> None:
    table = TableFile(real_file("service_requests_2015h1.csv.gz"))
    items = list(part_of(read_requests(table, "t", places(pack)), None, None, 2_000))
    player = await played(ingest, items, 86_400.0, items[-1].at - items[0].at)
    assert dict(player.outcomes) == {"orders accepted": 2_000}
    orders = await readings(bus, names.FEED_ORDERS, HotlineOrderReading)
    sent = Counter(one.item["status"] for one in items)
    assert Counter(order.status for order in orders) == sent
    assert sent["CLOSED"] > 300
    nowhere = sum(order.lon is None for order in orders)
    assert 0.05 < nowhere / len(orders) < 0.6
    assert all(order.place.startswith("未注明位置") == (order.lon is None) for order in orders)


@pytest.mark.real_data
async def test_real_walks_move_named_devices_through_the_city(ingest, pack: CityPack) -> None:
    devices = [row.device_id for row in ROSTER]
    items, _ = read_walks(TableFile(real_file("gps_walks.csv.gz")), devices, pack.map.urban_centre)
    assert len(items) == 5_908
    chosen = items[:1_500]
    player = await played(ingest, chosen, 1.0, chosen[-1].at)
    taken = player.outcomes
    assert taken["positions accepted"] + taken["positions late"] > 1_400
    assert sum(taken.values()) == 1_500, "what the rules set aside is counted, nothing is lost"
    assert {slot for slot in range(5) if ingest.publisher.board.fix_at[slot]} == set(range(5))
