"""Who was told by what: the list in the top bar, and the drawer's part with every telling of a matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from dashboard.domain.words import ROLE_WORDS
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.clock_text import date_and_time, time_of_day
from layouts.desk.drawer import heading
from layouts.desk.form_fields import begin_button, form_dialog, form_field

Row = Mapping[str, Any]

SHOWN: Final = 6
# What needs somebody comes first, then what is on its way, then what arrived.
_ORDER: Final = {"failed": 0, "waiting": 1, "sent": 1, "by_hand": 2, "received": 2, "lapsed": 3}
_ROLES_EN: Final = dict(ROLE_WORDS.values())
_SAME_DAY_MS: Final = 12 * 60 * 60_000


def told_button(lang: str) -> html.Details:
    """The top bar's list of what was told to this desk and not yet shown, and the sound's state with its mute."""
    return html.Details(
        [
            html.Summary(
                [
                    html.Span("", id="desk-told-count"),
                    html.Span("", id="desk-sound-state", **attributes({"data-state": ""})),
                ]
            ),
            html.Div(
                [
                    html.Ol(id="desk-told-list"),
                    html.Div(
                        [
                            html.Button(
                                text("desk.sound.mute", lang), type="button", className="button small"
                            ),
                            html.Span(
                                "", className="second", role="status", **attributes({"data-mute-said": "1"})
                            ),
                        ],
                        id="desk-mute",
                    ),
                    html.Button("", id="desk-notices", type="button", className="button small"),
                ],
                className="told-panel",
            ),
        ],
        id="desk-told",
    )


def tellings_part(rows: Sequence[Row], now: int, lang: str, *, may_resolve: bool) -> Component | None:
    """The drawer's part: counts, the tellings that matter most, and what to do about failures; None without any."""
    if not rows:
        return None
    counts = Counter(str(one["state"]) for one in rows)
    chosen = sorted(rows, key=lambda one: (_ORDER.get(str(one["state"]), 3), -int(one["made_at"])))[:SHOWN]
    children: list[Component] = [
        heading(
            text("desk.tellings.title", lang),
            text(
                "desk.tellings.counts", lang, received=counts["received"] + counts["by_hand"], count=len(rows)
            ),
            text("desk.tellings.failed", lang, count=counts["failed"]) if counts["failed"] else "",
        ),
        html.Ul([_line(one, now, lang) for one in chosen], className="telling-lines"),
    ]
    if len(rows) > SHOWN:
        children.append(
            html.Div(text("desk.tellings.more", lang, count=len(rows) - SHOWN), className="third")
        )
    if counts["failed"] and may_resolve:
        buttons = [begin_button("told_by_hand", text("desk.act.told_by_hand", lang), primary=True)]
        if any(one["state"] == "failed" and one["fault"] != "no_gateway" for one in rows):
            buttons.append(begin_button("retry_tellings", text("desk.act.retry_tellings", lang)))
        children.append(html.Div(buttons, className="telling-acts"))
    return html.Div(children)


def told_by_hand_form(about: list[Component | str], failed: Sequence[Row], lang: str) -> html.Div:
    """Who was not reached, and the words for how they were told."""
    field = form_field("text", text("desk.told_by_hand.text", lang), lang, kind="long", max_length=200)
    return form_dialog("told_by_hand", about, [_listed(failed, lang), field], lang)


def retry_tellings_form(about: list[Component | str], failed: Sequence[Row], lang: str) -> html.Div:
    """Who is told once more."""
    return form_dialog("retry_tellings", about, [_listed(failed, lang)], lang)


def _listed(failed: Sequence[Row], lang: str) -> html.Ul:
    return html.Ul(
        [html.Li(f"{_who(one, lang)} · {_state(one, lang)}") for one in failed],
        className="telling-lines plain",
    )


def _line(one: Row, now: int, lang: str) -> html.Li:
    return html.Li(
        [
            html.Span(_when(int(one["made_at"]), now), className="when"),
            html.Span(_who(one, lang), className="who-told", title=str(_named(one, "text", lang))),
            html.Span(_state(one, lang), className="what"),
        ],
        **attributes({"data-state": str(one["state"])}),
    )


def _who(one: Row, lang: str) -> str:
    role, means = _named(one, "role_name", lang), _named(one, "means_name", lang)
    # Of the desks of a scope the role says it all; a consultation calls one county's, by name.
    is_named = one["recipient_kind"] != "desk" or one["origin"] == "room"
    name = str(one["recipient_name"]) if is_named else ""
    return text("desk.tellings.who", lang, role=role, name=name, means=means).strip()


def _state(one: Row, lang: str) -> str:
    state = str(one["state"])
    if state == "received":
        at = time_of_day(int(one["received_at"]))
        return text("desk.tellings.received", lang, at=at, by=_by(one, lang))
    if state == "by_hand":
        return text("desk.tellings.by_hand", lang, at=time_of_day(int(one["ended_at"])), by=_by(one, lang))
    if state == "failed":
        return text(
            "desk.tellings.given_up", lang, fault=_named(one, "fault_name", lang), count=one["attempts"]
        )
    if state == "waiting" and one["fault"]:
        at = time_of_day(int(one["next_at"])) if one["next_at"] else ""
        return text("desk.tellings.again", lang, fault=_named(one, "fault_name", lang), at=at)
    if state == "waiting" and one["next_at"] is None:
        return text("desk.tellings.unseen", lang)
    return text(f"desk.tellings.{state}", lang)


def _by(one: Row, lang: str) -> str:
    """Who received it: kept once, as name and role; the role is a word and follows the language."""
    who = str(one["received_by"])
    name, _, role = who.rpartition(" ")
    return f"{name} {_ROLES_EN[role]}".strip() if lang == "en" and role in _ROLES_EN else who


def _named(one: Row, name: str, lang: str) -> str:
    return str(one[f"{name}_en"] if lang == "en" else one[name])


def _when(at: int, now: int) -> str:
    return time_of_day(at, seconds=False) if now - at < _SAME_DAY_MS else date_and_time(at)
