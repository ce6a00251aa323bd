"""Matters told step by step, for scenarios: an order or an event whose course is written, not drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.citypack import CityPack
from data_feeds.simulator.life import Life, Step
from data_feeds.simulator.people import home_address, person_name, phone_number
from data_feeds.simulator.roster import worker_id
from data_feeds.simulator.seeded import stream

SECOND_MS = 1_000
MINUTE_MS = 60_000

Course = Sequence[tuple[float, str, dict[str, Any]]]
"""(minutes after the birth, status, further fields); a field value "now" becomes the step's instant."""


class Storyteller:
    """Writes lives from courses; numbers follow from the scenario's name and start, so a restart tells the same."""

    def __init__(self, pack: CityPack, seed: int, scenario: str, started_at: int) -> None:
        self._pack = pack
        self._seed = seed
        self._scenario = scenario
        self._started_at = started_at
        self._count = 0

    def order(
        self,
        begins_min: float,
        village: str,
        category: str,
        urgency: int,
        title: str,
        course: Course,
        *,
        unit: str | None = None,
        words: str = "",
    ) -> Life:
        """Return an order that is opened `begins_min` minutes after the scenario's start (negative: before)."""
        number = self._number("")
        opened_at = self._started_at + round(begins_min * MINUTE_MS)
        units = self._pack.units.for_category(
            category, self._pack.divisions.region_of(village), self._pack.divisions.township_of(village)
        )
        fixed = {
            "order_no": number,
            "opened_at": opened_at,
            "category": category,
            "urgency": urgency,
            "title": title,
            **self._place(village),
            **self._citizen(number, village, words or f"市民反映：{title}。"),
            "channel": "phone",
            "origin_number": "12345",
            "request_type": "help",
        }
        unit = unit or (units[0].id if units else None)
        usual: dict[str, dict[str, Any]] = {
            "TO_SIGN": {"dispatched_at": "now", "unit": unit},
            "HANDLING": {"signed_at": "now"},
            "REPLIED": {"replied_at": "now"},
            "CLOSED": {"closed_at": "now", "resolved": True, "satisfied": True},
        }
        steps = _steps(opened_at, course, usual)
        return Life(number, fixed, (Step(opened_at, {"status": "TO_DISPATCH"}), *steps), _end(steps))

    def event(
        self,
        begins_min: float,
        grid: str,
        category: str,
        urgency: int,
        level: int,
        title: str,
        course: Course,
        *,
        unit: str | None = None,
        words: str = "",
        by_worker: bool = False,
    ) -> Life:
        """Return a grid event: a citizen scanned the grid's code (民意通), or the grid's own worker reports it."""
        number = self._number("WG")
        reported_at = self._started_at + round(begins_min * MINUTE_MS)
        fixed: dict[str, Any] = {
            "event_no": number,
            "category": category,
            "level": level,
            "reported_at": reported_at,
            "urgency": urgency,
            "title": title,
            **self._place(grid),
            "channel": "worker" if by_worker else "minyitong",
        }
        if by_worker:
            grids = [one.code for one in self._pack.divisions.at_level("grid")]
            fixed["reporter"] = worker_id(grids.index(grid))
        else:
            fixed |= self._citizen(number, grid, words or f"扫码反映：{title}。")
        usual: dict[str, dict[str, Any]] = {
            "SELF_HANDLING": {"verified_at": "now"},
            "CALLED": {"verified_at": "now"},
            "ASSIGNED": {"assigned_at": "now", "unit": unit},
            "ON_SITE": {"on_site_at": "now"},
            "DISPOSED": {"disposed_at": "now"},
            "CLOSED": {"closed_at": "now", "resolved": True},
        }
        steps = _steps(reported_at, course, usual)
        return Life(number, fixed, (Step(reported_at, {"status": "REPORTED"}), *steps), _end(steps))

    def _number(self, prefix: str) -> str:
        self._count += 1
        seconds = (self._started_at + self._pack.offset_ms) // SECOND_MS
        # A scenario's numbers stand apart from the day's: 12 digits of seconds and a count from 700,001.
        scenario = stream(self._seed, "scenario", self._scenario).randrange(100)
        return f"{prefix}{seconds:012d}{700_000 + scenario * 1_000 + self._count:06d}"

    def _place(self, code: str) -> dict[str, Any]:
        divisions = self._pack.divisions
        division = divisions.get(code)
        village = divisions.village_of(code) or code
        grid = code if division.level == "grid" else divisions.locate(division.lon, division.lat)
        if grid is None or not divisions.is_within(grid, village):
            # A surveyed point may lie beside the schematic outline: then any grid of the village holds the matter.
            grid = next(iter(divisions.children(village)), None)
        return {
            "place": divisions.place_name(village),
            "lon": division.lon,
            "lat": division.lat,
            **({"grid": grid} if grid else {"village": village}),
        }

    def _citizen(self, number: str, code: str, words: str) -> dict[str, Any]:
        chance = stream(self._seed, "citizen", number)
        return {
            "citizen_name": person_name(chance),
            "citizen_phone": phone_number(chance),
            "address": home_address(chance, self._place(code)["place"]),
            "text": words,
        }


def _steps(birth_at: int, course: Course, usual: dict[str, dict[str, Any]]) -> list[Step]:
    steps = []
    for minutes, status, more in course:
        at = birth_at + round(minutes * MINUTE_MS)
        fields = {**usual.get(status, {}), **more}
        fields = {name: at if value == "now" else value for name, value in fields.items()}
        steps.append(Step(at, {"status": status, **fields}))
    return steps


def _end(steps: Sequence[Step]) -> int | None:
    return next((step.at for step in steps if step.fields["status"] == "CLOSED"), None)
