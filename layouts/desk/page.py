"""The desk: one page for an eight-hour shift, built once per sign-in and then fed by the live stream."""

from __future__ import annotations

import json
from collections.abc import Mapping

from dash import html

from dashboard.domain.map_base import MapBase
from dashboard.domain.principal import Principal
from dashboard.domain.rights import may
from layouts import ids
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.bar import command_bar
from layouts.desk.dialog import dialog_frame, stores
from layouts.desk.drawer import drawer
from layouts.desk.duty import duty_pane
from layouts.desk.keys import footer, help_sheet
from layouts.desk.map_pane import map_away, map_pane
from layouts.desk.queue import queue_pane
from layouts.desk.top import connection_bar, top_bar
from layouts.desk.walls import walls_panel
from layouts.map import Bounds, MapSources


def build(
    principal: Principal,
    *,
    jurisdiction_name: str,
    bounds: Bounds,
    demonstration: bool,
    place_names: Mapping[str, str] | None = None,
    lang: str | None = None,
    sources: MapSources | None = None,
    base: MapBase | None = None,
) -> html.Div:
    """Return the desk of `principal`.

    Args:
        principal: the signed-in officer; says who acts, in which role and in which language.
        jurisdiction_name: name of the officer's division, for the top bar.
        bounds: box of that division, to which the map is first fitted.
        demonstration: whether the 演示数据 tag is shown.
        place_names: division code -> name, for the codes that screen rows carry.
        lang: "zh" or "en" when the officer has switched away from the account's language.
        sources: addresses of the base map's files when they are not the default ones.
        base: the tiles under the outlines, None for the outlines alone.
    """
    language = lang or principal.language
    return html.Div(
        [
            top_bar(
                principal, lang=language, jurisdiction_name=jurisdiction_name, demonstration=demonstration
            ),
            connection_bar(),
            html.Main(
                [
                    queue_pane(language),
                    html.Div(
                        [
                            map_away(language),
                            map_pane(
                                language,
                                bounds=bounds,
                                sources=sources or MapSources.of_release(),
                                base=base,
                            ),
                            duty_pane(language),
                        ],
                        className="desk-middle",
                    ),
                    drawer(principal, language),
                ],
                className="desk-main",
            ),
            command_bar(language),
            footer(principal, language),
            dialog_frame(),
            help_sheet(principal, language),
            walls_panel(principal, language),
            *stores(),
        ],
        id=ids.DESK_ROOT,
        className="desk",
        lang="zh-CN" if language == "zh" else "en",
        **attributes(
            {
                "data-page": "desk",
                "data-title": text("page.desk", language),
                "data-lang": language,
                "data-jurisdiction": principal.jurisdiction,
                "data-places": json.dumps(dict(place_names or {}), ensure_ascii=False, separators=(",", ":")),
                "data-role": principal.role,
                "data-unit": principal.unit or "",
                "data-may-relieve": "1" if may(principal, "relieve_post") else "0",
            }
        ),
    )
