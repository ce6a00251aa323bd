"""Which period is replayed, and how much of the log a replay may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select

from dashboard.domain.matter import Matter
from dashboard.domain.refusal import Refusal
from dashboard.store import tables

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
LONGEST_MS: Final = 12 * HOUR_MS  # two shifts; what is longer is looked at in parts
WITHOUT_A_MATTER_MS: Final = 2 * HOUR_MS
LEAD_MS: Final = 2 * MINUTE_MS  # what stood on the boards before the first report is part of the story
SHORTEST_MS: Final = 5 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class ReadReplay:
    """What somebody asks to see again: a matter, a period (UTC ms, both ends included), or a period of a matter."""

    matter_id: str | None = None
    from_at: int | None = None
    to_at: int | None = None


def period_of(
    connection: Connection, request: ReadReplay, matter: Matter | None, now: int
) -> tuple[int, int]:
    """Return (from, to) in UTC ms, to at most `now`.

    What is not said is a matter's whole life until its end, its first twelve hours if it is longer, or the last two
    hours without a matter. Refused: replay_not_a_period, replay_too_long.
    """
    from_at, to_at = request.from_at, request.to_at
    if from_at is None:
        from_at = _begin(connection, matter) if matter is not None else (to_at or now) - WITHOUT_A_MATTER_MS
    if to_at is None:
        end = from_at + WITHOUT_A_MATTER_MS if matter is None else _end(connection, matter, now)
        to_at = min(max(end, from_at + SHORTEST_MS), from_at + LONGEST_MS, now)
    to_at = min(to_at, now)
    if not 0 <= from_at < to_at:
        raise Refusal("replay_not_a_period")
    if to_at - from_at > LONGEST_MS:
        raise Refusal("replay_too_long", hours=LONGEST_MS // HOUR_MS)
    return from_at, to_at


def _begin(connection: Connection, matter: Matter) -> int:
    """A source may say that a matter was opened before anybody here knew of it: the replay begins with the earlier."""
    first_at = connection.execute(
        select(func.min(tables.log.c.at)).where(tables.log.c.matter_id == matter.id)
    ).scalar_one()
    known_at = matter.opened_at if first_at is None else int(first_at)
    earliest = min(matter.opened_at, known_at)
    # A backlog that was taken over is weeks old: here its story begins when it came in.
    return (earliest if known_at - earliest <= HOUR_MS else known_at) - LEAD_MS


def _end(connection: Connection, matter: Matter, now: int) -> int:
    if matter.is_open:
        return now
    last_at = connection.execute(
        select(func.max(tables.log.c.at)).where(tables.log.c.matter_id == matter.id)
    ).scalar_one()
    return max(int(last_at or 0), matter.closed_at or 0) + LEAD_MS
