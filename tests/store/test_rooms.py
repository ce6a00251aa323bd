"""会商室: who is asked in, what is said and read, what is decided and followed, minutes that stay as signed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.service import Refused
from dashboard.store import tables
from tests.store.centre import CITY, DONGGANG, LANSHAN, MINUTE_MS, Centre, done, officer, refusal
from tests.store.pictures import PDF_BYTES, jpeg

HOUR_MS = 60 * MINUTE_MS


def opened(centre: Centre, matter: dict[str, Any], *units: str, actor: Principal | None = None) -> str:
    request = service.OpenRoom(matter["id"], "何时恢复供暖", units)
    return str(done(centre.do(service.open_room, request, actor))["room_id"])


def view(centre: Centre, room: str, actor: Principal | None = None) -> dict[str, Any]:
    found = service.room_view(centre.services, actor or centre.officer, room, centre.now)
    assert not isinstance(found, Refused), found
    return found


def said(centre: Centre, room: str, text: str, actor: Principal | None = None, *files: str) -> int:
    return int(done(centre.do(service.say, service.Say(room, text, files), actor))["no"])


def liaison(unit: str) -> Principal:
    return officer("unit_liaison", CITY, f"{unit}联络员", unit)


def test_two_officers_who_open_at_once_meet_in_one_room(centre: Centre) -> None:
    matter = centre.order()
    first = opened(centre, matter, centre.units(1)[0])
    assert opened(centre, matter, centre.units(2)[1], actor=centre.leader) == first
    assert centre.count("rooms") == 1
    assert {one["id"] for one in view(centre, first)["participants"]} >= set(centre.units(2))
    assert [one.kind for one in centre.log() if one.kind == "RoomOpened"] == ["RoomOpened"]


def test_a_matter_does_not_close_over_what_its_room_decided(centre: Centre) -> None:
    matter, unit = centre.event(status="CHECKING"), centre.units(1)[0]
    room = opened(centre, matter)
    due_at = centre.now + 30 * MINUTE_MS
    item = done(centre.do(service.decide_in_room, service.DecideInRoom(room, "修复", "甲", unit, due_at)))[
        "item"
    ]
    expert = service.Specialist("E1", "expert", "张建民", "供热", "院", "", ())
    service.import_specialists(centre.services, officer("sysadmin"), [expert], centre.now)
    done(centre.do(service.book_specialist, service.BookSpecialist(room, "E1", "看一看", due_at)))
    end = service.Advance(matter["id"], "CLOSED", {"handling": "已处置", "resolved": True})
    assert refusal(centre.do(service.advance, end, expected_version=None)) == "decisions_undone"
    done(centre.do(service.complete_room_decision, service.CompleteRoomDecision(room, item, "已修复")))
    done(centre.do(service.advance, end, expected_version=None))
    # A screen that saw every entry holds what a fresh one holds: no ask for a specialist of a closed matter.
    assert [one for one in centre.log() if one.rows["gone"].get("asks") == [f"booking:{booking_of(centre)}"]]
    assert service.snapshot(centre.services).asks == []


def booking_of(centre: Centre) -> str:
    with centre.services.store.read() as connection:
        return str(connection.execute(select(tables.bookings.c.id)).scalar_one())


def test_a_unit_that_was_taken_out_hears_no_more_though_it_is_ordered_to_the_matter(centre: Centre) -> None:
    matter, (lead, out) = centre.order(), centre.units(2)
    done(centre.dispatch(matter, lead, out))
    room = opened(centre, matter, out)
    photo = service.NewAttachment(matter["id"], None, room, "photo", "a.jpg", jpeg())
    kept = done(centre.do(service.keep_attachment, photo))["id"]
    done(centre.do(service.remove_from_room, service.RemoveFromRoom(room, "unit", out, "请错了")))
    gone = liaison(out)
    assert refusal(service.room_view(centre.services, gone, room, centre.now)) == "no_such_room"
    assert refusal(centre.do(service.say, service.Say(room, "我还在"), gone)) == "no_such_room"
    assert service.own_rooms(centre.services, gone, centre.now) == []
    assert refusal(service.read_attachment(centre.services, gone, kept, centre.now)) == "no_such_attachment"
    assert service.attachments_of(centre.services, gone, matter["id"], centre.now) == []
    assert [one["id"] for one in view(centre, room, liaison(lead))["attachments"]] == [kept]


def test_a_whistle_raised_to_a_consultation_opens_the_room_with_its_units(centre: Centre) -> None:
    matter, units = centre.order(), centre.units(3)
    whistle = done(centre.whistle(matter, *units))
    request = service.RaiseToConsultation(whistle["id"], "分管副市长", centre.now + HOUR_MS)
    done(centre.do(service.raise_to_consultation, request))
    (room,) = service.own_rooms(centre.services, liaison(units[2]), centre.now)
    assert (room["matter_id"], room["host"], room["meets_at"]) == (
        matter["id"], "分管副市长", centre.now + HOUR_MS,
    )  # fmt: skip
    assert {one["id"] for one in view(centre, room["id"])["participants"]} >= set(units)


def readers(shown: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Who has read the last message and who has not, as a page derives it."""
    message = shown["messages"][-1]
    others = [
        one for place, one in enumerate(shown["participants"])
        if place != message["part"] and one["left_at"] is None
    ]  # fmt: skip
    read = [one["name"] for one in others if one["read_no"] >= message["no"]]
    return read, [one["name"] for one in others if one["name"] not in read]


