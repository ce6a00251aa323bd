"""The administrators' page: what each of the three may see and do, one section at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.domain.principal import Principal
from dashboard.domain.rights import may
from layouts.admin import ids
from layouts.admin.accounts import accounts_section, tokens_section
from layouts.admin.audit import audit_section
from layouts.admin.delivery import delivery_section
from layouts.admin.dispatch_rows import dispatch_rows_section
from layouts.admin.feeds import feeds_section
from layouts.admin.overview import overview_section, sections_of
from layouts.admin.policy_page import policy_section
from layouts.admin.webhooks import webhooks_section
from layouts.catalogue import text
from layouts.desk.attributes import attributes


@dataclass(frozen=True, slots=True)
class Ground:
    """What the page has to know of the installation.

    Args:
        demonstration: whether the 演示数据 tag is shown.
        choices: column of the policy -> the codes that it may have.
        places: language -> (division code, name) that an account, a wall or a webhook can be for.
        units: (id, name) of the units that a liaison can belong to.
        gateway: what carries text messages and calls: files, none, or an address.
        categories, kinds: language -> (code, name) of what the dispatch catalogue has rows for, and of kinds of unit.
    """

    demonstration: bool
    choices: Mapping[str, Sequence[str]]
    places: Mapping[str, Sequence[tuple[str, str]]]
    units: Sequence[tuple[str, str]] = field(default=())
    gateway: str = "files"
    categories: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    kinds: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)


def build(principal: Principal, ground: Ground) -> html.Div:
    """Return the page of an administrator; its sections follow from the role's rights."""
    lang = principal.language
    sections = sections_of(principal)
    return html.Div(
        [
            html.A(text("admin.skip", lang), href="#admin-main", className="skip"),
            _top(principal, sections, lang, demonstration=ground.demonstration),
            html.Div(id="admin-unanswered", className="unanswered", hidden=True, role="alert"),
            html.Div(id="admin-untold", className="unanswered", hidden=True, role="status"),
            html.Main(
                [
                    overview_section(principal, lang),
                    *(_section(one, principal, ground, lang) for one in sections),
                ],
                id="admin-main",
                **attributes({"tabIndex": "-1"}),
            ),
            dcc.Store(id=ids.ASKED),
        ],
        lang="zh-CN" if lang == "zh" else "en",
        **attributes(
            {
                "data-page": "admin",
                "data-role": principal.role,
                "data-lang": lang,
                "data-title": text("page.admin", lang),
                "data-unanswered": text("admin.unanswered", lang),
                "data-untold": text("admin.untold", lang, at="{at}"),
                "data-days": text("live.duration.days", lang, days="{days}", clock="{clock}"),
                "data-signed-out": text("admin.signed_out", lang),
                "data-sign-in": text("admin.sign_in", lang),
            }
        ),
    )


def _top(principal: Principal, sections: Sequence[str], lang: str, *, demonstration: bool) -> html.Header:
    links = [("overview", text("admin.nav.overview", lang))]
    links += [(one, text(f"admin.nav.{one}", lang)) for one in sections]
    return html.Header(
        [
            html.Span(text("admin.title", lang), className="brand"),
            html.Nav(
                [html.A(label, href=f"#{name}", **attributes({"data-link": name})) for name, label in links],
                **attributes({"aria-label": text("admin.nav.label", lang)}),
            ),
            html.Span(className="push"),
            html.Span(
                [html.Span(text(f"role.{principal.role}", lang), className="third"), " ", html.B(principal.name)],
                className="who",
            ),
            *([_demonstration_tag(lang)] if demonstration else []),
            html.Button(text("desk.switch.theme", lang), id="desk-theme", type="button", className="switch"),
            html.Button(text("desk.switch.language", lang), id="desk-language", type="button", className="switch"),
            html.A(text("sign_in.own", lang), href="/sign-in/password", className="switch"),
            html.Form(
                html.Button(text("desk.sign_out", lang), type="submit", className="switch"),
                action="/sign-out",
                method="POST",
            ),
        ],
        className="admin-top",
    )  # fmt: skip


def _demonstration_tag(lang: str) -> html.Span:
    return html.Span(
        [html.Em(className="demonstration-stripe"), html.B(text("desk.demonstration", lang))],
        className="demonstration-tag",
    )


def _section(name: str, principal: Principal, ground: Ground, lang: str) -> Component:
    if name == "policies":
        return policy_section(ground.choices, lang, editable=may(principal, "edit_policy"))
    if name == "catalogue":
        return dispatch_rows_section(ground.categories.get(lang, ()), ground.kinds.get(lang, ()), lang)
    if name == "webhooks":
        return webhooks_section(ground.places[lang], lang)
    if name == "delivery":
        return delivery_section(ground.gateway, lang)
    if name == "accounts":
        return accounts_section(ground.places[lang], ground.units, lang)
    if name == "feeds":
        return feeds_section(lang)
    if name == "tokens":
        return tokens_section(ground.places[lang], lang)
    return audit_section(lang)
