"""The consultation room and a matter's files in the desk's drawer, and the two acts that the desk offers for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from callbacks.desk.asked import read_form
from callbacks.desk.feature import Opened
from callbacks.desk.room import ROOM
from dashboard import service
from dashboard.domain.principal import Principal
from tests.store.centre import Centre, done, officer
from tests.store.pictures import PDF_BYTES, jpeg
from tests.store.test_rooms import booked, imported, opened, said, view


def shown(centre: Centre, matter: dict[str, Any], actor: Principal | None = None) -> str:
    opening = _opening(centre, matter, actor)
    assert ROOM.part is not None
    part = ROOM.part(opening)
    return (
        ""
        if part is None
        else json.dumps(part.to_plotly_json(), default=lambda one: one.to_plotly_json(), ensure_ascii=False)
    )


def _opening(centre: Centre, matter: dict[str, Any], actor: Principal | None = None, **args: str) -> Opened:
    live: Any = None  # neither the part nor the forms look at the fleet
    detail = centre.detail(matter["id"])
    return Opened(centre.services, live, actor or centre.officer, detail, centre.now, "zh", args)


def act(centre: Centre, name: str, matter: dict[str, Any], **fields: Any) -> service.Outcome:
    chosen = next(one for one in ROOM.acts if one.act == name)
    data = {"act": name, "key": centre.key(), "lang": "zh", "matter_id": matter["id"], "picked": []} | fields
    return chosen.perform(centre.services, centre.officer, read_form(data), centre.now)


def test_a_matter_without_a_room_offers_one_and_one_with_a_room_leads_there(centre: Centre) -> None:
    matter = centre.order()
    assert "room_open" in shown(centre, matter)
    unit = centre.units(1)[0]
    picked = [{"kind": "units", "id": unit}]
    done(act(centre, "room_open", matter, topic="何时恢复供暖", host="", picked=picked))
    (room,) = service.own_rooms(centre.services, officer("unit_liaison", unit=unit), centre.now)
    said(centre, room["id"], "在", officer("unit_liaison", unit=unit))
    part = shown(centre, matter)
    assert f"/room/{matter['id']}" in part
    assert "何时恢复供暖" in part
    assert "1 条未读" in part


def test_who_may_not_open_a_room_is_offered_none(centre: Centre) -> None:
    assert shown(centre, centre.order(), officer("leader")) == ""


def test_photos_of_a_matter_are_small_pictures_and_a_pdf_says_so(centre: Centre) -> None:
    matter = centre.order()
    for kind, name, content in (("photo", "现场.jpg", jpeg()), ("document", "报告.pdf", PDF_BYTES)):
        request = service.NewAttachment(matter["id"], None, None, kind, name, content)  # type: ignore[arg-type]
        done(centre.do(service.keep_attachment, request))
    part = shown(centre, matter)
    assert part.count("/preview") == 1
    assert "附件 2 个" in part
    assert "PDF" in part


def test_an_experts_answer_is_recorded_from_the_drawer(centre: Centre, tmp_path: Path) -> None:
    imported(centre, tmp_path)
    matter = centre.order()
    room = opened(centre, matter)
    booking = booked(centre, room)
    assert "张建民" in shown(centre, matter)
    form = next(one for one in ROOM.acts if one.act == "booking_answer").form
    page = str(form(_opening(centre, matter, booking=booking)).to_plotly_json())
    assert "0633-8770001" in page
    done(act(centre, "booking_answer", matter, args={"booking": booking}, answer="accepted", words="下午到"))
    assert view(centre, room)["bookings"][0]["state"] == "accepted"
