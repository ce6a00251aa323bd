"""Who waits for each special desk, and who sits there."""

from __future__ import annotations

from dashboard.analysis.call_day import CallDay
from dashboard.analysis.special_desks import desk_rows
from dashboard.domain.readings import SPECIAL_DESKS, CallReading

MIDNIGHT = 1_764_518_400_000
NOW = MIDNIGHT + 10 * 3_600_000
EMPTY = {"waiting": 0, "oldest_at": None, "seats": 0, "idle": 0}


def day_of(*calls: CallReading) -> CallDay:
    day = CallDay(MIDNIGHT)
    day.take(calls)
    return day


def test_nothing_is_said_while_nobody_names_a_desk() -> None:
    assert desk_rows(day_of(CallReading("a", "arrived", NOW - 1_000)), [("", "talk")], NOW) is None


def test_a_call_waits_at_the_desk_that_was_asked_for_or_that_it_was_passed_on_to() -> None:
    day = day_of(
        CallReading("a", "arrived", NOW - 9_000, desk="tax"),
        CallReading("b", "arrived", NOW - 30_000, desk="tax"),
        CallReading("c", "arrived", NOW - 40_000, desk="tax"),
        CallReading("c", "answered", NOW - 20_000),
        CallReading("d", "arrived", NOW - 5_000),
    )
    rows = desk_rows(day, [("tax", "idle"), ("tax", "talk"), ("tax", "off"), ("", "idle")], NOW)
    assert rows is not None
    assert [row["code"] for row in rows] == list(SPECIAL_DESKS)
    told = {row.pop("code"): row for row in rows}
    assert told["tax"] == {"waiting": 2, "oldest_at": NOW - 30_000, "seats": 2, "idle": 1}
    assert told["justice"] == EMPTY


def test_a_seat_alone_is_enough_and_a_silent_channel_leaves_the_waiting_open() -> None:
    calls = [CallReading(f"r{one}", "arrived", NOW - one, channel="recorded") for one in range(20)]
    rows = desk_rows(day_of(*calls), [("justice", "rest")], NOW)
    assert rows is not None
    assert rows[0] == {"code": "justice", "waiting": None, "oldest_at": None, "seats": 1, "idle": 0}
