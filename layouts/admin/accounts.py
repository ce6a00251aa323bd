"""Accounts, tokens of walls and keys of gateways: who and what may come in, as the security administrator sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.domain.rights import ROLES
from layouts.admin import ids
from layouts.admin.grid import rows_grid
from layouts.admin.parts import (
    ask_button,
    button,
    empty,
    headline,
    labelled,
    pick,
    revoking,
    sure,
    table,
    waiting,
)
from layouts.catalogue import LANGUAGES, text
from layouts.desk.attributes import attributes
from layouts.desk.clock_text import date_and_time
from layouts.exports import export_buttons

Row = Mapping[str, Any]
Named = Sequence[tuple[str, str]]
TOKEN_KINDS: Final = ("kiosk", "gateway")


def accounts_section(places: Named, units: Named, lang: str) -> html.Section:
    """The accounts and a form for a new one; `places` and `units` are (code, name)."""
    languages = [(one, text(f"admin.language.{one}", lang)) for one in LANGUAGES]
    return html.Section(
        [
            headline(text("admin.accounts.title", lang)),
            html.P(text("admin.accounts.explained", lang), className="second"),
            html.Div(id=ids.ACCOUNT_MADE, className="admin-outcome"),
            html.Div(id=ids.PASSWORD_SHOWN, className="admin-outcome"),
            html.Div(id=ids.ACCOUNT_OUTCOME, className="admin-outcome"),
            rows_grid(ids.ACCOUNT_GRID, _columns(lang), height="min(52vh, 640px)", row_id="id", filtered=True,
                      marked={"over": "params.data.ended !== ''"}),
            export_buttons("accounts", lang),
            html.Div(id=ids.ACCOUNT_CHOSEN, className="chosen", **attributes({"aria-live": "polite"})),
            html.H2(text("admin.accounts.new", lang)),
            html.Div(
                [
                    _line(ids.ACCOUNT_NAME, "account_name", lang),
                    _line(ids.ACCOUNT_PERSON, "person", lang),
                    _choice(ids.ACCOUNT_ROLE, "role", [(one, text(f"role.{one}", lang)) for one in ROLES], lang),
                    _choice(ids.ACCOUNT_PLACE, "place", places, lang),
                    _choice(ids.ACCOUNT_UNIT, "unit", units, lang, chosen=False),
                    _line(ids.ACCOUNT_WORKER, "worker", lang),
                    _choice(ids.ACCOUNT_LANGUAGE, "language", languages, lang),
                    button(ids.ACCOUNT_CREATE, text("admin.accounts.create", lang), "primary"),
                ],
                className="fields",
            ),
            html.P(text("admin.accounts.password_once", lang), className="third"),
            dcc.Store(id=ids.ACCOUNT_ASKED),
            dcc.Store(id=ids.ACCOUNT_LISTED),
            dcc.Store(id=ids.PASSWORD_ASKED),
            dcc.Store(id=ids.PASSWORD_LISTED),
        ],
        **attributes({"data-section": "accounts"}),
    )  # fmt: skip


def tokens_section(places: Named, lang: str) -> html.Section:
    """Tokens of walls and keys of gateways, and a form for a new one."""
    kinds = [(one, text(f"admin.tokens.{one}", lang)) for one in TOKEN_KINDS]
    return html.Section(
        [
            headline(text("admin.tokens.title", lang)),
            html.P(text("admin.tokens.explained", lang), className="second"),
            html.Div(id=ids.TOKEN_MADE, className="admin-outcome"),
            html.Div(id=ids.TOKEN_OUTCOME, className="admin-outcome"),
            html.Div(waiting(lang), id=ids.TOKENS_SHOWN),
            html.H2(text("admin.tokens.new", lang)),
            html.Div(
                [
                    _choice(ids.TOKEN_KIND, "kind", kinds, lang),
                    _line(ids.TOKEN_NAME, "token_name", lang),
                    _choice(ids.TOKEN_PLACE, "place", places, lang),
                    button(ids.TOKEN_OPEN, text("admin.tokens.open", lang), "primary"),
                ],
                className="fields",
            ),
            dcc.Store(id=ids.TOKEN_ASKED),
            dcc.Store(id=ids.TOKEN_LISTED),
        ],
        **attributes({"data-section": "tokens"}),
    )


def account_rows(
    found: Sequence[Row], places: Mapping[str, str], units: Mapping[str, str], lang: str
) -> list[dict[str, Any]]:
    """Every account as the grid shows it; those that may no longer sign in at the end."""
    return [_account(one, places, units, lang) for one in found]


def _account(one: Row, places: Mapping[str, str], units: Mapping[str, str], lang: str) -> dict[str, Any]:
    where = [places.get(one["jurisdiction"], one["jurisdiction"])]
    if one["unit"]:
        where.append(units.get(one["unit"], one["unit"]))
    if one["worker"]:
        where.append(str(one["worker"]))
    ended_at, seen_at = one["disabled_at"], one["signed_in_at"]
    return {
        "id": one["id"],
        "name": one["name"],
        "person": one["display_name"],
        "role": text(f"role.{one['role']}", lang),
        "place": " · ".join(where),
        "created": date_and_time(int(one["created_at"])),
        "signed_in": date_and_time(int(seen_at)) if seen_at else text("admin.account.never", lang),
        "sessions": one["sessions"],
        "ended": date_and_time(int(ended_at)) if ended_at else "",
        "factor": date_and_time(int(one["totp_since"])) if one["totp_since"] else "",
    }


def chosen_account(
    one: Mapping[str, str] | None, own_id: str, sessions: Sequence[Row], lang: str
) -> Component:
    """The account that was chosen in the grid, its open sessions, and what can be done with it.

    One's own is another administrator's to end or to reset.
    """
    if one is None:
        return html.P(text("admin.account.choose", lang), className="third")
    who: list[Any] = [html.B(one["name"]), f" {one['person']} · {one['role']} · {one['place']}"]
    if one["ended"]:
        act: Component = html.Span(text("admin.account.ended", lang, at=one["ended"]), className="third")
    elif one["id"] == own_id:
        act = html.Span(text("admin.account.own", lang), className="third")
    else:
        acts = ("password", "factor", "end") if one["factor"] else ("password", "end")
        act = html.Span([_sure(name, one["name"], lang) for name in acts], className="acts")
    return html.Div([html.Div([html.Span(who), act], className="line"), _sessions(sessions, lang)])


def _sure(act: str, name: str, lang: str) -> Component:
    now = text(f"admin.account.{act}_now", lang, name=name)
    return sure(
        text(f"admin.account.{act}", lang),
        text(f"admin.account.{act}_means", lang),
        ask_button(now, act, name, "small", ids.PASSWORD_ASKED if act == "password" else ids.ACCOUNT_ASKED),
    )


def _sessions(rows: Sequence[Row], lang: str) -> Component:
    if not rows:
        return html.P(text("admin.session.none", lang), className="third")
    lines = [
        html.Tr(
            [
                html.Td(cell)
                for cell in (
                    one["address"] or "–",
                    one["agent"] or "–",
                    date_and_time(int(one["opened_at"])),
                    date_and_time(int(one["seen_at"])),
                    text(f"admin.session.{'two' if one['passed_factor'] else 'one'}", lang),
                    ask_button(
                        text("admin.session.end", lang), "session", one["id"], "small", ids.ACCOUNT_ASKED
                    ),
                )
            ]
        )
        for one in rows
    ]
    return table(("address", "agent", "opened", "seen", "factor", "act"), "admin.session", lines, lang)


def _columns(lang: str) -> list[dict[str, Any]]:
    widths = {
        "name": 170, "person": 150, "role": 150, "place": 300, "created": 130, "signed_in": 140, "sessions": 110,
        "factor_column": 130, "ended_column": 130,
    }  # fmt: skip
    columns: list[dict[str, Any]] = [
        {
            "field": name.removesuffix("_column"),
            "headerName": text(f"admin.account.{name}", lang),
            "width": width,
        }
        for name, width in widths.items()
    ]
    columns[-1]["flex"] = 1
    return columns


def token_table(rows: Sequence[Row], places: Mapping[str, str], lang: str) -> Component:
    """Every token and key, the open ones first."""
    if not rows:
        return empty(text("admin.tokens.none", lang), text("admin.tokens.none_means", lang))
    names = ("kind", "name", "place", "opened", "act")
    return table(names, "admin.token", [_token(one, places, lang) for one in rows], lang)


def _token(one: Row, places: Mapping[str, str], lang: str) -> html.Tr:
    revoked_at, means = one["revoked_at"], text(f"admin.token.revoke_{one['kind']}", lang)
    return html.Tr(
        [
            html.Td(text(f"admin.tokens.{one['kind']}", lang)),
            html.Th(one["name"], scope="row"),
            html.Td(places.get(one["jurisdiction"], one["jurisdiction"])),
            html.Td(date_and_time(int(one["opened_at"]))),
            html.Td(revoking(revoked_at, one["id"], means, ids.TOKEN_ASKED, lang)),
        ],
        className="over" if revoked_at else "",
    )


def once(sentence: str, secret: str) -> html.Div:
    """A new password or token: shown here once and never again."""
    return html.Div([sentence, " ", html.Code(secret)], className="done", role="status")


def _line(element_id: str, name: str, lang: str) -> html.Div:
    return labelled(
        text(f"admin.field.{name}", lang), dcc.Input(id=element_id, type="text", maxLength=60, value="")
    )


def _choice(element_id: str, name: str, options: Named, lang: str, *, chosen: bool = True) -> html.Div:
    first = options[0][0] if options and chosen else None
    nobody = "" if chosen else text("admin.pick.none", lang)
    return labelled(
        text(f"admin.field.{name}", lang), pick(element_id, options, first, lang, placeholder=nobody)
    )
