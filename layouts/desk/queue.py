"""The queue pane: everything that is open, soonest clock first."""

from __future__ import annotations

from typing import Any, Final

import dash_ag_grid as dag
from dash import html

from dashboard.domain.queue_view import FILTERS
from layouts import ids
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.views import views_button, views_frame
from layouts.exports import export_buttons

ROW_HEIGHT_PX: Final = 29
HEADER_HEIGHT_PX: Final = 24

# Widths in px of the 900 px pane at 1920; the two flexible columns take what a wider or narrower pane leaves.
_COLUMNS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("remaining", {"width": 96, "cellClass": "remaining", "headerClass": "to-right"}),
    ("level", {"width": 58}),
    ("urgency", {"width": 26}),
    ("no", {"width": 58, "cellClass": "second"}),
    ("title", {"flex": 11, "minWidth": 120, "cellClass": "strong"}),
    ("place", {"flex": 10, "minWidth": 90}),
    ("owner", {"flex": 8, "minWidth": 84, "cellClass": "second"}),
    ("node", {"width": 84}),
    ("source", {"width": 58, "cellClass": "third"}),
    ("merged", {"width": 46, "cellClass": "to-right", "headerClass": "to-right"}),
)


def column_definitions(lang: str) -> list[dict[str, Any]]:
    """AG Grid columns; the page module attaches the cell renderers named after the columns."""
    return [
        {
            "colId": name,
            "field": "id",
            "headerName": text(f"desk.queue.{name}", lang) if name != "urgency" else "",
            "sortable": False,
            "resizable": False,
            "suppressMovable": True,
            **shape,
        }
        for name, shape in _COLUMNS
    ]


def queue_pane(lang: str) -> html.Section:
    """Filter chips, the table and the line that says how many of how many are shown."""
    return html.Section(
        [
            html.Div(
                [
                    *(_chip(number, name, lang) for number, name in enumerate(FILTERS, start=1)),
                    views_button(lang),
                    html.Span("", id="desk-queue-hold", className="provenance push"),
                ],
                className="chips",
                role="toolbar",
            ),
            views_frame(lang),
            _grid(lang),
            html.Div(id="desk-queue-empty", className="empty", hidden=True),
            html.Div(
                [
                    html.Span("", id="desk-queue-shown"),
                    html.Span(text("desk.queue.legend_mine", lang), className="legend-mine"),
                    html.Span(text("desk.queue.legend_levels", lang), className="legend-levels"),
                    export_buttons("queue", lang),
                    html.Span("", id="desk-queue-as-of", className="push"),
                ],
                className="pane-foot",
            ),
        ],
        id="desk-queue-pane",
        className="pane queue-pane",
        tabIndex="-1",
    )


def _chip(number: int, name: str, lang: str) -> html.Button:
    return html.Button(
        [
            html.Span(text(f"desk.filter.{name}", lang)),
            html.B("–", **attributes({"data-count": name})),
            html.Kbd(str(number)),
        ],
        className="chip",
        type="button",
        **attributes({"data-filter": name}),
    )


def _grid(lang: str) -> dag.AgGrid:
    return dag.AgGrid(
        id=ids.DESK_QUEUE,
        columnDefs=column_definitions(lang),
        getRowId="params.data.id",
        className="queue-grid",
        style={"height": "100%", "width": "100%"},
        dashGridOptions={
            "theme": {"function": f"themeQuartz.withParams({_THEME_PARAMETERS})"},
            "rowHeight": ROW_HEIGHT_PX,
            "headerHeight": HEADER_HEIGHT_PX,
            "animateRows": False,
            "deltaSort": True,
            "loading": False,
            "suppressCellFocus": True,
            "suppressColumnVirtualisation": True,
            "suppressNoRowsOverlay": True,
            "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
        },
    )


# CSS variables, so that one grid follows the theme switch without being built again.
_THEME_PARAMETERS: Final = (
    "{backgroundColor:'var(--ground)',foregroundColor:'var(--ink)',borderColor:'var(--hair)',"
    "headerBackgroundColor:'var(--ground)',headerTextColor:'var(--ink3)',headerFontSize:12,headerFontWeight:400,"
    "fontFamily:'var(--face-ui)',fontSize:13.5,cellHorizontalPadding:5,rowHoverColor:'var(--hover)',"
    "selectedRowBackgroundColor:'var(--select)',wrapperBorder:false,wrapperBorderRadius:0,headerColumnBorder:false,"
    "headerColumnResizeHandleDisplay:'none',oddRowBackgroundColor:'var(--ground)',rowBorder:true,spacing:4}"
)
