"""吹哨报到: thirty minutes for each unit, and 事不决、人不撤."""

from __future__ import annotations

from dashboard import service
from dashboard.service import Refused
from tests.store.centre import MINUTE_MS, Centre, done, refusal


def whistle_out(centre: Centre, count: int = 2, agenda: tuple[str, ...] = ("限几时清空",)):
    matter = centre.order()
    units = centre.units(count)
    return matter, units, done(centre.whistle(matter, *units, agenda=agenda))


def steps(centre: Centre, unit: str) -> list[str]:
    return [
        one.params["policy_id"] for one in centre.log("EscalationFired") if one.params["receiver_id"] == unit
    ]


def test_each_called_unit_has_thirty_minutes_from_the_whistle(centre: Centre) -> None:
    _, units, row = whistle_out(centre, 3)
    assert [one["due_at"] - row["issued_at"] for one in row["receivers"]] == [30 * MINUTE_MS] * 3
    assert row["state"] == "running"
    assert row["no"] == "哨01"
    assert {one.receiver_id for one in centre.armed() if one.command_id == row["id"]} == set(units)


def test_a_unit_that_does_not_answer_is_phoned_after_three_minutes(centre: Centre) -> None:
    _, units, row = whistle_out(centre)
    centre.answer(row["id"], units[0], "accepted")
    centre.wait(minutes=4)
    assert steps(centre, units[0]) == []
    assert steps(centre, units[1]) == ["whistle-answer"]


def test_the_log_does_not_pretend_that_anybody_was_phoned(centre: Centre) -> None:
    object.__setattr__(centre.services, "means_served", frozenset())
    whistle_out(centre, 1)
    centre.wait(minutes=4)
    (fired,) = centre.log("EscalationFired")
    assert "电话网关未接，请人工拨打" in fired.params["by_hand"]


def test_second_unit_is_told_when_the_first_misses_thirty_minutes(centre: Centre) -> None:
    _, (late, on_time), row = whistle_out(centre, 2)
    for unit in (late, on_time):
        centre.answer(row["id"], unit, "accepted")
    centre.wait(minutes=15)
    centre.answer(row["id"], on_time, "arrived")
    centre.wait(minutes=16)
    assert steps(centre, on_time) == []
    assert steps(centre, late) == ["whistle-amber", "whistle-late"]
    last = centre.log("EscalationFired")[-1]
    shown = last.rows["commands"][0]
    by_id = {one["id"]: one for one in shown["receivers"]}
    assert by_id[late]["late"]
    assert not by_id[on_time]["late"]
    assert shown["level"] == 3
    assert last.tone == "alarm"


def test_the_commander_hears_again_every_ten_minutes_until_the_unit_is_there(centre: Centre) -> None:
    _, (unit,), row = whistle_out(centre, 1)
    centre.answer(row["id"], unit, "accepted")
    centre.wait(minutes=65)
    repeats = [
        one.at for one in centre.log("EscalationRepeated") if one.params["policy_id"] == "whistle-commander"
    ]
    assert [round((at - row["issued_at"]) / MINUTE_MS) for at in repeats] == [50, 60]
    centre.answer(row["id"], unit, "arrived")
    before = len(centre.log("EscalationRepeated"))
    centre.wait(minutes=20)
    assert [one for one in centre.log("EscalationRepeated")[before:] if one.params["receiver_id"]] == []


def test_arriving_late_is_recorded_even_though_the_unit_came(centre: Centre) -> None:
    _, (unit,), row = whistle_out(centre, 1)
    centre.clock.advance(minutes=31)
    shown = done(centre.answer(row["id"], unit, "arrived"))
    assert shown["receivers"][0]["late"]


def test_when_all_are_on_site_the_whistle_confers(centre: Centre) -> None:
    _, units, row = whistle_out(centre, 2)
    assert done(centre.answer(row["id"], units[0], "arrived"))["state"] == "running"
    assert done(centre.answer(row["id"], units[1], "arrived"))["state"] == "conferring"
    assert len(centre.log("AllArrived")) == 1


def test_nobody_leaves_before_the_matter_is_decided(centre: Centre) -> None:
    _, units, row = whistle_out(centre, 2, agenda=("限几时清空", "费用谁出"))
    for unit in units:
        centre.answer(row["id"], unit, "arrived")
    outcome = centre.do(service.request_leave, service.RequestLeave(row["id"], units[0]))
    assert isinstance(outcome, Refused)
    assert outcome.code == "whistle_undecided"
    assert outcome.params["missing"] == ["限几时清空", "费用谁出"]
    done(centre.do(service.record_decision, service.RecordDecision(row["id"], 1, "明日 12 时前", "石臼街道")))
    outcome = centre.do(service.request_leave, service.RequestLeave(row["id"], units[0]))
    assert isinstance(outcome, Refused)
    assert outcome.params["missing"] == ["费用谁出"]
    refused = centre.log("LeaveRefused")
    assert [one.rows["commands"][0]["receivers"][0]["leave_refused"] for one in refused] == [1, 2]


