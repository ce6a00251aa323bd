"""A matter between counties: proposed, read but not acted on, accepted or declined, overridden by the city."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from dashboard import service
from dashboard.service.act import Act
from dashboard.service.districts.consent import has_share, may_order
from dashboard.store import tables
from tests.store.centre import CITY, DONGGANG, LANSHAN, MINUTE_MS, Centre, done, officer, refusal

WULIAN = "371121"
OURS = officer(jurisdiction=DONGGANG, name="孙立")
THEIRS = officer(jurisdiction=LANSHAN, name="韩梅")
THIRD = officer(jurisdiction=WULIAN, name="吴刚")


def propose(
    centre: Centre, matter: dict[str, Any], *, share: bool = False, to: str = LANSHAN, actor: Any = OURS
) -> str:
    """Propose a move (or a share) of the matter; returns the proposal's id."""
    request = (service.ProposeShare if share else service.ProposeMove)(matter["id"], to, "管线在岚山一侧")
    act = service.propose_share if share else service.propose_move
    return str(done(centre.do(act, request, actor, expected_version=None))["proposal"])


def answer(centre: Centre, proposal: str, accept: bool, reason: str = "", actor: Any = THEIRS) -> Any:
    return centre.do(service.answer_proposal, service.AnswerProposal(proposal, accept, reason), actor)


def override(
    centre: Centre, proposal: str, accept: bool, reason: str = "市级会办定", actor: Any = None
) -> Any:
    return centre.do(service.override_proposal, service.OverrideProposal(proposal, accept, reason), actor)


def seen_by(centre: Centre, actor: Any) -> set[str]:
    return {one["id"] for one in service.queue(centre.services, actor, centre.now)}


def asks(centre: Centre) -> list[dict[str, Any]]:
    return [one for one in service.snapshot(centre.services).asks if one["kind"] == "district"]


def test_until_accepted_the_matter_stays_and_its_clock_runs_with_the_sender(centre: Centre) -> None:
    matter = centre.order()
    before = {one.chain: one.due_at for one in centre.armed(matter["id"])}
    proposal = propose(centre, matter)
    after = {one.chain: one.due_at for one in centre.armed(matter["id"])}
    assert before.items() <= after.items()
    assert set(after) - set(before) == {f"district:{proposal}"}
    assert matter["id"] in seen_by(centre, OURS)
    assert matter["id"] not in seen_by(centre, THEIRS)
    assert centre.matter(matter["id"])["region"] == DONGGANG
    done(centre.dispatch(matter | {"version": None}, centre.units(1, DONGGANG)[0], actor=OURS))


def test_the_other_side_may_read_what_is_proposed_masked_and_do_nothing_to_it(centre: Centre) -> None:
    matter = centre.order()
    assert (
        refusal(service.matter_detail(centre.services, THEIRS, matter["id"], centre.now)) == "no_such_matter"
    )
    proposal = propose(centre, matter)
    detail = service.matter_detail(centre.services, THEIRS, matter["id"], centre.now)
    assert isinstance(detail, service.MatterDetail)
    assert detail.read_only and detail.steps == []
    assert detail.citizen is not None and detail.citizen["phone"] == "138****5678"
    for act, request, more in (
        (service.note, service.Note(matter["id"], "记"), {}),
        (service.urge, service.Urge(matter["id"]), {}),
        (service.reveal_citizen, service.RevealCitizen(matter["id"], "查"), {}),
        (service.advance, service.Advance(matter["id"], "INVALID"), {"expected_version": None}),
    ):
        assert refusal(centre.do(act, request, THEIRS, **more)) == "no_such_matter"
    assert (
        refusal(service.matter_detail(centre.services, THIRD, matter["id"], centre.now)) == "no_such_matter"
    )
    assert refusal(answer(centre, proposal, True, actor=THIRD)) == "no_such_proposal"
    done(centre.do(service.withdraw_proposal, service.WithdrawProposal(proposal), OURS))
    assert (
        refusal(service.matter_detail(centre.services, THEIRS, matter["id"], centre.now)) == "no_such_matter"
    )


def test_both_sides_hold_the_ask_until_it_is_answered(centre: Centre) -> None:
    proposal = propose(centre, centre.order())
    (ask,) = asks(centre)
    assert ask["id"] == f"district:{proposal}"
    assert set(ask["scope"]) == {DONGGANG, LANSHAN}
    assert ask["due_at"] == centre.now + 60 * MINUTE_MS
    entry = centre.log("DistrictProposed")[-1]
    assert entry.rows["asks"] == [ask]
    assert {DONGGANG, LANSHAN} <= {centre.pack.divisions.region_of(one) for one in entry.scope}
    done(answer(centre, proposal, False, "管线全在东港一侧"))
    assert asks(centre) == []
    assert centre.log("DistrictDeclined")[-1].rows["gone"]["asks"] == [ask["id"]]


