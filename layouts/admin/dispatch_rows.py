"""The dispatch catalogue (派单目录): every category with who leads and assists, and the form that changes a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from layouts.admin import ids
from layouts.admin.parts import button, headline, labelled, pick, table, waiting
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.clock_text import date_and_time

Row = Mapping[str, Any]
Named = Sequence[tuple[str, str]]
LEVELS = ("city", "region", "township")


def dispatch_rows_section(categories: Named, kinds: Named, lang: str) -> html.Section:
    """The section; `categories` and `kinds` (of units) are (code, name)."""
    levels = [(one, text(f"admin.direction.level_{one}", lang)) for one in LEVELS]
    nobody = text("admin.pick.none", lang)
    several = pick(ids.DIRECTION_ASSISTS, kinds, [], lang, placeholder=nobody)
    return html.Section(
        [
            headline(text("admin.direction.title", lang)),
            html.P(text("admin.direction.explained", lang), className="second"),
            html.H2(text("admin.direction.change", lang)),
            html.Div(
                [
                    labelled(
                        text("admin.direction.category", lang),
                        pick(
                            ids.DIRECTION_CATEGORY, categories, categories[0][0] if categories else None, lang
                        ),
                    ),
                    labelled(text("admin.direction.lead", lang), pick(ids.DIRECTION_LEAD, kinds, None, lang)),
                    labelled(text("admin.direction.assists", lang), several),
                    labelled(
                        text("admin.direction.level", lang), pick(ids.DIRECTION_LEVEL, levels, None, lang)
                    ),
                    labelled(
                        text("admin.direction.why", lang),
                        dcc.Input(
                            id=ids.DIRECTION_WHY, type="text", maxLength=200, value="", className="wide"
                        ),
                    ),
                    button(ids.DIRECTION_SAVE, text("admin.direction.save", lang), "primary"),
                ],
                className="fields",
            ),
            html.Div(id=ids.DIRECTION_OUTCOME, className="admin-outcome"),
            html.Div(waiting(lang), id=ids.DIRECTIONS_SHOWN),
            dcc.Store(id=ids.DIRECTION_BASED),
        ],
        **attributes({"data-section": "catalogue"}),
    )


def dispatch_rows_table(
    rows: Sequence[Row], categories: Mapping[str, str], kinds: Mapping[str, str], lang: str
) -> Component:
    """Every row in force, those that were changed here first."""
    names = ("category", "lead", "assists", "level", "version", "changed")
    shown = sorted(rows, key=lambda one: (-(one["made_at"] or 0), one["category"]))
    return table(names, "admin.direction", [_row(one, categories, kinds, lang) for one in shown], lang)


def _row(one: Row, categories: Mapping[str, str], kinds: Mapping[str, str], lang: str) -> html.Tr:
    changed = (
        text("admin.direction.of_pack", lang)
        if not one["version"]
        else text(
            "admin.direction.by", lang, at=date_and_time(one["made_at"]), by=one["made_by"], why=one["why"]
        )
    )
    return html.Tr(
        [
            html.Th(categories.get(one["category"], one["category"]), scope="row"),
            html.Td(kinds.get(one["lead"], one["lead"])),
            html.Td(text("admin.join", lang).join(kinds.get(kind, kind) for kind in one["assists"])),
            html.Td(text(f"admin.direction.level_{one['level']}", lang)),
            html.Td(str(one["version"]) if one["version"] else "–"),
            html.Td(changed),
        ],
        **attributes({"data-category": one["category"]}),
    )
