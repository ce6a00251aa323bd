"""The grid platform: events found by workers and reported by citizens, each with its life."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from dashboard.citypack import CityPack
from dashboard.domain.workdays import HOUR_MS
from data_feeds.simulator.event_life import EventLives, EventSeed
from data_feeds.simulator.hotline import PlaceIn
from data_feeds.simulator.life import Life
from data_feeds.simulator.parameters import Parameters
from data_feeds.simulator.roster import RosterRow
from data_feeds.simulator.seeded import stream, weighted

# A week's events over its days, Monday to Sunday; assumed, mean 1.
DAY_FACTOR = (1.1, 1.08, 1.06, 1.06, 1.05, 0.85, 0.8)


class GridPlatform:
    """Events of the city; the same days bring the same events in every run."""

    def __init__(
        self, pack: CityPack, parameters: Parameters, place_in: PlaceIn, roster: Sequence[RosterRow]
    ) -> None:
        self._pack = pack
        self._parameters = parameters
        self._place_in = place_in
        self._roster = roster
        self._lives = EventLives(pack, parameters.seed)
        self._day: date | None = None
        self._today: list[Life] = []
        leaves = [one for one in pack.categories.at_level(2, "event") if one.share_pct]
        self._categories = [one.code for one in leaves]
        self._shares = [one.share_pct or 0.0 for one in leaves]

    def history(self, now: int) -> Iterator[Life]:
        """Yield the lives of the events of the days before today, newest day first."""
        today = self._pack.calendar.local_date(now)
        for back in range(1, self._parameters.events.history_days + 1):
            yield from self._of_day(today - timedelta(days=back))

    def new_day(self, now: int) -> list[Life]:
        """Return the lives of the whole day when a day is asked about for the first time, else nothing."""
        today = self._pack.calendar.local_date(now)
        if today == self._day:
            return []
        self._day, self._today = today, self._of_day(today)
        return self._today

    def count_today(self, now: int) -> int:
        """Return how many events were reported today."""
        return sum(life.born_at <= now for life in self._today)

    def _of_day(self, day: date) -> list[Life]:
        chance = stream(self._parameters.seed, "events", day)
        numbers = self._parameters.events
        mean = numbers.per_day * DAY_FACTOR[day.weekday()]
        count = max(0, round(chance.gauss(mean, mean**0.5)))
        midnight_at = self._pack.calendar.midnight_at(day)
        return [self._draw(chance, day, number, midnight_at) for number in range(1, count + 1)]

    def _draw(self, chance: random.Random, day: date, number: int, midnight_at: int) -> Life:
        numbers = self._parameters.events
        hour = weighted(chance, range(24), numbers.shape)
        worker = chance.choice(self._roster)
        event_no = f"WG{day:%y%m%d}{number:05d}"
        lon, lat = self._place_in(worker.grid, event_no)
        seed = EventSeed(
            event_no=event_no,
            reported_at=midnight_at + round((hour + chance.random()) * HOUR_MS),
            grid=worker.grid,
            category=weighted(chance, self._categories, self._shares),
            level=weighted(chance, (1, 2, 3, 4), numbers.levels),
            lon=lon,
            lat=lat,
            worker_id="" if chance.random() < numbers.qr_share else worker.worker_id,
        )
        return self._lives.draw(seed)