def test_a_page_that_has_a_room_is_told_the_later_messages_alone(centre: Centre) -> None:
    room = opened(centre, centre.order(), centre.units(1)[0])
    said(centre, room, "一")
    last = view(centre, room)["messages"][-1]["no"]
    said(centre, room, "二")
    news = service.room_view(centre.services, centre.officer, room, centre.now, last)
    assert not isinstance(news, Refused)
    assert [one["text"] for one in news["messages"]] == ["二"] and news["since"] == last


def test_each_message_shows_who_has_read_it_and_who_has_not(centre: Centre) -> None:
    first, second = centre.units(2)
    room = opened(centre, centre.order(), first, second)
    no = said(centre, room, "管网几点能修好？")
    done(centre.do(service.read_room, service.ReadRoom(room, no), liaison(first)))
    read, unread = readers(view(centre, room))
    names = {unit: centre.pack.units.get(unit).short for unit in (first, second)}
    assert read == [names[first]]
    assert names[second] in unread
    with centre.services.store.read() as connection:
        column = tables.room_reads.c
        read = connection.execute(
            select(tables.room_reads).where((column.id == first) & (column.no == no))
        ).one()
    assert read.at == centre.now


def test_reading_again_and_reading_ahead_change_nothing(centre: Centre) -> None:
    unit = centre.units(1)[0]
    room = opened(centre, centre.order(), unit)
    no = said(centre, room, "一")
    done(centre.do(service.read_room, service.ReadRoom(room, no + 500), liaison(unit)))
    change = view(centre, room)["room"]["change"]
    done(centre.do(service.read_room, service.ReadRoom(room, no), liaison(unit)))
    assert view(centre, room)["room"]["change"] == change
    later = said(centre, room, "二")
    assert centre.pack.units.get(unit).short in readers(view(centre, room))[1]
    assert later == no + 1


def test_words_wake_the_room_and_stay_off_boards_and_history(centre: Centre) -> None:
    matter = centre.order()
    room = opened(centre, matter)
    place = service.room_place(centre.services, centre.officer, room, centre.now)
    said(centre, room, "在")
    entry = centre.log("RoomSpoken")[-1]
    assert not isinstance(place, Refused)
    assert entry.seq > place.seq
    assert entry.as_dict()["silent"]
    assert "在" not in str(entry.params)
    assert "RoomSpoken" not in {one["kind"] for one in centre.detail(matter["id"]).timeline}
    assert "RoomSpoken" not in {one["kind"] for one in service.snapshot(centre.services).log}


def test_lines_are_kept_and_marks_that_turn_or_hide_text_are_not(centre: Centre) -> None:
    room = opened(centre, centre.order())
    said(centre, room, "第一行\n第二行\u202e\u200b\x07<script>alert(1)</script>")
    assert view(centre, room)["messages"][-1]["text"] == "第一行\n第二行<script>alert(1)</script>"
    assert refusal(centre.do(service.say, service.Say(room, " \u200b\n "))) == "text_missing"
    assert refusal(centre.do(service.say, service.Say(room, "长" * 2001))) == "text_too_long"


