"""The life of a hotline order, by the stage medians: dispatched, signed, replied, reviewed, called back, closed."""

from __future__ import annotations

import random
from dataclasses import dataclass

from dashboard.citypack import CityPack
from dashboard.domain.workdays import HOUR_MS
from data_feeds.simulator.life import Life, Step
from data_feeds.simulator.parameters import OrderParameters
from data_feeds.simulator.people import home_address, person_name, phone_number
from data_feeds.simulator.seeded import log_normal, stream, weighted
from data_feeds.simulator.titles import draw_title

MINUTE_MS = 60_000
DOOR_IN_PLACE_SHARE = 0.2  # assumed: clerks write the door where the place belongs, and no address of its own
# Per urgency: median of dispatch and of signing after dispatch, ms, and their spread; assumed inside the limits.
DISPATCH = {1: (80_000, 0.35), 2: (220_000, 0.4), 3: (0, 0.35), 4: (0, 0.35)}
SIGN = {1: (70_000, 0.5), 2: (5 * MINUTE_MS, 0.4), 3: (45 * MINUTE_MS, 0.6), 4: (50 * MINUTE_MS, 0.6)}
REPLY_BEFORE_DUE_MS = 20 * MINUTE_MS  # who is in time is at least so much in time
LATE_REPLY_MS = (HOUR_MS, 9 * 24 * HOUR_MS)  # assumed: how long after the limit a late reply comes
LATE_URGENT_MS = (8 * MINUTE_MS, 3 * HOUR_MS)  # assumed: the same for emergencies and urgent matters
QUICK_URGENT_SHARE = 0.45  # assumed: an urgent matter is answered at about this share of its limit
REVIEW_MEDIAN_MS = 35 * MINUTE_MS  # assumed
REQUEST_TYPES = (
    ("help", 55.97),
    ("report", 8.74),
    ("complaint", 6.92),
    ("suggestion", 0.93),
    ("other", 5.33),
)
"""Shares of kinds (S-HEZE); questions are answered on the call and do not become orders."""


@dataclass(frozen=True, slots=True)
class OrderSeed:
    """What is known when an order is born."""

    order_no: str
    opened_at: int
    category: str
    grid: str
    lon: float
    lat: float
    channel: str = "phone"
    origin_number: str = "12345"


