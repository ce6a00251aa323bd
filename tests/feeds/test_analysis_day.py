"""What the analysis names on the simulated city's days: a flood, a heat outage, and nothing on a quiet holiday.

The city is at its first day, as a demonstration is: yesterday's orders came as a backlog, without their calls.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import insert

from dashboard import service
from dashboard.citypack import CityPack, load_pack
from dashboard.domain.readings import CallReading, HotlineOrderReading
from dashboard.service import Services
from dashboard.store import tables
from dashboard.store.store import Store
from data_feeds.analysis_requests import DayRequests
from data_feeds.hotline_day import HotlineDay
from data_feeds.simulator.hotline import Hotline
from data_feeds.simulator.life import Life
from data_feeds.simulator.parameters import Parameters, parameters
from data_feeds.simulator.scenarios import SCENARIOS, Effects
from data_feeds.simulator.stories import Storyteller

MINUTE = 60_000
LOCAL = timezone(timedelta(hours=8))


@pytest.fixture(scope="module")
def pack() -> CityPack:
    return load_pack(Path(__file__).resolve().parents[2] / "citypacks" / "rizhao")


@pytest.fixture(scope="module")
def numbers() -> Parameters:
    whole = parameters()
    return replace(whole, orders=replace(whole.orders, history_days=2))


class PlayedDay:
    """One day of the simulated call hall in a store, up to an instant and on."""

    def __init__(
        self, folder: Path, pack: CityPack, numbers: Parameters, start: str, scenario: str = ""
    ) -> None:
        self.began_at = round(datetime.fromisoformat(start).replace(tzinfo=LOCAL).timestamp() * 1000)
        store = Store(f"sqlite:///{folder / 'day.sqlite3'}")
        store.migrate()
        self.services = Services(store, pack, secret=b"s" * 32)
        seed = HotlineOrderReading("seed", self.began_at - 90 * 86_400_000, "0101", 3)
        service.intake_orders(self.services, [seed], self.began_at)
        with store.read() as connection:
            self._row = dict(connection.execute(tables.matters.select()).mappings().one())
        self._hotline = Hotline(pack, numbers, lambda grid, _: _middle(pack, grid))
        self._put_orders(self._hotline.history(self.began_at))
        if scenario:
            self._put(*self._hotline.advance(self.began_at))
            teller = Storyteller(pack, numbers.seed, scenario, self.began_at)
            effects: Effects = SCENARIOS[scenario].tell(pack, teller, self.began_at)
            for surge in effects.surges:
                self._hotline.add_surge(surge, self.began_at)
            self._put_orders(effects.orders)

    def at(self, minutes: int) -> list[list[Any]]:
        """Play to so many minutes after the beginning and return what surges then."""
        now = self.began_at + minutes * MINUTE
        self._put(*self._hotline.advance(now))
        day = HotlineDay(self.services, now)
        day.read_calls(now)
        requests = DayRequests(self.services, day)
        requests.read(now)
        return requests.surges(now)

    def _put(self, reports: Iterable[dict[str, Any]], lives: Iterable[Life]) -> None:
        self._put_orders(lives)
        told = [one for one in reports if one["kind"] in ("arrived", "answered", "ended")]
        came = [CallReading(**one, source="hotline") for one in told]
        service.record_calls(self.services, came, self.began_at)

    def _put_orders(self, lives: Iterable[Life]) -> None:
        divisions = self.services.pack.divisions
        rows = [
            {
                **self._row,
                "id": f"o{one.number}",
                "no": one.number,
                "external_id": one.number,
                "category": one.fixed["category"],
                "opened_at": one.fixed["opened_at"],
                "township": divisions.township_of(one.fixed["grid"]),
                "region": divisions.region_of(one.fixed["grid"]),
                "lon": one.fixed["lon"],
                "lat": one.fixed["lat"],
            }
            for one in lives
        ]
        if rows:
            with self.services.store.write() as connection:
                connection.execute(insert(tables.matters), rows)


def _middle(pack: CityPack, grid: str) -> tuple[float, float]:
    place = pack.divisions.get(grid)
    return place.lon, place.lat


@pytest.mark.parametrize("start", ["2026-07-22T09:23", "2026-07-24T10:00"])
def test_a_flood_is_named_by_its_topic_within_ninety_minutes_though_the_seats_are_full(
    tmp_path: Path, pack: CityPack, numbers: Parameters, start: str
) -> None:
    day = PlayedDay(tmp_path, pack, numbers, start, "flood")
    (row,) = [one for one in day.at(90) if one[0] == "0503"]
    category, township, since, counted, expected, region = row
    assert (category, township, region) == ("0503", "", "")  # roads and drains, all over the city
    assert abs(since - day.began_at) <= 35 * MINUTE
    assert counted >= 3 * expected > 0
    named = {row[0] for row in day.at(150)}
    assert "0503" in named  # and it stands


def test_a_heat_outage_is_named_within_forty_minutes_and_then_its_townships(
    tmp_path: Path, pack: CityPack, numbers: Parameters
) -> None:
    day = PlayedDay(tmp_path, pack, numbers, "2026-11-24T08:45", "heat_outage")
    early = day.at(40)
    assert {row[0] for row in early} == {"0203"}
    assert abs(early[0][2] - day.began_at) <= 20 * MINUTE
    later = {(row[0], row[1]) for row in day.at(120)}
    struck = {"371102004", "371102002", "371171007"}
    assert len({township for category, township in later if category == "0203"} & struck) >= 2


def test_a_quiet_holiday_names_nothing(tmp_path: Path, pack: CityPack, numbers: Parameters) -> None:
    day = PlayedDay(tmp_path, pack, numbers, "2026-10-03T08:00")
    assert [day.at(minutes) for minutes in range(0, 12 * 60, 90)] == [[]] * 8
