"""派单 and the receipts that come back."""

from __future__ import annotations

import pytest

from dashboard import service
from dashboard.service import Done, Refused
from tests.store.centre import DONGGANG, LANSHAN, MINUTE_MS, Centre, done, officer, refusal


def test_the_first_lead_becomes_the_handling_unit_and_starts_the_clock(centre: Centre) -> None:
    matter = centre.order()
    assert (matter["stage"], matter["dispatched_at"]) == ("TO_DISPATCH", None)
    lead, assist = centre.units(2)
    row = done(centre.dispatch(matter, lead, assist))
    after = centre.matter(matter["id"])
    assert (after["stage"], after["unit"], after["dispatched_at"]) == ("TO_SIGN", lead, centre.now)
    assert after["version"] == matter["version"] + 1
    assert [one["role"] for one in row["receivers"]] == ["lead", "assist"]
    assert row["no"] == "令0001"


def test_a_matter_that_a_unit_has_stays_with_it_whoever_is_ordered_to_it(centre: Centre) -> None:
    matter = centre.order()
    first, second = centre.units(2)
    done(centre.dispatch(matter, first))
    had = centre.matter(matter["id"])
    row = done(centre.dispatch(had, second))
    after = centre.matter(matter["id"])
    assert (after["unit"], after["stage"], after["dispatched_at"]) == (first, "TO_SIGN", had["dispatched_at"])
    assert [(one["id"], one["role"]) for one in row["receivers"]] == [(second, "lead")]


def test_accepting_signs_the_matter_and_does_not_restart_its_clock(centre: Centre) -> None:
    matter = centre.order()
    (lead,) = centre.units(1)
    row = done(centre.dispatch(matter, lead))
    due_at = centre.detail(matter["id"]).fields["final_due_at"]
    centre.clock.advance(minutes=5)
    done(centre.answer(row["id"], lead, "accepted"))
    after = centre.detail(matter["id"])
    assert after.row["stage"] == "HANDLING"
    assert after.fields["final_due_at"] == due_at
    assert after.fields["signed_at"] == centre.now


def test_a_later_answer_implies_the_earlier_ones(centre: Centre) -> None:
    row = done(centre.dispatch(centre.order(), *centre.units(1)))
    shown = done(centre.answer(row["id"], centre.units(1)[0], "arrived"))["receivers"][0]
    assert shown["stage"] == "arrived"
    assert shown["accepted_at"] == centre.now
    assert shown["read_at"] is None
    again = centre.answer(row["id"], centre.units(1)[0], "read")
    assert isinstance(again, Done)
    assert again.value["receivers"][0]["stage"] == "arrived"


def test_an_answer_said_twice_is_recorded_once(centre: Centre) -> None:
    row = done(centre.dispatch(centre.order(), *centre.units(1)))
    centre.answer(row["id"], centre.units(1)[0], "read")
    centre.clock.advance(seconds=30)
    centre.answer(row["id"], centre.units(1)[0], "read")
    assert len(centre.log("ReceiptRecorded")) == 1


def test_declining_needs_a_reason_and_is_shown_at_once(centre: Centre) -> None:
    row = done(centre.dispatch(centre.order(), *centre.units(1)))
    unit = centre.units(1)[0]
    assert refusal(centre.answer(row["id"], unit, "declined")) == "reason_missing"
    shown = done(centre.answer(row["id"], unit, "declined", reason="不属本单位职责"))
    assert shown["receivers"][0]["stage"] == "declined"
    assert centre.log("ReceiptDeclined")[0].tone == "note"


def test_a_command_ends_when_everybody_is_done(centre: Centre) -> None:
    one, two = centre.units(2)
    row = done(centre.dispatch(centre.order(), one, two))
    assert done(centre.answer(row["id"], one, "done"))["state"] == "running"
    assert done(centre.answer(row["id"], two, "done"))["state"] == "done"
    assert refusal(centre.answer(row["id"], two, "read")) == "command_ended"


def test_a_childs_deadline_is_never_later_than_its_parents(centre: Centre) -> None:
    matter = centre.order()
    lead, assist = centre.units(2)
    done(centre.dispatch(matter, lead))
    parent_at = centre.detail(matter["id"]).fields["final_due_at"]
    later = service.ReceiverOrder("unit", assist, due_at=parent_at + 1)
    request = service.Dispatch(matter["id"], (later,), "协助")
    outcome = centre.do(service.dispatch, request, expected_version=None)
    assert refusal(outcome) == "later_than_parent"
    in_time = service.ReceiverOrder("unit", assist, due_at=parent_at)
    assert isinstance(
        centre.do(
            service.dispatch, service.Dispatch(matter["id"], (in_time,), "协助"), expected_version=None
        ),
        Done,
    )


