"""The overview: the frame with its titles. The live stream fills it through `assets/wall/page.mjs`."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.wall import board, calls, header, map_panel, queue, strip, ticker, topics
from layouts.wall.city import WallCity


def build(lang: str, demonstration: bool, city: WallCity) -> Component:
    """Return the wall at 16:9 on the panel grid of columns 960, rows 540 (design pixels of 3840x2160).

    `demonstration` True shows the ribbon that says the data is simulated; nothing on the page can hide it.
    """
    stage = html.Main(
        className="wall-stage",
        children=[
            header.view(lang, demonstration, city),
            calls.view(lang),
            queue.view(lang),
            topics.view(lang),
            map_panel.view(lang, city),
            board.view(lang),
            strip.view(lang),
            ticker.view(lang),
            *(html.I(className=f"wall-rule wall-rule-{place}") for place in ("left", "right", "bottom")),
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
