"""The escalation policy: chains to read and edit, a check before publishing, and the history of versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from dash import dcc, html
from dash.development.base_component import Component

from layouts.admin import ids
from layouts.admin.parts import button, headline, waiting
from layouts.admin.step_form import step_form
from layouts.catalogue import text
from layouts.desk.attributes import attributes

VIEWS: Final = ("policies", "policies/review", "policies/versions")


def policy_section(choices: Mapping[str, Sequence[str]], lang: str, *, editable: bool) -> html.Section:
    """The section with its three views; `choices` are the codes that a column of the table may have.

    A reader's page has the same components, unseen: the callback is wired to all of them.
    """
    return html.Section(
        [
            headline(text("admin.policy.title", lang)),
            html.P(text(f"admin.policy.{'explained' if editable else 'explained_reader'}", lang), className="second"),
            _tabs(lang, editable=editable),
            html.Div(id=ids.POLICY_OUTCOME, className="admin-outcome"),
            _view(
                "policies",
                [
                    html.Div(id=ids.POLICY_LOOKED),
                    html.Div(
                        [
                            html.Nav(
                                waiting(lang),
                                id=ids.POLICY_KINDS,
                                className="policy-kinds",
                                **attributes({"aria-label": text("admin.kind.title", lang)}),
                            ),
                            html.Div(id=ids.POLICY_CHAINS, className="policy-chains"),
                            _beside(choices, lang, editable=editable),
                        ],
                        className="policy-board",
                    ),
                    html.Div(id=ids.POLICY_BAR, className="policy-bar", hidden=not editable, role="status"),
                ],
            ),
            _view("policies/review", [_review(lang)]),
            _view("policies/versions", [html.Div(waiting(lang), id=ids.POLICY_VERSIONS)]),
            dcc.Store(id=ids.POLICY, storage_type="session"),
        ],
        className="admin-policies",
        **attributes({"data-section": "policies"}),
    )  # fmt: skip


def _tabs(lang: str, *, editable: bool) -> html.Nav:
    shown = VIEWS if editable else ("policies", "policies/versions")
    return html.Nav(
        [
            html.A(
                text(f"admin.view.{view.replace('/', '.')}", lang), href=f"#{view}", **attributes({"data-tab": view})
            )
            for view in shown
        ],
        className="tabs",
        **attributes({"aria-label": text("admin.policy.title", lang)}),
    )  # fmt: skip


def _view(name: str, body: Sequence[Component]) -> html.Div:
    return html.Div(list(body), **attributes({"data-view": name}))


def _beside(choices: Mapping[str, Sequence[str]], lang: str, *, editable: bool) -> html.Aside:
    return html.Aside(
        [
            html.H2(id=ids.STEP_TITLE, **attributes({"tabIndex": "-1"})),
            html.Div(id=ids.STEP_ACTS, className="line", hidden=not editable),
            step_form(choices, lang),
            html.Div(id=ids.STEP_BESIDE),
        ],
        className="policy-beside",
    )


def _review(lang: str) -> html.Div:
    return html.Div(
        [
            html.Section(
                [html.H2(text("admin.review.title", lang)), html.Div(id=ids.POLICY_CHANGES)],
            ),
            html.Section(
                [
                    html.H2(text("admin.preview.title", lang)),
                    html.P(text("admin.preview.explained", lang), className="second"),
                    html.Div(
                        [
                            html.Label(text("admin.preview.numbers", lang), htmlFor=ids.PREVIEW_NUMBERS),
                            dcc.Input(
                                id=ids.PREVIEW_NUMBERS, type="text", maxLength=400, value="",
                                placeholder=text("admin.preview.numbers_hint", lang), debounce=True, className="wide",
                            ),
                            button(ids.PREVIEW, text("admin.preview.run", lang)),
                        ],
                        className="line",
                    ),
                    html.Div(id=ids.PREVIEW_SHOWN, **attributes({"aria-live": "polite"})),
                ],
            ),
            html.Section(
                [
                    html.H2(text("admin.publish.title", lang)),
                    html.P(text("admin.publish.explained", lang), className="second"),
                    html.Div(
                        [
                            html.Label(text("admin.publish.why", lang), htmlFor=ids.POLICY_WHY),
                            dcc.Input(id=ids.POLICY_WHY, type="text", maxLength=300, value="", className="wide"),
                            button(ids.POLICY_PUBLISH, text("admin.publish.run", lang), "primary"),
                        ],
                        className="line",
                    ),
                ],
            ),
        ],
        className="policy-review",
    )  # fmt: skip