# -- who may come in ------------------------------------------------------------------------------------------------


def test_a_unit_that_was_not_asked_in_sees_nothing_of_the_room(centre: Centre) -> None:
    asked, other = centre.units(2)
    matter = centre.order()
    room = opened(centre, matter, asked)
    assert refusal(service.room_view(centre.services, liaison(other), room, centre.now)) == "no_such_room"
    assert refusal(centre.do(service.say, service.Say(room, "我也说"), liaison(other))) == "no_such_room"
    assert service.own_rooms(centre.services, liaison(other), centre.now) == []
    assert (
        refusal(service.rooms_of_matter(centre.services, liaison(other), matter["id"], centre.now))
        == "no_such_matter"
    )
    assert view(centre, room, liaison(asked))["me"]["kind"] == "unit"


def test_an_invited_unit_sees_the_rooms_files_but_not_the_matters(centre: Centre) -> None:
    asked = centre.units(1)[0]
    matter = centre.order()
    room = opened(centre, matter, asked)

    def keep(room_id: str | None, actor: Principal | None = None) -> Any:
        request = service.NewAttachment(matter["id"], None, room_id, "photo", "a.jpg", jpeg())
        return centre.do(service.keep_attachment, request, actor)

    inside, outside = done(keep(room)), done(keep(None))

    def read(row: dict[str, Any]) -> Any:
        return service.read_attachment(centre.services, liaison(asked), row["id"], centre.now)

    assert not isinstance(read(inside), Refused)
    assert refusal(read(outside)) == "no_such_attachment"
    said(centre, room, "图", liaison(asked), done(keep(room, liaison(asked)))["id"])
    assert refusal(keep(None, liaison(asked))) == "no_such_matter"


def test_a_file_of_another_room_cannot_be_said_here(centre: Centre) -> None:
    here, there = centre.order(), centre.order()
    room, other = opened(centre, here), opened(centre, there)
    request = service.NewAttachment(there["id"], None, other, "document", "a.pdf", PDF_BYTES)
    row = done(centre.do(service.keep_attachment, request))
    assert refusal(centre.do(service.say, service.Say(room, "", (row["id"],)))) == "no_such_attachment"
    wrong = service.NewAttachment(here["id"], None, other, "photo", "a.jpg", jpeg())
    assert refusal(centre.do(service.keep_attachment, wrong)) == "no_such_room"


def test_who_was_taken_out_sees_the_room_no_more(centre: Centre) -> None:
    unit = centre.units(1)[0]
    room = opened(centre, centre.order(), unit)
    done(centre.do(service.remove_from_room, service.RemoveFromRoom(room, "unit", unit, "请错了")))
    assert refusal(service.room_view(centre.services, liaison(unit), room, centre.now)) == "no_such_room"
    again = service.RemoveFromRoom(room, "unit", unit, "请错了")
    assert refusal(centre.do(service.remove_from_room, again)) == "not_in_room"
    done(centre.do(service.invite_to_room, service.InviteToRoom(room, "unit", unit)))
    assert view(centre, room, liaison(unit))


def test_another_county_comes_in_only_through_the_city(centre: Centre) -> None:
    matter = centre.order()
    ours = officer(jurisdiction=DONGGANG)
    theirs = officer(jurisdiction=LANSHAN, name="赵四")
    room = opened(centre, matter, actor=ours)
    invite = service.InviteToRoom(room, "centre", LANSHAN)
    assert refusal(centre.do(service.invite_to_room, invite, ours)) == "receiver_outside"
    foreign = centre.units(1, LANSHAN)[0]
    unit = service.InviteToRoom(room, "unit", foreign)
    assert refusal(centre.do(service.invite_to_room, unit, ours)) == "receiver_outside"
    assert refusal(service.room_view(centre.services, theirs, room, centre.now)) == "no_such_room"
    done(centre.do(service.invite_to_room, invite))
    shown = view(centre, room, theirs)
    assert (shown["me"]["kind"], shown["me"]["id"]) == ("centre", LANSHAN)
    assert set(shown["me"]["may"]) == {"speak_in_room", "keep_attachment", "complete_room_decision"}
    said(centre, room, "岚山可以派车", theirs)
    # Asked into the room is not given the matter.
    detail = service.matter_detail(centre.services, theirs, matter["id"], centre.now)
    assert refusal(detail) == "no_such_matter"
    decide = service.DecideInRoom(room, "定", "甲")
    assert refusal(centre.do(service.decide_in_room, decide, theirs)) == "no_such_matter"


