"""The live analysis: from the store's rows to kind 12, and what is said when its process dies."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert

from dashboard import service
from dashboard.citypack import CityPack, load_pack
from dashboard.domain.readings import CallReading, HotlineOrderReading
from dashboard.live.view import ScopeFilter
from dashboard.live.wire import Kind
from dashboard.service import Services
from dashboard.store import tables
from dashboard.store.store import Store, StoreBusy
from data_feeds import analysis_texts, analysis_turns
from data_feeds import bus_names as names
from data_feeds.analysis_publisher import BUDGET, PACE_S, AnalysisPublisher, TurnsEnded, TurnsProcess
from data_feeds.analysis_turns import Analysis
from data_feeds.bus import Bus, BusDown
from data_feeds.live_boards import Boards
from tests.fake_clock import FakeClock
from tests.feeds.feed_city import NOW

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
TOWNSHIP = "371102001"


@pytest.fixture(scope="module")
def pack() -> CityPack:
    return load_pack(Path(__file__).resolve().parents[2] / "citypacks" / "rizhao")


@pytest.fixture(scope="module")
def city_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('analysis')}/city.sqlite3"


@pytest.fixture(scope="module")
def city(city_url: str, pack: CityPack) -> Services:
    """Nine complaints of cold rooms from one place in forty minutes, and all else of a morning."""
    store = Store(city_url)
    store.migrate()
    services = Services(store, pack, secret=b"s" * 32)
    place = pack.divisions.get(TOWNSHIP)
    cold = HotlineOrderReading(
        "C0", NOW, "020301", 3, region="371102", township=TOWNSHIP, lon=place.lon, lat=place.lat
    )
    orders = [
        replace(
            cold,
            order_no=f"C{number}",
            opened_at=NOW - (40 - 5 * number) * MINUTE,
            lon=place.lon + number / 10_000,
            title=f"阳光花园{number + 1}号楼暖气不热，电话13912345678",
        )
        for number in range(9)
    ]
    townships = [one for one in pack.divisions.at_level("township") if one.code != TOWNSHIP]
    orders += [
        HotlineOrderReading(
            f"O{number}",
            NOW - (number % 9) * HOUR - 30 * MINUTE,
            category.code,
            3,
            title=f"咨询{category.name}",
            township=townships[number % len(townships)].code,
        )
        for number, category in enumerate(pack.categories.at_level(2, "hotline") * 5)
    ]
    service.intake_orders(services, orders, NOW)
    calls = [CallReading(f"c{number}", "arrived", NOW - number * MINUTE) for number in range(60)]
    calls += [CallReading(f"c{number}", "answered", NOW - (number - 1) * MINUTE) for number in range(20, 60)]
    calls += [CallReading("s1", "agent", NOW - 5, agent="A1", agent_state="idle")]
    service.record_calls(services, calls, NOW)
    return services


@pytest.fixture(scope="module")
def picture(city: Services) -> dict[str, Any]:
    return Analysis(city).turn(NOW, 1.0)


def test_a_burst_is_a_surge_with_its_begin_size_and_place(picture: dict[str, Any]) -> None:
    (row,) = picture["surges"]
    category, township, since, counted, expected, region = row
    assert (category, township, counted, region) == ("0203", TOWNSHIP, 9, "371102")
    assert NOW - 45 * MINUTE <= since <= NOW - 40 * MINUTE
    assert 0 < expected < 3


def test_and_a_hot_spot_with_its_circle_and_its_orders(picture: dict[str, Any], pack: CityPack) -> None:
    (row,) = picture["hot_spots"]
    category, lon, lat, radius_m, since, count, expected, matters, region = row
    place = pack.divisions.get(TOWNSHIP)
    assert (category, count, region, len(matters)) == ("0203", 9, "371102", 9)
    assert {one for _, one in matters} == {"371102"}
    assert abs(lon - place.lon) < 0.002
    assert abs(lat - place.lat) < 0.002
    assert radius_m <= 1_000
    assert since == NOW - 40 * MINUTE
    assert expected < 1


def test_merge_proposals_give_their_reasons_and_whether_the_rule_says_so_too(picture: dict[str, Any]) -> None:
    assert picture["merges_in_all"] == len(picture["merges"]) >= 8
    one, other, likeness, reasons, by_rule, region = picture["merges"][0]
    assert one != other
    assert 0.47 <= likeness <= 1
    assert {"words", "distance", "time"} <= {kind for kind, _ in reasons}
    assert by_rule is True
    assert region == "371102"


def test_no_number_of_a_person_leaves_with_the_words(picture: dict[str, Any]) -> None:
    assert "13912345678" not in msgspec.json.encode(picture).decode()


def test_before_anything_is_learnt_words_stand_in_and_claim_no_confidence(picture: dict[str, Any]) -> None:
    assert picture["learnt"] is None
    rows = {row[0]: row for row in picture["routing"]}
    assert rows
    assert all(cell[1] is None for row in rows.values() for cell in (*row[1], *row[2]))


def test_seats_are_short_now_and_at_the_next_change_of_shift(picture: dict[str, Any]) -> None:
    at, per_hour, needed, seats, short, in_time, abandoned = picture["seats"]["now"]
    assert at == NOW
    assert per_hour >= 56
    assert seats == 1
    assert short == needed - seats > 0
    assert 0 <= in_time < 0.8
    assert 0 < abandoned < 1
    assert picture["seats"]["change"][0] > NOW
    assert picture["seats"]["change_from"] == "now"


def test_in_the_evening_the_next_change_of_shift_is_tomorrows_first(city: Services) -> None:
    calendar = city.pack.calendar
    midnight_at = calendar.midnight_at(calendar.local_date(NOW)) + DAY
    seats = Analysis(city).turn(midnight_at - HOUR, 1.0)["seats"]
    at, per_hour, needed = seats["change"][:3]
    assert at == midnight_at
    assert needed > 0
    assert per_hour > 0


def test_orders_that_come_hours_late_are_seen_with_the_next_turn(tmp_path: Path, pack: CityPack) -> None:
    store = Store(f"sqlite:///{tmp_path}/late.sqlite3")
    store.migrate()
    services = Services(store, pack, secret=b"s" * 32)
    analysis = Analysis(services)
    assert analysis.turn(NOW, 1.0)["hot_spots"] == []
    place = pack.divisions.get(TOWNSHIP)
    late = [
        HotlineOrderReading(
            f"L{number}", NOW - 2 * HOUR + number * MINUTE, "020301", 3,
            region="371102", township=TOWNSHIP, lon=place.lon, lat=place.lat,
        )
        for number in range(9)
    ]  # fmt: skip
    service.intake_orders(services, late, NOW + MINUTE)
    (row,) = analysis.turn(NOW + 2 * MINUTE, 1.0)["hot_spots"]
    assert (row[4], row[5]) == (NOW - 2 * HOUR, 9)


def test_what_officers_routed_is_learnt_and_suggested_with_its_unit(
    city: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysis_texts, "LEARN_FROM", 40)
    with city.store.write() as connection:
        row = dict(connection.execute(tables.matters.select().limit(1)).mappings().one())
        for number, (title, category) in enumerate([("小区暖气不热", "0203"), ("学校门口堵车", "0502")] * 40):
            more = {
                "id": f"r{number}",
                "no": f"r{number}",
                "external_id": f"r{number}",
                "closed_at": NOW - DAY,
            }
            connection.execute(
                insert(tables.matters).values(
                    {**row, **more, "title": title, "category": category, "opened_at": NOW - 9 * DAY}
                    | {"dispatched_at": NOW - 8 * DAY}
                )
            )
    analysis = Analysis(city, AtOnce())
    found = analysis.turn(NOW, 1.0)
    assert found["learnt"] == [80, NOW]
    (heating,) = [row for row in found["routing"] if row[1] and row[1][0][0] == "0203"][:1]
    assert heating[1][0][1] > 0.5
    assert heating[2][0][0] == "rz-heating"


class AtOnce(Executor):
    """Learns where it is asked to, before the turn goes on."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except analysis_texts.NotEnoughExamples as error:
            done.set_exception(error)
        return done


