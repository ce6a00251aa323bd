"""docs/states.md is held to the code: every panel has its rows, every row a panel and a test that exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from dash.development.base_component import Component

from callbacks.screen_values import wall_city
from dashboard.citypack import load_pack
from dashboard.domain.principal import Principal
from layouts.desk import page as desk_page
from layouts.map import Bounds
from layouts.wall import page as wall_page

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "states.md"
ROW = re.compile(r"^\| `(\w+)/([\w-]+)` \| ([\w-]+) \| (.+) \| `([\w/.]+)::(\w+)(?:\[([\w-]+)\])?` \|$")
OFFICER = Principal("officer", "王", "officer", "duty_leader", "371100")

# What is part of a panel that has rows of its own, or holds nothing.
NO_PANELS = frozenset(
    (
        "wall/grid-panels",
        "desk/foot",
        "desk/drawer",
        "desk/drawer-parts",
        "desk/told",
        "hotline/panelView",
        "hotline/emptyView",
        "hotline/fateView",
    )
)
# Panels that stand in no layout under their own name.
BESIDE = frozenset(("wall/connection", "wall/strip", "wall/incident", "desk/connection", "desk/log", "desk/hotline",
    "desk/volume", "desk/dialog"))  # fmt: skip


def _rows() -> list[tuple[str, ...]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    unread = [line for line in lines if not ROW.match(line)]
    assert unread == [], "rows that are no rows of the inventory"
    return [match.groups() for line in lines if (match := ROW.match(line))]


def _below(component: Any) -> Iterator[Component]:
    if isinstance(component, list | tuple):
        for one in component:
            yield from _below(one)
    elif isinstance(component, Component):
        yield component
        yield from _below(getattr(component, "children", None))


def _panels_of_layout(screen: str, page: Component) -> Iterator[str]:
    """Headers, sections and whatever calls itself a panel, by id without the screen's name, else by its class."""
    for one in _below(page):
        kind = one._type
        classes = (getattr(one, "className", None) or "").split()
        said = str(getattr(one, "id", None) or (classes[-1] if classes else ""))
        isolated = kind in ("Header", "Section", "Footer") or re.search(
            r"panel|drawer-", " ".join([said, *classes])
        )
        if isolated:
            name = re.sub(rf"^{screen}-|-(?:pane|panel)$", "", re.sub(rf"^{screen}-", "", said))
            yield f"{screen}/{name}"


def _panels_of_scripts() -> Iterator[str]:
    for path in (ROOT / "assets" / "wall").glob("*_view.mjs"):
        source = path.read_text(encoding="utf-8")
        for name in re.findall(r'name: "([a-z]+-[a-z]+)"', source):
            yield f"wall/{name}"
        for stem in re.findall(r"name: `([a-z]+)-\$\{name\}`", source):
            for name in re.findall(r'\bpanel\("([a-z]+)"', source):
                yield f"wall/{stem}-{name}"
    for screen in ("unit", "field", "leader", "hotline"):
        for path in (ROOT / "assets" / screen).glob("*.mjs"):
            for name in re.findall(r"^export function (\w+View)\(", path.read_text(encoding="utf-8"), re.M):
                yield f"{screen}/{name}"


def _panels() -> set[str]:
    wall = wall_page.build("zh", True, wall_city(load_pack(ROOT / "citypacks" / "rizhao")))
    bounds = Bounds(118.6, 35.05, 119.7, 36.05)
    desk = desk_page.build(OFFICER, jurisdiction_name="日照市", bounds=bounds, demonstration=True)
    found = {
        *_panels_of_layout("wall", wall),
        *_panels_of_layout("desk", desk),
        *_panels_of_scripts(),
        *BESIDE,
    }
    return found - NO_PANELS


def test_every_panel_has_a_row_and_every_row_a_panel() -> None:
    listed = {f"{screen}/{name}" for screen, name, *_ in _rows()}
    assert sorted(_panels() - listed) == [], "panels without a row in docs/states.md"
    assert sorted(listed - _panels()) == [], "rows of docs/states.md without a panel"


@cache
def _tests_in(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the tests of a file, and of the states that it plays."""
    path = ROOT / name
    if not path.exists():
        return frozenset(), frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tests = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    states = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "State":
            panel, state = (ast.literal_eval(one) for one in node.args[:2])
            states.add(f"{panel}-{state}")
    return frozenset(tests), frozenset(states)


def test_every_row_names_a_test_that_exists() -> None:
    missing = [
        f"{screen}/{panel} {state}: {file}::{test}[{case or ''}]"
        for screen, panel, state, _, file, test, case in _rows()
        if test not in _tests_in(file)[0] or (case and case not in _tests_in(file)[1])
    ]
    assert missing == []


def test_every_played_state_is_in_the_inventory() -> None:
    played = {
        case
        for path in (ROOT / "tests" / "browser").glob("test_states_*.py")
        for case in _tests_in(str(path.relative_to(ROOT)))[1]
    }
    told = {row[6] for row in _rows() if row[6]}
    assert sorted(played - told - {"sources-live"}) == []


def test_no_state_of_a_panel_is_told_twice_by_the_same_test() -> None:
    keys = [row[:3] + row[4:] for row in _rows()]
    assert [key for key in keys if keys.count(key) > 1] == []
