"""The desk's small shapes as inline SVG: urgency symbols, the lock, a unit's arrival on the 0-30 minute axis.

Built with `dash_svg`, because Dash has no SVG elements of its own and markup strings would need raw HTML.
"""

from __future__ import annotations

from typing import Final

from dash import html
from dash.development.base_component import Component
from dash_svg import Path, Rect, Svg, Text

from layouts.desk.attributes import attributes

AXIS_MINUTES: Final = 32  # the axis runs a little past the limit, so that a predicted miss can be seen
RISK_MINUTES: Final = 20
LIMIT_MINUTES: Final = 30
AXIS_PX: Final = 250

# The same shapes as assets/desk/symbols.mjs, in a box of 14 units.
_URGENCY: Final = {
    1: "M7 0.8L13.6 13H0.4Z",
    2: "M7 1.2L12.8 7L7 12.8L1.2 7Z",
    3: "M7 3.6a3.4 3.4 0 1 0 .01 0Z",
    4: "M3.2 3.2h7.6v7.6H3.2Z",
}
_EXCLAMATION: Final = "M6.3 5h1.4v4H6.3zM6.3 10.1h1.4v1.4H6.3z"


def urgency(level: int, size: int = 21) -> Component:
    """The symbol of an urgency 1-4; the style sheet colours it by its clock."""
    shapes = [Path(d=_URGENCY.get(level, _URGENCY[3]))]
    if level == 1:
        shapes.append(Path(d=_EXCLAMATION, className="mark"))
    symbol: Component = Svg(
        shapes,
        width=str(size),
        height=str(size),
        viewBox="0 0 14 14",
        className="glyph open" if level == 4 else "glyph",
    )
    return symbol


def lock() -> Component:
    """A closed lock: this unit may not leave."""
    symbol: Component = Svg(
        [
            Rect(x="1", y="6", width="10", height="7", stroke="none"),
            Path(d="M3 6V4a3 3 0 0 1 6 0v2", fill="none", strokeWidth="1.6"),
        ],
        viewBox="0 0 12 13",
        className="lock",
    )
    return symbol


def code(character: str, state: str = "") -> html.Span:
    """A unit's one-character square; `state` is "", moving, late, overdue, person or open."""
    return html.Span(character, className=f"code {state}".strip())


def arrival(minutes: int | None) -> html.Div:
    """The predicted arrival on the shared 0-30 axis; at risk past twenty minutes of the thirty."""
    marks = [
        Rect(x="0", y="11", width=_at(LIMIT_MINUTES), height="2", className="rail"),
        Rect(x=_at(RISK_MINUTES), y="7", width="1.5", height="10", className="mark-20"),
        Rect(x=_at(LIMIT_MINUTES), y="3", width="2.5", height="18", className="mark-30"),
    ]
    state = "ok"
    if minutes is not None:
        shown = min(minutes, AXIS_MINUTES)
        state = "risk" if minutes > RISK_MINUTES else "ok"
        marks += [
            Rect(x="0", y="9", width=_at(shown), height="6", className="run"),
            Rect(x=_at(shown - 0.25), y="4", width="4", height="16", className="run"),
            Text(f"{minutes}′", x=_at(shown + 1), y="17"),
        ]
    return html.Div(
        Svg(marks, width=str(AXIS_PX + 40), height="24"),
        className="arrival",
        **attributes({"data-state": state}),
    )


def _at(minutes: float) -> str:
    return f"{max(0.0, minutes) / AXIS_MINUTES * AXIS_PX:.1f}"
