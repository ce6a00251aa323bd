"""The 12345 platform: plays the call hall from a local midnight on and gives birth to orders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from dashboard.citypack import CityPack
from dashboard.domain.workdays import DAY_MS
from data_feeds.simulator.call_hall import CallHall, EndedCall, order_no_of
from data_feeds.simulator.calls import CallPlanner, PlannedCall, Surge
from data_feeds.simulator.life import Life
from data_feeds.simulator.order_life import OrderLives, OrderSeed
from data_feeds.simulator.parameters import Parameters
from data_feeds.simulator.seeded import stream, weighted

# Channels besides the phone, with their shares in per cent (S-HEZE): such a request becomes an order without a call.
CHANNELS = {
    "wechat": 3.35, "sms": 0.74, "web": 0.14, "weibo": 0.11, "mailbox": 0.08, "people_cn": 0.06, "province": 0.04,
}  # fmt: skip
DRAIN_MS = 60 * 60_000  # a call begun before midnight is over within this

PlaceIn = Callable[[str, str], tuple[float, float]]
"""(grid, name of the thing) -> a place (lon, lat) inside the grid."""


class Hotline:
    """Calls and orders of the city; the same days are played the same in every run.

    Args:
        surges: surges that began before (of scenarios that a restart finds running).
    """

    def __init__(
        self, pack: CityPack, parameters: Parameters, place_in: PlaceIn, surges: Iterable[Surge] = ()
    ) -> None:
        self._pack = pack
        self._parameters = parameters
        self._place_in = place_in
        self._planner = CallPlanner(pack, parameters.calls, parameters.seed)
        self._lives = OrderLives(pack, parameters.orders, parameters.seed)
        self._surges = list(surges)
        self._hall: CallHall | None = None
        self._day: date | None = None
        self.calls_today = 0

    def history(self, now: int) -> Iterator[Life]:
        """Yield the lives of the orders of the days before today, newest day first."""
        today = self._pack.calendar.local_date(now)
        for back in range(1, self._parameters.orders.history_days + 1):
            day = today - timedelta(days=back)
            midnight_at = self._pack.calendar.midnight_at(day)
            hall = self._new_hall(midnight_at)
            hall.add(self._planner.day(day, self._surges))
            hall.advance(midnight_at + DAY_MS + DRAIN_MS)
            yield from self._born(hall.take_ended())
            yield from self._others(day)

    def advance(self, now: int) -> tuple[list[dict[str, Any]], list[Life]]:
        """Play up to `now`; return what the switch reports and the orders that came up.

        The first time it plays the whole day so far; on a new day it adds that day's calls.
        """
        today = self._pack.calendar.local_date(now)
        lives: list[Life] = []
        if self._hall is None:
            self._hall = self._new_hall(self._pack.calendar.midnight_at(today))
        if self._day != today:
            self._day, self.calls_today = today, 0
            self._hall.add(self._planner.day(today, self._surges))
            lives += self._others(today)
        reports = self._hall.advance(now)
        self.calls_today += sum(report["kind"] == "arrived" for report in reports)
        lives += self._born(self._hall.take_ended())
        return reports, lives

    def add_surge(self, surge: Surge, now: int) -> None:
        """Begin a surge: the calls that it adds after `now` join the day's."""
        self._surges.append(surge)
        if self._hall is not None and self._day is not None:
            added = self._planner.surge_calls(surge, len(self._surges), self._day)
            self._hall.add(call for call in added if call.at > now)

    def _new_hall(self, midnight_at: int) -> CallHall:
        day = self._pack.calendar.local_date(midnight_at)
        seed = stream(self._parameters.seed, "hall", day).randrange(2**32)
        return CallHall(self._parameters.calls, seed, self._pack.calendar.offset_ms, midnight_at)

    def _born(self, ended: Iterable[EndedCall]) -> list[Life]:
        return [self._lives.draw(self._seed_of(one.call)) for one in ended if one.call.becomes_order]

    def _seed_of(self, call: PlannedCall) -> OrderSeed:
        number = order_no_of(call, self._pack.calendar.offset_ms)
        lon, lat = self._place_in(call.grid, number)
        # The request is written down while it is told; how long the caller waited does not matter to its life.
        opened_at = call.at + call.talk_ms
        return OrderSeed(
            number, opened_at, call.category, call.grid, lon, lat, origin_number=call.origin_number
        )

    def _others(self, day: date) -> list[Life]:
        """Return the orders of a day that came by other channels; some are born later in the day."""
        chance = stream(self._parameters.seed, "channels", day)
        calls = self._parameters.calls
        mean = self._planner.expected(day) * calls.order_share * (1 - calls.phone_share) / calls.phone_share
        lives = []
        for call in self._planner.spread(chance, day, f"O{day:%y%m%d}", mean):
            number = order_no_of(call, self._pack.calendar.offset_ms)
            lon, lat = self._place_in(call.grid, number)
            channel = weighted(chance, list(CHANNELS), list(CHANNELS.values()))
            seed = OrderSeed(number, call.at, call.category, call.grid, lon, lat, channel=channel)
            lives.append(self._lives.draw(seed))
        return lives