def test_an_accepted_move_takes_the_matter_over_and_no_clock_begins_anew(centre: Centre) -> None:
    unit = centre.units(1, DONGGANG)[0]
    matter = centre.order()
    command = done(centre.dispatch(matter, unit, actor=OURS))
    end = centre.detail(matter["id"]).fields["final_due_at"]
    centre.clock.advance(minutes=10)
    proposal = propose(centre, matter)
    accepted = done(answer(centre, proposal, True))
    row = accepted["matter"]
    assert (row["region"], row["unit"], row["stage"], row["moved_to"]) == (
        LANSHAN,
        None,
        "TO_DISPATCH",
        LANSHAN,
    )
    assert centre.detail(matter["id"]).fields["final_due_at"] == end
    assert matter["id"] in seen_by(centre, THEIRS)
    assert matter["id"] not in seen_by(centre, OURS)
    taken_back = next(one for one in centre.detail(matter["id"]).commands if one["id"] == command["id"])
    assert taken_back["state"] == "recalled"
    # The sender hears what became of it, though the matter is no longer among its rows.
    line = centre.log("DistrictAccepted")[-1]
    assert DONGGANG in {centre.pack.divisions.region_of(one) for one in line.scope}
    assert refusal(centre.do(service.note, service.Note(matter["id"], "记"), OURS)) == "no_such_matter"
    done(centre.dispatch(row | {"version": None}, centre.units(1, LANSHAN)[0], actor=THEIRS))
    assert centre.detail(matter["id"]).fields["final_due_at"] == end


def test_a_unit_of_the_whole_city_keeps_the_matter_when_it_moves(centre: Centre) -> None:
    unit = centre.units(1, CITY)[0]
    matter = centre.order()
    done(centre.dispatch(matter, unit))
    row = done(answer(centre, propose(centre, matter), True))["matter"]
    assert (row["unit"], row["stage"], row["region"]) == (unit, "TO_SIGN", LANSHAN)


def test_the_source_does_not_move_a_moved_matter_back(centre: Centre) -> None:
    reading = centre.reading()
    centre.take(reading)
    matter = centre.row_of(reading.order_no)
    done(answer(centre, propose(centre, matter), True))
    again = centre.reading(order_no=reading.order_no, opened_at=reading.opened_at, title="整栋停暖，已三户")
    centre.take(again)
    row = centre.matter(matter["id"])
    assert row["title"] == "整栋停暖，已三户"
    assert (row["region"], row["scope"]) == (LANSHAN, [LANSHAN])
    assert matter["id"] not in seen_by(centre, OURS)


def test_a_declined_move_is_overridden_by_the_city_with_a_reason(centre: Centre) -> None:
    matter = centre.order()
    proposal = propose(centre, matter)
    assert refusal(answer(centre, proposal, False)) == "reason_missing"
    done(answer(centre, proposal, False, "不在我区"))
    assert centre.matter(matter["id"])["region"] == DONGGANG
    assert refusal(override(centre, proposal, True, actor=OURS)) == "not_city_level"
    assert refusal(override(centre, proposal, True, reason="")) == "reason_missing"
    ruled = done(override(centre, proposal, True, "阀门井在岚山，岚山处置"))
    assert ruled["matter"]["region"] == LANSHAN
    line = centre.log("DistrictOverridden")[-1]
    assert line.params["reason"] == "阀门井在岚山，岚山处置"
    assert line.params["outcome"] == "接收"
    assert {DONGGANG, LANSHAN} <= {centre.pack.divisions.region_of(one) for one in line.scope}
    assert matter["id"] in seen_by(centre, THEIRS)
    picture = service.matter_proposals(centre.services, centre.officer, matter["id"], centre.now)
    assert isinstance(picture, service.DistrictPicture)
    assert (picture.proposals[0]["state"], picture.proposals[0]["overridden"]) == ("accepted", True)


def test_the_city_puts_an_accepted_move_back_where_it_was(centre: Centre) -> None:
    matter = centre.order()
    proposal = propose(centre, matter)
    done(answer(centre, proposal, True))
    row = done(override(centre, proposal, False, "接错了"))["matter"]
    for name in ("region", "township", "village", "grid", "moved_to", "scope"):
        assert row[name] == matter[name], name
    assert refusal(override(centre, proposal, True)) == "proposal_answered"


def test_only_the_other_side_answers_and_only_the_sender_withdraws(centre: Centre) -> None:
    proposal = propose(centre, centre.order())
    assert refusal(answer(centre, proposal, True, actor=OURS)) == "not_your_answer"
    assert refusal(answer(centre, proposal, True, actor=centre.officer)) == "not_your_answer"
    assert (
        refusal(centre.do(service.withdraw_proposal, service.WithdrawProposal(proposal), THEIRS))
        == "not_your_proposal"
    )
    done(centre.do(service.withdraw_proposal, service.WithdrawProposal(proposal, "查清了"), OURS))
    assert refusal(answer(centre, proposal, True)) == "proposal_answered"
    assert centre.log("DistrictWithdrawn")[-1].params["reason"] == "查清了"


