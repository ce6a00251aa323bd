"""A matter's consultation room and its files in the drawer, and the forms to open a room and to record an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.desk.clock_text import date_and_time
from layouts.desk.form_fields import begin_button, form_choice, form_dialog, form_field, form_pick
from layouts.desk.forms import About, Option

Row = Mapping[str, Any]
SHOWN_FILES: Final = 6


def room_part(
    rooms: Sequence[Row], bookings: Sequence[Row], files: Sequence[Row], *, may_open: bool, lang: str
) -> Component | None:
    """The drawer's part: the open room or the way to open one, orders that are not answered, the newest files."""
    room = rooms[0] if rooms else None
    is_open = room is not None and room["state"] == "open"
    if not (rooms or files or may_open):
        return None
    waiting = [one for one in bookings if one["state"] in ("asked", "accepted")]
    return html.Div(
        [
            _heading(room, lang, is_open=is_open, may_open=may_open),
            _room_line(room, lang) if room is not None else None,
            *(_booking(one, lang) for one in waiting),
            _files(files, lang) if files else None,
        ]
    )


def open_form(about: About, units: Sequence[Option], topic: str, lang: str) -> html.Div:
    """The form that opens a room: what about, who chairs, which units besides the handling one."""
    return form_dialog(
        "room_open",
        about,
        [
            form_field("topic", text("desk.room.topic", lang), lang, value=topic),
            form_field("host", text("desk.room.host", lang), lang, required=False),
            form_pick("units", text("desk.room.units", lang), units, single=False, required=False),
        ],
        lang,
    )


def answer_form(about: About, booking: Row, lang: str) -> html.Div:
    """The form in which the word of an ordered specialist is recorded, with the number to call."""
    answers = (
        ("accepted", "declined", "came", "cancelled")
        if booking["state"] == "asked"
        else ("came", "declined", "cancelled")
    )
    who = text(
        "desk.room.call",
        lang,
        name=booking["name"],
        organisation=booking["organisation"],
        phone=booking["phone"],
    )
    return form_dialog(
        "booking_answer",
        about,
        [
            html.P([html.B(who), html.Span(booking["question"], className="second")]),
            form_choice(
                "answer",
                text("desk.room.answer", lang),
                [(one, text(f"desk.booking.{one}", lang)) for one in answers],
                answers[0],
            ),
            form_field("words", text("desk.room.words", lang), lang, kind="long", required=False),
        ],
        lang,
    )


def _heading(room: Row | None, lang: str, *, is_open: bool, may_open: bool) -> html.Div:
    right: Component | str = ""
    if is_open and room is not None:
        unread = text("desk.room.unread", lang, count=room["unread"]) if room["unread"] else ""
        right = _link(room, f"{text('desk.room.enter', lang)} {unread}".strip())
    elif may_open:
        right = begin_button("room_open", text("desk.act.room_open", lang))
    return html.Div(
        [html.B(text("desk.room.title", lang)), html.Span(right, className="push")], className="heading"
    )


def _room_line(room: Row, lang: str) -> html.P:
    state = "desk.room.open_since" if room["state"] == "open" else "desk.room.closed_at"
    at = room["opened_at"] if room["state"] == "open" else room["closed_at"]
    line: list[Component | str] = [
        html.Span(room["topic"]),
        html.Span(f" {text(state, lang, time=date_and_time(at))}", className="second"),
    ]
    if room["state"] != "open":
        line += [" ", _link(room, text("desk.room.read", lang))]
    return html.P(line, className="room-line")


def _link(room: Row, label: str) -> html.A:
    return html.A(
        label, href=f"/room/{room['matter_id']}", target="_blank", rel="noopener", className="button small"
    )


def _booking(one: Row, lang: str) -> html.Div:
    words = text(
        "desk.room.booking",
        lang,
        name=one["name"],
        field=one["field"],
        state=text(f"desk.booking.{one['state']}", lang),
    )
    button = begin_button("booking_answer", text("desk.act.booking_answer", lang), {"booking": one["id"]})
    return html.Div([html.Span(words), html.Span(button, className="push")], className="room-booking")


def _files(files: Sequence[Row], lang: str) -> html.Div:
    newest = list(reversed(files))[:SHOWN_FILES]
    more = len(files) - len(newest)
    return html.Div(
        [
            html.Span(text("desk.room.files", lang, count=len(files)), className="second"),
            html.Div([_file(one, lang) for one in newest], className="room-files"),
            html.Span(text("desk.room.more_files", lang, count=more), className="provenance")
            if more
            else None,
        ]
    )


def _file(one: Row, lang: str) -> html.A:
    address = f"/api/v1/attachments/{one['id']}"
    when = date_and_time(one["taken_at"] or one["kept_at"])
    key = "desk.room.taken" if one["taken_at"] else "desk.room.kept"
    title = f"{one['name']} · {text(key, lang, time=when, by=one['by'])}"
    shown: Component = (
        html.Img(src=f"{address}/preview", alt=one["name"])
        if one["has_preview"]
        else html.Span("PDF", className="room-pdf")
    )
    return html.A(shown, href=address, title=title, className="room-file")