class Never(Executor):
    """Takes what is to be learnt and is never done with it."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        return Future()


def test_a_turn_does_not_wait_for_what_is_learnt(city: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis_texts, "LEARN_FROM", 1)
    found = Analysis(city, Never()).turn(NOW, 1.0)
    assert found["learnt"] is None
    assert found["surges"]


class Played:
    """Turns that answer what a test says, or die."""

    def __init__(self, *answers: dict[str, Any] | None) -> None:
        self.answers = list(answers)
        self.ended = 0
        self.pid = 77

    async def ask(self, now: int, rate: float) -> dict[str, Any]:
        answer = self.answers.pop(0)
        if answer is None:
            raise TurnsEnded("killed")
        return {"at": now, "used_s": 0.1, **answer}

    async def end(self) -> None:
        self.ended += 1


async def read(bus: Bus) -> dict[str, Any]:
    body = await bus.get(names.ANALYSIS)
    assert body is not None
    return msgspec.json.decode(body)


async def test_a_process_that_dies_is_said_with_since_when_and_its_successor_speaks(bus: Bus) -> None:
    clock = FakeClock(NOW)
    played = Played({"surges": [["0203", "", 1, 9, 0.4, ""]]}, None, None, {"surges": []})
    started: list[Played] = []

    async def start() -> Played:
        started.append(played)
        return played

    publisher = AnalysisPublisher(bus, clock, start)
    assert await publisher.turn() == pytest.approx(PACE_S, abs=1)
    first = await read(bus)
    assert (first["state"], first["since"], first["at"]) == ("live", NOW, NOW)
    assert first["every_ms"] >= PACE_S * 1000

    clock.advance(seconds=30)
    assert await publisher.turn() <= 2
    down = await read(bus)
    assert (down["state"], down["since"], down["at"]) == ("down", NOW + 30_000, NOW)
    assert down["surges"] == first["surges"]  # of `at`, as the page says
    clock.advance(seconds=5)
    await publisher.turn()
    assert (await read(bus))["since"] == NOW + 30_000  # since it died, not since the last try

    clock.advance(seconds=5)
    await publisher.turn()
    again = await read(bus)
    assert (again["state"], again["since"], again["surges"]) == ("live", NOW + 40_000, [])
    assert len(started) == 3
    assert played.ended == 2


async def test_each_death_is_said_also_when_another_worker_spoke_between(bus: Bus) -> None:
    clock = FakeClock(NOW)

    async def start() -> Played:
        return Played(None)

    publisher = AnalysisPublisher(bus, clock, start)
    await publisher.turn()
    assert ((await read(bus))["state"], (await read(bus))["since"]) == ("down", NOW)
    await publisher._lease.release()

    async def start_well() -> Played:
        return Played({"surges": []})

    other = AnalysisPublisher(bus, clock, start_well)
    await other.turn()
    await publisher.turn()  # the other one's to say
    assert (await read(bus))["state"] == "live"
    await other._lease.release()
    clock.advance(seconds=30)
    await publisher.turn()
    assert ((await read(bus))["state"], (await read(bus))["since"]) == ("down", NOW + 30_000)


async def test_a_death_is_said_once_redis_is_back_and_whatever_lay_there(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start() -> Played:
        return Played(None)

    publisher = AnalysisPublisher(bus, FakeClock(NOW), start)
    await bus.put(names.ANALYSIS, b"[no picture")
    with monkeypatch.context() as patched:

        async def away(*_: object) -> None:
            raise BusDown("away")

        patched.setattr(Bus, "put_and_publish", away)
        with pytest.raises(BusDown):
            await publisher.turn()
    await publisher.turn()
    assert await read(bus) == {"at": NOW, "every_ms": 0, "state": "down", "since": NOW}


def test_a_new_day_is_begun_with_its_requests_or_not_at_all(
    city: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise StoreBusy("away")

    monkeypatch.setattr(analysis_turns, "DayRequests", busy)
    analysis = Analysis(city)
    with pytest.raises(StoreBusy):
        analysis.turn(NOW, 1.0)
    assert (analysis._day, analysis._requests) == (None, None)


async def test_a_dear_turn_is_paid_for_by_a_longer_pause(bus: Bus) -> None:
    async def start() -> Played:
        return Played({"used_s": 6.0})

    pause_s = await AnalysisPublisher(bus, FakeClock(NOW), start).turn()
    assert pause_s == pytest.approx(6.0 / BUDGET, abs=1)
    assert (await read(bus))["budget"] == [BUDGET, pytest.approx(BUDGET, rel=0.05)]


async def test_only_one_worker_has_it_computed(bus: Bus) -> None:
    async def start() -> Played:
        return Played({}, {})

    first, second = (AnalysisPublisher(bus, FakeClock(NOW), start) for _ in range(2))
    await first.turn()
    await second.turn()
    assert second._turns is None


async def test_the_real_process_answers_and_one_that_was_killed_is_noticed(
    bus: Bus, city: Services, city_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", city_url)
    monkeypatch.setenv("ZHONGSHU_VAR_DIR", str(tmp_path))
    turns = await TurnsProcess.start()
    try:
        answer = await turns.ask(NOW, 1.0)
        assert answer["at"] == NOW
        assert answer["used_s"] > 0
        assert len(answer["merges"]) >= 8
    finally:
        await turns.end()
    with pytest.raises(TurnsEnded):
        await turns.ask(NOW, 1.0)


async def test_a_county_sees_its_own_rows_and_those_of_the_whole_city(bus: Bus) -> None:
    boards = Boards(bus, lambda: NOW, dict, lambda kind: None, lambda: None)
    rows = [
        ["0203", "t1", 1, 9, 0.4, "371102"],
        ["0203", "t2", 1, 9, 0.4, "371103"],
        ["0203", "", 1, 9, 1, ""],
    ]
    boards._take(Kind.ANALYSIS, msgspec.json.encode({"at": NOW, "surges": rows, "merges_in_all": 2}))
    county = ScopeFilter("371103", "371100", lambda code, ancestor: code == ancestor)
    assert boards.value(Kind.ANALYSIS, county)["surges"] == rows[1:]
    everyone = ScopeFilter("371100", "371100", lambda code, ancestor: True)
    assert boards.value(Kind.ANALYSIS, everyone)["surges"] == rows


async def test_a_hot_spot_over_two_counties_is_told_to_each_with_its_own_orders(bus: Bus) -> None:
    boards = Boards(bus, lambda: NOW, dict, lambda kind: None, lambda: None)
    circle = ["0203", 119.5, 35.4, 500, NOW, 16, 0.4]
    orders = [[f"m{number}", "371102" if number % 2 else "371103"] for number in range(30)]
    whole_city = ["0101", 119.5, 35.4, 500, NOW, 4, 0.4, [["m90", ""], ["m91", ""]], ""]
    boards._take(
        Kind.ANALYSIS, msgspec.json.encode({"at": NOW, "hot_spots": [[*circle, orders, ""], whole_city]})
    )

    def told(jurisdiction: str) -> list[list[Any]]:
        scopes = ScopeFilter(jurisdiction, "371100", lambda code, ancestor: code == ancestor)
        return boards.value(Kind.ANALYSIS, scopes)["hot_spots"]

    assert told("371102") == [[*circle, [f"m{number}" for number in range(1, 25, 2)], ""]]
    assert told("371103") == [[*circle, [f"m{number}" for number in range(0, 24, 2)], ""]]
    assert told("371121") == []
    everyone = [f"m{number}" for number in range(12)]
    assert told("371100") == [[*circle, everyone, ""], [*whole_city[:7], ["m90", "m91"], ""]]