@pytest.mark.parametrize(
    ("actor", "to", "code"),
    [
        (OURS, DONGGANG, "same_region"),
        (OURS, "371102002", "no_such_region"),
        (OURS, "nowhere", "no_such_region"),
        (officer(jurisdiction="371102002"), LANSHAN, "not_county_level"),
        (THEIRS, LANSHAN, "no_such_matter"),
    ],
)
def test_who_may_propose_what(centre: Centre, actor: Any, to: str, code: str) -> None:
    request = service.ProposeMove(centre.order()["id"], to, "不归我们")
    assert refusal(centre.do(service.propose_move, request, actor, expected_version=None)) == code


def test_a_second_move_waits_for_the_first_and_a_whistled_matter_does_not_move(centre: Centre) -> None:
    matter = centre.order()
    propose(centre, matter)
    second = service.ProposeMove(matter["id"], WULIAN, "不归我们")
    assert refusal(centre.do(service.propose_move, second, OURS, expected_version=None)) == "proposal_waits"
    other = centre.order()
    done(centre.whistle(other, *centre.units(2, DONGGANG)))
    moved = service.ProposeMove(other["id"], LANSHAN, "不归我们")
    assert refusal(centre.do(service.propose_move, moved, OURS, expected_version=None)) == "not_movable"


def test_an_unanswered_proposal_goes_to_the_citys_duty_leader(centre: Centre) -> None:
    matter = centre.order(urgency=1)
    proposal = propose(centre, matter)
    centre.wait(minutes=16)
    fired = [one for one in centre.log("EscalationFired") if one.params["policy_id"].startswith("district-")]
    assert [one.params["policy_id"] for one in fired] == ["district-answer-half", "district-answer-late"]
    assert fired[-1].params["tell"] == "值班长"
    assert all(LANSHAN in one.scope for one in fired)
    with centre.services.store.read() as connection:
        told = connection.execute(
            select(tables.tellings.c.recipient).where(tables.tellings.c.matter_id == matter["id"])
        )
        desks = {row[0] for row in told}
    assert {f"duty_officer@{LANSHAN}", f"duty_leader@{CITY}"} <= desks
    (ask,) = asks(centre)
    assert ask["params"]["tone"] == "risk"
    assert "市级裁定" in ask["params"]["state"]
    done(override(centre, proposal, True, "逾期未复，指定岚山"))
    assert asks(centre) == []
    assert not [one for one in centre.armed(matter["id"]) if one.purpose == "district_answer"]


def test_a_closing_matter_takes_its_proposals_with_it(centre: Centre) -> None:
    matter = centre.order()
    proposal = propose(centre, matter)
    invalid = service.Advance(matter["id"], "INVALID", {"reason": "恶作剧"})
    done(centre.do(service.advance, invalid, OURS, expected_version=None))
    assert asks(centre) == []
    assert refusal(answer(centre, proposal, True)) == "proposal_answered"
    assert centre.armed(matter["id"]) == []


def test_a_shared_matter_is_seen_by_both_and_lets_each_order_the_others_units(centre: Centre) -> None:
    matter = centre.order()
    proposal = propose(centre, matter, share=True)
    assert refusal(answer(centre, proposal, True, actor=OURS)) == "not_your_answer"
    row = done(answer(centre, proposal, True))["matter"]
    assert row["shared_with"] == [LANSHAN]
    assert matter["id"] in seen_by(centre, OURS) & seen_by(centre, THEIRS)
    with centre.services.store.read() as connection:
        for actor, expected in ((OURS, True), (THEIRS, True), (officer(jurisdiction=WULIAN), False)):
            act = Act(centre.services, connection, actor, centre.now)
            found = act.work.matter(matter["id"])
            assert found is not None
            assert has_share(centre.pack.divisions, found, LANSHAN)
            assert may_order(act, found, LANSHAN) is expected
            assert may_order(act, found, DONGGANG) is expected
            assert not may_order(act, found, "371122") or actor.jurisdiction == "371122"
    reading_again = centre.row_of(centre.detail(matter["id"]).fields["external_id"])
    assert LANSHAN in reading_again["scope"]
    ended = done(centre.do(service.end_share, service.EndShare(matter["id"], LANSHAN, "完工"), THEIRS))
    assert ended["shared_with"] == []
    assert matter["id"] not in seen_by(centre, THEIRS)


def test_a_share_survives_what_the_source_says_next(centre: Centre) -> None:
    reading = centre.reading()
    centre.take(reading)
    matter = centre.row_of(reading.order_no)
    done(answer(centre, propose(centre, matter, share=True), True))
    centre.take(centre.reading(order_no=reading.order_no, opened_at=reading.opened_at, title="停暖扩大"))
    assert matter["id"] in seen_by(centre, THEIRS)


def test_the_same_request_twice_proposes_once(centre: Centre) -> None:
    matter = centre.order()
    request = service.ProposeMove(matter["id"], LANSHAN, "不归我们")
    for _ in range(2):
        outcome = service.propose_move(centre.services, OURS, request, None, centre.now, "one-key")
        assert done(outcome)["proposal"]
    assert centre.count("district_proposals") == 1
