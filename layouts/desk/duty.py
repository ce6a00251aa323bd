"""The duty pane: what the shift has on its hands, what just happened, and how the hotline stands."""

from __future__ import annotations

import json
from typing import Any, Final

from dash import dcc, html

from layouts import ids
from layouts.catalogue import text
from layouts.desk.asks import asks_panel
from layouts.desk.attributes import attributes
from layouts.desk.shift import shift_panel

SHIFT_FIGURES: Final = ("open", "unacknowledged", "whistles", "on_duty", "tasked", "lost")
HOTLINE_FIGURES: Final = ("waiting", "longest", "within", "connected", "seats")
GRAPH_HEIGHT_PX: Final = 72


def duty_pane(lang: str) -> html.Section:
    """Shift figures, newest log lines, hotline figures and the volume graph, filled from the live picture."""
    return html.Section(
        [
            _heading(text("desk.duty.title", lang), "desk-duty-as-of"),
            html.Div([_figure("shift", name, lang) for name in SHIFT_FIGURES], className="figures six"),
            shift_panel(lang),
            asks_panel(lang),
            _heading(text("desk.log.title", lang), "desk-log-as-of", "log-heading"),
            html.Ol(id="desk-log", className="log-lines"),
            _heading(text("desk.hotline.title", lang), "desk-hotline-as-of"),
            html.Div([_figure("hotline", name, lang) for name in HOTLINE_FIGURES], className="figures five"),
            html.Div(
                html.Div(
                    id=ids.DESK_VOLUME_PLACE,
                    style={"height": f"{GRAPH_HEIGHT_PX}px"},
                    **attributes({"data-component": json.dumps(volume_component())}),
                ),
                className="volume-whole",
            ),
        ],
        className="pane duty-pane",
    )


def volume_graph() -> dcc.Graph:
    """The graph of the day's calls. The page module mounts it once the queue stands: Plotly is the desk's heaviest
    file, and nobody waits for a curve while rows are missing."""
    return dcc.Graph(
        id=ids.DESK_VOLUME,
        figure=empty_volume_figure(),
        config={"displayModeBar": False, "staticPlot": False, "responsive": True},
        style={"height": f"{GRAPH_HEIGHT_PX}px"},
        className="volume-graph",
    )


def volume_component() -> Any:
    """The graph as the object that Dash sends for a component."""
    return volume_graph().to_plotly_json()  # type: ignore[no-untyped-call]


def empty_volume_figure() -> dict[str, Any]:
    """The graph before its first picture: axes without data, so that nothing is shown as if it were known."""
    return {
        "data": [],
        "layout": {
            "margin": {"l": 30, "r": 6, "t": 4, "b": 18},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": {"visible": False},
            "yaxis": {"visible": False},
            "showlegend": False,
        },
    }


def _heading(label: str, as_of_id: str, class_name: str = "") -> html.Div:
    as_of = html.Span("", id=as_of_id, className="provenance")
    return html.Div([html.B(label), as_of], className=f"heading {class_name}".strip())


def _figure(group: str, name: str, lang: str) -> html.Div:
    return html.Div(
        [
            html.Span(text(f"desk.{group}.{name}", lang), className="provenance"),
            html.B("—", **attributes({f"data-{group}": name})),
            html.Small("", **attributes({f"data-{group}-against": name})),
        ],
        className="figure",
    )
