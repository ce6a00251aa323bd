"""Keeps the days' rates counted and makes the briefs that are due; in every worker, each piece of work once."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Final

from dashboard import service
from dashboard.analysis.rates import daily_rates
from dashboard.clock import Clock
from dashboard.service import Services
from dashboard.service.briefs.writing import Say
from dashboard.service.hotline_reads import order_facts, sign_due_at
from dashboard.store.store import StoreBusy

_LOG = logging.getLogger(__name__)

# Whether something is due is two small reads, so looking often costs little; a brief is due to the minute.
LOOK_S: Final = 20.0
# Between two days of a first count: thirteen weeks of a large city must not hold the store's only writer.
REST_S: Final = 0.05


async def run(services: Services, clock: Clock, say: Say) -> None:
    """Count and make until cancelled; a store that is away is waited out.

    What was slept over is found at the first look: a brief is due because it is missing, not because a clock struck.
    Any fault waits for the next look: the process that this runs in has the deadlines, which must not end with it.
    """
    while True:
        for look in (partial(count_days, services, clock), partial(_make_due, services, clock, say)):
            try:
                await look()
            except StoreBusy as error:
                _LOG.warning("the store is busy, rates and briefs wait: %s", error)
            except Exception:
                _LOG.exception("rates or briefs failed, they wait for the next look")
        await asyncio.sleep(LOOK_S)


async def _make_due(services: Services, clock: Clock, say: Say) -> None:
    made = await asyncio.to_thread(service.make_due_briefs, services, say, clock.now_ms())
    if made:
        _LOG.info("%s briefs made", len(made))


async def count_days(services: Services, clock: Clock) -> int:
    """Count every day whose row is missing or old; returns how many."""
    waiting = await asyncio.to_thread(service.days_to_count, services, clock.now_ms())
    for day in waiting:
        await asyncio.to_thread(count_day, services, day, clock.now_ms())
        await asyncio.sleep(REST_S)
    return len(waiting)


def count_day(services: Services, day: service.DayToCount, now: int) -> None:
    """Count one day and keep it."""
    orders = order_facts(services, day.from_at, day.until_at)
    counts = daily_rates(orders, day.from_at, day.until_at, now, sign_due_at(services))
    service.keep_day(services, day.day, counts, now)
