"""The life of a grid event: found, verified, handled in the grid or passed up, checked, closed."""

from __future__ import annotations

import random
from dataclasses import dataclass

from dashboard.citypack import CityPack
from dashboard.domain.workdays import DAY_MS, HOUR_MS
from data_feeds.simulator.life import Life, Step
from data_feeds.simulator.people import home_address, person_name, phone_number
from data_feeds.simulator.seeded import log_normal, stream
from data_feeds.simulator.titles import draw_title

MINUTE_MS = 60_000
VERIFY_MEDIAN_MS = 8 * MINUTE_MS  # assumed, under the limit of 30 min
SELF_MEDIAN_MS = 50 * MINUTE_MS  # assumed: most are settled on the spot or the same shift
TOWN_MEDIAN_MS = 2 * HOUR_MS  # assumed, working time
COUNTY_MEDIAN_MS = HOUR_MS  # tuned, working time: with nights and weekends this gives the open stock
CHECK_MEDIAN_MS = 30 * MINUTE_MS  # assumed, under the limit of 4 working hours
LATE_SHARE = 0.015  # assumed
DUTY_SHARE = 0.85  # assumed: units that handle grid events on rest days too
MORNING_MS, EVENING_MS = (
    7 * HOUR_MS,
    20 * HOUR_MS,
)  # local; assumed: nobody handles an ordinary event at night


@dataclass(frozen=True, slots=True)
class EventSeed:
    """What is known when an event is reported. `worker_id` is "" for a citizen's scan."""

    event_no: str
    reported_at: int
    grid: str
    category: str
    level: int
    lon: float
    lat: float
    worker_id: str


