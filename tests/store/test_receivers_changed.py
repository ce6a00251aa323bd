"""Who a command is for may change while it runs: added, reassigned, recalled, objecting."""

from __future__ import annotations

import pytest

from dashboard import service
from dashboard.service import ReceiverOrder
from tests.store.centre import DONGGANG, LANSHAN, MINUTE_MS, Centre, done, officer, refusal


def receiver(row: dict, unit: str) -> dict:
    return next(one for one in row["receivers"] if one["id"] == unit)


def ordered(centre: Centre, count: int = 2) -> tuple[list[str], dict]:
    units = centre.units(count + 2)
    return units, done(centre.dispatch(centre.order(), *units[:count]))


def test_a_receiver_added_later_has_its_own_time_from_then(centre: Centre) -> None:
    matter = centre.order()
    units = centre.units(3)
    row = done(centre.whistle(matter, *units[:2]))
    centre.clock.advance(minutes=10)
    request = service.AddReceivers(row["id"], (ReceiverOrder("unit", units[2], objective="带云梯"),))
    value = done(centre.do(service.add_receivers, request))
    shown = receiver(value, units[2])
    assert (shown["due_at"] - centre.now, shown["added_at"], shown["objective"]) == (
        30 * MINUTE_MS, centre.now, "带云梯",
    )  # fmt: skip
    clock = next(one for one in centre.armed() if one.receiver_id == units[2])
    assert clock.anchor_at == centre.now
    assert refusal(centre.do(service.add_receivers, request)) == "receiver_twice"


def test_a_conference_is_not_taken_back_by_a_unit_that_is_called_later(centre: Centre) -> None:
    units = centre.units(2)
    row = done(centre.whistle(centre.order(), units[0]))
    done(centre.answer(row["id"], units[0], "arrived"))
    decide = next(one for one in centre.armed() if one.purpose == "decide")
    centre.clock.advance(minutes=5)
    value = done(
        centre.do(service.add_receivers, service.AddReceivers(row["id"], (ReceiverOrder("unit", units[1]),)))
    )
    assert value["state"] == "conferring"
    assert next(one for one in centre.armed() if one.purpose == "decide").anchor_at == decide.anchor_at


def test_reassigning_the_lead_hands_the_matter_on_and_keeps_its_clock(centre: Centre) -> None:
    units, row = ordered(centre)
    before = centre.detail(row["matter_id"])
    centre.clock.advance(minutes=5)
    request = service.Reassign(row["id"], units[0], ReceiverOrder("unit", units[2]), "对口科室在另一单位")
    value = done(centre.do(service.reassign, request))
    old, new = receiver(value, units[0]), receiver(value, units[2])
    assert (old["recalled_at"], old["reassigned_to"]) == (centre.now, units[2])
    assert (new["role"], new["stage"]) == ("lead", "sent")
    after = centre.detail(row["matter_id"])
    assert (after.row["unit"], after.row["stage"]) == (units[2], "TO_SIGN")
    assert after.fields["final_due_at"] == before.fields["final_due_at"]
    assert refusal(centre.answer(row["id"], units[0], "accepted")) == "receiver_recalled"
    done(centre.answer(row["id"], units[2], "accepted"))
    assert centre.matter(row["matter_id"])["stage"] == "HANDLING"


def test_one_receiver_is_taken_back_and_does_not_hold_the_command_open(centre: Centre) -> None:
    units, row = ordered(centre)
    request = service.RecallReceiver(row["id"], units[1], "人手够了")
    done(centre.do(service.recall_receiver, request))
    assert units[1] not in {one.receiver_id for one in centre.armed()}
    last = service.RecallReceiver(row["id"], units[0], "不用了")
    assert refusal(centre.do(service.recall_receiver, last)) == "last_receiver"
    done(centre.answer(row["id"], units[0], "accepted"))
    assert done(centre.answer(row["id"], units[0], "done"))["state"] == "done"


def test_a_unit_on_site_is_neither_recalled_nor_replaced_in_a_whistle(centre: Centre) -> None:
    units = centre.units(3)
    row = done(centre.whistle(centre.order(), *units[:2]))
    done(centre.answer(row["id"], units[0], "arrived"))
    recall = service.RecallReceiver(row["id"], units[0], "不用了")
    assert refusal(centre.do(service.recall_receiver, recall)) == "on_site_stays"
    swap = service.Reassign(row["id"], units[0], ReceiverOrder("unit", units[2]), "换")
    assert refusal(centre.do(service.reassign, swap)) == "on_site_stays"


def test_an_objection_is_put_before_the_officers_with_a_clock_and_stops_nothing(centre: Centre) -> None:
    units, row = ordered(centre)
    done(centre.answer(row["id"], units[1], "declined", reason="不属本单位职责"))
    (ask,) = service.snapshot(centre.services).asks
    assert (ask["kind"], ask["params"]["receiver_id"]) == ("decline", units[1])
    assert ask["due_at"] == centre.now + 10 * MINUTE_MS
    purposes = {one.purpose for one in centre.armed()}
    assert "decline_ruling" in purposes
    assert units[1] in {one.receiver_id for one in centre.armed()}
    centre.wait(minutes=11)
    assert "decline-unruled" in [one.params["policy_id"] for one in centre.log("EscalationFired")]


