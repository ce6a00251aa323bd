"""Tables of the administrators' page: the policy as an editable grid, the webhooks as one to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import dash_ag_grid as dag

from layouts.admin import ids
from layouts.catalogue import text

ROW_HEIGHT_PX: Final = 28
HEADER_HEIGHT_PX: Final = 28

# Width in px of each column; what the administrator changes most stands first.
_WIDTHS: Final = {
    "policy_id": 190, "applies_to": 140, "stage": 110, "urgency": 64, "step": 54, "unless": 96, "clock": 84,
    "after_ms": 150, "share_of_limit": 84, "name": 260, "name_en": 240, "tell": 170, "means": 170, "must_act": 110,
    "card": 76, "raise_to_level": 64, "repeat_ms": 150, "source": 120,
}  # fmt: skip
_THEME: Final = (
    "themeQuartz.withParams({backgroundColor:'var(--panel)',foregroundColor:'var(--ink)',borderColor:'var(--line)',"
    "headerBackgroundColor:'var(--ground)',headerTextColor:'var(--ink2)',headerFontSize:12,headerFontWeight:400,"
    "fontFamily:'inherit',fontSize:13,rowHoverColor:'var(--hover)',selectedRowBackgroundColor:'var(--select)',"
    "browserColorScheme:'inherit',spacing:4})"
)


# Short of a minute there is nothing to read; "0" and an empty cell stay as they are.
_IN_MINUTES: Final = (
    "params.value && params.value !== '0' "
    "? params.value + '  = ' + params.value / 60000 + ' min' : params.value"
)


def policy_grid(choices: Mapping[str, Sequence[str]], lang: str, *, editable: bool) -> dag.AgGrid:
    """The rows of a version as they stand in the file; `choices` are the words that a column may have."""
    columns = [_column(name, width, choices.get(name), lang) for name, width in _WIDTHS.items()]
    columns[0] |= {"pinned": "left"}
    return _grid(ids.POLICY_GRID, columns, multiple=True, editable=editable, height="calc(100vh - 470px)")


def webhook_grid(lang: str) -> dag.AgGrid:
    """The webhooks, one of which can be chosen to be closed."""
    widths = {"name": 200, "url": 460, "jurisdiction": 120, "made_at": 150, "closed_at": 150}
    columns = [
        {"field": name, "headerName": text(f"admin.webhook.{name}", lang), "width": width}
        for name, width in widths.items()
    ]
    return _grid(ids.WEBHOOK_GRID, columns, multiple=False, editable=False, height="170px")


def _column(name: str, width: int, choices: Sequence[str] | None, lang: str) -> dict[str, Any]:
    column: dict[str, Any] = {
        "field": name,
        "headerName": text(f"admin.policy.{name}", lang),
        "headerTooltip": name,
        "width": width,
    }
    if name in ("after_ms", "repeat_ms"):
        # Written in milliseconds, as every duration is; read in minutes.
        column |= {"valueFormatter": {"function": _IN_MINUTES}}
    if choices is not None:
        column |= {
            "cellEditor": "agSelectCellEditor",
            "cellEditorParams": {"values": list(choices)},
            "refData": {code: _word(name, code, lang) for code in choices},  # the file keeps the code
        }
    return column


def _word(column: str, code: str, lang: str) -> str:
    """What a code of a column is called: roles and cards as everywhere, the rest as this page calls them."""
    room = {"must_act": "role", "card": "card"}.get(column, f"admin.word.{column}")
    return text(f"{room}.{code}", lang)


def _grid(
    element_id: str, columns: list[dict[str, Any]], *, multiple: bool, editable: bool, height: str
) -> dag.AgGrid:
    return dag.AgGrid(
        id=element_id,
        columnDefs=columns,
        rowData=[],
        defaultColDef={
            "editable": editable,
            "resizable": True,
            "sortable": False,
            "suppressMovable": True,
            "tooltipField": "",
        },
        getRowId="params.data.row",
        style={"height": height, "minHeight": "170px", "width": "100%"},
        dashGridOptions={
            "theme": {"function": _THEME},
            "rowHeight": ROW_HEIGHT_PX,
            "headerHeight": HEADER_HEIGHT_PX,
            "animateRows": False,
            "suppressNoRowsOverlay": True,
            "singleClickEdit": False,
            "stopEditingWhenCellsLoseFocus": True,
            "rowSelection": {
                "mode": "multiRow" if multiple else "singleRow",
                "enableClickSelection": True,
                "checkboxes": multiple,
                "headerCheckbox": False,
            },
        },
    )