class EventLives:
    """Draws the life of any event; the same event number lives the same life in every run."""

    def __init__(self, pack: CityPack, seed: int) -> None:
        self._pack = pack
        self._seed = seed

    def draw(self, seed: EventSeed) -> Life:
        """Return the whole life of one event."""
        chance = stream(self._seed, "event", seed.event_no)
        title, urgency = draw_title(chance, seed.category)
        divisions = self._pack.divisions
        place = divisions.place_name(divisions.village_of(seed.grid) or seed.grid)
        fixed = {
            "event_no": seed.event_no,
            "grid": seed.grid,
            "category": seed.category,
            "level": seed.level,
            "reported_at": seed.reported_at,
            "urgency": urgency,
            "title": title,
            "place": place,
            "lon": round(seed.lon, 6),
            "lat": round(seed.lat, 6),
            "channel": "worker" if seed.worker_id else "minyitong",
        }
        if seed.worker_id:
            fixed["reporter"] = seed.worker_id
        else:
            fixed |= {
                "address": home_address(stream(self._seed, "address", seed.event_no), place),
                "citizen_name": person_name(chance),
                "citizen_phone": phone_number(chance),
                "text": f"扫码反映：{title}。",
            }
        steps = self._steps(chance, seed, urgency)
        return Life(seed.event_no, fixed, tuple(steps), steps[-1].at)

    def _steps(self, chance: random.Random, seed: EventSeed, urgency: int) -> list[Step]:
        at = seed.reported_at
        steps = [Step(at, {"status": "REPORTED"})]
        notified_at = at + round(chance.uniform(5, 40) * 1000)
        steps.append(Step(notified_at, {"status": "VERIFYING"}))
        longest_ms = 27 * MINUTE_MS if chance.random() > LATE_SHARE else 90 * MINUTE_MS
        verified_at = notified_at + min(round(log_normal(chance, VERIFY_MEDIAN_MS, 0.6)), longest_ms)
        if seed.level == 1:
            disposed_at = self._self_handled(chance, steps, verified_at)
        else:
            disposed_at = self._passed_up(chance, steps, seed, verified_at, urgency)
        steps.append(Step(disposed_at, {"status": "DISPOSED", "disposed_at": disposed_at}))
        checking_at = disposed_at + round(chance.uniform(1, 4) * MINUTE_MS)
        steps.append(Step(checking_at, {"status": "CHECKING"}))
        closed_at = checking_at + round(min(log_normal(chance, CHECK_MEDIAN_MS, 0.7), 3.8 * HOUR_MS))
        outcome = {"resolved": chance.random() < 0.97, "closed_at": closed_at}
        steps.append(Step(closed_at, {"status": "CLOSED", **outcome}))
        return steps

    def _self_handled(self, chance: random.Random, steps: list[Step], verified_at: int) -> int:
        steps.append(Step(verified_at, {"status": "SELF_HANDLING", "verified_at": verified_at}))
        took_ms = log_normal(chance, SELF_MEDIAN_MS, 0.8)
        if chance.random() < LATE_SHARE:
            return verified_at + round(25 * HOUR_MS + took_ms)
        return verified_at + round(min(took_ms, 20 * HOUR_MS))

    def _passed_up(
        self, chance: random.Random, steps: list[Step], seed: EventSeed, verified_at: int, urgency: int
    ) -> int:
        steps.append(Step(verified_at, {"status": "CALLED", "verified_at": verified_at}))
        triaged_at = verified_at + round(log_normal(chance, 4 * MINUTE_MS, 0.4))
        steps.append(Step(triaged_at, {"status": "TRIAGED"}))
        assigned_at = triaged_at + round(log_normal(chance, 3 * MINUTE_MS, 0.5))
        assigned = {"status": "ASSIGNED", "assigned_at": assigned_at, "unit": self._unit(seed)}
        steps.append(Step(assigned_at, assigned))
        if urgency <= 2:
            limit_ms = (5 if urgency == 1 else 15) * MINUTE_MS
            sign_ms = min(log_normal(chance, limit_ms * 0.4, 0.5), limit_ms * 0.95)
            accepted_at = assigned_at + round(sign_ms)
            on_site_at = accepted_at + round(log_normal(chance, 22 * MINUTE_MS, 0.4))
            disposed_at = on_site_at + round(log_normal(chance, 80 * MINUTE_MS, 0.6))
        else:
            sign_ms = min(log_normal(chance, 45 * MINUTE_MS, 0.6), 3.9 * HOUR_MS)
            accepted_at = self._later(chance, assigned_at, sign_ms)
            on_site_at = self._later(chance, accepted_at, log_normal(chance, 50 * MINUTE_MS, 0.5))
            median = TOWN_MEDIAN_MS if seed.level == 2 else COUNTY_MEDIAN_MS
            disposed_at = self._later(chance, on_site_at, min(log_normal(chance, median, 0.6), 30 * HOUR_MS))
        steps.append(Step(accepted_at, {"status": "ACCEPTED"}))
        steps.append(Step(on_site_at, {"status": "ON_SITE", "on_site_at": on_site_at}))
        return disposed_at

    def _unit(self, seed: EventSeed) -> str | None:
        divisions, units = self._pack.divisions, self._pack.units
        township = divisions.township_of(seed.grid)
        if seed.level == 2 and township is not None:
            town = units.of_township(township)
            return town.id if town else None
        found = units.for_category(seed.category, divisions.region_of(seed.grid), township)
        return found[0].id if found else None

    def _later(self, chance: random.Random, start_at: int, ms: float) -> int:
        """Return the instant when a unit has worked so long: most keep a weekend duty, none works the night."""
        calendar = self._pack.calendar
        if chance.random() > DUTY_SHARE:
            return calendar.add_working_ms(start_at, round(ms))
        at = start_at + round(ms)
        local_ms = (at + calendar.offset_ms) % DAY_MS
        if local_ms >= EVENING_MS:
            return at - local_ms + DAY_MS + MORNING_MS + round(chance.uniform(0, HOUR_MS))
        return (
            at if local_ms >= MORNING_MS else at - local_ms + MORNING_MS + round(chance.uniform(0, HOUR_MS))
        )