def test_a_released_receiver_is_out_and_the_question_is_gone(centre: Centre) -> None:
    units, row = ordered(centre)
    done(centre.answer(row["id"], units[1], "declined", reason="不属本单位职责"))
    ruling = service.RuleDecline(row["id"], units[1], "released", "确非其职责")
    value = done(centre.do(service.rule_decline, ruling))
    assert receiver(value, units[1])["decline_ruling"] == "released"
    assert service.snapshot(centre.services).asks == []
    assert units[1] not in {one.receiver_id for one in centre.armed()}
    assert refusal(centre.answer(row["id"], units[1], "accepted")) == "receiver_released"
    assert refusal(centre.do(service.rule_decline, ruling)) == "nothing_declined"


def test_an_order_that_is_insisted_on_stands_with_its_old_clock(centre: Centre) -> None:
    units, row = ordered(centre)
    done(centre.answer(row["id"], units[1], "read"))
    due_at = receiver(row, units[1])["due_at"]
    done(centre.answer(row["id"], units[1], "declined", reason="忙"))
    centre.clock.advance(minutes=3)
    value = done(
        centre.do(service.rule_decline, service.RuleDecline(row["id"], units[1], "insisted", "须到"))
    )
    shown = receiver(value, units[1])
    assert (shown["stage"], shown["declined_at"], shown["due_at"]) == ("read", None, due_at)
    assert refusal(centre.answer(row["id"], units[1], "declined", reason="还是忙")) == "decline_ruled"


def test_a_lead_that_is_released_gives_the_matter_back_at_most_twice(centre: Centre) -> None:
    matter = centre.order()
    units = centre.units(3)
    for count, unit in enumerate(units[:2], 1):
        row = done(centre.dispatch(centre.matter(matter["id"]), unit))
        done(centre.answer(row["id"], unit, "declined", reason="不属本单位职责"))
        value = done(
            centre.do(service.rule_decline, service.RuleDecline(row["id"], unit, "released", "确非"))
        )
        assert value["state"] == "recalled"
        after = centre.matter(matter["id"])
        assert (after["stage"], after["unit"], after["returned"]) == ("TO_DISPATCH", None, count)
    row = done(centre.dispatch(centre.matter(matter["id"]), units[2]))
    done(centre.answer(row["id"], units[2], "declined", reason="不属本单位职责"))
    again = service.RuleDecline(row["id"], units[2], "released", "确非")
    assert refusal(centre.do(service.rule_decline, again)) == "only_insist"
    done(centre.do(service.rule_decline, service.RuleDecline(row["id"], units[2], "insisted", "强制派单")))


def test_an_objection_ends_with_its_command(centre: Centre) -> None:
    units, row = ordered(centre)
    done(centre.answer(row["id"], units[1], "declined", reason="忙"))
    done(centre.do(service.recall, service.Recall(row["id"], "派错")))
    assert service.snapshot(centre.services).asks == []
    gone = [ask for entry in centre.log() for ask in entry.rows.get("gone", {}).get("asks", [])]
    assert gone == [f"decline:{row['id']}:{units[1]}"]


@pytest.mark.parametrize("name", ["add", "reassign"])
def test_a_county_officer_changes_receivers_inside_the_county_alone(centre: Centre, name: str) -> None:
    matter = centre.order()
    (own,) = centre.units(1, DONGGANG)
    (elsewhere,) = centre.units(1, LANSHAN)
    county = officer(jurisdiction=DONGGANG)
    row = done(centre.dispatch(matter, own, actor=county))
    to = ReceiverOrder("unit", elsewhere)
    outcome = (
        centre.do(service.add_receivers, service.AddReceivers(row["id"], (to,)), county)
        if name == "add"
        else centre.do(service.reassign, service.Reassign(row["id"], own, to, "就近"), county)
    )
    assert refusal(outcome) == "receiver_outside"


def test_each_receiver_has_its_own_words_and_time(centre: Centre) -> None:
    matter = centre.order()
    one, two = centre.units(2)
    receivers = (
        ReceiverOrder("unit", one, "lead", "抢修", centre.now + 20 * MINUTE_MS),
        ReceiverOrder("unit", two, "assist", "疏导交通", centre.now + 10 * MINUTE_MS),
    )
    row = done(
        centre.do(service.dispatch, service.Dispatch(matter["id"], receivers, "处置"), expected_version=None)
    )
    assert [(each["objective"], each["due_at"] - centre.now) for each in row["receivers"]] == [
        ("抢修", 20 * MINUTE_MS), ("疏导交通", 10 * MINUTE_MS),
    ]  # fmt: skip
