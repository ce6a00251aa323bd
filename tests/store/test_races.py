"""Two at the same moment, on two connections: exactly one of them wins, and the other is told why in words."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard import service
from dashboard.service import Done, EndHandover, RelievePost, TakePost
from tests.store.centre import DONGGANG, LANSHAN, MINUTE_MS, Centre, done, officer
from tests.store.race_people import ANNE, BELLA, LEADER, by, holders, sheet_to_complete, step, wins_one
from tests.store.racing import Check, Deed, Scene, one_of, play


def two_dispatches(centre: Centre) -> tuple[Deed, Deed, Check]:
    matter = centre.order()
    deeds = [
        lambda at, who=who, unit=unit: at.dispatch(matter, unit, actor=who)
        for who, unit in zip((ANNE, BELLA), centre.units(2), strict=True)
    ]

    def check(outcomes: tuple[Any, Any]) -> None:
        one_of(outcomes, "changed")
        (won,) = [one for one in outcomes if isinstance(one, Done)]
        detail = centre.detail(matter["id"])
        assert [one["id"] for one in detail.commands] == [won.value["id"]]
        assert detail.row["unit"] == won.value["receivers"][0]["id"]

    return deeds[0], deeds[1], check


def a_dispatch_and_a_whistle(centre: Centre) -> tuple[Deed, Deed, Check]:
    matter, (one, two) = centre.order(), centre.units(2)
    return (
        lambda at: at.dispatch(matter, one, actor=ANNE), lambda at: at.whistle(matter, two, actor=BELLA),
        wins_one("changed"),
    )  # fmt: skip


def a_recall_and_an_arrival(centre: Centre) -> tuple[Deed, Deed, Check]:
    unit = centre.units(1)[0]
    row = done(centre.whistle(centre.order(), unit))
    recall = by(ANNE, service.recall, service.Recall(row["id"], "吹错了"))
    return (
        recall,
        lambda at: at.answer(row["id"], unit, "arrived"),
        wins_one("command_ended", "too_late_to_recall"),
    )


def one_receiver_is_taken_back_and_arrives(centre: Centre) -> tuple[Deed, Deed, Check]:
    unit, other = centre.units(2)
    row = done(centre.whistle(centre.order(), unit, other))
    recall = by(ANNE, service.recall_receiver, service.RecallReceiver(row["id"], unit, "不需要"))
    return (
        recall,
        lambda at: at.answer(row["id"], unit, "arrived"),
        wins_one("on_site_stays", "receiver_recalled"),
    )


def a_merge_and_an_end(centre: Centre) -> tuple[Deed, Deed, Check]:
    carrier, matter = centre.order(), centre.order()
    merge = service.MergeMatters(carrier["id"], (matter["id"],))
    return (
        by(ANNE, service.merge, merge, expected_version=None), step(BELLA, matter, "INVALID", reason="误报"),
        wins_one("matter_closed"),
    )  # fmt: skip


def a_merge_and_the_end_of_its_carrier(centre: Centre) -> tuple[Deed, Deed, Check]:
    carrier, matter = centre.order(), centre.order()
    merge = service.MergeMatters(carrier["id"], (matter["id"],))
    return (
        by(ANNE, service.merge, merge, expected_version=None), step(BELLA, carrier, "INVALID", reason="误报"),
        wins_one("matter_closed", "merged_not_called_back"),
    )  # fmt: skip


def two_unmerges(centre: Centre) -> tuple[Deed, Deed, Check]:
    carrier, matter = centre.order(), centre.order()
    done(
        centre.do(service.merge, service.MergeMatters(carrier["id"], (matter["id"],)), expected_version=None)
    )
    deeds = [by(who, service.unmerge, service.Unmerge(matter["id"], "另有原因")) for who in (ANNE, BELLA)]

    def check(outcomes: tuple[Any, Any]) -> None:
        one_of(outcomes, "not_merged")
        assert centre.matter(carrier["id"])["merged"] == 1

    return deeds[0], deeds[1], check


def two_who_take_one_post(centre: Centre) -> tuple[Deed, Deed, Check]:
    if holders(centre):
        done(centre.do(service.relieve_post, RelievePost("A", "下班"), LEADER))
    take = TakePost("A")
    return by(ANNE, service.take_post, take), by(BELLA, service.take_post, take), wins_one("post_taken")


def a_return_ruled_twice(centre: Centre) -> tuple[Deed, Deed, Check]:
    unit = centre.units(1)[0]
    matter = centre.order(urgency=3, category="0101")
    done(centre.dispatch(matter, unit))
    liaison = officer("unit_liaison", unit=unit, name="赵联络")
    asked = service.Advance(matter["id"], "RETURN_REQUESTED", {"reason": "不是我们的"})
    version = done(centre.do(service.advance, asked, liaison, expected_version=None))["version"]

    def check(outcomes: tuple[Any, Any]) -> None:
        one_of(outcomes, "changed")
        assert centre.matter(matter["id"])["returned"] == 1, "a bounce is counted once"

    return (
        step(ANNE, matter, "TO_DISPATCH", version, reason="同意"),
        step(LEADER, matter, "HANDLING", version, reason="是你们的"),
        check,
    )


def an_extension_ruled_twice(centre: Centre) -> tuple[Deed, Deed, Check]:
    unit = centre.units(1)[0]
    matter = centre.order(urgency=3, category="0101")
    done(centre.dispatch(matter, unit))
    liaison = officer("unit_liaison", unit=unit, name="赵联络")
    done(
        centre.do(
            service.advance, service.Advance(matter["id"], "HANDLING", {}), liaison, expected_version=None
        )
    )
    end_at = centre.detail(matter["id"]).fields["final_due_at"]
    until_at = end_at + 24 * 60 * MINUTE_MS
    asked = service.Advance(matter["id"], "EXTENSION_APPLIED", {"reason": "待料", "until_at": until_at})
    done(centre.do(service.advance, asked, liaison, expected_version=None))

    def check(outcomes: tuple[Any, Any]) -> None:
        one_of(outcomes, "no_such_step")
        granted = isinstance(outcomes[0], Done) == (yes is first)
        assert (centre.detail(matter["id"]).fields["final_due_at"] == until_at) == granted

    yes = step(ANNE, matter, "HANDLING", granted=True, reason="属实")
    first, second = yes, step(BELLA, matter, "HANDLING", granted=False, reason="不属实")
    return first, second, check


def a_proposal_answered_and_withdrawn(centre: Centre) -> tuple[Deed, Deed, Check]:
    matter = centre.order()
    ours, theirs = officer(jurisdiction=DONGGANG, name="孙立"), officer(jurisdiction=LANSHAN, name="韩梅")
    propose = service.ProposeMove(matter["id"], LANSHAN, "管线在那一侧")
    made = done(centre.do(service.propose_move, propose, ours, expected_version=None))["proposal"]
    return (
        by(theirs, service.answer_proposal, service.AnswerProposal(made, True, "")),
        by(ours, service.withdraw_proposal, service.WithdrawProposal(made, "弄错了")),
        wins_one("proposal_answered"),
    )


def a_hand_over_completed_and_taken_back(centre: Centre) -> tuple[Deed, Deed, Check]:
    sheet = sheet_to_complete(centre)

    def check(outcomes: tuple[Any, Any]) -> None:
        one_of(outcomes, "no_such_handover")
        assert len(holders(centre)) == 1

    return (
        by(BELLA, service.complete_handover, EndHandover(sheet)),
        by(ANNE, service.cancel_handover, EndHandover(sheet)), check,
    )  # fmt: skip


ONE_OF_TWO: tuple[Scene, ...] = (
    two_dispatches, a_dispatch_and_a_whistle, a_recall_and_an_arrival, one_receiver_is_taken_back_and_arrives,
    a_merge_and_an_end, a_merge_and_the_end_of_its_carrier, two_unmerges, two_who_take_one_post, a_return_ruled_twice,
    an_extension_ruled_twice, a_proposal_answered_and_withdrawn, a_hand_over_completed_and_taken_back,
)  # fmt: skip


@pytest.mark.parametrize("scene", ONE_OF_TWO, ids=lambda one: one.__name__)
def test_exactly_one_of_two_wins(centre: Centre, rival: Centre, scene: Scene) -> None:
    play(centre, rival, scene)