def test_units_leave_once_everything_is_decided(centre: Centre) -> None:
    matter, units, row = whistle_out(centre, 2)
    for unit in units:
        centre.answer(row["id"], unit, "arrived")
    decided = done(
        centre.do(service.record_decision, service.RecordDecision(row["id"], 1, "明日 12 时前", "石臼街道"))
    )
    assert decided["state"] == "resolved"
    assert centre.matter(matter["id"])["stage"] == "HANDLING"
    assert (
        done(centre.do(service.request_leave, service.RequestLeave(row["id"], units[0])))["state"]
        == "resolved"
    )
    assert (
        done(centre.do(service.request_leave, service.RequestLeave(row["id"], units[1])))["state"] == "done"
    )
    assert centre.matter(matter["id"])["whistle"] is None


def test_units_leave_when_the_matter_is_raised_to_a_consultation(centre: Centre) -> None:
    _, (unit,), row = whistle_out(centre, 1)
    centre.answer(row["id"], unit, "arrived")
    request = service.RaiseToConsultation(row["id"], "带班领导 李**", centre.now + 3 * 60 * MINUTE_MS)
    assert done(centre.do(service.raise_to_consultation, request))["state"] == "consultation"
    left = done(centre.do(service.request_leave, service.RequestLeave(row["id"], unit)))
    assert left["receivers"][0]["left_at"] == centre.now
    # The consultation itself now has a clock: nothing goes quiet.
    assert [one.chain for one in centre.armed() if one.command_id == row["id"]] == [
        f"consultation:{row['id']}"
    ]


def test_a_consultation_needs_a_host_and_a_time_ahead(centre: Centre) -> None:
    _, _, row = whistle_out(centre, 1)
    no_host = service.RaiseToConsultation(row["id"], " ", centre.now + MINUTE_MS)
    assert refusal(centre.do(service.raise_to_consultation, no_host)) == "host_missing"
    in_the_past = service.RaiseToConsultation(row["id"], "带班领导", centre.now)
    assert refusal(centre.do(service.raise_to_consultation, in_the_past)) == "next_in_the_past"


def test_a_decision_is_not_overwritten(centre: Centre) -> None:
    _, _, row = whistle_out(centre, 1, agenda=("一", "二"))
    done(centre.do(service.record_decision, service.RecordDecision(row["id"], 1, "甲办", "甲")))
    again = centre.do(service.record_decision, service.RecordDecision(row["id"], 1, "乙办", "乙"))
    assert refusal(again) == "already_decided"


def test_conferring_without_a_decision_is_raised_after_thirty_minutes(centre: Centre) -> None:
    _, (unit,), row = whistle_out(centre, 1)
    centre.answer(row["id"], unit, "arrived")
    centre.wait(minutes=31)
    assert "whistle-undecided" in [one.params["policy_id"] for one in centre.log("EscalationFired")]


def test_a_second_whistle_waits_for_the_first_to_be_decided(centre: Centre) -> None:
    matter, units, _ = whistle_out(centre, 1)
    again = centre.whistle(centre.matter(matter["id"]), *units)
    assert refusal(again) == "whistle_running"


def test_a_whistle_says_what_must_be_decided(centre: Centre) -> None:
    matter = centre.order()
    assert refusal(centre.whistle(matter, *centre.units(1), agenda=())) == "no_agenda"
    assert refusal(centre.whistle(matter, *centre.units(1), agenda=(" ",))) == "no_agenda"


def test_a_whistle_is_taken_back_only_in_its_first_minute(centre: Centre) -> None:
    _, _, row = whistle_out(centre, 1)
    centre.clock.advance(seconds=61)
    late = service.Recall(row["id"], "叫错单位")
    assert refusal(centre.do(service.recall, late)) == "too_late_to_recall"
    done(centre.do(service.record_decision, service.RecordDecision(row["id"], 1, "不用来", "值班长")))
    _, _, second = whistle_out(centre, 1)
    assert done(centre.do(service.recall, service.Recall(second["id"], "叫错单位")))["state"] == "recalled"


def test_the_source_cannot_close_a_matter_while_units_are_on_site(centre: Centre) -> None:
    reading = centre.reading(status="HANDLING", unit=centre.units(1)[0], dispatched_at=centre.now)
    centre.take(reading)
    matter = centre.row_of(reading.order_no)
    row = done(centre.whistle(matter, *centre.units(2)))
    closed = centre.reading(
        order_no=reading.order_no, opened_at=reading.opened_at, status="CLOSED", closed_at=centre.now
    )
    centre.take(closed)
    held = centre.detail(matter["id"])
    assert held.row["stage"] == "CO_HANDLING"
    assert centre.log("SourceHeld")
    done(centre.do(service.record_decision, service.RecordDecision(row["id"], 1, "已定", "石臼街道")))
    assert centre.detail(matter["id"]).fields["closed_at"] == centre.now
