"""A consultation from its opening to its end: every event that it writes, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard import service
from tests.store.centre import MINUTE_MS, Centre, officer
from tests.store.pictures import jpeg

Do = Callable[..., Any]


def confer(centre: Centre, act: Do) -> None:
    """Open a room, say and keep something, decide, order an expert, sign and end; `act` does and checks each act."""
    matter, unit = centre.order(title="会商一次"), centre.units(2)[1]
    liaison = officer("unit_liaison", unit=unit)
    room = act(service.open_room, service.OpenRoom(matter["id"], "议什么"))["room_id"]
    act(service.invite_to_room, service.InviteToRoom(room, "unit", unit))
    act(service.move_room, service.MoveRoom(room, centre.now + 20 * MINUTE_MS))
    act(service.say, service.Say(room, "请讲"))
    act(service.read_room, service.ReadRoom(room, 2), liaison)
    act(service.keep_attachment, service.NewAttachment(matter["id"], None, room, "photo", "a.jpg", jpeg()))
    decide = service.DecideInRoom(room, "今日修复", "甲", unit, centre.now + 30 * MINUTE_MS)
    item = act(service.decide_in_room, decide)["item"]
    act(service.complete_room_decision, service.CompleteRoomDecision(room, item, "已修复"), liaison)
    expert = service.Specialist("E1", "expert", "张建民", "供热", "院", "", ())
    service.import_specialists(centre.services, officer("sysadmin"), [expert], centre.now)
    book = service.BookSpecialist(room, "E1", "看一看", centre.now + 30 * MINUTE_MS)
    booking = act(service.book_specialist, book)["booking_id"]
    act(service.answer_booking, service.AnswerBooking(booking, "declined", "在外地"))
    act(service.remove_from_room, service.RemoveFromRoom(room, "unit", unit, "已办完"))
    act(service.edit_minutes, service.EditMinutes(room, "纪要", 0))
    act(service.sign_minutes, service.SignMinutes(room, 1))
    act(service.close_room, service.CloseRoom(room))
