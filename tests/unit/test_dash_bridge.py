"""Dash components are fed by one bridge, and its table names components and properties that the pages have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dash.development.base_component import Component

from callbacks.desk.wiring import RIGHT_OF_ACT
from dashboard.citypack.policies import CHOICES
from dashboard.domain.principal import Principal
from layouts import ids
from layouts.admin.page import Ground
from layouts.admin.page import build as admin_page
from layouts.desk.duty import volume_graph
from layouts.desk.page import build as desk_page
from layouts.map import Bounds

ROOT = Path(__file__).resolve().parents[2]
BRIDGE = ROOT / "assets" / "live" / "dash_bridge.mjs"
ROW = re.compile(r'^  "(?P<id>[a-z-]+)": \{ "?(?P<property>[a-z-]+)"?: "(?P<kind>\w+)" \},$', re.MULTILINE)
ASKED = ("-asked", "-told")  # stores of the administrators, by their end
GROUND = Ground(False, CHOICES, {"zh": [("371100", "日照市")], "en": [("371100", "Rizhao")]}, [])


def table() -> dict[str, tuple[str, str]]:
    """Component -> (property, what it holds), as the bridge has them."""
    text = BRIDGE.read_text(encoding="utf-8")
    rows = text[text.index("export const COMPONENTS") : text.index("\n};")]
    found = {row["id"]: (row["property"], row["kind"]) for row in ROW.finditer(rows)}
    assert len(found) == rows.count("\n")  # the pattern has read every row
    return found


def everything(component: Any) -> Iterator[Component]:
    if isinstance(component, list | tuple):
        for child in component:
            yield from everything(child)
    elif isinstance(component, Component):
        yield component
        yield from everything(getattr(component, "children", None))


def pages() -> dict[str, Component]:
    """Every component with an id, on the desk and on the administrators' pages."""
    officer = Principal("a", "吴某某", "officer", "duty_officer", "371100")
    desk = desk_page(
        officer, jurisdiction_name="日照市", bounds=Bounds(118.6, 35.05, 119.7, 36.05), demonstration=False
    )
    roles = ("sysadmin", "secadmin", "auditor")
    admins = [admin_page(Principal("a", "吴某某", "officer", role, "371100"), GROUND) for role in roles]
    found = {one.id: one for one in everything([desk, *admins]) if isinstance(getattr(one, "id", None), str)}
    return found | {ids.DESK_VOLUME: volume_graph()}  # mounted by the page's module itself


def test_nobody_but_the_bridge_calls_dash() -> None:
    callers = {
        path.relative_to(ROOT).as_posix()
        for ending in ("mjs", "js")
        for path in (ROOT / "assets").rglob(f"*.{ending}")
        if re.search(r"set_props|dash_clientside|dash_component_api", path.read_text(encoding="utf-8"))
    }
    assert callers == {"assets/live/dash_bridge.mjs"}


def test_each_row_of_the_table_is_a_property_of_a_component_that_a_page_has() -> None:
    found = pages()
    for component, (prop, _kind) in table().items():
        assert component in found, component
        names = found[component].available_properties
        assert prop in names or prop.startswith("data-"), (component, prop)


def test_the_table_has_a_way_for_each_act_of_the_desk_and_for_each_button_of_the_administrators() -> None:
    acts = {ids.act_request(act) for act in (*RIGHT_OF_ACT, "form")}
    rows = table()
    assert acts == {name for name in rows if name.startswith("desk-act-")}
    asked = {
        name for name, one in pages().items() if name.endswith(ASKED) and "data" in one.available_properties
    }
    assert asked == {name for name in rows if name.endswith(ASKED)}


def test_what_modules_feed_is_in_the_table() -> None:
    """A name that is spelled wrongly raises only when it is used; this reads them all."""
    rows = table()
    call = re.compile(r'bridge\.(feed|ask)\(\s*"([a-z-]+)"')
    for path in (ROOT / "assets").rglob("*.mjs"):
        for how, component in call.findall(path.read_text(encoding="utf-8")):
            assert component in rows, (path.name, component)
            assert (rows[component][1] == "ask") == (how == "ask"), (path.name, component)
