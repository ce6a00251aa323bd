"""The call hall: events in, and what the hotline picture reads."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.domain.readings import CallReading
from dashboard.service.services import Services
from dashboard.service.wordings.reading import scope_of
from dashboard.store import calls, news, wordings
from dashboard.store.calls import Seat

BATCH = 1_000


def record_calls(services: Services, readings: Sequence[CallReading], now: int) -> int:
    """Keep call events; repeats change nothing. Returns how many were new.

    Raises:
        StoreBusy: the batch being written and those after it are not in; deliver all of them again.
    """
    new, divisions = 0, services.pack.divisions
    for start in range(0, len(readings), BATCH):
        batch = readings[start : start + BATCH]
        tells_seats = any(one.kind == "agent" for one in batch)
        with services.store.write() as connection:
            before = calls.on_duty(connection) if tells_seats else set()
            new += calls.keep(connection, batch)
            # Who has read a wording is said of the seats on duty: after a change of shift of others.
            if tells_seats and calls.on_duty(connection) != before and wordings.holding(connection):
                news.tell(connection, news.WORDINGS, scope_of(divisions, divisions.city.code))
    return new


def calls_between(services: Services, start_at: int, end_at: int) -> list[CallReading]:
    """Return call events of a period (end excluded), oldest first."""
    with services.store.read() as connection:
        return calls.calls_between(connection, start_at, end_at)


def count_calls_between(services: Services, start_at: int, end_at: int) -> int:
    """Return how many call events a period (end excluded) has."""
    with services.store.read() as connection:
        return calls.count_between(connection, start_at, end_at)


def agents_now(services: Services) -> list[Seat]:
    """Return every seat with its last state."""
    with services.store.read() as connection:
        return calls.agents_now(connection)
