"""A whistle from the first call to the rating: five units, one of them late and one unwilling."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard import service
from dashboard.service import ReceiverOrder
from dashboard.service.commands.statistics import whistle_record
from tests.store.centre import MINUTE_MS, Centre, done, officer, refusal

AGENDA = ("二层堆料清空，限几时", "清运由谁做、钱谁出")
PLACE = (119.5203, 35.3852)


def receiver(row: dict, unit: str) -> dict:
    return next(one for one in row["receivers"] if one["id"] == unit)


def blown(centre: Centre, count: int = 5) -> tuple[dict, list[str], dict]:
    matter = centre.order(lon=PLACE[0], lat=PLACE[1])
    units = centre.units(count)
    request = service.RaiseWhistle(
        matter["id"],
        tuple(ReceiverOrder("unit", unit, "assist" if place else "lead") for place, unit in enumerate(units)),
        AGENDA,
        decider="石臼街道 分管副主任",
        message="荣安社区商铺堆积建筑垃圾，请 30 分钟内到商铺南门。",
        reception="网格员 周**",
        fallback="带班领导",
    )
    row = done(centre.do(service.raise_whistle, request, expected_version=matter["version"]))
    return matter, units, row


def arrive(centre: Centre, row: dict, unit: str) -> dict:
    liaison = officer("unit_liaison", unit=unit, name="赵敏")
    return done(centre.answer(row["id"], unit, "arrived", liaison, lon=PLACE[0], lat=PLACE[1], accuracy_m=12))


def decide(centre: Centre, row: dict, item: int, **more: object) -> dict:
    request = service.RecordDecision(row["id"], item, "今日 18 时前清空", "石臼街道", **more)  # type: ignore[arg-type]
    return done(centre.do(service.record_decision, request))


def test_a_consultation_does_not_meet_after_its_matters_end(centre: Centre) -> None:
    matter = centre.event()
    whistle = done(centre.whistle(matter, *centre.units(2)))
    end_at = centre.detail(matter["id"]).fields["final_due_at"]

    def raised(next_at: int) -> Any:
        request = service.RaiseToConsultation(whistle["id"], "分管副区长", next_at)
        return centre.do(service.raise_to_consultation, request)

    assert refusal(raised(end_at + 1)) == "later_than_parent"
    done(raised(end_at))


def test_five_units_are_called_one_is_late_one_refuses_and_all_is_told(centre: Centre) -> None:
    matter, units, row = blown(centre)
    street, fire, city, housing, market = units
    assert row["message"].startswith("荣安社区")
    for unit in (street, fire, city):
        centre.answer(row["id"], unit, "accepted")
    refused = centre.answer(
        row["id"], market, "declined", officer("unit_liaison", unit=market), reason="营业执照不在我局"
    )
    done(refused)
    centre.wait(minutes=6)
    arrive(centre, row, street)
    centre.wait(minutes=3)
    done(
        centre.do(service.rule_decline, service.RuleDecline(row["id"], market, "released", "确由审批局发证"))
    )
    arrive(centre, row, fire)
    centre.wait(minutes=8)
    arrive(centre, row, city)
    assert centre.detail(matter["id"]).commands[0]["state"] == "running"
    centre.wait(minutes=15)
    late_steps = [
        one.params["policy_id"]
        for one in centre.log("EscalationFired")
        if one.params["receiver_id"] == housing
    ]
    assert late_steps == ["whistle-answer", "whistle-amber", "whistle-late"]
    assert arrive(centre, row, housing)["state"] == "conferring"
    (value,) = centre.detail(matter["id"]).commands
    assert receiver(value, housing)["late"]
    assert not receiver(value, city)["late"]
    assert receiver(value, market)["declined_at"] is not None
    for unit in (street, fire):
        leave = centre.do(service.request_leave, service.RequestLeave(row["id"], unit))
        assert refusal(leave) == "whistle_undecided"
    decide(centre, row, 1, due_at=centre.now + 60 * MINUTE_MS, owner_unit=street)
    assert decide(centre, row, 2)["state"] == "resolved"
    for unit in (street, fire, city, housing):
        done(centre.do(service.request_leave, service.RequestLeave(row["id"], unit)))
    ended = centre.detail(matter["id"])
    assert ended.commands[0]["state"] == "done"
    assert ended.row["whistle"] is None
    rate = service.RateUnit(row["id"], housing, 1, 4, 5, "迟到三分钟，能拍板")
    done(centre.do(service.rate_unit, rate))
    assert refusal(centre.do(service.rate_unit, rate)) == "already_rated"
    figures = {one.unit: one for one in statistics(centre)}
    assert [(figures[unit].on_time, figures[unit].late, figures[unit].refused) for unit in units] == [
        (1, 0, 0), (1, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1),
    ]  # fmt: skip
    assert figures[street].average_min == 6.0
    assert (figures[housing].punctual, figures[housing].solved, figures[housing].rated) == (1.0, 5.0, 1)


def statistics(centre: Centre) -> list[service.UnitCalls]:
    found = service.whistle_statistics(centre.services, centre.officer, centre.now)
    assert isinstance(found, list)
    return found


def test_statistics_know_only_the_last_thirty_days_and_nothing_taken_back(centre: Centre) -> None:
    _, units, row = blown(centre, 1)
    arrive(centre, row, units[0])
    _, _, taken_back = blown(centre, 1)
    done(centre.do(service.recall, service.Recall(taken_back["id"], "叫错")))
    assert statistics(centre)[0].called == 1
    centre.clock.advance(hours=31 * 24)
    assert statistics(centre) == []


def test_the_record_of_whistles_is_by_region_and_has_its_denominator(centre: Centre) -> None:
    _, units, row = blown(centre, 2)
    arrive(centre, row, units[0])
    other = next(region.code for region in centre.services.pack.regions if region.code != row["region"])

    def record() -> dict[str, dict[str, object]]:
        day_at = centre.services.calendar.midnight_at(centre.services.calendar.local_date(centre.now))
        return whistle_record(centre.services, [row["region"], other], day_at, centre.now)

    nothing = {"raised_today": 0, "resolved_today": 0, "on_site_30d": [0, 0]}
    assert record() == {
        row["region"]: {"raised_today": 1, "resolved_today": 0, "on_site_30d": [1, 1]},
        other: nothing,
    }
    centre.clock.advance(minutes=31)
    centre.fire()
    assert record()[row["region"]]["on_site_30d"] == [1, 2]
    decide(centre, row, 1)
    decide(centre, row, 2)
    assert record()[row["region"]]["resolved_today"] == 1
    centre.clock.advance(hours=24)
    assert record()[row["region"]] == {"raised_today": 0, "resolved_today": 0, "on_site_30d": [1, 2]}


def test_a_call_that_is_still_within_its_time_is_neither_late_nor_in_time(centre: Centre) -> None:
    blown(centre, 1)
    (figures,) = statistics(centre)
    assert (figures.called, figures.pending, figures.judged) == (1, 1, 0)


def test_a_liaison_sees_the_statistics_of_its_own_unit_alone(centre: Centre) -> None:
    _, units, _ = blown(centre, 3)
    found = service.whistle_statistics(centre.services, officer("unit_liaison", unit=units[1]), centre.now)
    assert isinstance(found, list)
    assert [one.unit for one in found] == [units[1]]


def test_a_unit_that_already_answers_a_whistle_shows_it(centre: Centre) -> None:
    _, units, row = blown(centre, 2)
    centre.answer(row["id"], units[0], "en_route")
    hands = service.whistles_in_hand(centre.services, units)
    assert [(one["no"], one["stage"]) for one in hands[units[0]]] == [("哨01", "en_route")]


def test_a_decision_is_followed_by_a_clock_until_it_is_done(centre: Centre) -> None:
    matter, units, row = blown(centre, 2)
    due_at = centre.now + 60 * MINUTE_MS
    decide(centre, row, 1, due_at=due_at, owner_unit=units[0])
    (clock,) = [one for one in centre.armed(matter["id"]) if one.purpose == "decision"]
    assert (clock.objective_at, clock.due_at) == (due_at, centre.now + 48 * MINUTE_MS)
    open_item = service.CompleteDecision(row["id"], 2, "清了")
    assert refusal(centre.do(service.complete_decision, open_item)) == "decision_open"
    request = service.CompleteDecision(row["id"], 1, "二层已清空，通道已通")
    stranger = officer("unit_liaison", unit=units[1], name="赵敏")
    assert refusal(centre.do(service.complete_decision, request, stranger)) == "not_your_decision"
    decide(centre, row, 2)
    centre.wait(minutes=61)
    fired = [one.params["policy_id"] for one in centre.log("EscalationFired")]
    assert "decision-late" in fired
    owner = officer("unit_liaison", unit=units[0], name="赵敏")
    done(centre.do(service.complete_decision, request, owner))
    assert not [one for one in centre.armed(matter["id"]) if one.purpose == "decision"]
    assert refusal(centre.do(service.complete_decision, request, owner)) == "already_completed"
    told = next(one for one in centre.detail(matter["id"]).decisions if one["item"] == 1)
    assert (told["completed_at"], told["completed_by"]) == (centre.now, "赵**")


def test_what_is_decided_is_due_ahead_and_never_after_the_matters_own_end(centre: Centre) -> None:
    matter, _, row = blown(centre, 1)
    end_at = centre.detail(matter["id"]).fields["final_due_at"]
    late = service.RecordDecision(row["id"], 1, "清空", "街道", due_at=end_at + 1)
    assert refusal(centre.do(service.record_decision, late)) == "later_than_parent"
    past = service.RecordDecision(row["id"], 1, "清空", "街道", due_at=centre.now)
    assert refusal(centre.do(service.record_decision, past)) == "decision_in_the_past"


@pytest.mark.parametrize("words", ["请联系 13812345678 到场", "x" * 46])
def test_what_is_sent_is_short_and_names_no_citizen(centre: Centre, words: str) -> None:
    matter = centre.order()
    request = service.RaiseWhistle(matter["id"], tuple(centre.units(1)), AGENDA, message=words)
    outcome = centre.do(service.raise_whistle, request, expected_version=None)
    assert refusal(outcome) in ("message_names_citizen", "text_too_long")


def test_only_who_blew_the_whistle_rates_and_only_when_it_is_over(centre: Centre) -> None:
    _, units, row = blown(centre, 1)
    arrive(centre, row, units[0])
    rate = service.RateUnit(row["id"], units[0], 5, 5, 5)
    assert refusal(centre.do(service.rate_unit, rate)) == "whistle_not_over"
    for item in (1, 2):
        decide(centre, row, item)
    done(centre.do(service.request_leave, service.RequestLeave(row["id"], units[0])))
    assert refusal(centre.do(service.rate_unit, rate, officer(name="李红"))) == "not_your_whistle"
    bad = service.RateUnit(row["id"], units[0], 6, 5, 5)
    assert refusal(centre.do(service.rate_unit, bad)) == "no_such_mark"
    done(centre.do(service.rate_unit, rate))


def test_a_matter_is_not_ended_by_its_source_while_decided_units_are_on_site(centre: Centre) -> None:
    reading = centre.reading(status="HANDLING", unit=centre.units(1)[0], dispatched_at=centre.now)
    centre.take(reading)
    matter = centre.row_of(reading.order_no)
    (unit,) = centre.units(1)
    row = done(centre.whistle(matter, unit))
    done(centre.answer(row["id"], unit, "arrived"))
    done(centre.do(service.record_decision, service.RecordDecision(row["id"], 1, "已定", "石臼街道")))
    closed = centre.reading(
        order_no=reading.order_no, opened_at=reading.opened_at, status="CLOSED", closed_at=centre.now
    )
    centre.take(closed)
    assert centre.detail(matter["id"]).fields["closed_at"] is None
    done(centre.do(service.request_leave, service.RequestLeave(row["id"], unit)))
    assert centre.detail(matter["id"]).fields["closed_at"] == centre.now


def test_an_officer_does_not_close_over_units_on_site_or_decisions_undone(centre: Centre) -> None:
    matter = centre.event(status="CHECKING")
    (unit,) = centre.units(1)
    with_whistle = centre.whistle(matter, unit)
    if not isinstance(with_whistle, service.Done):
        matter = centre.event(status="DISPOSING")
        with_whistle = centre.whistle(matter, unit)
    row = done(with_whistle)
    done(centre.answer(row["id"], unit, "arrived"))
    due_at = centre.now + 60 * MINUTE_MS
    decided = service.RecordDecision(row["id"], 1, "已定", "街道", due_at=due_at)
    done(centre.do(service.record_decision, decided))
    chief = officer("duty_leader", name="陈建国")
    for to in ("DISPOSED", "CHECKING"):
        fields = {"handling": "已清理", "resolved": True, "reason": "已清理", "result": "已清理"}
        done(
            centre.do(
                service.advance, service.Advance(matter["id"], to, fields), chief, expected_version=None
            )
        )
    close = service.CloseMatter(matter["id"], {"handling": "已清理", "resolved": True})
    assert refusal(centre.do(service.close_matter, close, chief, expected_version=None)) == "units_on_site"
    done(centre.do(service.request_leave, service.RequestLeave(row["id"], unit)))
    assert refusal(centre.do(service.close_matter, close, chief, expected_version=None)) == "decisions_undone"
    done(centre.do(service.complete_decision, service.CompleteDecision(row["id"], 1, "清了")))
    done(centre.do(service.close_matter, close, chief, expected_version=None))
