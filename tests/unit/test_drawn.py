"""Component trees that are drawn and not mounted: what is sent, and that nothing of the drawer is sent otherwise."""

from __future__ import annotations

import json

import pytest
from dash import html
from dash_svg import Path, Svg
from plotly.utils import PlotlyJSONEncoder

from callbacks.desk.wiring import DIALOG, DRAWER, FEATURES, RECOMMENDED, act_targets
from layouts import ids
from layouts.desk.attributes import attributes
from layouts.drawn import drawn, drawn_place


def test_a_tree_is_written_as_dash_writes_it() -> None:
    tree = html.Div(
        ["哨01 ", html.B(3), [html.Span("x", title="t"), None], Svg([Path(d="M0 0")], viewBox="0 0 1 1")],
        className="a",
        **attributes({"data-due": "7"}),
    )
    assert json.loads(drawn(tree)) == json.loads(json.dumps(tree, cls=PlotlyJSONEncoder))
    assert json.loads(drawn([tree, tree])) == [json.loads(drawn(tree))] * 2


def test_nothing_is_an_empty_place() -> None:
    assert drawn(None) == ""
    assert getattr(drawn_place("x"), "data-drawn") == ""


def test_what_is_no_component_is_an_error_and_not_an_empty_part() -> None:
    with pytest.raises(TypeError, match="object"):
        drawn(html.Div([object()]))


def test_no_part_of_drawer_dialog_or_guard_is_mounted_by_dash() -> None:
    targets = [*DRAWER, *FEATURES, *RECOMMENDED, *DIALOG, *act_targets("leave")]
    mounted = {name for name, prop in targets if prop not in ("data-drawn", "data")}
    assert mounted == {ids.act_outcome("leave")}  # one line that is shown for seconds
