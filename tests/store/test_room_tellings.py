"""会商的通知: whoever is called is told, once, in the transaction that calls; and told anew when the time moves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.telling import Telling, room_origin
from dashboard.service import GatewayReceipt, Services, Settled
from dashboard.service.asks import open_asks
from dashboard.service.policies.webhooks import open_webhook
from dashboard.store import audit
from tests.store.centre import CITY, DONGGANG, LANSHAN, MINUTE_MS, SECRET, Centre, done, officer, refusal
from tests.store.test_rooms import HOUR_MS, booked, imported, liaison, opened, said
from tests.store.test_tellings import take, tellings

SYSADMIN = officer("sysadmin")


def told(centre: Centre, what: str = "", **equal: Any) -> list[Telling]:
    """The tellings of consultations, of one kind of occasion when it is named."""
    found = tellings(centre, origin="room", **equal)
    return [one for one in found if not what or one.policy_id == f"room-{what}"]


def to_whom(found: list[Telling]) -> Counter[tuple[str, str]]:
    return Counter((one.recipient, one.means) for one in found)


def failed_asks(centre: Centre) -> list[str]:
    with centre.services.store.read() as connection:
        return [
            one["matter_id"]
            for one in open_asks(centre.services, connection)
            if one["kind"] == "telling_failed"
        ]


def give_up(centre: Centre) -> int:
    out = take(centre)
    faults = [Settled(one.id, one.attempt, fault="no_number", is_final=True) for one in out]
    service.settle(centre.services, faults, centre.now)
    return len(out)


def invite(centre: Centre, room: str, kind: Any, part_id: str, actor: Principal | None = None) -> Any:
    return centre.do(service.invite_to_room, service.InviteToRoom(room, kind, part_id), actor)


# -- asked in ------------------------------------------------------------------------------------------------------


def test_every_unit_that_a_room_opens_with_is_told_once_by_page_and_by_message(centre: Centre) -> None:
    units = centre.units(3)
    matter = centre.order(status="TO_SIGN", unit=units[0], dispatched_at=centre.now)
    opened(centre, matter, units[1], units[2], units[1])
    assert to_whom(told(centre)) == Counter(
        {(unit, means): 1 for unit in units for means in ("unit_page", "sms")}
    )
    assert {one.policy_id for one in told(centre)} == {"room-invited"}
    opened(centre, matter, *units)
    assert len(told(centre)) == 6, "who is in the room already is not asked again"


def test_a_telling_belongs_to_the_message_that_asks_in_and_was_written_with_it(centre: Centre) -> None:
    unit = centre.units(1)[0]
    room = opened(centre, centre.order())
    done(invite(centre, room, "unit", unit))
    view = service.room_view(centre.services, centre.officer, room, centre.now)
    assert isinstance(view, dict)
    (message,) = [one for one in view["messages"] if one["kind"] == "invited"]
    assert {one.origin_id for one in told(centre)} == {room_origin(room, message["no"])}
    assert {one.made_at for one in told(centre)} == {message["at"]}
    (line,) = centre.log("RoomInvited")
    assert line.params["calls"] == [[message["no"], "unit", unit]]


def test_an_invitation_and_its_tellings_are_committed_together_or_not_at_all(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, unit = opened(centre, centre.order()), centre.units(1)[0]

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        invite(centre, room, "unit", unit)
    monkeypatch.undo()
    assert (told(centre), centre.log("RoomInvited")) == ([], [])
    done(invite(centre, room, "unit", unit))
    assert len(told(centre)) == 2


def test_the_same_invitation_sent_again_tells_nobody_twice(centre: Centre) -> None:
    room, unit = opened(centre, centre.order()), centre.units(1)[0]
    request = service.InviteToRoom(room, "unit", unit)
    for _ in range(2):
        done(service.invite_to_room(centre.services, centre.officer, request, centre.now, "one key"))
    assert len(told(centre)) == 2
    assert refusal(invite(centre, room, "unit", unit)) == "already_in_room"
    assert len(told(centre)) == 2


def test_whoever_was_taken_out_is_told_and_told_again_when_asked_in_again(centre: Centre) -> None:
    room, unit = opened(centre, centre.order()), centre.units(1)[0]
    done(invite(centre, room, "unit", unit))
    done(centre.do(service.remove_from_room, service.RemoveFromRoom(room, "unit", unit, "请错了")))
    assert {one.means for one in told(centre, "removed")} == {"unit_page", "sms"}
    # The message that asks in has not gone out yet, and does not any more.
    assert [one.text for one in take(centre) if "请" in one.text] == []
    done(invite(centre, room, "unit", unit))
    assert len({one.origin_id for one in told(centre, "invited")}) == 2
    assert ["不必" in one.text for one in take(centre)] == [False]


def test_a_whistle_raised_to_a_consultation_tells_its_units_when_it_meets(centre: Centre) -> None:
    units = centre.units(3)
    whistle = done(centre.whistle(centre.order(), *units))
    request = service.RaiseToConsultation(whistle["id"], "分管副市长", centre.now + HOUR_MS)
    done(centre.do(service.raise_to_consultation, request))
    assert to_whom(told(centre)) == Counter(
        {(unit, means): 1 for unit in units for means in ("unit_page", "sms")}
    )
    assert all("参加会商（11-23" in one.text and len(one.text) <= 45 for one in told(centre))


def test_what_is_said_names_no_citizen(centre: Centre) -> None:
    opened(centre, centre.order(), *centre.units(2))
    assert told(centre)
    for one in told(centre):
        assert "李小明" not in one.text + one.text_en
        assert "13812345678" not in one.text + one.text_en


def test_who_speaks_or_looks_in_without_being_asked_is_told_nothing(centre: Centre) -> None:
    room = opened(centre, centre.order())
    said(centre, room, "在", centre.leader)
    assert told(centre) == []


# -- another county's centre ---------------------------------------------------------------------------------------


def test_another_county_is_told_at_its_own_desk_which_alone_can_confirm_it(centre: Centre) -> None:
    room = opened(centre, centre.order())
    done(invite(centre, room, "centre", LANSHAN))
    (screen,) = told(centre, means="screen")
    assert (screen.recipient, screen.scope) == (f"duty_officer@{LANSHAN}", (LANSHAN,))
    (line,) = centre.log("RoomInvited")
    assert LANSHAN in line.scope
    assert [(one["id"], one["place"]) for one in line.params["tellings"]] == [(screen.id, LANSHAN)]
    theirs, ours = officer(jurisdiction=LANSHAN, name="赵四"), officer(jurisdiction=DONGGANG)
    for stranger in (ours, officer()):
        assert service.waiting_tellings(centre.services, stranger, centre.now) == []
        assert done(service.receipt_shown(centre.services, stranger, [screen.id], centre.now)) == {
            "received": []
        }
    (waiting,) = service.waiting_tellings(centre.services, theirs, centre.now)  # type: ignore[misc]
    assert (waiting["id"], waiting["origin"]) == (screen.id, "room")
    assert done(service.receipt_shown(centre.services, theirs, [screen.id], centre.now))["received"]
    (screen,) = told(centre, means="screen")
    assert (screen.state, screen.received_by) == ("received", "赵** 值班员")


# -- experts and lawyers -------------------------------------------------------------------------------------------


def test_an_ordered_expert_gets_a_message_at_the_sealed_number(centre: Centre, tmp_path: Path) -> None:
    imported(centre, tmp_path)
    booked(centre, opened(centre, centre.order()))
    (message,) = told(centre, "booked")
    assert (message.means, message.recipient, message.recipient_name) == ("sms", "E001", "张** · 供热")
    assert "8770001" not in repr(message)
    (out,) = take(centre)
    assert (out.to["phone"], out.to["kind"], out.to["role"]) == ("0633-8770001", "specialist", "specialist")
    assert "到场" in out.text


def test_an_answer_on_the_telephone_settles_the_message_and_its_ask(centre: Centre, tmp_path: Path) -> None:
    imported(centre, tmp_path)
    booking = booked(centre, opened(centre, centre.order()))
    assert give_up(centre) == 1
    assert len(failed_asks(centre)) == 1
    done(centre.do(service.answer_booking, service.AnswerBooking(booking, "accepted", "下午到")))
    (message,) = told(centre, "booked")
    assert (message.state, message.received_by) == ("by_hand", "王**")
    assert failed_asks(centre) == []


def test_an_expert_who_is_called_off_is_told_so(centre: Centre, tmp_path: Path) -> None:
    imported(centre, tmp_path)
    room = opened(centre, centre.order())
    done(
        centre.do(
            service.answer_booking, service.AnswerBooking(booked(centre, room), "cancelled", "不需要了")
        )
    )
    assert [one.text for one in take(centre)] == [one.text for one in told(centre, "cancelled")]
    booked(centre, room)
    assert ["不必" in one.text for one in take(centre)] == [False], "ordered again: the calling off is void"


# -- the time moved ------------------------------------------------------------------------------------------------


def move(centre: Centre, room: str, at: int, actor: Principal | None = None) -> Any:
    return centre.do(service.move_room, service.MoveRoom(room, at), actor)


def test_a_moved_time_is_told_to_all_who_were_called_and_takes_the_old_ones_place(
    centre: Centre, tmp_path: Path
) -> None:
    imported(centre, tmp_path)
    unit, gone = centre.units(2)
    room = opened(centre, centre.order(), unit, gone)
    done(invite(centre, room, "centre", LANSHAN))
    booked(centre, room)
    done(centre.do(service.remove_from_room, service.RemoveFromRoom(room, "unit", gone, "请错了")))
    done(move(centre, room, centre.now + HOUR_MS))
    done(move(centre, room, centre.now + 2 * HOUR_MS))
    everybody = {
        (unit, "unit_page"),
        (unit, "sms"),
        (f"duty_officer@{LANSHAN}", "screen"),
        (f"duty_officer@{LANSHAN}", "sms"),
        ("E001", "sms"),
    }
    assert to_whom(told(centre, "moved")) == Counter(dict.fromkeys(everybody, 2))
    # Nobody is called to the first time any more, nor to the room before it had a time.
    assert {one.policy_id for one in take(centre)} == {"room-moved", "room-removed", "room-booked"}
    states = Counter(one.state for one in told(centre, "moved", means="sms"))
    assert states == {"lapsed": 3, "waiting": 3}
    assert service.lapse_ended(centre.services, centre.now) > 0
    (page,) = [one for one in told(centre, means="unit_page", recipient=unit) if one.state == "waiting"]
    assert page.text.endswith("会商改到 11-23 12:00")
    (line, _) = centre.log("RoomMoved")
    assert LANSHAN in line.scope


def test_a_time_that_is_past_the_same_or_after_the_matters_end_is_refused(centre: Centre) -> None:
    unit = centre.units(1)[0]
    room = opened(centre, centre.order(status="TO_SIGN", unit=unit, dispatched_at=centre.now))
    assert refusal(move(centre, room, centre.now)) == "next_in_the_past"
    assert refusal(move(centre, room, centre.now + 10**11)) == "later_than_parent"
    done(move(centre, room, centre.now + MINUTE_MS))
    assert refusal(move(centre, room, centre.now + MINUTE_MS)) == "room_time_same"
    assert refusal(move(centre, room, centre.now + HOUR_MS, liaison(unit))) == "no_right"
    assert refusal(move(centre, room, centre.now + HOUR_MS, officer(jurisdiction=LANSHAN))) == "no_such_room"
    assert len(centre.log("RoomMoved")) == 1


def test_a_second_opener_who_names_another_time_moves_the_room(centre: Centre) -> None:
    first, second = centre.units(2)
    matter = centre.order()
    opened(centre, matter, first)
    request = service.OpenRoom(matter["id"], "再议", (second,), "陈", centre.now + HOUR_MS)
    done(centre.do(service.open_room, request))
    assert {one.recipient for one in told(centre, "moved")} == {first}
    (asked,) = [one for one in told(centre, "invited", means="sms") if one.recipient == second]
    assert "（11-23" in asked.text
    assert {(one.to["id"], one.policy_id) for one in take(centre)} == {
        (first, "room-moved"),
        (second, "room-invited"),
    }


# -- the minutes ---------------------------------------------------------------------------------------------------


def signed(centre: Centre, room: str) -> None:
    done(centre.do(service.edit_minutes, service.EditMinutes(room, "纪要", 0)))
    done(centre.do(service.sign_minutes, service.SignMinutes(room, 1)))


def test_signed_minutes_are_shown_to_who_took_part_and_outlive_the_room(centre: Centre) -> None:
    unit = centre.units(1)[0]
    room = opened(centre, centre.order(), unit)
    done(invite(centre, room, "centre", LANSHAN))
    signed(centre, room)
    assert to_whom(told(centre, "signed")) == Counter(
        [(unit, "unit_page"), (f"duty_officer@{LANSHAN}", "screen")]
    )
    done(centre.do(service.close_room, service.CloseRoom(room)))
    service.lapse_ended(centre.services, centre.now)
    assert {one.policy_id for one in told(centre) if one.state == "waiting" and one.next_at is None} == {
        "room-signed"
    }
    assert take(centre) == [], "nobody is called into a room that has ended"


# -- what became of it ---------------------------------------------------------------------------------------------


def test_who_comes_into_the_room_has_been_told_whatever_the_message_did(centre: Centre) -> None:
    unit, other = centre.units(2)
    matter = centre.order()
    room = opened(centre, matter, unit, other)
    assert give_up(centre) == 2
    assert failed_asks(centre) == [matter["id"]]
    done(centre.do(service.read_room, service.ReadRoom(room, 1), liaison(unit)))
    assert {one.state for one in told(centre, recipient=unit)} == {"received"}
    assert failed_asks(centre) == [matter["id"]], "the other was not reached yet"
    said(centre, room, "到了", liaison(other))
    assert {one.state for one in told(centre)} == {"received"}
    assert failed_asks(centre) == []


def test_a_units_page_shows_what_it_was_asked_into_and_receipts_it(centre: Centre) -> None:
    unit, other = centre.units(2)
    opened(centre, centre.order(), unit)
    (page,) = service.waiting_tellings(centre.services, liaison(unit), centre.now)  # type: ignore[misc]
    assert page["origin"] == "room"
    assert service.waiting_tellings(centre.services, liaison(other), centre.now) == []
    assert done(service.receipt_shown(centre.services, liaison(other), [page["id"]], centre.now)) == {
        "received": []
    }
    assert done(service.receipt_shown(centre.services, liaison(unit), [page["id"]], centre.now))["received"]


def test_a_message_that_fails_waits_on_the_desk_until_somebody_tells_by_hand(centre: Centre) -> None:
    matter = centre.order()
    opened(centre, matter, centre.units(1)[0])
    give_up(centre)
    (line,) = centre.log("TellingFailed")
    assert line.params["fault"]
    done(centre.do(service.retry_tellings, service.RetryTellings(matter["id"])))
    assert [one.attempt for one in take(centre)] == [2]
    service.settle(centre.services, [Settled(told(centre, means="sms")[0].id, 2, gateway_id="g")], centre.now)
    receipt = GatewayReceipt(told(centre, means="sms")[0].id, "received")
    assert service.note_receipts(centre.services, [receipt], centre.now) == 1
    assert failed_asks(centre) == []


def test_without_a_gateway_nobody_is_pretended_to_be_called(centre: Centre) -> None:
    old = centre.services
    centre.services = Services(old.store, old.pack, secret=SECRET, means_served=frozenset({"webhook"}))
    matter = centre.order()
    opened(centre, matter, centre.units(1)[0])
    (message,) = told(centre, means="sms")
    assert (message.state, message.fault) == ("failed", "no_gateway")
    assert failed_asks(centre) == [matter["id"]]
    done(centre.do(service.told_by_hand, service.ToldByHand(matter["id"], "已电话告知")))
    assert told(centre, means="sms")[0].state == "by_hand"


def test_a_closed_matter_calls_nobody_any_more(centre: Centre) -> None:
    matter = centre.event(status="CHECKING")
    opened(centre, matter, centre.units(1)[0])
    end = service.Advance(matter["id"], "CLOSED", {"handling": "已处置", "resolved": True})
    done(centre.do(service.advance, end, expected_version=None))
    assert take(centre) == []
    service.lapse_ended(centre.services, centre.now)
    assert {one.state for one in told(centre)} == {"lapsed"}


def test_webhooks_of_the_matter_and_of_the_county_that_is_called_hear_it_once(centre: Centre) -> None:
    for name, place in (("东港平台", DONGGANG), ("岚山平台", LANSHAN), ("市平台", CITY)):
        done(open_webhook(centre.services, SYSADMIN, name, "https://platform.example/in", place, centre.now))
    room = opened(centre, centre.order())
    done(invite(centre, room, "centre", LANSHAN))
    hooks = told(centre, means="webhook")
    assert sorted(one.recipient_name for one in hooks) == sorted(["东港平台", "岚山平台", "市平台"])
    assert all("岚山" in one.text for one in hooks)
