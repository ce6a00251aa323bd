"""What an administrator finds first: what this role may do, what it may not and who does, and how things stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import dcc, html

from dashboard.domain.principal import Principal
from dashboard.domain.rights import RIGHT_OF_SECTION, may
from layouts.admin import ids
from layouts.admin.parts import headline, waiting
from layouts.catalogue import text
from layouts.desk.attributes import attributes


def sections_of(principal: Principal) -> list[str]:
    """Return the sections that the principal's role may see."""
    return [name for name, right in RIGHT_OF_SECTION.items() if may(principal, right)]


def overview_section(principal: Principal, lang: str) -> html.Section:
    """The first page of each administrator."""
    return html.Section(
        [
            headline(text("admin.overview.title", lang, role=text(f"role.{principal.role}", lang))),
            html.P(text("admin.not_yours", lang), id="admin-not-yours", className="refused", hidden=True),
            html.P(text(f"admin.overview.task_{principal.role}", lang), className="second"),
            html.Div(waiting(lang), id=ids.OVERVIEW),
            html.H2(text("admin.overview.not_here", lang)),
            html.P(text(f"admin.overview.not_{principal.role}", lang), className="second"),
            dcc.Store(id=ids.OVERVIEW_TOLD),
        ],
        **attributes({"data-section": "overview"}),
    )


def cards(sections: Sequence[str], standing: Mapping[str, str], reads_only: bool, lang: str) -> html.Ul:
    """One card for each section: what may be done there, and how it stands now.

    `reads_only`: the policy is read and not edited by this role.
    """
    items = []
    for name in sections:
        what = (
            f"admin.overview.{name}_read" if name == "policies" and reads_only else f"admin.overview.{name}"
        )
        items.append(
            html.Li(
                [
                    html.H2(html.A(text(f"admin.nav.{name}", lang), href=f"#{name}")),
                    html.P(text(what, lang)),
                    html.P(standing.get(name, "–"), className="standing"),
                ]
            )
        )
    return html.Ul(items, className="admin-cards")
