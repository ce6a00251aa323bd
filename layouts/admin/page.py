"""The administrators' page: what each of the three may see and do, one under the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.domain.principal import Principal
from dashboard.domain.rights import may
from layouts.admin import ids
from layouts.admin.audit import audit_section
from layouts.admin.grid import policy_grid, webhook_grid
from layouts.catalogue import text
from layouts.desk.attributes import attributes

REFRESH_MS = 15_000


def build(
    principal: Principal,
    *,
    demonstration: bool,
    choices: Mapping[str, Sequence[str]],
    places: Sequence[tuple[str, str]],
    further: Sequence[Component] = (),
) -> html.Div:
    """Return the page of an administrator.

    Args:
        principal: the signed-in administrator; the sections follow from the role's rights.
        demonstration: whether the 演示数据 tag is shown.
        choices: column of the policy -> the words that it may have.
        places: (division code, name) that a webhook can be for.
        further: sections of other features (the auditor's).
    """
    lang = principal.language
    sections: list[Component] = []
    if may(principal, "see_policies"):
        sections.append(_policies(principal, choices, lang))
    if may(principal, "manage_webhooks"):
        sections.append(_webhooks(places, lang))
    if may(principal, "see_tellings"):
        sections.append(_delivery(lang))
    if may(principal, "manage_accounts"):
        sections.append(_accounts(lang))
    if may(principal, "see_audit"):
        sections.insert(0, audit_section(lang))
    return html.Div(
        [_top(principal, lang, demonstration), html.Main([*sections, *further], className="admin-main")],
        className="admin",
        lang="zh-CN" if lang == "zh" else "en",
        **attributes({"data-page": "admin", "data-role": principal.role}),
    )


def _top(principal: Principal, lang: str, demonstration: bool) -> html.Header:
    tag = html.B(text("desk.demonstration", lang), className="admin-demonstration")
    return html.Header(
        [
            html.B(text("admin.title", lang)),
            html.Span(text(f"role.{principal.role}", lang)),
            html.Span(principal.name),
            *([tag] if demonstration else []),
            html.Form(
                html.Button(text("desk.sign_out", lang), type="submit"),
                action="/sign-out",
                method="POST",
                className="push",
            ),
        ],
        className="admin-top",
    )


def _policies(principal: Principal, choices: Mapping[str, Sequence[str]], lang: str) -> html.Section:
    editable = may(principal, "edit_policy")
    # A reader's page has the same components, unseen: the callbacks are wired to all of them.
    edit = [
        _button(ids.POLICY_ADD, "admin.policy.add", lang),
        _button(ids.POLICY_REMOVE, "admin.policy.remove", lang),
        _button(ids.PREVIEW, "admin.policy.preview", lang),
        dcc.Input(
            id=ids.POLICY_WHY,
            type="text",
            maxLength=300,
            placeholder=text("admin.policy.why", lang),
            value="",
        ),
        _button(ids.POLICY_PUBLISH, "admin.policy.publish", lang, primary=True),
    ]
    return html.Section(
        [
            html.H2(text("admin.policy.title", lang)),
            html.P(text("admin.policy.explained", lang)),
            policy_grid(choices, lang, editable=editable),
            html.Div(
                [
                    _button(ids.POLICY_LOAD, "admin.policy.load", lang),
                    html.Div(edit, className="admin-edit", hidden=not editable),
                ],
                className="admin-row",
            ),
            html.Div(id=ids.POLICY_OUTCOME, className="admin-outcome", role="status"),
            html.Div(id=ids.PREVIEW_SHOWN),
            html.Details(
                [html.Summary(text("admin.policy.versions", lang)), html.Div(id=ids.POLICY_VERSIONS)],
                open=True,
            ),
            dcc.Store(id=ids.POLICY),
        ]
    )


def _webhooks(places: Sequence[tuple[str, str]], lang: str) -> html.Section:
    return html.Section(
        [
            html.H2(text("admin.webhook.title", lang)),
            html.P(text("admin.webhook.explained", lang)),
            webhook_grid(lang),
            html.Div(
                [
                    dcc.Input(
                        id=ids.WEBHOOK_NAME, type="text", maxLength=60, value="",
                        placeholder=text("admin.webhook.name", lang),
                    ),
                    dcc.Input(
                        id=ids.WEBHOOK_URL, type="text", maxLength=500, value="",
                        placeholder=text("admin.webhook.url", lang), className="wide",
                    ),
                    dcc.Dropdown(
                        [{"label": name, "value": code} for code, name in places],
                        places[0][0] if places else None, id=ids.WEBHOOK_PLACE, clearable=False,
                        className="admin-place",
                    ),
                    _button(ids.WEBHOOK_OPEN, "admin.webhook.open", lang, primary=True),
                    _button(ids.WEBHOOK_CLOSE, "admin.webhook.close", lang),
                ],
                className="admin-row",
            ),
            html.Div(id=ids.WEBHOOK_OUTCOME, className="admin-outcome", role="status"),
        ]
    )  # fmt: skip


def _delivery(lang: str) -> html.Section:
    return html.Section(
        [
            html.H2(text("admin.delivery.title", lang)),
            html.P(text("admin.delivery.explained", lang)),
            html.Div(_button(ids.DELIVERY_LOAD, "admin.delivery.load", lang), className="admin-row"),
            html.Div(id=ids.DELIVERY_SHOWN),
            dcc.Interval(id=ids.DELIVERY_EVERY, interval=REFRESH_MS),
        ]
    )


def _accounts(lang: str) -> html.Section:
    return html.Section(
        [html.H2(text("admin.accounts.title", lang)), html.P(text("admin.accounts.explained", lang))]
    )


def _button(element_id: str, key: str, lang: str, *, primary: bool = False) -> html.Button:
    return html.Button(
        text(key, lang), id=element_id, type="button", n_clicks=0, className="primary" if primary else ""
    )