LEADING: dict[str, Any] = {
    "invite_to_room": lambda room: service.InviteToRoom(room, "unit", "x"),
    "remove_from_room": lambda room: service.RemoveFromRoom(room, "unit", "x", "错"),
    "decide_in_room": lambda room: service.DecideInRoom(room, "定", "甲"),
    "edit_minutes": lambda room: service.EditMinutes(room, "纪要", 0),
    "sign_minutes": lambda room: service.SignMinutes(room, 0),
    "close_room": lambda room: service.CloseRoom(room),
    "book_specialist": lambda room: service.BookSpecialist(room, "E001", "看一看", 2**50),
}


@pytest.mark.parametrize("act", sorted(LEADING))
def test_an_invited_unit_speaks_and_does_not_lead(centre: Centre, act: str) -> None:
    unit = centre.units(1)[0]
    room = opened(centre, centre.order(), unit)
    outcome = centre.do(getattr(service, act), LEADING[act](room), liaison(unit))
    assert refusal(outcome) == "no_right"


@pytest.mark.parametrize("act", [*sorted(LEADING), "say", "read_room"])
def test_an_officer_of_another_county_finds_no_such_room(centre: Centre, act: str) -> None:
    room = opened(centre, centre.order())
    ask = (
        LEADING.get(act)
        or {
            "say": lambda one: service.Say(one, "在"),
            "read_room": lambda one: service.ReadRoom(one, 1),
        }[act]
    )
    seq = centre.seq()
    theirs = officer("duty_leader", LANSHAN)
    assert refusal(centre.do(getattr(service, act), ask(room), theirs)) == "no_such_room"
    assert centre.seq() == seq


# -- what is decided ------------------------------------------------------------------------------------------------


def test_a_decision_with_a_deadline_is_a_clock_until_it_is_done(centre: Centre) -> None:
    matter = centre.order()
    unit, other = centre.units(2)
    room = opened(centre, matter, unit, other)
    due_at = centre.now + 2 * HOUR_MS
    item = done(
        centre.do(
            service.decide_in_room, service.DecideInRoom(room, "18 时前恢复供暖", "热力公司", unit, due_at)
        )
    )["item"]
    (clock,) = [one for one in centre.armed(matter["id"]) if one.purpose == "decision"]
    assert (clock.objective_at, clock.owner) == (due_at, "unit_liaison")
    assert centre.wait(hours=2, minutes=1) > 0
    assert centre.log("EscalationFired")
    complete = service.CompleteRoomDecision(room, item, "17:50 恢复")
    assert refusal(centre.do(service.complete_room_decision, complete, liaison(other))) == "not_your_decision"
    done(centre.do(service.complete_room_decision, complete, liaison(unit)))
    assert [one for one in centre.armed(matter["id"]) if one.purpose == "decision"] == []
    assert centre.log("RoomDecisionCompleted")[-1].params["late_ms"] == MINUTE_MS
    assert refusal(centre.do(service.complete_room_decision, complete)) == "already_completed"


def test_a_decision_is_never_due_after_its_matter_or_in_the_past(centre: Centre) -> None:
    unit = centre.units(1)[0]
    matter = centre.order(status="TO_SIGN", unit=unit, dispatched_at=centre.now)
    room = opened(centre, matter)
    for due_at, code in ((centre.now, "decision_in_the_past"), (centre.now + 10**11, "later_than_parent")):
        request = service.DecideInRoom(room, "定", "甲", None, due_at)
        assert refusal(centre.do(service.decide_in_room, request)) == code


# -- minutes --------------------------------------------------------------------------------------------------------


