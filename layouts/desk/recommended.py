"""Who should go, with the reasons, those left out, and what falls short."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import sentence, text
from layouts.desk.drawer import heading
from layouts.desk.glyphs import code

NUMBERED: Final = 9
SHOWN_IN_DRAWER: Final = 6
METRES_IN_KM: Final = 1_000


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One recommended receiver; `minutes` and `distance_m` are None where nothing is known."""

    kind: Literal["unit", "worker"]
    id: str
    code: str
    name: str
    role: Literal["lead", "assist"]
    role_text: str
    distance_m: float | None
    minutes: int | None
    hands: int | None
    jurisdiction: str
    reasons: str
    lon: float | None = None
    lat: float | None = None
    chosen: bool = False
    whistles: int = 0
    search: str = ""
    further: bool = False


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The whole answer: candidates in order, who was left out and why, and the shortfall in words."""

    candidates: tuple[Suggestion, ...]
    left_out: tuple[str, ...] = ()
    shortfall: tuple[str, ...] = ()


def recommended(suggestions: Suggestions, lang: str) -> Component:
    """The drawer's table of recommended receivers, numbered as on the map."""
    title = heading(text("desk.recommended.title", lang), text("desk.recommended.hint", lang))
    shortfall = [html.P(sentence(one), className="shortfall") for one in suggestions.shortfall]
    left_out = (
        [
            html.P(
                text(
                    "desk.recommended.left_out",
                    lang,
                    who=text("desk.join.clauses", lang).join(suggestions.left_out),
                ),
                className="left-out",
            )
        ]
        if suggestions.left_out
        else []
    )
    if not suggestions.candidates:
        return html.Div(
            [title, html.P(text("desk.recommended.none", lang), className="left-out"), *shortfall, *left_out]
        )
    shown = suggestions.candidates[:SHOWN_IN_DRAWER]
    has_area = any(one.jurisdiction for one in shown)
    area = (("jurisdiction", "66px"),) if has_area else ()
    shape = (
        ("", "24px"),
        ("who", "26%"),
        ("distance", "54px"),
        ("eta", "38px"),
        ("hands", "36px"),
        *area,
        ("why", ""),
    )
    header = [html.Th(text(f"desk.recommended.{name}", lang) if name else "") for name, _ in shape]
    rows = [_row(number, one, has_area=has_area) for number, one in enumerate(shown, start=1)]
    cols = [html.Col(style={"width": width} if width else {}) for _, width in shape]
    table = html.Table(
        [html.Colgroup(cols), html.Thead(html.Tr(header)), html.Tbody(rows)], className="recommended"
    )
    return html.Div([title, table, *shortfall, *left_out])


def _row(number: int, one: Suggestion, *, has_area: bool) -> html.Tr:
    place: dict[str, Any] = {}
    if one.lon is not None and one.lat is not None:
        place = {"data-lon": str(one.lon), "data-lat": str(one.lat), "data-number": str(number)}
    return html.Tr(
        [
            html.Td(html.Kbd(str(number))),
            html.Td(
                [code(one.code, "person" if one.kind == "worker" else "open"), html.Span(one.name)],
                title=one.name,
            ),
            html.Td(distance_text(one.distance_m)),
            html.Td(html.B(minutes_text(one.minutes))),
            html.Td(hands_text(one.hands)),
            *([html.Td(one.jurisdiction or "–", title=one.jurisdiction)] if has_area else []),
            html.Td(html.Span(one.reasons), className="why", title=one.reasons),
        ],
        **place,
    )


def distance_text(metres: float | None) -> str:
    """`830 m` below a kilometre, `1.4 km` above, a dash when the position is not known."""
    if metres is None:
        return "–"
    return f"{round(metres, -1):.0f} m" if metres < METRES_IN_KM else f"{metres / METRES_IN_KM:.1f} km"


def minutes_text(minutes: int | None) -> str:
    """Travel time as the desk writes it: `6′`."""
    return "–" if minutes is None else f"{minutes}′"


def hands_text(hands: int | None) -> str:
    """How much a receiver already has in hand; a dash when that is not known."""
    return "–" if hands is None else str(hands)
