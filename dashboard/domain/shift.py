"""Who is on: the posts of a centre, the hours of a shift, and what must be handed over when a post changes hands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

POSTS = ("A", "B", "leader")
"""A岗 acts, B岗 stands in when A is silent, 带班 leads. One person holds at most one of them in one place."""

ROLES_OF_POST = {
    "A": ("duty_officer", "duty_leader", "commander"),
    "B": ("duty_officer", "duty_leader", "commander"),
    "leader": ("duty_leader", "commander", "leader"),
}
"""Who may hold a post: the desk's posts only those who may act at a desk."""

DESK_ROLES = ROLES_OF_POST["A"]
ALARM_PURPOSE = "duty_alarm"
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Holding:
    """One person on one post. Instants are UTC ms.

    `until_at` is the planned end, `acted_at` when the holder last acted, `silent_at` since when another one stands in.
    """

    id: str
    jurisdiction: str
    post: str
    account: str
    name: str
    since_at: int
    until_at: int
    acted_at: int
    silent_at: int | None = None
    ended_at: int | None = None
    ended_how: str = ""


@dataclass(frozen=True, slots=True)
class HandItem:
    """One line of a hand-over sheet.

    `ref` says what it is about and stays the same however often the sheet is proposed; `kind` is whistle, alarm,
    decision, ask, overdue, note or own. Without `must` the one who hands over may leave it out.
    """

    ref: str
    kind: str
    title: str
    matter_id: str | None = None
    no: str = ""
    due_at: int | None = None
    must: bool = True
    details: dict[str, Any] = field(default_factory=dict)
    confirmed_at: int | None = None
    confirmed_by: str = ""


MUST_KINDS = ("whistle", "alarm", "decision", "ask")
_ORDER = {
    kind: place for place, kind in enumerate(("whistle", "alarm", "decision", "ask", "overdue", "note"))
}
OVERDUE_NAMED = 6  # overdue matters named one by one; the rest is one line with their number (assumed)


def shift_at(now: int, periods_ms: Sequence[tuple[int, int]], offset_ms: int) -> tuple[int, int]:
    """Return from when until when (UTC ms) the shift runs that `now` lies in.

    Args:
        periods_ms: beginnings and ends in milliseconds after local midnight, in order.
        offset_ms: local time minus UTC.
    """
    midnight_at = (now + offset_ms) // DAY_MS * DAY_MS - offset_ms
    since_midnight = now - midnight_at
    for begins, ends in periods_ms:
        if begins <= since_midnight < ends:
            return midnight_at + begins, midnight_at + ends
    later = [begins for begins, _ in periods_ms if begins > since_midnight]
    return now, midnight_at + (later[0] if later else DAY_MS + periods_ms[0][0])


def in_order(items: Iterable[HandItem]) -> list[HandItem]:
    """Return the items as a sheet lists them: what burns first, then the nearest end."""
    far = 2**62
    return sorted(items, key=lambda one: (_ORDER.get(one.kind, 9), one.due_at or far, one.ref))


def unconfirmed(items: Iterable[HandItem]) -> list[HandItem]:
    """Return the lines that the successor has not confirmed."""
    return [one for one in items if one.confirmed_at is None]


def is_silent(holding: Holding, alarm_at: int) -> bool:
    """Say whether the holder has done nothing at all since the alarm stood up."""
    return holding.acted_at < alarm_at
