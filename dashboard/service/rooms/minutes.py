"""Minutes of a consultation: drafted from what was said and decided, edited, signed, and then fixed."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import Connection, select

from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal, Refused
from dashboard.domain.rights import no_right
from dashboard.service.act import Act, perform
from dashboard.service.commanding import local_minute
from dashboard.service.rooms.requests import EditMinutes, SignMinutes
from dashboard.service.rooms.seeing import (
    Stored,
    called_of,
    leads_room,
    room_of,
    room_to_act_in,
    touch_room,
)
from dashboard.service.rooms.speaking import add_notice, clean_text
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.telling.room import Call, hear, tell_room
from dashboard.store import tables

MAX_MINUTES = 20_000  # characters
MAX_LINE = 300  # of one message in a draft; who needs the whole finds it in the room


def edit_minutes(
    services: Services, actor: Principal, request: EditMinutes, now: int, idempotency_key: str
) -> Outcome:
    """Replace the minutes' text; `Done.value` is {"room_id", "minutes_version"}.

    Refused: minutes_signed, minutes_changed (somebody else wrote meanwhile), text_missing, text_too_long.
    """

    def decide(act: Act) -> Row:
        room = room_to_act_in(act, request.room_id)
        leads_room(act, room)
        _check_version(act, room, request.minutes_version)
        text = clean_text(request.text, MAX_MINUTES)
        if not text:
            raise Refusal("text_missing")
        version = int(room["minutes_version"]) + 1
        touch_room(
            act, room["id"], minutes=text, minutes_version=version, minutes_at=now, minutes_name=actor.name
        )
        # What was written before stays readable in the audit chain: a hash here, the text in the request.
        act.before["minutes_sha256"] = _sha256(room["minutes"])
        act.tell("RoomRead", matter=room["matter_id"], room=room["id"])
        return {"room_id": room["id"], "minutes_version": version}

    subject = f"room:{request.room_id}"
    return perform(services, actor, "edit_minutes", subject, now, idempotency_key, request, decide)


def sign_minutes(
    services: Services, actor: Principal, request: SignMinutes, now: int, idempotency_key: str
) -> Outcome:
    """Sign the minutes; from then on nobody can change them. `Done.value` is {"room_id", "minutes_sha256"}.

    Refused: minutes_signed, minutes_changed, minutes_missing.
    """

    def decide(act: Act) -> Row:
        room = room_to_act_in(act, request.room_id)
        matter = leads_room(act, room)
        _check_version(act, room, request.minutes_version)
        if not room["minutes"]:
            raise Refusal("minutes_missing")
        sha256 = _sha256(room["minutes"])
        touch_room(
            act, room["id"], signed_at=now, signed_by=actor.id, signed_name=actor.name, minutes_sha256=sha256
        )
        no = add_notice(act, room, "signed", mask_name(actor.name))
        calls = [Call(no, *part) for part in called_of(act, room["id"], with_specialists=False)]
        said = ("会商纪要已签发", "the minutes of the consultation are signed")
        told = tell_room(act, room["id"], matter, "signed", calls, said)
        act.tell(
            "MinutesSigned", matter=matter.id, no=matter.no, topic=room["topic"], by=mask_name(actor.name),
            sha256=sha256, **told,
        )  # fmt: skip
        hear(act, calls)
        return {"room_id": room["id"], "minutes_sha256": sha256}

    subject = f"room:{request.room_id}"
    return perform(services, actor, "sign_minutes", subject, now, idempotency_key, request, decide)


def drafted_minutes(services: Services, actor: Principal, room_id: str, now: int) -> str | Refused:
    """Return a draft of the minutes from what was said and decided so far; nothing is stored.

    In Chinese, as the record of a Chinese centre is. Refused: no_right, no_such_room, no_such_matter.
    """
    refused = no_right(actor, "edit_minutes")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        try:
            room = room_of(act, room_id)
            matter = leads_room(act, room)
        except Refusal as refusal:
            return refusal.refused
        said, decided = _said(services, connection, room), _decided(services, connection, room)
        place = f"（{matter.place}）" if matter.place else ""
        head = [
            "会商纪要",
            f"事项：{matter.no} {matter.title}{place}",
            f"议题：{room['topic']}",
            f"时间：{local_minute(services, room['opened_at'])} 至 {local_minute(services, now)}",
            f"主持：{room['host'] or mask_name(room['opened_name'])}",
            f"参加：{'、'.join(_present(connection, room)) or '无'}",
        ]
        return "\n".join(
            [
                *head,
                "",
                "一、会商情况",
                *(said or ["无发言"]),
                "",
                "二、决定事项",
                *(decided or ["未作出决定"]),
            ]
        )


def _said(services: Services, connection: Connection, room: Stored) -> list[str]:
    table = tables.room_messages
    rows = connection.execute(
        select(table).where((table.c.room_id == room["id"]) & (table.c.kind == "said")).order_by(table.c.no)
    ).all()
    names = _attachment_names(connection, room)
    lines = []
    for row in rows:
        by = mask_name(row.by_name) if row.by_kind == "officer" else row.by_name
        text = row.text.replace("\n", " ")
        text = text if len(text) <= MAX_LINE else text[: MAX_LINE - 1] + "…"
        files = [names[one] for one in json.loads(row.attachments) if one in names]
        attached = f"（附件：{'、'.join(files)}）" if files else ""
        lines.append(f"{local_minute(services, row.at)} {by}：{text}{attached}")
    return lines


def _decided(services: Services, connection: Connection, room: Stored) -> list[str]:
    table = tables.room_decisions
    rows = connection.execute(select(table).where(table.c.room_id == room["id"]).order_by(table.c.item))
    return [
        f"{row.item}. {row.decision}。责任：{row.owner}。"
        + (f"时限：{local_minute(services, row.due_at)}。" if row.due_at is not None else "")
        for row in rows
    ]


def _present(connection: Connection, room: Stored) -> list[str]:
    table, booked, people = tables.room_participants, tables.bookings, tables.specialists
    rows = connection.execute(
        select(table.c.kind, table.c.name)
        .where((table.c.room_id == room["id"]) & table.c.came_at.is_not(None))
        .order_by(table.c.added_at, table.c.id)
    )
    names = [mask_name(name) if kind == "officer" else name for kind, name in rows]
    came = connection.execute(
        select(people.c.name, people.c.field)
        .join(booked, booked.c.specialist_id == people.c.id)
        .where((booked.c.room_id == room["id"]) & (booked.c.state == "came"))
        .order_by(booked.c.came_at)
    )
    return names + [f"{mask_name(name)}（{field}）" for name, field in came]


def _attachment_names(connection: Connection, room: Stored) -> dict[str, str]:
    column = tables.attachments.c
    rows = connection.execute(select(column.id, column.name).where(column.room_id == room["id"]))
    return {row.id: row.name for row in rows}


def _check_version(act: Act, room: Stored, version: int) -> None:
    if room["signed_at"] is not None:
        raise Refusal("minutes_signed", by=mask_name(room["signed_name"] or ""))
    if version != room["minutes_version"]:
        ago_s = max((act.now - (room["minutes_at"] or act.now)) // 1000, 0)
        raise Refusal("minutes_changed", by=mask_name(room["minutes_name"] or ""), ago_s=ago_s)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