def test_minutes_are_drafted_edited_signed_and_then_fixed(centre: Centre) -> None:
    unit = centre.units(1)[0]
    room = opened(centre, centre.order(), unit)
    done(centre.do(service.read_room, service.ReadRoom(room, 0), liaison(unit)))
    said(centre, room, "三号井已关阀", liaison(unit))
    done(centre.do(service.decide_in_room, service.DecideInRoom(room, "加派两组", "热力公司")))
    draft = service.drafted_minutes(centre.services, centre.officer, room, centre.now)
    assert isinstance(draft, str)
    assert all(part in draft for part in ("三号井已关阀", "加派两组", centre.pack.units.get(unit).short))
    assert refusal(centre.do(service.sign_minutes, service.SignMinutes(room, 0))) == "minutes_missing"
    assert done(centre.do(service.edit_minutes, service.EditMinutes(room, draft, 0)))["minutes_version"] == 1
    late = service.EditMinutes(room, "另一份", 0)
    assert refusal(centre.do(service.edit_minutes, late, centre.leader)) == "minutes_changed"
    assert refusal(centre.do(service.close_room, service.CloseRoom(room))) == "minutes_unsigned"
    done(centre.do(service.sign_minutes, service.SignMinutes(room, 1), centre.leader))
    assert refusal(centre.do(service.edit_minutes, service.EditMinutes(room, "改", 1))) == "minutes_signed"
    done(centre.do(service.close_room, service.CloseRoom(room)))
    assert refusal(centre.do(service.say, service.Say(room, "再说"))) == "room_closed"
    shown = view(centre, room)["room"]
    assert (shown["state"], shown["minutes"], shown["signed_name"]) == ("closed", draft, "陈**")


def test_a_closed_consultation_makes_room_for_the_next(centre: Centre) -> None:
    matter = centre.order()
    room = opened(centre, matter)
    done(centre.do(service.edit_minutes, service.EditMinutes(room, "纪要", 0)))
    done(centre.do(service.sign_minutes, service.SignMinutes(room, 1)))
    done(centre.do(service.close_room, service.CloseRoom(room)))
    second = opened(centre, matter)
    found = service.rooms_of_matter(centre.services, centre.officer, matter["id"], centre.now)
    assert [one["id"] for one in found] == [second, room]


def test_minutes_name_nobody_of_the_centre_in_full(centre: Centre) -> None:
    room = opened(centre, centre.order())
    said(centre, room, "在")
    draft = service.drafted_minutes(centre.services, centre.officer, room, centre.now)
    assert isinstance(draft, str)
    assert centre.officer.name not in draft
    assert "王**" in draft


# -- experts and lawyers --------------------------------------------------------------------------------------------

PEOPLE = (
    "id,kind,name,field,organisation,phone,weekdays\n"
    "E001,expert,张建民,供热,市热力设计院,0633-8770001,\n"
    "L001,lawyer,刘静,劳动争议,某律师事务所,0633-8770002,1;3\n"
    "L002,lawyer,陈刚,物业,某律师事务所,0633-8770003,2\n"
)


def imported(centre: Centre, folder: Path, text: str = PEOPLE) -> None:
    file = folder / "specialists.csv"
    file.write_text(text, encoding="utf-8")
    people = service.read_specialists_file(file)
    done(service.import_specialists(centre.services, officer("sysadmin"), people, centre.now))


def booked(centre: Centre, room: str, who: str = "E001") -> str:
    request = service.BookSpecialist(room, who, "换热站能否并网", centre.now + HOUR_MS)
    return str(done(centre.do(service.book_specialist, request))["booking_id"])


def test_the_rota_says_who_is_on_today(centre: Centre, tmp_path: Path) -> None:
    imported(centre, tmp_path)  # it is Monday
    found = service.specialists(centre.services, centre.officer, centre.now)
    assert [(one["id"], one["on_today"]) for one in found] == [
        ("L001", True),
        ("E001", False),
        ("L002", False),
    ]
    assert refusal(service.specialists(centre.services, liaison("x"), centre.now)) == "no_right"


