"""The wall: its header and the hosts of its scenes. The live stream fills them through `assets/wall/page.mjs`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from layouts.wall import header
from layouts.wall.city import WallCity
from layouts.wall.scenes import grid, incident, overview


def _nothing(_lang: str, _city: WallCity) -> list[Component]:
    """A scene that its module describes as a whole."""
    return []


# What stands in a scene's host from the start, by the scene's name in `assets/wall/scenes/index.mjs`.
SCENES: Final[Mapping[str, Callable[[str, WallCity], list[Component]]]] = {
    "overview": overview.view,
    "incident": incident.view,
    "hotline": _nothing,
    "grid": grid.view,
    "district": _nothing,
    "whistle": _nothing,
}


def build(lang: str, demonstration: bool, city: WallCity) -> Component:
    """Return the wall at 16:9 on the panel grid of columns 960, rows 540 (design pixels of 3840x2160).

    `demonstration` True shows the ribbon that says the data is simulated; nothing on the page can hide it.
    """
    stage = html.Main(
        className="wall-stage",
        children=[
            header.view(lang, demonstration, city),
            *(_host(name, view(lang, city)) for name, view in SCENES.items()),
        ],
    )
    facts: dict[str, Any] = {
        "data-page": "wall",
        "data-theme": "dark",
        "data-lang": lang,
        "data-demonstration": "true" if demonstration else "false",
        "data-city": city.as_json(),
    }
    return html.Div(
        id="wall",
        className="wall",
        lang="zh-CN" if lang == "zh" else "en",
        children=[stage, html.Div(id="wall-connection", className="wall-connection", role="status")],
        **facts,
    )


def _host(name: str, children: list[Component]) -> Component:
    """A host fills the stage; the one that is shown is the page's module's to say."""
    hidden: dict[str, Any] = {"data-shown": "false"}
    return html.Div(children, id=f"wall-scene-{name}", className="wall-scene-host", **hidden)