class OrderLives:
    """Draws the life of any order; the same order number lives the same life in every run."""

    def __init__(self, pack: CityPack, parameters: OrderParameters, seed: int) -> None:
        self._pack = pack
        self._parameters = parameters
        self._seed = seed

    def draw(self, seed: OrderSeed) -> Life:
        """Return the whole life of one order."""
        chance = stream(self._seed, "order", seed.order_no)
        title, urgency = draw_title(chance, seed.category)
        divisions = self._pack.divisions
        township, village = divisions.township_of(seed.grid), divisions.village_of(seed.grid)
        region = divisions.region_of(seed.grid)
        units = self._pack.units.for_category(seed.category, region, township)
        place = divisions.place_name(village or seed.grid)
        fixed = {
            "order_no": seed.order_no,
            "opened_at": seed.opened_at,
            "category": seed.category,
            "urgency": urgency,
            "title": title,
            "lon": round(seed.lon, 6),
            "lat": round(seed.lat, 6),
            "grid": seed.grid,
            "channel": seed.channel,
            "origin_number": seed.origin_number,
            "request_type": weighted(
                chance, [kind for kind, _ in REQUEST_TYPES], [share for _, share in REQUEST_TYPES]
            ),
            **_where(stream(self._seed, "address", seed.order_no), place),
            "text": f"市民反映：{place}{title}，希望尽快处理并答复。",
            "citizen_name": person_name(chance),
            "citizen_phone": phone_number(chance),
            "secret": chance.random() < self._parameters.secret,
        }
        if chance.random() < self._parameters.superior_share:
            fixed["superior_source"] = chance.choice(self._parameters.superior_sources)
        unit = units[0].id if units else None
        steps = list(self._steps(chance, seed, urgency, unit))
        return Life(seed.order_no, fixed, tuple(steps), steps[-1].at)

    def _steps(self, chance: random.Random, seed: OrderSeed, urgency: int, unit: str | None) -> list[Step]:
        steps = [Step(seed.opened_at, {"status": "TO_DISPATCH"})]
        dispatched_at = seed.opened_at + self._dispatch_ms(chance, urgency)
        steps.append(Step(dispatched_at, {"status": "TO_SIGN", "dispatched_at": dispatched_at, "unit": unit}))
        signed_at = self._signed_at(chance, dispatched_at, urgency)
        if urgency >= 3 and chance.random() < self._parameters.returned:
            steps.append(Step(signed_at, {"status": "RETURN_REQUESTED", "returned": 1}))
            signed_at = self._worked(signed_at, log_normal(chance, 90 * MINUTE_MS, 0.5))
        steps.append(Step(signed_at, {"status": "HANDLING", "signed_at": signed_at}))
        replied_at = self._replied_at(chance, steps, dispatched_at, signed_at, urgency, seed.category)
        replied_at = self._review(chance, steps, replied_at, urgency)
        called_at = self._after(
            replied_at, log_normal(chance, self._parameters.close_median_ms, 0.6), urgency
        )
        if urgency >= 3 and chance.random() < self._parameters.redone:
            steps.append(Step(called_at, {"status": "REDO", "satisfied": False, "resolved": False}))
            again_at = self._worked(called_at, chance.uniform(0.5, 2.5) * self._pack.calendar.workday_ms)
            again_at = self._review(chance, steps, again_at, urgency)
            called_at = self._after(
                again_at, log_normal(chance, self._parameters.close_median_ms, 0.6), urgency
            )
        outcome = {
            "satisfied": chance.random() < self._parameters.satisfied,
            "resolved": chance.random() < self._parameters.resolved,
        }
        steps.append(Step(called_at, {"status": "CLOSED", "closed_at": called_at, **outcome}))
        return steps

    def _review(self, chance: random.Random, steps: list[Step], replied_at: int, urgency: int) -> int:
        """Add the reply and its review; return when it goes to the callback desk."""
        steps.append(Step(replied_at, {"status": "REPLIED", "replied_at": replied_at}))
        passed_at = self._after(replied_at, log_normal(chance, REVIEW_MEDIAN_MS, 0.5), urgency)
        steps.append(Step(passed_at, {"status": "TO_CALLBACK"}))
        return passed_at

    def _dispatch_ms(self, chance: random.Random, urgency: int) -> int:
        median, sigma = DISPATCH[urgency]
        return round(log_normal(chance, median or self._parameters.dispatch_median_ms, sigma))

    def _signed_at(self, chance: random.Random, dispatched_at: int, urgency: int) -> int:
        median, sigma = SIGN[urgency]
        limit = self._pack.limits.find("order", "sign", urgency)
        due_at = limit.due_at(dispatched_at, self._pack.calendar) if limit else dispatched_at + 4 * HOUR_MS
        if chance.random() < self._parameters.sign_late:
            return self._after(due_at, chance.uniform(1, 40) * MINUTE_MS, urgency)
        signed_at = self._after(dispatched_at, log_normal(chance, median, sigma), urgency)
        return min(signed_at, max(due_at - MINUTE_MS // 2, dispatched_at + 1_000))

    def _replied_at(
        self,
        chance: random.Random,
        steps: list[Step],
        dispatched_at: int,
        signed_at: int,
        urgency: int,
        category: str,
    ) -> int:
        numbers, calendar = self._parameters, self._pack.calendar
        limit = self._pack.limits.find("order", "feedback", urgency, category)
        due_at = limit.due_at(dispatched_at, calendar) if limit else dispatched_at + 24 * HOUR_MS
        if chance.random() > numbers.on_time:
            return due_at + round(chance.uniform(*(LATE_URGENT_MS if urgency <= 2 else LATE_REPLY_MS)))
        if urgency <= 2:
            wanted_ms = (due_at - dispatched_at) * QUICK_URGENT_SHARE
            replied_at = signed_at + round(log_normal(chance, wanted_ms, 0.35))
        elif chance.random() < numbers.quick_share:
            replied_at = self._worked(
                signed_at, log_normal(chance, numbers.quick_reply_median_ms, numbers.sigma) / 2
            )
        else:
            days = log_normal(chance, numbers.slow_reply_workdays, numbers.slow_sigma)
            replied_at = self._worked(signed_at, days * calendar.workday_ms)
            if chance.random() < numbers.extended:
                return self._extended(chance, steps, due_at)
        latest_at = due_at - round(
            chance.expovariate(1 / (4 * HOUR_MS if urgency >= 3 else REPLY_BEFORE_DUE_MS))
        )
        return max(signed_at + 10 * MINUTE_MS, min(replied_at, latest_at))

    def _extended(self, chance: random.Random, steps: list[Step], due_at: int) -> int:
        """Apply for more time before the limit; granted within hours; reply some working days later."""
        workday_ms = self._pack.calendar.workday_ms
        applied_at = max(self._pack.calendar.add_working_ms(due_at, -workday_ms), steps[-1].at + MINUTE_MS)
        granted_at = self._worked(applied_at, log_normal(chance, 100 * MINUTE_MS, 0.4))
        new_due_at = self._pack.calendar.add_workdays(due_at, 10)
        steps.append(Step(applied_at, {"status": "EXTENSION_APPLIED"}))
        steps.append(Step(granted_at, {"status": "HANDLING", "due_at": new_due_at}))
        replied_at = self._worked(granted_at, chance.uniform(1.0, 9.0) * workday_ms)
        return min(replied_at, new_due_at - HOUR_MS)

    def _worked(self, start_at: int, ms: float) -> int:
        return self._pack.calendar.add_working_ms(start_at, round(ms))

    def _after(self, start_at: int, ms: float, urgency: int) -> int:
        """Return the instant some time later: urgent matters do not wait for the office to open."""
        return start_at + round(ms) if urgency <= 2 else self._worked(start_at, ms)


def _where(chance: random.Random, place: str) -> dict[str, str]:
    """The two fields of a place as real platforms fill them: mostly apart, sometimes all of it in one."""
    address = home_address(chance, place)
    if chance.random() < DOOR_IN_PLACE_SHARE:
        return {"place": address}
    return {"place": place, "address": address}
