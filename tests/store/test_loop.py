"""The loop of a matter: bounces, extensions, pauses, parking, cards and written pressure, each with its row."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.store import tables
from tests.store.centre import MINUTE_MS, Centre, done, officer, refusal

HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
REPLY = {
    "request_true": True, "contacted": True, "contacted_at": 1, "resolved": True, "handling": "已修好",
    "public_reply": "已修好",
}  # fmt: skip


def step(
    centre: Centre, matter: dict[str, Any], to: str, actor: Principal | None = None, **fields: Any
) -> Any:
    request = service.Advance(matter["id"], to, fields)
    return centre.do(service.advance, request, actor, expected_version=None)


def loop_of(centre: Centre, matter: dict[str, Any], actor: Principal | None = None) -> service.Loop:
    found = service.matter_loop(centre.services, actor or centre.leader, matter["id"], centre.now)
    assert isinstance(found, service.Loop)
    return found


def end_of(centre: Centre, matter: dict[str, Any]) -> int:
    return int(centre.detail(matter["id"]).fields["final_due_at"])


def with_unit(centre: Centre, **more: Any) -> tuple[dict[str, Any], str, Principal]:
    """An ordinary order that a unit has just been given."""
    unit = centre.units(1)[0]
    matter = centre.order(**({"urgency": 3, "category": "0101"} | more))
    done(centre.dispatch(matter, unit))
    return matter, unit, officer("unit_liaison", unit=unit, name="赵联络")


def purposes(centre: Centre, matter: dict[str, Any]) -> set[str]:
    return {one.purpose for one in centre.armed(matter["id"]) if one.command_id is None}


# -- returns ------------------------------------------------------------------------------------------------------


def test_a_unit_does_not_check_and_close_its_own_work(centre: Centre) -> None:
    event, unit = centre.event(), centre.units(1)[0]
    done(centre.dispatch(event, unit))
    liaison = officer("unit_liaison", name="赵勇", unit=unit)

    def step(to: str, actor: Any = None, **fields: Any) -> Any:
        return centre.do(
            service.advance, service.Advance(event["id"], to, fields), actor, expected_version=None
        )

    done(step("ON_SITE", liaison))
    done(step("DISPOSED", liaison, handling="已清运"))
    assert refusal(step("CHECKING", liaison)) == "not_your_step"
    done(step("CHECKING"))
    assert refusal(step("CLOSED", liaison, handling="已清运", resolved=True)) == "not_your_step"
    done(step("CLOSED", handling="现场已清", resolved=True))


def test_a_unit_cannot_return_what_it_has_had_for_more_than_two_working_days(centre: Centre) -> None:
    matter, _, liaison = with_unit(centre)
    centre.clock.advance(hours=24 * 3)
    assert refusal(step(centre, matter, "RETURN_REQUESTED", liaison, reason="不属职责")) == "return_too_late"


def test_each_ruling_counts_and_after_two_a_unit_cannot_return_again(centre: Centre) -> None:
    matter, unit, liaison = with_unit(centre)
    done(step(centre, matter, "RETURN_REQUESTED", liaison, reason="不属职责"))
    done(step(centre, matter, "TO_DISPATCH", reason="同意"))
    assert centre.matter(matter["id"])["returned"] == 1
    done(centre.dispatch(centre.matter(matter["id"]), unit))
    done(step(centre, matter, "RETURN_REQUESTED", liaison, reason="还是不属"))
    done(step(centre, matter, "HANDLING", reason="就是你们"))
    assert centre.matter(matter["id"])["returned"] == 2
    rulings = [one["ruling"] for one in loop_of(centre, matter).returns]
    assert rulings == ["upheld", "forced"]
    done(
        centre.do(
            service.transfer,
            service.Transfer(matter["id"], centre.units(2)[1], "归口"),
            expected_version=None,
        )
    )
    other = officer("unit_liaison", unit=centre.units(2)[1])
    assert refusal(step(centre, matter, "RETURN_REQUESTED", other, reason="不属")) == "returns_used_up"


def test_a_third_return_that_the_source_brings_is_forced_and_by_a_leader_alone(centre: Centre) -> None:
    unit = centre.units(1)[0]
    matter = centre.order(status="RETURN_REQUESTED", unit=unit, dispatched_at=centre.now, returned=2)
    assert refusal(step(centre, matter, "TO_DISPATCH", centre.leader, reason="同意")) == "only_forced"
    assert refusal(step(centre, matter, "HANDLING", reason="办")) == "leader_must_rule"
    transfer = service.Transfer(matter["id"], centre.units(2)[1], "归口")
    assert refusal(centre.do(service.transfer, transfer, expected_version=None)) == "leader_must_rule"
    done(step(centre, matter, "HANDLING", centre.leader, reason="提级裁定"))
    assert centre.matter(matter["id"])["returned"] == 3


def test_handing_a_returned_matter_to_another_unit_is_a_ruling_too(centre: Centre) -> None:
    matter, _, liaison = with_unit(centre)
    done(step(centre, matter, "RETURN_REQUESTED", liaison, reason="不属职责"))
    transfer = service.Transfer(matter["id"], centre.units(2)[1], "确属他单位")
    done(centre.do(service.transfer, transfer, expected_version=None))
    assert centre.matter(matter["id"])["returned"] == 1
    (asked,) = loop_of(centre, matter).returns
    assert (asked["ruling"], asked["ruling_reason"]) == ("upheld", "确属他单位")


def test_a_return_waits_on_every_screen_until_it_is_ruled_on(centre: Centre) -> None:
    matter, _, liaison = with_unit(centre)
    done(step(centre, matter, "RETURN_REQUESTED", liaison, reason="不属职责"))
    (ask,) = [one for one in service.snapshot(centre.services).asks if one["kind"] == "return"]
    assert (ask["matter_id"], ask["params"]["reason"]) == (matter["id"], "不属职责")
    clock = next(one for one in centre.armed(matter["id"]) if one.purpose == "return_ruling")
    assert ask["due_at"] == clock.objective_at
    told = [one.rows["asks"] for one in centre.log() if one.rows.get("asks")]
    assert told[-1] == [json.loads(json.dumps(ask))]
    done(step(centre, matter, "HANDLING", reason="是你们的"))
    assert [one for one in service.snapshot(centre.services).asks if one["kind"] == "return"] == []
    assert centre.log()[-1].rows["gone"]["asks"] == [ask["id"]]


def test_the_handling_clock_runs_on_while_a_return_waits(centre: Centre) -> None:
    matter, _, liaison = with_unit(centre)
    due_at = end_of(centre, matter)
    done(step(centre, matter, "RETURN_REQUESTED", liaison, reason="不属职责"))
    assert purposes(centre, matter) == {"return_ruling", "feedback"}
    centre.clock.advance(hours=20)
    done(step(centre, matter, "HANDLING", reason="是你们的"))
    assert end_of(centre, matter) == due_at


# -- extensions ------------------------------------------------------------------------------------------------


def handling(centre: Centre) -> tuple[dict[str, Any], Principal, int]:
    matter, _, liaison = with_unit(centre)
    done(step(centre, matter, "HANDLING", liaison))
    return matter, liaison, end_of(centre, matter)


def test_an_extension_moves_the_end_once_when_somebody_else_grants_it(centre: Centre) -> None:
    matter, liaison, due_at = handling(centre)
    until_at = due_at + 3 * DAY_MS
    done(step(centre, matter, "EXTENSION_APPLIED", liaison, reason="待料", until_at=until_at))
    assert purposes(centre, matter) == {"extension_ruling"}
    centre.clock.advance(hours=2)
    done(step(centre, matter, "HANDLING", granted=True, reason="属实"))
    assert end_of(centre, matter) == until_at
    (pause,) = loop_of(centre, matter).pauses
    assert (pause["stage"], pause["counted"], pause["reason"]) == ("EXTENSION_APPLIED", True, "待料")
    assert pause["ended_at"] - pause["began_at"] == 2 * HOUR_MS
    assert loop_of(centre, matter).extended == 1
    again = step(centre, matter, "EXTENSION_APPLIED", liaison, reason="再等", until_at=until_at + DAY_MS)
    assert refusal(again) == "extension_used"


def test_an_extension_is_applied_for_before_the_end_and_within_its_limit(centre: Centre) -> None:
    matter, liaison, due_at = handling(centre)

    def apply(until_at: int) -> Any:
        return step(centre, matter, "EXTENSION_APPLIED", liaison, reason="待料", until_at=until_at)

    assert refusal(apply(due_at)) == "extension_not_later"
    assert refusal(apply(due_at + 60 * DAY_MS)) == "extension_too_long"
    centre.clock.advance_to(due_at)
    assert refusal(apply(due_at + DAY_MS)) == "extension_too_late"


def test_a_refused_application_is_the_only_one_there_is_and_one_sent_back_is_not(centre: Centre) -> None:
    matter, liaison, due_at = handling(centre)
    asked = {"reason": "待料", "until_at": due_at + DAY_MS}

    def apply() -> Any:
        return step(centre, matter, "EXTENSION_APPLIED", liaison, **asked)

    done(apply())
    both = step(centre, matter, "HANDLING", granted=True, sent_back=True, reason="缺材料")
    assert refusal(both) == "granted_and_sent_back"
    done(step(centre, matter, "HANDLING", granted=False, sent_back=True, reason="缺采购单"))
    assert end_of(centre, matter) == due_at, "what was sent back held the clock for nothing"
    done(apply())
    done(step(centre, matter, "HANDLING", granted=False, reason="不属实"))
    assert refusal(apply()) == "extension_applied_before"
    steps = {one.to: one.refused for one in loop_of(centre, matter, liaison).steps}
    assert steps["EXTENSION_APPLIED"].code == "extension_applied_before", (
        "the page says so before anybody asks"
    )
    ruled = [(one["granted"], one["sent_back"]) for one in loop_of(centre, matter).extensions]
    assert ruled == [(False, True), (False, False)]


def test_an_application_that_came_by_the_source_is_the_only_one_too(centre: Centre) -> None:
    unit = centre.units(1)[0]
    reading = centre.reading(
        urgency=3, category="0101", unit=unit, dispatched_at=centre.now, status="HANDLING"
    )
    for status in ("HANDLING", "EXTENSION_APPLIED", "HANDLING"):
        centre.take(replace(reading, status=status))
        centre.clock.advance(minutes=5)
    matter = centre.row_of(reading.order_no)
    liaison = officer("unit_liaison", unit=unit)
    asked = {"reason": "待料", "until_at": end_of(centre, matter) + DAY_MS}
    assert refusal(step(centre, matter, "EXTENSION_APPLIED", liaison, **asked)) == "extension_applied_before"


def test_nobody_grants_an_extension_to_himself(centre: Centre) -> None:
    matter, _, due_at = handling(centre)
    mine = {"reason": "待料", "until_at": due_at + DAY_MS}
    done(step(centre, matter, "EXTENSION_APPLIED", **mine))
    assert refusal(step(centre, matter, "HANDLING", granted=True, reason="同意")) == "ruled_by_applicant"
    done(step(centre, matter, "HANDLING", centre.leader, granted=False, reason="不同意"))
    assert end_of(centre, matter) == due_at


def test_a_refused_extension_paused_nothing_and_what_fell_due_meanwhile_is_said(centre: Centre) -> None:
    matter, liaison, due_at = handling(centre)
    yellow = next(s for s in centre.services.steps_of(1).steps("order", "feedback", 3) if s.card == "yellow")
    yellow_at = yellow.fires_at(centre.armed(matter["id"])[0].anchor_at, due_at, centre.pack.calendar)
    centre.clock.advance_to(yellow_at - HOUR_MS)
    centre.fire()
    done(step(centre, matter, "EXTENSION_APPLIED", liaison, reason="待料", until_at=due_at + DAY_MS))
    centre.clock.advance_to(yellow_at + HOUR_MS)
    centre.fire()
    assert loop_of(centre, matter).cards == []
    done(step(centre, matter, "HANDLING", granted=False, reason="不属实"))
    centre.fire()
    (card,) = loop_of(centre, matter).cards
    assert (card["card"], card["due_at"], card["issued_at"]) == ("yellow", yellow_at, centre.now)
    assert loop_of(centre, matter).pauses[0]["counted"] is False
    assert end_of(centre, matter) == due_at


# -- pauses and parking ----------------------------------------------------------------------------------------


def test_missing_facts_pause_the_accepting_clock_and_nothing_else_is_lost(centre: Centre) -> None:
    matter = centre.order(status="TO_ACCEPT")
    before = next(one for one in centre.armed(matter["id"])).objective_at
    centre.clock.advance(minutes=4)
    done(step(centre, matter, "SUPPLEMENT", reason="缺门牌"))
    assert purposes(centre, matter) == {"supplement"}
    centre.clock.advance(minutes=90)
    done(step(centre, matter, "TO_ACCEPT"))
    (clock,) = centre.armed(matter["id"])
    assert clock.objective_at == before + 90 * MINUTE_MS
    (pause,) = loop_of(centre, matter).pauses
    assert (pause["stage"], pause["reason"], pause["by"]) == ("SUPPLEMENT", "缺门牌", "王**")


def test_a_parked_matter_is_open_reviewed_monthly_and_gets_back_what_was_left(centre: Centre) -> None:
    unit = centre.units(1)[0]
    matter = centre.order(
        status="TO_CALLBACK",
        unit=unit,
        urgency=3,
        category="0101",
        dispatched_at=centre.now,
        replied_at=centre.now,
    )
    left = centre.pack.calendar.working_ms_between(centre.now, end_of(centre, matter))
    parked = {"plan": "分期改造", "leader": "李某", "target_at": centre.now + 90 * DAY_MS}
    assert refusal(step(centre, matter, "SUSPENDED", **parked)) == "not_your_step"
    late = parked | {"target_at": centre.now}
    assert refusal(step(centre, matter, "SUSPENDED", centre.leader, **late)) == "target_in_the_past"
    done(step(centre, matter, "SUSPENDED", centre.leader, **parked))
    (review,) = centre.armed(matter["id"])
    assert (review.purpose, review.objective_at) == ("suspended_review", centre.now + 30 * DAY_MS)
    assert centre.wait_days(31) >= 1
    seen = {"handling": "按计划", "target_at": centre.now + 10 * DAY_MS}
    done(step(centre, matter, "SUSPENDED", centre.leader, **seen))
    (review,) = centre.armed(matter["id"])
    assert review.objective_at == seen["target_at"]
    assert centre.matter(matter["id"])["due_for"] == "suspended_review"
    done(step(centre, matter, "HANDLING"))
    assert centre.pack.calendar.working_ms_between(centre.now, end_of(centre, matter)) == left
    (pause,) = loop_of(centre, matter).pauses
    assert (pause["reason"], pause["counted"]) == ("分期改造", True)


def test_a_pause_that_the_source_brings_has_its_row_too(centre: Centre) -> None:
    reading = {"order_no": "X1", "unit": centre.units(1)[0], "dispatched_at": centre.now, "urgency": 3}
    centre.take(centre.reading(**reading, status="HANDLING"))
    matter = centre.row_of("X1")
    due_at = end_of(centre, matter)
    centre.clock.advance(minutes=5)
    centre.take(centre.reading(**reading, status="EXTENSION_APPLIED"))
    assert [one["ended_at"] for one in loop_of(centre, matter).pauses] == [None]
    centre.clock.advance(minutes=5)
    centre.take(centre.reading(**reading, status="HANDLING", due_at=due_at + DAY_MS))
    (pause,) = loop_of(centre, matter).pauses
    assert pause["counted"] is True
    with centre.services.store.read() as connection:
        row = connection.execute(select(tables.matters)).one()
    assert (row.paused_at, row.paused_ms) == (None, 5 * MINUTE_MS)


def test_regrading_a_matter_does_not_forget_that_it_was_parked(centre: Centre) -> None:
    unit = centre.units(1)[0]
    matter = centre.order(
        status="TO_CALLBACK",
        unit=unit,
        urgency=2,
        category="0101",
        dispatched_at=centre.now,
        replied_at=centre.now,
    )
    due_at = end_of(centre, matter)
    parked = {"plan": "分期", "leader": "李某", "target_at": centre.now + 30 * DAY_MS}
    done(step(centre, matter, "SUSPENDED", centre.leader, **parked))
    centre.clock.advance(hours=50)
    done(step(centre, matter, "HANDLING"))
    for urgency in (1, 2):
        regrade = service.SetUrgency(matter["id"], urgency, "复核")
        done(centre.do(service.set_urgency, regrade, expected_version=None))
    assert end_of(centre, matter) == due_at + 50 * HOUR_MS


def test_an_instant_that_no_calendar_knows_is_refused(centre: Centre) -> None:
    matter = centre.order()
    done(centre.dispatch(matter, centre.units(1)[0]))
    clock = next(one for one in centre.armed(matter["id"]) if one.purpose == "feedback")
    request = service.ExtendDeadline(clock.id, 2**53 - 1, "待料")
    assert refusal(centre.do(service.extend_deadline, request, centre.leader)) == "not_later"
    done(step(centre, matter, "HANDLING"))
    asked = {"reason": "待料", "until_at": 2**53 - 1}
    assert refusal(step(centre, matter, "EXTENSION_APPLIED", **asked)) == "field_malformed"


def test_regrading_a_matter_does_not_take_a_granted_extension_back(centre: Centre) -> None:
    unit = centre.units(1)[0]
    matter = centre.order()
    done(centre.dispatch(matter, unit))
    done(step(centre, matter, "HANDLING"))
    until_at = end_of(centre, matter) + HOUR_MS
    liaison = officer("unit_liaison", name="赵勇", unit=unit)
    done(step(centre, matter, "EXTENSION_APPLIED", liaison, reason="待料", until_at=until_at))
    done(step(centre, matter, "HANDLING", granted=True, reason="同意"))
    for urgency in (3, 2):
        regrade = service.SetUrgency(matter["id"], urgency, "复核")
        done(centre.do(service.set_urgency, regrade, expected_version=None))
    assert end_of(centre, matter) == until_at


def test_regrading_a_parked_matter_moves_the_new_end_by_the_pause(centre: Centre) -> None:
    unit = centre.units(1)[0]
    matter = centre.order(
        status="TO_CALLBACK",
        unit=unit,
        urgency=2,
        category="0101",
        dispatched_at=centre.now,
        replied_at=centre.now,
    )
    parked = {"plan": "分期", "leader": "李某", "target_at": centre.now + 30 * DAY_MS}
    done(step(centre, matter, "SUSPENDED", centre.leader, **parked))
    started_at = centre.now
    centre.clock.advance(hours=10)
    regrade = service.SetUrgency(matter["id"], 4, "疑难")
    done(centre.do(service.set_urgency, regrade, expected_version=None))
    centre.clock.advance(hours=10)
    done(step(centre, matter, "HANDLING"))
    assert end_of(centre, matter) == started_at + 15 * DAY_MS + 20 * HOUR_MS


def test_what_was_replied_to_cannot_be_returned(centre: Centre) -> None:
    unit = centre.units(1)[0]
    event = centre.event(status="CHECKING", unit=unit, assigned_at=centre.now, disposed_at=centre.now)
    done(step(centre, event, "ASSIGNED", reason="照片不符"))
    liaison = officer("unit_liaison", unit=unit)
    assert refusal(step(centre, event, "RETURNED", liaison, reason="不归我们")) == "return_after_reply"


# -- cards and written pressure ------------------------------------------------------------------------------------


def test_yellow_comes_one_working_day_before_the_end_and_red_on_the_first_after_it(centre: Centre) -> None:
    matter, unit, _ = with_unit(centre)
    due_at = end_of(centre, matter)
    centre.wait_days(9)
    cards = loop_of(centre, matter).cards
    assert [(one["card"], one["unit"], one["purpose"]) for one in cards] == [
        ("yellow", unit, "feedback"),
        ("red", unit, "feedback"),
    ]
    calendar = centre.pack.calendar
    assert calendar.working_ms_between(cards[0]["due_at"], due_at) == calendar.workday_ms
    assert (
        calendar.workdays_between(calendar.local_date(due_at), calendar.local_date(cards[1]["due_at"])) == 1
    )
    found = service.unit_pressure(centre.services, centre.officer, unit, centre.now)
    assert isinstance(found, dict)
    assert (found["yellow"], found["red"]) == (1, 1)
    assert {one.params["card"] for one in centre.log("CardIssued")} == {"yellow", "red"}


def test_a_liaison_sees_the_cards_of_its_own_unit_alone(centre: Centre) -> None:
    mine, other = centre.units(2)
    liaison = officer("unit_liaison", unit=mine)
    assert isinstance(service.unit_pressure(centre.services, liaison, mine, centre.now), dict)
    assert refusal(service.unit_pressure(centre.services, liaison, other, centre.now)) == "no_such_unit"


def test_urging_starts_a_clock_that_a_second_urging_does_not_reset_and_a_reply_ends(centre: Centre) -> None:
    matter, _, liaison = with_unit(centre, urgency=2)
    done(step(centre, matter, "HANDLING", liaison))
    done(centre.do(service.urge, service.Urge(matter["id"], "请快办")))
    first = next(one for one in centre.armed(matter["id"]) if one.purpose == "urge")
    centre.clock.advance(minutes=20)
    done(centre.do(service.urge, service.Urge(matter["id"], "再催")))
    (urge,) = [one for one in centre.armed(matter["id"]) if one.purpose == "urge"]
    assert urge.objective_at == first.objective_at == first.anchor_at + HOUR_MS
    done(step(centre, matter, "REPLIED", liaison, **REPLY))
    assert purposes(centre, matter) == {"review"}
    assert [one["answered_at"] for one in loop_of(centre, matter).supervisions] == [centre.now]


def test_a_supervision_order_wants_an_answer_and_keeps_its_matter_from_closing(centre: Centre) -> None:
    matter, _, liaison = with_unit(centre)
    done(step(centre, matter, "HANDLING", liaison))
    done(centre.do(service.supervise, service.Supervise(matter["id"], "限期整改"), centre.leader))
    (order,) = loop_of(centre, matter).supervisions
    clock = next(one for one in centre.armed(matter["id"]) if one.purpose == "supervision")
    assert order["due_at"] == clock.objective_at <= end_of(centre, matter)
    done(step(centre, matter, "REPLIED", liaison, **REPLY))
    done(step(centre, matter, "TO_CALLBACK"))
    done(
        centre.do(
            service.record_callback, service.RecordCallback(matter["id"], "answered", True, "satisfied")
        )
    )
    close = service.CloseMatter(matter["id"], {})
    assert refusal(centre.do(service.close_matter, close, expected_version=None)) == "supervision_unanswered"
    foreign = officer("unit_liaison", unit=centre.units(2)[1])
    reply = service.AnswerSupervision(matter["id"], order["id"], "已整改")
    assert refusal(centre.do(service.answer_supervision, reply, foreign)) == "no_such_matter"
    done(centre.do(service.answer_supervision, reply, liaison))
    assert refusal(centre.do(service.answer_supervision, reply, liaison)) == "supervision_ended"
    done(centre.do(service.close_matter, close, expected_version=None))


def test_an_unanswered_supervision_order_escalates(centre: Centre) -> None:
    matter, _, liaison = with_unit(centre)
    done(step(centre, matter, "HANDLING", liaison))
    done(centre.do(service.supervise, service.Supervise(matter["id"], "限期整改"), centre.leader))
    centre.wait_days(2)
    fired = {one.params["policy_id"] for one in centre.log("EscalationFired")}
    assert {"supervision-half", "supervision-late"} <= fired


# -- closing with proof ------------------------------------------------------------------------------------------


def replied(centre: Centre) -> tuple[dict[str, Any], Principal]:
    matter, _, liaison = with_unit(centre)
    done(step(centre, matter, "HANDLING", liaison))
    done(step(centre, matter, "REPLIED", liaison, **REPLY))
    done(step(centre, matter, "TO_CALLBACK"))
    return matter, liaison


def call(centre: Centre, matter: dict[str, Any], *said: Any) -> None:
    done(centre.do(service.record_callback, service.RecordCallback(matter["id"], *said)))


def closing(centre: Centre, matter: dict[str, Any], **fields: Any) -> Any:
    return centre.do(service.close_matter, service.CloseMatter(matter["id"], fields), expected_version=None)


def test_a_matter_is_not_closed_on_an_officers_word_about_a_call(centre: Centre) -> None:
    matter, _ = replied(centre)
    assert refusal(closing(centre, matter, callback="answered", resolved=True)) == "not_called_back"
    for day in range(3):
        assert refusal(closing(centre, matter)) == "not_called_back", day
        call(centre, matter, "no_answer")
        centre.clock.advance(hours=20)
    done(closing(centre, matter, resolved=True))
    fields = centre.detail(matter["id"]).fields
    assert (fields["resolved"], fields["satisfied"]) == (True, None)


def test_resolved_and_satisfied_are_the_citizens_two_answers(centre: Centre) -> None:
    matter, _ = replied(centre)
    call(centre, matter, "answered", False, "fairly_satisfied")
    assert refusal(closing(centre, matter)) == "redo_first"
    done(closing(centre, matter, explanation="管线权属未定，已解释"))
    fields = centre.detail(matter["id"]).fields
    assert (fields["resolved"], fields["satisfied"]) == (False, True)
    assert "管线权属未定" in fields["result"]
    assert "已修好" in fields["result"]


def test_dissatisfied_twice_brings_a_supervision_order_of_itself(centre: Centre) -> None:
    matter, liaison = replied(centre)
    call(centre, matter, "answered", False, "dissatisfied")
    done(step(centre, matter, "REDO", reason="群众不满意"))
    assert loop_of(centre, matter).supervisions == []
    centre.clock.advance(hours=2)
    done(step(centre, matter, "REPLIED", liaison, **REPLY))
    done(step(centre, matter, "TO_CALLBACK"))
    assert refusal(closing(centre, matter)) == "not_called_back"
    call(centre, matter, "answered", False, "very_dissatisfied")
    done(step(centre, matter, "REDO", reason="仍不满意"))
    (order,) = loop_of(centre, matter).supervisions
    assert (order["level"], order["cause"]) == ("order", "dissatisfied_again")
    assert "supervision" in purposes(centre, matter)


def test_an_overdue_redo_gets_a_red_card_and_a_supervision_order_once(centre: Centre) -> None:
    matter, _ = replied(centre)
    call(centre, matter, "answered", False, "dissatisfied")
    done(step(centre, matter, "REDO", reason="不满意"))
    centre.wait_days(7)
    loop = loop_of(centre, matter)
    assert [one["cause"] for one in loop.supervisions] == ["redo_overdue"]
    assert [one["card"] for one in loop.cards if one["purpose"] == "redo"] == ["red"]


def test_a_carrier_is_not_closed_before_every_merged_citizen_was_called(centre: Centre) -> None:
    matter, _ = replied(centre)
    merged = centre.order(urgency=3, category="0101")
    merging = service.MergeMatters(matter["id"], (merged["id"],))
    done(centre.do(service.merge, merging, expected_version=None))
    call(centre, matter, "answered", True, "satisfied")
    refused = closing(centre, matter)
    assert refusal(refused) == "merged_not_called_back"
    assert refused.params["nos"] == merged["no"]
    call(centre, merged, "answered", True, "satisfied")
    done(closing(centre, matter))


# -- steps as they are offered -------------------------------------------------------------------------------------


def test_a_step_is_offered_with_its_fields_and_with_what_stands_against_it(centre: Centre) -> None:
    matter, _, liaison = with_unit(centre)
    steps = {one.to: one for one in loop_of(centre, matter, liaison).steps}
    assert set(steps) == {"HANDLING", "RETURN_REQUESTED"}
    assert steps["RETURN_REQUESTED"].required == ("reason",)
    assert steps["RETURN_REQUESTED"].refused is None
    assert loop_of(centre, matter, liaison).return_until_at is not None
    centre.clock.advance(hours=24 * 4)
    stale = {one.to: one.refused for one in loop_of(centre, matter, liaison).steps}
    assert stale["RETURN_REQUESTED"] is not None
    assert stale["RETURN_REQUESTED"].code == "return_too_late"


def test_a_field_of_the_wrong_kind_is_refused_by_name(centre: Centre) -> None:
    matter, liaison, _ = handling(centre)
    wrong = step(centre, matter, "EXTENSION_APPLIED", liaison, reason="待料", until_at="明天")
    assert refusal(wrong) == "field_malformed"
    assert wrong.params["fields"] == ["until_at"]
    assert (
        refusal(step(centre, matter, "REPLIED", liaison, **(REPLY | {"resolved": "yes"})))
        == "field_malformed"
    )


def test_what_the_step_does_not_ask_for_is_not_kept(centre: Centre) -> None:
    matter, liaison, _ = handling(centre)
    done(step(centre, matter, "REPLIED", liaison, **REPLY, made_up="x" * 5))
    assert "made_up" not in centre.detail(matter["id"]).fields["result"]
