"""The desk's map in a window of its own, for a second screen; `assets/desk/map_window.mjs` is its module."""

from __future__ import annotations

import json
from collections.abc import Mapping

from dash import html

from dashboard.domain.map_base import MapBase
from dashboard.domain.principal import Principal
from layouts import ids
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.map_pane import map_pane
from layouts.desk.top import connection_bar, demonstration_tag, fresh_mark
from layouts.map import Bounds, MapSources


def build(
    principal: Principal,
    *,
    jurisdiction_name: str,
    bounds: Bounds,
    demonstration: bool,
    place_names: Mapping[str, str] | None = None,
    sources: MapSources | None = None,
    base: MapBase | None = None,
) -> html.Div:
    """Return the window of `principal`; the arguments are those of `layouts.desk.page.build`."""
    lang = principal.language
    return html.Div(
        [
            html.Header(
                [
                    html.Span(text("desk_map.window.title", lang), className="brand"),
                    html.Span(jurisdiction_name, className="who"),
                    html.Span("", id="map-chosen", className="map-chosen"),
                    html.Span(className="push"),
                    fresh_mark(),
                    *([demonstration_tag(lang)] if demonstration else []),
                    html.Span("", id="desk-clock", className="clock-face top-clock"),
                ],
                className="desk-top",
            ),
            html.Div(
                [
                    connection_bar(),
                    html.Div(
                        [
                            text("desk_map.window.alone", lang),
                            html.Span(text("desk_map.window.alone_means", lang)),
                        ],
                        id="map-alone",
                        className="connection-bar",
                        role="status",
                        hidden=True,
                    ),
                ],
                className="map-window-bars",
            ),
            html.Main(
                map_pane(
                    lang, bounds=bounds, sources=sources or MapSources.of_release(), base=base, is_window=True
                ),
                className="desk-main",
            ),
        ],
        id=ids.DESK_ROOT,
        className="desk map-window",
        lang="zh-CN" if lang == "zh" else "en",
        **attributes(
            {
                "data-page": "desk",
                "data-title": text("desk_map.window.page", lang),
                "data-lang": lang,
                "data-jurisdiction": principal.jurisdiction,
                "data-places": json.dumps(dict(place_names or {}), ensure_ascii=False, separators=(",", ":")),
            }
        ),
    )
