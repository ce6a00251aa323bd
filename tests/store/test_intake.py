"""What the platforms report goes in once, keeps its own times, and never undoes what was done here."""

from __future__ import annotations

from dataclasses import replace

from dashboard import service
from dashboard.domain.readings import CallReading
from tests.store.centre import LANSHAN, MINUTE_MS, Centre, done, officer
from tests.store.statements import statements_of


def test_the_same_reading_twice_changes_nothing(centre: Centre) -> None:
    reading = centre.reading()
    assert centre.take(reading).new == 1
    seq = centre.seq()
    again = centre.take(reading)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 1)
    assert centre.seq() == seq


def test_the_newest_of_several_readings_in_a_delivery_counts(centre: Centre) -> None:
    first = centre.reading()
    second = replace(first, status="TO_SIGN", unit=centre.units(1)[0], dispatched_at=centre.now)
    centre.take(first, second)
    assert centre.row_of(first.order_no)["stage"] == "TO_SIGN"


def test_a_lagging_source_does_not_undo_what_was_done_here(centre: Centre) -> None:
    reading = centre.reading()
    centre.take(reading)
    matter = centre.row_of(reading.order_no)
    unit, other = centre.units(2)
    row = done(centre.dispatch(matter, unit))
    centre.answer(row["id"], unit, "accepted")
    centre.take(replace(reading, status="TO_SIGN", unit=other, dispatched_at=centre.now))
    assert centre.matter(matter["id"])["stage"] == "HANDLING"


def test_what_an_officer_decided_stays_until_the_source_says_something_new(centre: Centre) -> None:
    unit, other, third = centre.units(3)
    reading = centre.reading(status="TO_SIGN", unit=unit, dispatched_at=centre.now, urgency=3)
    centre.take(reading)
    matter = centre.row_of(reading.order_no)
    done(centre.do(service.set_urgency, service.SetUrgency(matter["id"], 1, "有险情"), expected_version=None))
    done(centre.do(service.transfer, service.Transfer(matter["id"], other, "归口"), expected_version=None))
    centre.take(replace(reading, place="东门"))
    after = centre.matter(matter["id"])
    assert (after["urgency"], after["unit"], after["place"]) == (1, other, "东门")
    centre.take(replace(reading, unit=third, urgency=2))
    after = centre.matter(matter["id"])
    assert (after["urgency"], after["unit"]) == (2, third)


def test_a_review_that_rejects_is_followed_backwards(centre: Centre) -> None:
    reading = centre.reading(
        status="REPLIED", unit=centre.units(1)[0], dispatched_at=centre.now, replied_at=centre.now
    )
    centre.take(reading)
    centre.take(replace(reading, status="HANDLING"))
    assert centre.row_of(reading.order_no)["stage"] == "HANDLING"


def test_dissatisfaction_reopens_the_same_matter(centre: Centre) -> None:
    reading = centre.reading(status="TO_CALLBACK", unit=centre.units(1)[0], dispatched_at=centre.now)
    centre.take(reading)
    centre.take(replace(reading, status="CLOSED", closed_at=centre.now))
    assert service.queue(centre.services, centre.officer, centre.now) == []
    centre.take(replace(reading, status="REDO"))
    (row,) = service.queue(centre.services, centre.officer, centre.now)
    assert (row["stage"], row["due_for"]) == ("REDO", "redo")
    assert centre.log("MatterReopened")


def test_closing_gone_commands_go_with_their_matter(centre: Centre) -> None:
    reading = centre.reading(status="TO_CALLBACK", unit=centre.units(1)[0], dispatched_at=centre.now)
    centre.take(reading)
    done(centre.dispatch(centre.row_of(reading.order_no), *centre.units(1)))
    centre.take(replace(reading, status="CLOSED", closed_at=centre.now))
    fresh = service.snapshot(centre.services)
    assert (fresh.matters, fresh.commands) == ([], [])
    assert centre.armed() == []


def test_resolved_and_satisfied_are_two_answers(centre: Centre) -> None:
    matter = centre.order(status="CLOSED", closed_at=centre.now, resolved=False, satisfied=True)
    fields = centre.detail(matter["id"]).fields
    assert (fields["resolved"], fields["satisfied"]) == (False, True)


def test_a_merged_order_is_carried_by_another_even_when_that_one_comes_later(centre: Centre) -> None:
    carrier = centre.reading()
    small = centre.reading(merged_into=carrier.order_no)
    centre.take(small)
    centre.take(carrier)
    assert centre.row_of(carrier.order_no)["merged"] == 2
    assert [one["id"] for one in service.snapshot(centre.services).matters] == [
        centre.row_of(carrier.order_no)["id"]
    ]


