"""A duty officer of 岚山区 neither sees nor orders in 东港区: refused for every act, and written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from dashboard import service
from dashboard.domain.rights import LEADING_ACTS
from dashboard.service import Refused
from dashboard.store import tables
from tests.store.centre import DONGGANG, LANSHAN, Centre, done, officer
from tests.store.pictures import jpeg

Ask = Callable[[Centre, dict[str, Any], dict[str, Any], str], Any]


def room_in(centre: Centre, matter: dict[str, Any]) -> str:
    return str(done(centre.do(service.open_room, service.OpenRoom(matter["id"], "议什么")))["room_id"])


def booking_in(centre: Centre, room: str) -> str:
    expert = service.Specialist("E1", "expert", "张建民", "供热", "院", "", ())
    service.import_specialists(centre.services, officer("sysadmin"), [expert], centre.now)
    request = service.BookSpecialist(room, "E1", "看一看", centre.now + 60_000)
    return str(done(centre.do(service.book_specialist, request))["booking_id"])


# One row per act: how an officer asks for it, given a matter, its running whistle and one of its clocks.
ACTS: dict[str, tuple[Any, Ask, dict[str, Any]]] = {
    "dispatch": (
        service.dispatch,
        lambda c, m, w, d: service.Dispatch(m["id"], (service.ReceiverOrder("unit", c.units(1, LANSHAN)[0]),), "处置"),
        {"expected_version": None},
    ),
    "raise_whistle": (
        service.raise_whistle,
        lambda c, m, w, d: service.RaiseWhistle(m["id"], tuple(c.units(1, LANSHAN)), ("定什么",)),
        {"expected_version": None},
    ),
    "answer": (service.answer, lambda c, m, w, d: service.Answer(w["id"], w["receivers"][0]["id"], "read"), {}),
    "request_leave": (
        service.request_leave, lambda c, m, w, d: service.RequestLeave(w["id"], w["receivers"][0]["id"]), {},
    ),
    "record_decision": (
        service.record_decision, lambda c, m, w, d: service.RecordDecision(w["id"], 1, "定", "甲"), {},
    ),
    "raise_to_consultation": (
        service.raise_to_consultation,
        lambda c, m, w, d: service.RaiseToConsultation(w["id"], "甲", c.now + 60_000),
        {},
    ),
    "recall": (service.recall, lambda c, m, w, d: service.Recall(w["id"], "错"), {}),
    "acknowledge": (service.acknowledge, lambda c, m, w, d: service.Acknowledge(m["id"]), {}),
    "urge": (service.urge, lambda c, m, w, d: service.Urge(m["id"]), {}),
    "supervise": (service.supervise, lambda c, m, w, d: service.Supervise(m["id"], "快办"), {}),
    "set_urgency": (
        service.set_urgency, lambda c, m, w, d: service.SetUrgency(m["id"], 1, "险"), {"expected_version": None},
    ),
    "transfer": (
        service.transfer,
        lambda c, m, w, d: service.Transfer(m["id"], c.units(1, LANSHAN)[0], "归口"),
        {"expected_version": None},
    ),
    "advance": (
        service.advance, lambda c, m, w, d: service.Advance(m["id"], "HANDLING"), {"expected_version": None},
    ),
    "close_matter": (
        service.close_matter, lambda c, m, w, d: service.CloseMatter(m["id"], {}), {"expected_version": None},
    ),
    "note": (service.note, lambda c, m, w, d: service.Note(m["id"], "记"), {}),
    "reveal_citizen": (service.reveal_citizen, lambda c, m, w, d: service.RevealCitizen(m["id"], "查"), {}),
    "extend_deadline": (
        service.extend_deadline, lambda c, m, w, d: service.ExtendDeadline(d, c.now + 10**9, "延"), {},
    ),
    "keep_attachment": (
        service.keep_attachment,
        lambda c, m, w, d: service.NewAttachment(m["id"], None, None, "photo", "a.jpg", jpeg()),
        {},
    ),
    "keep_finding": (
        service.keep_finding, lambda c, m, w, d: service.KeepFinding(m["id"], "到位", "占线", "设第二值守号"), {},
    ),
    "propose_move": (
        service.propose_move,
        lambda c, m, w, d: service.ProposeMove(m["id"], LANSHAN, "归我"),
        {"expected_version": None},
    ),
    "propose_share": (
        service.propose_share,
        lambda c, m, w, d: service.ProposeShare(m["id"], LANSHAN, "一起办"),
        {"expected_version": None},
    ),
    "answer_proposal": (service.answer_proposal, lambda c, m, w, d: service.AnswerProposal("none", True), {}),
    "withdraw_proposal": (service.withdraw_proposal, lambda c, m, w, d: service.WithdrawProposal("none"), {}),
    "override_proposal": (
        service.override_proposal, lambda c, m, w, d: service.OverrideProposal("none", True, "定"), {},
    ),
    "end_share": (service.end_share, lambda c, m, w, d: service.EndShare(m["id"], LANSHAN, "完"), {}),
    "merge": (
        service.merge, lambda c, m, w, d: service.MergeMatters(m["id"], ("other",)), {"expected_version": None},
    ),
    "reject_merge": (service.reject_merge, lambda c, m, w, d: service.RejectMerge(m["id"], ("other",), "否"), {}),
    "unmerge": (service.unmerge, lambda c, m, w, d: service.Unmerge(m["id"], "拆"), {}),
    **{
        act: (function, ask, {})
        for act, (function, ask) in {
            "open_room": (service.open_room, lambda c, m, w, d: service.OpenRoom(m["id"], "议")),
            "invite_to_room": (
                service.invite_to_room,
                lambda c, m, w, d: service.InviteToRoom(room_in(c, m), "unit", c.units(1, LANSHAN)[0]),
            ),
            "speak_in_room": (service.say, lambda c, m, w, d: service.Say(room_in(c, m), "在")),
            "read_room": (service.read_room, lambda c, m, w, d: service.ReadRoom(room_in(c, m), 1)),
            "decide_in_room": (
                service.decide_in_room, lambda c, m, w, d: service.DecideInRoom(room_in(c, m), "定", "甲"),
            ),
            "complete_room_decision": (
                service.complete_room_decision,
                lambda c, m, w, d: service.CompleteRoomDecision(room_in(c, m), 1, "成"),
            ),
            "edit_minutes": (
                service.edit_minutes, lambda c, m, w, d: service.EditMinutes(room_in(c, m), "记", 0),
            ),
            "sign_minutes": (service.sign_minutes, lambda c, m, w, d: service.SignMinutes(room_in(c, m), 0)),
            "answer_booking": (
                service.answer_booking,
                lambda c, m, w, d: service.AnswerBooking(booking_in(c, room_in(c, m)), "accepted"),
            ),
            "close_room": (service.close_room, lambda c, m, w, d: service.CloseRoom(room_in(c, m))),
            "book_specialist": (
                service.book_specialist,
                lambda c, m, w, d: service.BookSpecialist(room_in(c, m), "E1", "看", c.now + 60_000),
            ),
        }.items()
    },
    "add_receivers": (
        service.add_receivers,
        lambda c, m, w, d: service.AddReceivers(w["id"], (service.ReceiverOrder("unit", c.units(1, LANSHAN)[0]),)),
        {},
    ),
    "reassign": (
        service.reassign,
        lambda c, m, w, d: service.Reassign(
            w["id"], w["receivers"][0]["id"], service.ReceiverOrder("unit", c.units(1, LANSHAN)[0]), "归我"
        ),
        {},
    ),
    **{
        act: (function, ask, {})
        for act, (function, ask) in {
            "recall_receiver": (
                service.recall_receiver,
                lambda c, m, w, d: service.RecallReceiver(w["id"], w["receivers"][0]["id"], "错"),
            ),
            "rule_decline": (
                service.rule_decline,
                lambda c, m, w, d: service.RuleDecline(w["id"], w["receivers"][0]["id"], "released", "可"),
            ),
            "confirm_arrival": (
                service.confirm_arrival,
                lambda c, m, w, d: service.ConfirmArrival(w["id"], w["receivers"][0]["id"], "电话说到了"),
            ),
            "sign_register": (
                service.sign_register,
                lambda c, m, w, d: service.SignRegister(
                    w["id"], w["receivers"][0]["id"], (service.Attendee("张三"),)
                ),
            ),
            "replace_attendee": (
                service.replace_attendee,
                lambda c, m, w, d: service.ReplaceAttendee(w["id"], w["receivers"][0]["id"], "张三", "李四"),
            ),
            "complete_decision": (
                service.complete_decision, lambda c, m, w, d: service.CompleteDecision(w["id"], 1, "成"),
            ),
            "rate_unit": (
                service.rate_unit, lambda c, m, w, d: service.RateUnit(w["id"], w["receivers"][0]["id"], 5, 5, 5),
            ),
        }.items()
    },
    "record_callback": (service.record_callback, lambda c, m, w, d: service.RecordCallback(m["id"], "no_answer"), {}),
    "answer_supervision": (
        service.answer_supervision, lambda c, m, w, d: service.AnswerSupervision(m["id"], "none", "已办"), {},
    ),
    "register_dispute": (
        service.register_dispute,
        lambda c, m, w, d: service.RegisterDispute("邻里", "2201", "李小明", "王小红", "漏水", division=DONGGANG),
        {},
    ),
    "stop_deadline": (service.stop_deadline, lambda c, m, w, d: service.StopDeadline(d, "停"), {}),
}  # fmt: skip


# They name no matter: a post and its hand-over are the officer's own (test_shifts), a telling is receipted or settled
# by a desk of its scope (test_tellings), a mute is of one's own loudspeaker, and a wall (test_walls) and a wording
# (test_wordings) are a place's.
OF_ONES_OWN = {
    "take_post", "leave_post", "relieve_post", "begin_handover", "confirm_item", "complete_handover", "cancel_handover",
    "receipt_telling", "resolve_telling", "mute_sound", "drive_wall", "mute_wall", "set_up_wall",
    "give_wording", "read_wording",
}  # fmt: skip


# Reading and taking away, which change no matter (test_exporting), and briefs, which are a place's (test_briefs).
READING = {
    "see", "see_replay", "recommend", "export_table", "see_briefs", "make_brief", "edit_brief", "export_brief",
    "see_hotline",
}  # fmt: skip


def test_every_commanding_act_is_in_the_table() -> None:
    assert set(ACTS) | OF_ONES_OWN == LEADING_ACTS - READING


@pytest.mark.parametrize("act", sorted(ACTS))
def test_an_officer_of_lanshan_is_refused_in_donggang(centre: Centre, act: str) -> None:
    matter = centre.order()
    assert matter["region"] == DONGGANG
    whistle = done(centre.whistle(matter, *centre.units(1, DONGGANG)))
    clock = centre.armed(matter["id"])[0].id
    function, ask, more = ACTS[act]
    request = ask(centre, matter, whistle, clock)
    before, seq = service.snapshot(centre.services), centre.seq()
    theirs = officer("duty_leader", LANSHAN)
    outcome = centre.do(function, request, theirs, **more)
    assert isinstance(outcome, Refused)
    assert outcome.code in (
        "no_such_matter",
        "no_such_command",
        "no_such_proposal",
        "no_such_room",
        "outside_jurisdiction",
    )
    assert centre.seq() == seq
    assert service.snapshot(centre.services) == before
    with centre.services.store.read() as connection:
        last = connection.execute(select(tables.audit).order_by(tables.audit.c.n.desc())).first()
    assert last is not None
    assert (last.actor, last.act, last.result) == (theirs.id, act, outcome.code)


def test_what_lies_outside_is_neither_listed_nor_shown_nor_recommended(centre: Centre) -> None:
    matter = centre.order()
    theirs = officer(jurisdiction=LANSHAN)
    assert service.queue(centre.services, theirs, centre.now) == []
    assert isinstance(service.matter_detail(centre.services, theirs, matter["id"], centre.now), Refused)
    assert isinstance(service.recommend(centre.services, theirs, matter["id"], [], centre.now), Refused)
    ours = officer(jurisdiction=DONGGANG)
    assert [one["id"] for one in service.queue(centre.services, ours, centre.now)] == [matter["id"]]


def test_a_liaison_sees_only_what_its_unit_handles_or_was_ordered_to(centre: Centre) -> None:
    mine, other = centre.units(2)
    handled = centre.order(status="TO_SIGN", unit=mine, dispatched_at=centre.now)
    ordered = centre.order(status="TO_SIGN", unit=other, dispatched_at=centre.now)
    centre.order(status="TO_SIGN", unit=other, dispatched_at=centre.now)
    done(centre.whistle(ordered, mine))
    liaison = officer("unit_liaison", unit=mine)
    seen = {one["id"] for one in service.queue(centre.services, liaison, centre.now)}
    assert seen == {handled["id"], ordered["id"]}


@pytest.mark.parametrize("role", ["unit_liaison", "leader", "sysadmin", "secadmin", "auditor", "viewer_wall"])
def test_a_role_without_the_right_is_refused(centre: Centre, role: str) -> None:
    matter = centre.order()
    unit = centre.units(1)[0]
    outcome = centre.dispatch(matter, unit, actor=officer(role, unit=unit))
    assert isinstance(outcome, Refused)
    assert outcome.code == "no_right"


def test_a_liaison_answers_only_for_its_own_unit(centre: Centre) -> None:
    mine, other = centre.units(2)
    row = done(centre.dispatch(centre.order(), mine, other))
    liaison = officer("unit_liaison", unit=mine)
    outcome = centre.answer(row["id"], other, "read", actor=liaison)
    assert isinstance(outcome, Refused)
    assert outcome.code == "not_your_receipt"
    done(centre.answer(row["id"], mine, "read", actor=liaison))


def test_a_place_nobody_knows_is_seen_by_the_city_alone(centre: Centre) -> None:
    matter = centre.order(village=None)
    assert matter["region"] is None
    assert service.queue(centre.services, officer(jurisdiction=DONGGANG), centre.now) == []
    assert service.queue(centre.services, officer(), centre.now)
