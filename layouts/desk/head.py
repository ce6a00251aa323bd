"""The drawer's head: which matter, whose turn, which clock, and the clocks behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import has_text, text
from layouts.desk.attributes import attributes
from layouts.desk.clock_face import countdown
from layouts.desk.clock_text import date_and_time
from layouts.desk.glyphs import urgency


@dataclass(frozen=True, slots=True)
class NextClock:
    """One running clock: what must happen, by when (UTC ms), of how long a limit."""

    label: str
    due_at: int
    limit_ms: int


@dataclass(frozen=True, slots=True)
class MatterHead:
    """What the head shows. `citizen` is masked by the server; `clocks` are soonest first."""

    no: str
    title: str
    urgency: int
    where: str
    unit: str | None
    merged: int
    returned: int
    external_id: str
    citizen: str
    must_act: str
    clocks: tuple[NextClock, ...]
    whistle: str = ""
    may_reveal: bool = False
    missed_due_at: int | None = None


def matter_head(shown: MatterHead, now: int, lang: str) -> html.Div:
    """Title with the soonest clock, who is responsible, who asked (masked), and what is due next."""
    return html.Div(
        [
            html.Div(
                [
                    html.Div(
                        [
                            html.Div(
                                [urgency(shown.urgency), html.Span(shown.title, title=shown.title)],
                                className="matter-title",
                            ),
                            html.Div(_responsible(shown, lang), className="where"),
                            html.Div(_citizen(shown, lang), className="citizen"),
                        ]
                    ),
                    _clock(shown, now, lang),
                ],
                className="matter-head",
            ),
            html.Div(_next(shown.clocks, now, lang), className="next-clocks"),
        ]
    )


def _responsible(shown: MatterHead, lang: str) -> list[Component | str]:
    unit: list[Component | str] = (
        [text("desk.head.unit", lang), html.B(shown.unit)]
        if shown.unit
        else [text("desk.head.no_unit", lang)]
    )
    extra = [text("desk.head.merged", lang, count=shown.merged)] if shown.merged > 1 else []
    if shown.returned:
        extra.append(text("desk.head.returned", lang, count=shown.returned))
    if shown.missed_due_at is not None:
        extra.append(text("desk.head.missed", lang, at=date_and_time(shown.missed_due_at)))
    return [f"{shown.no} · {shown.where} · ", *unit, *(f" · {part}" for part in extra)]


def _citizen(shown: MatterHead, lang: str) -> list[Component | str]:
    parts: list[Component | str] = [
        f"{shown.external_id} · ",
        shown.citizen or text("desk.head.no_citizen", lang),
    ]
    if shown.citizen and shown.may_reveal:
        button = html.Button(
            text("desk.head.reveal", lang), type="button", **attributes({"data-begin": "reveal"})
        )
        parts += [" ", button]
    return parts


def _clock(shown: MatterHead, now: int, lang: str) -> html.Div:
    who = _who(shown.must_act, lang)
    turn = text("desk.head.must_act", lang, who=who) if who else ""
    if not shown.clocks:
        return html.Div([html.Div("—", className="clock-face"), html.Div(turn)], className="matter-clock")
    first = shown.clocks[0]
    return html.Div(
        [
            html.Div(countdown(first.due_at, first.limit_ms, now, lang)),
            html.Div(
                [
                    f"{first.label} · " if turn else first.label,
                    turn,
                    f" · {shown.whistle}" if shown.whistle else "",
                ]
            ),
        ],
        className="matter-clock",
    )


def _who(must_act: str, lang: str) -> str:
    key = f"desk.must_act.{must_act}"
    return text(key, lang) if has_text(key) else must_act


def _next(clocks: Sequence[NextClock], now: int, lang: str) -> list[Component]:
    if not clocks:
        return [html.Span(text("desk.head.no_clock", lang), className="third")]
    return [
        html.Span(text("desk.head.next", lang), className="third"),
        *(
            html.Span([clock.label, " ", countdown(clock.due_at, clock.limit_ms, now, lang, "left")])
            for clock in clocks
        ),
    ]
