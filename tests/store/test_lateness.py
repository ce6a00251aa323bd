"""What was late stays late: more time, another grade or another receiver afterwards change nothing of it."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard import service
from tests.store.centre import MINUTE_MS, Centre, done, officer

DAY_MS = 24 * 60 * MINUTE_MS


def receiver(centre: Centre, matter_id: str, unit: str) -> dict[str, Any]:
    """A unit's part of the matter's newest command, as screens have it."""
    return next(one for one in centre.detail(matter_id).commands[0]["receivers"] if one["id"] == unit)


def whistled(centre: Centre) -> tuple[list[str], dict[str, Any]]:
    units = centre.units(2)
    return units, done(centre.whistle(centre.order(), *units))


def clock_of(centre: Centre, row: dict[str, Any], unit: str) -> Any:
    return next(one for one in centre.armed(row["matter_id"]) if one.receiver_id == unit)


def extend(centre: Centre, clock: Any, until_at: int) -> None:
    request = service.ExtendDeadline(clock.id, until_at, "道路封闭")
    done(centre.do(service.extend_deadline, request, centre.leader))


def statistics(centre: Centre, unit: str) -> service.UnitCalls:
    found = service.whistle_statistics(centre.services, centre.leader, centre.now, [unit])
    assert isinstance(found, list)
    return found[0]


@pytest.mark.parametrize("fired_first", [True, False], ids=["the clock fired first", "the officer was first"])
def test_more_time_after_the_end_erases_no_lateness(centre: Centre, fired_first: bool) -> None:
    (unit, _), row = whistled(centre)
    centre.answer(row["id"], unit, "accepted")
    missed_at = receiver(centre, row["matter_id"], unit)["due_at"]
    centre.clock.advance_to(missed_at)
    if fired_first:
        centre.fire()
    until_at = centre.now + 20 * MINUTE_MS
    extend(centre, clock_of(centre, row, unit), until_at)
    centre.clock.advance(minutes=10)
    done(centre.answer(row["id"], unit, "arrived"))
    shown = receiver(centre, row["matter_id"], unit)
    assert (shown["late"], shown["missed_due_at"], shown["due_at"]) == (True, missed_at, until_at)
    assert (statistics(centre, unit).late, statistics(centre, unit).on_time) == (1, 0)


def test_more_time_before_the_end_is_no_lateness_and_is_shown(centre: Centre) -> None:
    (unit, _), row = whistled(centre)
    centre.answer(row["id"], unit, "accepted")
    first_at = receiver(centre, row["matter_id"], unit)["due_at"]
    extend(centre, clock_of(centre, row, unit), first_at + 10 * MINUTE_MS)
    extend(centre, clock_of(centre, row, unit), first_at + 20 * MINUTE_MS)
    centre.clock.advance(minutes=45)
    done(centre.answer(row["id"], unit, "arrived"))
    shown = receiver(centre, row["matter_id"], unit)
    assert (shown["late"], shown["missed_due_at"], shown["first_due_at"]) == (False, None, first_at)
    assert statistics(centre, unit).on_time == 1


def test_an_offline_arrival_is_measured_by_the_end_that_was_missed_and_not_by_the_one_given_afterwards(
    centre: Centre,
) -> None:
    (unit, other), row = whistled(centre)
    missed_at = receiver(centre, row["matter_id"], unit)["due_at"]
    centre.clock.advance_to(missed_at + MINUTE_MS)
    for one in (unit, other):
        extend(centre, clock_of(centre, row, one), missed_at + 60 * MINUTE_MS)
    centre.clock.advance(minutes=20)
    done(centre.answer(row["id"], unit, "arrived", said_at=missed_at + 5 * MINUTE_MS))
    done(centre.answer(row["id"], other, "arrived", said_at=missed_at - 5 * MINUTE_MS))
    shown = [receiver(centre, row["matter_id"], one) for one in (unit, other)]
    assert [(one["late"], one["said_in_time"]) for one in shown] == [(True, False), (True, True)]


@pytest.mark.parametrize("way", ["recalled", "reassigned"])
def test_who_is_replaced_after_its_end_was_late_and_who_is_replaced_before_was_not(
    centre: Centre, way: str
) -> None:
    units = centre.units(4)
    row = done(centre.whistle(centre.order(), *units[:3]))

    def take_back(unit: str, instead: str) -> None:
        if way == "recalled":
            request: Any = service.RecallReceiver(row["id"], unit, "不需要")
            done(centre.do(service.recall_receiver, request))
        else:
            request = service.Reassign(row["id"], unit, service.ReceiverOrder("unit", instead), "不需要")
            done(centre.do(service.reassign, request))

    take_back(units[0], units[3])
    centre.clock.advance(minutes=31)  # nobody has looked at the clocks yet
    take_back(units[1], centre.units(5)[4])
    assert service.whistle_statistics(centre.services, centre.leader, centre.now, [units[0]]) == []
    assert statistics(centre, units[1]).late == 1


def test_a_matter_whose_end_was_missed_is_not_in_time_because_it_got_a_later_one(centre: Centre) -> None:
    """Whichever way: a leader gives more time, or an officer grades the matter down."""
    unit = centre.units(1)[0]
    liaison = officer("unit_liaison", unit=unit)
    for way in ("in time", "extended", "graded down"):
        matter = centre.order()
        done(centre.dispatch(matter, unit))
        end_at = int(centre.detail(matter["id"]).fields["final_due_at"])
        if way != "in time":
            centre.clock.advance_to(end_at)
        if way == "extended":
            clock = next(one for one in centre.armed(matter["id"]) if one.purpose == "feedback")
            extend(centre, clock, centre.now + DAY_MS)
        if way == "graded down":
            request = service.SetUrgency(matter["id"], 4, "不急")
            done(centre.do(service.set_urgency, request, expected_version=None))
        fields = centre.detail(matter["id"]).fields
        assert fields["missed_due_at"] == (None if way == "in time" else end_at)
        assert way == "in time" or fields["final_due_at"] > centre.now
        centre.clock.advance(minutes=1)
        centre.take(centre.reading(order_no=fields["external_id"], status="CLOSED", unit=unit))
        assert centre.detail(matter["id"]).fields["closed_at"] < fields["final_due_at"], way
    found = service.own_statistics(centre.services, liaison, centre.now)
    assert isinstance(found, service.OwnStatistics)
    assert (found.matters.closed_with_end, found.matters.closed_in_time) == (3, 1)


def test_an_end_that_is_still_ahead_is_no_lateness_when_it_moves(centre: Centre) -> None:
    unit = centre.units(1)[0]
    matter = centre.order()
    done(centre.dispatch(matter, unit))
    clock = next(one for one in centre.armed(matter["id"]) if one.purpose == "feedback")
    extend(centre, clock, clock.objective_at + DAY_MS)
    assert centre.detail(matter["id"]).fields["missed_due_at"] is None