def test_a_superior_sources_own_deadline_counts(centre: Centre) -> None:
    due_at = centre.now + 26 * 60 * MINUTE_MS
    matter = centre.order(
        urgency=3, category="0101", status="HANDLING", unit=centre.units(1)[0], dispatched_at=centre.now,
        superior_source="互联网+督查", due_at=due_at,
    )  # fmt: skip
    assert matter["due_at"] == due_at
    assert matter["superior"] == "互联网+督查"


def test_a_title_never_carries_a_phone_number(centre: Centre) -> None:
    matter = centre.order(title="找 13812345678 李小明", place="海曲路 13812345678")
    assert "13812345678" not in matter["title"] + matter["place"]


def test_a_place_is_found_from_its_point(centre: Centre) -> None:
    grid = next(one for one in centre.pack.divisions.at_level("grid") if one.place_known)
    matter = centre.order(village=None, lon=grid.lon, lat=grid.lat)
    assert matter["region"] == centre.pack.divisions.region_of(matter["grid"])


def test_two_hundred_orders_ask_no_more_of_the_database_than_twenty(centre: Centre) -> None:
    given = {"status": "HANDLING", "unit": centre.units(1)[0], "dispatched_at": centre.now}
    counts = []
    for number in (1, 20, 200, 2_000):  # the first one of all begins its counters
        readings = [centre.reading(**given) for _ in range(number)]
        with statements_of(centre.services.store) as asked:
            assert centre.take(*readings).new == number
        counts.append(len(asked))
    _, twenty, two_hundred, two_thousand = counts
    assert two_hundred <= twenty < 40
    assert two_thousand == 10 * two_hundred, "a transaction takes two hundred"


def test_a_grid_event_walks_by_its_own_machine(centre: Centre) -> None:
    unit = centre.units(1)[0]
    event = centre.event(status="CALLED")
    assert event["no"] == "N0001"
    row = done(centre.dispatch(event, unit))
    assert centre.matter(event["id"])["stage"] == "ASSIGNED"
    for answer, stage in (("accepted", "ACCEPTED"), ("arrived", "ON_SITE")):
        done(centre.answer(row["id"], unit, answer))
        assert centre.matter(event["id"])["stage"] == stage
    done(centre.answer(row["id"], unit, "done", result="已清运"))
    assert centre.matter(event["id"])["stage"] == "DISPOSED"
    assert "已清运" in centre.detail(event["id"]).fields["result"]
    step = service.Advance(event["id"], "CHECKING")
    done(centre.do(service.advance, step, expected_version=None))
    close = service.CloseMatter(event["id"], {"handling": "已清运", "resolved": True})
    done(centre.do(service.close_matter, close, expected_version=None))
    assert service.snapshot(centre.services).matters == []


def test_done_without_a_result_gives_the_checker_nothing_to_check(centre: Centre) -> None:
    unit = centre.units(1)[0]
    event = centre.event(status="CALLED")
    row = done(centre.dispatch(event, unit))
    for answer in ("accepted", "arrived", "done"):
        done(centre.answer(row["id"], unit, answer))
    assert centre.matter(event["id"])["stage"] == "ON_SITE"
    assert centre.armed(event["id"]), "it still has its clock"


def test_a_townships_event_is_seen_by_that_county_only(centre: Centre) -> None:
    centre.event()
    assert service.queue(centre.services, officer(jurisdiction=LANSHAN), centre.now) == []


def test_calls_go_in_once_and_a_late_seat_change_undoes_nothing(centre: Centre) -> None:
    now = centre.now
    readings = [
        CallReading("c1", "arrived", now, category="0203"),
        CallReading("c1", "answered", now + 5, agent="07"),
        CallReading("a2", "agent", now + 9, agent="07", agent_state="wrap"),
        CallReading("a1", "agent", now + 5, agent="07", agent_state="talk"),
    ]
    assert service.record_calls(centre.services, readings[:3], now) == 3
    assert service.record_calls(centre.services, readings, now) == 1
    assert [one.kind for one in service.calls_between(centre.services, now, now + 6)] == [
        "arrived",
        "agent",
        "answered",
    ]
    (seat,) = service.agents_now(centre.services)
    assert (seat.state, seat.since_at) == ("wrap", now + 9)