def test_the_second_officer_is_told_who_changed_the_matter_and_when(centre: Centre) -> None:
    matter = centre.order()
    done(centre.dispatch(matter, *centre.units(1)))
    centre.clock.advance(seconds=4)
    second = officer(name="李红")
    outcome = centre.dispatch(matter, *centre.units(2), actor=second)
    assert isinstance(outcome, Refused)
    assert outcome.code == "changed"
    assert outcome.params["by"] == "王**"
    assert outcome.params["ago_s"] == 4
    assert outcome.params["what_name"] == "派单"
    assert centre.count("commands") == 1


def test_the_same_key_acts_once_and_answers_the_same(centre: Centre) -> None:
    matter = centre.order()
    request = service.Dispatch(
        matter["id"], (service.ReceiverOrder("unit", centre.units(1)[0], "lead"),), "处置"
    )
    named = {"expected_version": matter["version"], "idempotency_key": "once"}
    first = centre.do(service.dispatch, request, **named)
    seq = centre.seq()
    centre.clock.advance(seconds=2)
    second = centre.do(service.dispatch, request, **named)
    assert first == second
    assert centre.seq() == seq
    assert centre.count("commands") == 1


def test_the_same_key_for_another_request_is_refused(centre: Centre) -> None:
    matter = centre.order()
    done(centre.do(service.note, service.Note(matter["id"], "甲"), idempotency_key="once"))
    assert (
        refusal(centre.do(service.note, service.Note(matter["id"], "乙"), idempotency_key="once"))
        == "key_reused"
    )


def test_ignoring_the_recommendation_needs_a_reason(centre: Centre) -> None:
    matter = centre.order()
    recommended = {"candidates": [{"id": centre.units(3)[2]}]}
    receivers = (service.ReceiverOrder("unit", centre.units(1)[0], "lead"),)
    bare = service.Dispatch(matter["id"], receivers, "处置", recommended)
    assert refusal(centre.do(service.dispatch, bare, expected_version=None)) == "override_without_reason"
    said = service.Dispatch(matter["id"], receivers, "处置", recommended, "对口科室在现场")
    done(centre.do(service.dispatch, said, expected_version=None))


def test_a_dispatched_unit_that_says_nothing_is_pressed_and_then_reported(centre: Centre) -> None:
    row = done(centre.dispatch(centre.order(), *centre.units(1)))
    centre.wait(minutes=11)
    fired = [one.params["policy_id"] for one in centre.log("EscalationFired") if one.command_id == row["id"]]
    assert fired == ["dispatch-unread-sms", "dispatch-unread-call", "dispatch-unaccepted"]


@pytest.mark.parametrize(
    ("request_change", "code"),
    [
        ({"receivers": ()}, "no_receivers"),
        ({"objective": "  "}, "objective_missing"),
        ({"matter_id": "nothing"}, "no_such_matter"),
    ],
)
def test_a_dispatch_says_to_whom_and_what(
    centre: Centre, request_change: dict[str, object], code: str
) -> None:
    matter = centre.order()
    fields = {
        "matter_id": matter["id"],
        "receivers": (service.ReceiverOrder("unit", centre.units(1)[0], "lead"),),
        "objective": "处置",
    } | request_change
    assert refusal(centre.do(service.dispatch, service.Dispatch(**fields), expected_version=None)) == code  # type: ignore[arg-type]


def test_a_county_officer_cannot_order_another_countys_unit(centre: Centre) -> None:
    matter = centre.order()
    (elsewhere,) = centre.units(1, LANSHAN)
    county = officer(jurisdiction=DONGGANG)
    assert refusal(centre.dispatch(matter, elsewhere, actor=county)) == "receiver_outside"
    assert isinstance(centre.dispatch(matter, elsewhere), Done)


def test_a_cross_district_command_is_seen_by_both_districts(centre: Centre) -> None:
    matter = centre.order()
    theirs = officer(jurisdiction=LANSHAN)
    assert service.queue(centre.services, theirs, centre.now) == []
    done(centre.dispatch(matter, *centre.units(1, LANSHAN)))
    assert [one["id"] for one in service.queue(centre.services, theirs, centre.now)] == [matter["id"]]


