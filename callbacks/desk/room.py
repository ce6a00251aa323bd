"""Consultation rooms and files on the desk: their part of the drawer, opening a room, recording an expert's answer."""

from __future__ import annotations

from typing import Literal

from dash.development.base_component import Component

from callbacks.desk.asked import Asked, Malformed
from callbacks.desk.feature import Feature, FormAct, Opened
from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refused
from dashboard.domain.rights import may
from dashboard.service import Services
from dashboard.service.rows import Row
from layouts.catalogue import text
from layouts.desk.forms import Option, no_form
from layouts.desk.room import answer_form, open_form, room_part

ANSWERS: tuple[Literal["accepted", "declined", "came", "cancelled"], ...] = (
    "accepted",
    "declined",
    "came",
    "cancelled",
)


def _rooms(opened: Opened) -> list[Row]:
    found = service.rooms_of_matter(opened.services, opened.actor, opened.matter.row["id"], opened.now)
    return [] if isinstance(found, Refused) else found


def _bookings(opened: Opened, rooms: list[Row]) -> list[Row]:
    if not rooms or rooms[0]["state"] != "open":
        return []
    view = service.room_view(opened.services, opened.actor, rooms[0]["id"], opened.now)
    return [] if isinstance(view, Refused) else list(view["bookings"])


def _part(opened: Opened) -> Component | None:
    rooms = _rooms(opened)
    files = service.attachments_of(opened.services, opened.actor, opened.matter.row["id"], opened.now)
    return room_part(
        rooms, _bookings(opened, rooms), [] if isinstance(files, Refused) else files,
        may_open=may(opened.actor, "open_room"), lang=opened.lang,
    )  # fmt: skip


def _open_form(opened: Opened) -> Component:
    units = [
        Option(one["id"], one["name"], one["region"], search=f"{one['name']} {one['region']}")
        for one in service.units_to_invite(opened.services, opened.actor)
    ]
    return open_form(opened.about, units, opened.matter.row["title"], opened.lang)


def _open(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    request = service.OpenRoom(
        wanted.matter_id,
        wanted.text("topic"),
        wanted.picked(),
        wanted.text("host", required=False),
    )
    return service.open_room(services, actor, request, now, wanted.key)


def _answer_form(opened: Opened) -> Component:
    wanted = opened.args.get("booking", "")
    found = next((one for one in _bookings(opened, _rooms(opened)) if one["id"] == wanted), None)
    if found is None or found["state"] not in ("asked", "accepted"):
        return no_form(text("desk.room.answered", opened.lang), opened.lang)
    return answer_form(opened.about, found, opened.lang)


def _answer(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    answer = next((one for one in ANSWERS if one == wanted.text("answer")), None)
    if answer is None:
        raise Malformed("answer")
    request = service.AnswerBooking(wanted.arg("booking"), answer, wanted.text("words", required=False))
    return service.answer_booking(services, actor, request, now, wanted.key)


ROOM = Feature(
    "room",
    _part,
    (
        FormAct("room_open", "open_room", _open_form, _open),
        FormAct("booking_answer", "answer_booking", _answer_form, _answer),
    ),
)
