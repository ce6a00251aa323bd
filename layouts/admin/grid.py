"""Long tables of the administrators' page as grids: only the rows in sight are drawn, however many there are.

A plain table costs the page some milliseconds for each cell and more the more there are; thousands of accounts or a
chain of years would hold it up for minutes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import dash_ag_grid as dag

ROW_HEIGHT_PX: Final = 29
HEADER_HEIGHT_PX: Final = 30
_THEME: Final = (
    "themeQuartz.withParams({backgroundColor:'var(--panel)',foregroundColor:'var(--ink)',borderColor:'var(--line)',"
    "headerBackgroundColor:'var(--ground)',headerTextColor:'var(--ink2)',headerFontSize:12.5,headerFontWeight:400,"
    "fontFamily:'inherit',fontSize:13.5,rowHoverColor:'var(--hover)',selectedRowBackgroundColor:'var(--select)',"
    "borderRadius:2,wrapperBorderRadius:2,accentColor:'var(--ink)',inputFocusBorder:'2px solid var(--focus)',"
    "browserColorScheme:'inherit',spacing:4})"
)


def rows_grid(
    element_id: str,
    columns: Sequence[Mapping[str, Any]],
    *,
    height: str,
    row_id: str,
    filtered: bool = False,
    marked: Mapping[str, str] | None = None,
) -> dag.AgGrid:
    """A grid of which one row can be chosen.

    Args:
        columns: AG Grid's column definitions.
        height: as the style sheet takes it.
        row_id: the field that tells rows apart.
        filtered: whether each column has a field to filter by.
        marked: class of a row -> the condition on `params.data` that gives it.
    """
    return dag.AgGrid(
        id=element_id,
        columnDefs=[dict(one) for one in columns],
        rowData=[],
        defaultColDef={
            "resizable": True,
            "sortable": filtered,
            "suppressMovable": True,
            "suppressHeaderMenuButton": True,
            "suppressHeaderFilterButton": True,
            "filter": "agTextColumnFilter" if filtered else False,
            "floatingFilter": filtered,
            "suppressFloatingFilterButton": True,
        },
        getRowId=f"params.data.{row_id}",
        rowClassRules=dict(marked or {}),
        style={"height": height, "width": "100%"},
        dashGridOptions={
            "theme": {"function": _THEME},
            "rowHeight": ROW_HEIGHT_PX,
            "headerHeight": HEADER_HEIGHT_PX,
            "animateRows": False,
            "ensureDomOrder": True,  # whoever listens to the page hears the rows in their order
            "suppressNoRowsOverlay": True,
            "rowSelection": {"mode": "singleRow", "enableClickSelection": True, "checkboxes": False},
        },
    )