def test_a_gateway_reads_what_was_addressed_to_its_receivers(centre: Centre) -> None:
    one, two = centre.units(2)
    key = done(
        service.open_gateway_key(centre.services, officer("secadmin"), "模拟", "371100", (one,), centre.now)
    ).token
    gateway = service.gateway(centre.services, key, centre.now)
    assert gateway is not None
    row = done(centre.dispatch(centre.order(), one, two))
    page = service.inbox(centre.services, gateway, 0)
    assert [(entry["command"]["id"], entry["receivers"]) for entry in page.commands] == [(row["id"], [one])]
    assert service.inbox(centre.services, gateway, page.seq).commands == []
    assert refusal(centre.answer(row["id"], two, "read", actor=gateway)) == "not_your_receipt"
    done(centre.answer(row["id"], one, "read", actor=gateway))


def test_recalled_orders_reach_the_inbox_as_recalled(centre: Centre) -> None:
    (unit,) = centre.units(1)
    key = done(
        service.open_gateway_key(centre.services, officer("secadmin"), "模拟", "371100", (), centre.now)
    ).token
    gateway = service.gateway(centre.services, key, centre.now)
    assert gateway is not None
    row = done(centre.dispatch(centre.order(), unit))
    done(centre.do(service.recall, service.Recall(row["id"], "派错")))
    states = [entry["command"]["state"] for entry in service.inbox(centre.services, gateway, 0).commands]
    assert states == ["recalled", "recalled"]


def test_acknowledging_stops_that_steps_repeat_and_something_else_stays_armed(centre: Centre) -> None:
    matter = centre.order()
    row = done(centre.dispatch(matter, *centre.units(1)))
    centre.wait(minutes=12)
    assert centre.matter(matter["id"])["level"] == 2
    done(centre.do(service.acknowledge, service.Acknowledge(matter["id"])))
    assert centre.matter(matter["id"])["acknowledged"]
    repeats = len(centre.log("EscalationRepeated"))
    centre.wait(minutes=9)
    assert [one for one in centre.log("EscalationRepeated")[repeats:] if one.command_id == row["id"]] == []
    assert centre.armed(matter["id"])


def test_a_deadline_is_extended_only_by_those_who_lead_a_shift(centre: Centre) -> None:
    matter = centre.order()
    done(centre.dispatch(matter, *centre.units(1)))
    clock = next(one for one in centre.detail(matter["id"]).clocks if one["due_for"] == "feedback")
    request = service.ExtendDeadline(clock["id"], clock["due_at"] + 60 * MINUTE_MS, "材料待补")
    assert refusal(centre.do(service.extend_deadline, request)) == "no_right"
    done(centre.do(service.extend_deadline, request, centre.leader))
    assert centre.detail(matter["id"]).fields["final_due_at"] == clock["due_at"] + 60 * MINUTE_MS
    assert centre.log("DeadlineExtended")[0].params["reason"] == "材料待补"


def test_a_stopped_step_leaves_a_clock_behind(centre: Centre) -> None:
    matter = centre.order()
    for clock in centre.detail(matter["id"]).clocks:
        done(centre.do(service.stop_deadline, service.StopDeadline(clock["id"], "已电话联系"), centre.leader))
    assert centre.armed(matter["id"])


def test_a_citizen_is_masked_until_a_reason_is_given(centre: Centre) -> None:
    matter = centre.order()
    detail = centre.detail(matter["id"])
    assert detail.citizen == {
        "name": "李**", "phone": "138****5678", "address": "",
        "words": "家里没有暖气，请打 138****5678", "secret": False,
    }  # fmt: skip
    assert (
        refusal(centre.do(service.reveal_citizen, service.RevealCitizen(matter["id"], "")))
        == "reason_missing"
    )
    seen = done(centre.do(service.reveal_citizen, service.RevealCitizen(matter["id"], "回访")))
    assert seen["phone"] == "13812345678"
    everything = repr(centre.log()) + repr(service.snapshot(centre.services))
    assert "李小明" not in everything
    assert "13812345678" not in everything


def test_a_secret_order_hides_the_citizen_from_the_unit(centre: Centre) -> None:
    (unit,) = centre.units(1)
    matter = centre.order(secret=True, status="TO_SIGN", unit=unit, dispatched_at=centre.now)
    liaison = officer("unit_liaison", unit=unit)
    detail = service.matter_detail(centre.services, liaison, matter["id"], centre.now)
    assert not isinstance(detail, Refused)
    assert detail.citizen is not None
    assert detail.citizen["name"] == ""
    outcome = centre.do(service.reveal_citizen, service.RevealCitizen(matter["id"], "联系"), liaison)
    assert refusal(outcome) == "citizen_secret"