def test_an_ordered_expert_is_an_ask_and_a_clock_until_the_word_is_recorded(
    centre: Centre, tmp_path: Path
) -> None:
    imported(centre, tmp_path)
    matter = centre.order()
    room = opened(centre, matter)
    booking = booked(centre, room)
    (ask,) = [one for one in service.snapshot(centre.services).asks if one["kind"] == "booking"]
    assert (ask["id"], ask["due_at"]) == (f"booking:{booking}", centre.now + HOUR_MS)
    assert "booking" in {one.purpose for one in centre.armed(matter["id"])}
    (row,) = view(centre, room)["bookings"]
    assert (row["name"], row["phone"], row["state"]) == ("张建民", "0633-8770001", "asked")
    done(centre.do(service.answer_booking, service.AnswerBooking(booking, "accepted", "下午到")))
    assert [one for one in service.snapshot(centre.services).asks if one["kind"] == "booking"] == []
    assert "booking" not in {one.purpose for one in centre.armed(matter["id"])}
    done(centre.do(service.answer_booking, service.AnswerBooking(booking, "came")))
    draft = service.drafted_minutes(centre.services, centre.officer, room, centre.now)
    assert "张**（供热）" in str(draft)


def test_an_expert_is_ordered_once_into_a_room_and_again_after_a_refusal(
    centre: Centre, tmp_path: Path
) -> None:
    imported(centre, tmp_path)
    room = opened(centre, centre.order())
    booking = booked(centre, room)
    again = service.BookSpecialist(room, "E001", "再请", centre.now + HOUR_MS)
    assert refusal(centre.do(service.book_specialist, again)) == "already_booked"
    no_reason = service.AnswerBooking(booking, "declined")
    assert refusal(centre.do(service.answer_booking, no_reason)) == "reason_missing"
    done(centre.do(service.answer_booking, service.AnswerBooking(booking, "declined", "在外地")))
    late = service.AnswerBooking(booking, "accepted")
    assert refusal(centre.do(service.answer_booking, late)) == "booking_answered"
    booked(centre, room)


def test_units_in_the_room_see_neither_the_name_nor_the_number_in_full(
    centre: Centre, tmp_path: Path
) -> None:
    imported(centre, tmp_path)
    unit = centre.units(1)[0]
    room = opened(centre, centre.order(), unit)
    booked(centre, room)
    (row,) = view(centre, room, liaison(unit))["bookings"]
    assert (row["name"], row["phone"]) == ("张**", "063****0001")


def test_a_number_is_sealed_at_rest(centre: Centre, tmp_path: Path) -> None:
    imported(centre, tmp_path)
    with centre.services.store.read() as connection:
        sealed = connection.execute(select(tables.specialists.c.phone_sealed)).scalars().all()
    assert all(b"8770" not in bytes(one) for one in sealed)


def test_who_is_off_the_new_list_cannot_be_ordered_and_stays_in_the_past(
    centre: Centre, tmp_path: Path
) -> None:
    imported(centre, tmp_path)
    room = opened(centre, centre.order())
    booked(centre, room)
    imported(centre, tmp_path, "\n".join(PEOPLE.splitlines()[i] for i in (0, 2)) + "\n")
    found = service.specialists(centre.services, centre.officer, centre.now)
    assert [one["id"] for one in found] == ["L001"]
    assert view(centre, room)["bookings"][0]["name"] == "张建民"
    other = opened(centre, centre.order())
    request = service.BookSpecialist(other, "E001", "请", centre.now + HOUR_MS)
    assert refusal(centre.do(service.book_specialist, request)) == "no_such_specialist"


def test_a_faulty_list_is_refused_with_every_row(tmp_path: Path) -> None:
    file = tmp_path / "specialists.csv"
    file.write_text(PEOPLE + "L001,judge,,物业,所,1,8\n", encoding="utf-8")
    with pytest.raises(service.ListFileError) as refused:
        service.read_specialists_file(file)
    assert len(refused.value.faults) == 4
    assert all("row 5" in one for one in refused.value.faults)


def test_a_room_with_unanswered_orders_does_not_close(centre: Centre, tmp_path: Path) -> None:
    imported(centre, tmp_path)
    room = opened(centre, centre.order())
    booking = booked(centre, room)
    done(centre.do(service.edit_minutes, service.EditMinutes(room, "纪要", 0)))
    done(centre.do(service.sign_minutes, service.SignMinutes(room, 1)))
    assert refusal(centre.do(service.close_room, service.CloseRoom(room))) == "booking_open"
    done(centre.do(service.answer_booking, service.AnswerBooking(booking, "cancelled", "不需要了")))
    done(centre.do(service.close_room, service.CloseRoom(room)))
