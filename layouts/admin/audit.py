"""The auditor's section: look at the chain, walk it, take a period away as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.domain.words import ACT_WORDS, ROLE_WORDS
from layouts.admin import ids
from layouts.admin.grid import rows_grid
from layouts.admin.parts import ask_button, button, done, empty, headline, labelled, pick, refused, waiting
from layouts.catalogue import CatalogueError, has_text, text
from layouts.desk.attributes import attributes
from layouts.desk.clock_text import moment
from layouts.exports import export_buttons

Row = Mapping[str, Any]
EXPORTS: Final = "/api/v1/audit/exports"
# Acts that are rows of the chain and no right of anybody's desk.
OTHER_ACTS: Final = (
    "sign_in", "sign_out", "create_account", "disable_account", "open_kiosk", "open_gateway", "revoke_token",
    "open_webhook", "close_webhook", "escalate", "intake", "retry_tellings", "told_by_hand", "export_replay",
    "rotate_keys", "retire_keys", "rotate_secret", "retire_secret",
    "forget_citizens", "open_feed_key", "revoke_feed_key", "hold_device",
    "seal_addresses",
)  # fmt: skip
SHOWN_ROWS: Final = 200


def audit_section(lang: str) -> html.Section:
    """The fields that choose rows, the two acts, and the places that the callbacks fill."""
    return html.Section(
        [
            headline(text("admin.audit.title", lang)),
            html.P(text("admin.audit.explained", lang), className="second"),
            html.Div(
                [
                    _line(ids.AUDIT_FROM, "from", lang),
                    _line(ids.AUDIT_UNTIL, "until", lang),
                    _line(ids.AUDIT_ACTOR, "actor", lang),
                    _choice(ids.AUDIT_ACT, "act", _acts(lang), lang),
                    _line(ids.AUDIT_SUBJECT, "subject", lang),
                    _choice(
                        ids.AUDIT_RESULT,
                        "result",
                        [(one, text(f"admin.audit.result_{one}", lang)) for one in ("done", "refused")],
                        lang,
                    ),
                    button(ids.AUDIT_SHOW, text("admin.audit.show", lang), "primary"),
                ],
                className="fields",
            ),
            html.Div(
                [
                    button(ids.AUDIT_VERIFY, text("admin.audit.verify", lang)),
                    html.Div(id=ids.AUDIT_VERIFIED, className="admin-outcome"),
                    export_buttons("audit", lang, "push"),
                ],
                className="line",
            ),
            html.Div(waiting(lang), id=ids.AUDIT_SHOWN),
            html.Div(
                [
                    rows_grid(
                        ids.AUDIT_GRID,
                        _columns(lang),
                        height="max(calc(100vh - 400px), 320px)",
                        row_id="n",
                        marked={"not-done": "params.data.refused !== ''"},
                    ),
                    html.Aside(
                        id=ids.AUDIT_OPENED, className="opened", **attributes({"aria-live": "polite"})
                    ),
                ],
                className="audit-board",
            ),
            dcc.Store(id=ids.AUDIT_ASKED),
        ],
        className="admin-audit",
        **attributes({"data-section": "audit"}),
    )


def act_word(act: str, lang: str) -> str:
    """Return what an act of the chain is called."""
    for room in ("may", "admin.audit_act"):
        if has_text(f"{room}.{act}"):
            return text(f"{room}.{act}", lang)
    return act


def verified(count: int, broken_at: int | None, reason: str, lang: str) -> html.P:
    """What walking the chain found."""
    if broken_at is None:
        return done(text("admin.audit.whole", lang, count=count))
    return refused(text("admin.audit.broken", lang, n=broken_at, reason=reason))


def headline_of(
    found: Sequence[Row], from_at: int | None, until_at: int | None, is_earlier: bool, lang: str
) -> Component:
    """How many rows are shown, the way to earlier ones, and the two files of the same period."""
    if not found:
        return empty(text("admin.audit.none", lang), text("admin.audit.none_means", lang))
    last = int(found[-1]["n"])
    count = text("admin.audit.earlier_count" if is_earlier else "admin.audit.count", lang, count=len(found))
    further = len(found) == SHOWN_ROWS and last > 1
    earlier = ask_button(text("admin.audit.earlier", lang), "earlier", str(last), "small", ids.AUDIT_ASKED)
    return html.Div(
        [
            html.B(count),
            earlier if further else None,
            html.Span(className="push"),
            *(_download(one, from_at, until_at, lang) for one in ("jsonl", "csv")),
        ],
        className="line",
    )


def rows(found: Sequence[Row], lang: str) -> list[dict[str, Any]]:
    """The rows as the grid shows them, newest first."""
    return [_row(one, lang) for one in found]


def _row(one: Row, lang: str) -> dict[str, Any]:
    return {
        "n": str(one["n"]),
        "at": moment(int(one["at"])),
        "actor": str(one["actor_name"] or one["actor"]),
        "role": text(f"role.{one['role']}", lang) if one["role"] in ROLE_WORDS else str(one["role"]),
        "address": str(one["address"]),
        "act": act_word(str(one["act"]), lang),
        "subject": str(one["subject"]),
        "result": result_word(str(one["result"]), lang),
        "refused": "" if one["result"] == "done" else "1",
    }


def result_word(result: str, lang: str) -> str:
    """Return what became of an act."""
    return text("admin.audit.result_done", lang) if result == "done" else _refusal(result, lang)


def opened(one: Row | None, lang: str) -> Component:
    """One row with all that it keeps: who exactly, what was asked for, before and after."""
    if one is None:
        return html.P(text("admin.audit.choose", lang), className="third")
    shown = _row(one, lang)
    facts = [
        ("actor", f"{shown['actor']} · {shown['role']} · {one['actor']}"),
        ("act", shown["act"]),
        ("subject", shown["subject"] or "–"),
        ("result", shown["result"]),
    ]
    return html.Div(
        [
            html.H2(text("admin.audit.row", lang, n=shown["n"], at=shown["at"])),
            html.Dl([part for name, value in facts for part in _fact(name, value, lang)]),
            html.Pre(_kept(str(one["detail"]))),
            html.P(text("admin.audit.hash", lang, hash=str(one["hash"])[:16]), className="third"),
        ]
    )


def _fact(name: str, value: str, lang: str) -> list[Component]:
    return [html.Dt(text(f"admin.audit.{name}", lang)), html.Dd(value)]


def _kept(detail: str) -> str:
    """The detail with one thing on a line."""
    try:
        return json.dumps(json.loads(detail), ensure_ascii=False, indent=1)
    except ValueError:
        return detail


def _columns(lang: str) -> list[dict[str, Any]]:
    widths = {
        "n": 80,
        "at": 160,
        "actor": 150,
        "role": 160,
        "address": 120,
        "act": 150,
        "subject": 190,
        "result": 200,
    }
    columns: list[dict[str, Any]] = [
        {"field": name, "headerName": text(f"admin.audit.{name}", lang), "width": width}
        for name, width in widths.items()
    ]
    columns[-1]["flex"] = 1
    return columns


def _refusal(code: str, lang: str) -> str:
    """The refusal's sentence where it has no values of its own, else that it was refused and by which rule."""
    try:
        return text(f"refusal.{code}", lang)
    except CatalogueError:
        return text("admin.audit.refused_by", lang, code=code)


def _download(form: str, from_at: int | None, until_at: int | None, lang: str) -> html.Form:
    """A form, not a link: taking rows away is an act and has to come from this page."""
    asked = {"format": form}
    if from_at is not None:
        asked["from_at"] = str(from_at)
    if until_at is not None:
        asked["until_at"] = str(until_at)
    return html.Form(
        html.Button(text(f"admin.audit.export_{form}", lang), type="submit"),
        action=f"{EXPORTS}?{urlencode(asked)}",
        method="POST",
    )


def _acts(lang: str) -> list[tuple[str, str]]:
    return [(one, act_word(one, lang)) for one in (*OTHER_ACTS, *ACT_WORDS)]


def _line(element_id: str, name: str, lang: str) -> html.Div:
    hint = f"admin.audit.hint_{name}"
    field = dcc.Input(
        id=element_id, type="text", maxLength=140, value="", placeholder=text(hint, lang) if has_text(hint) else ""
    )  # fmt: skip
    return labelled(text(f"admin.audit.field_{name}", lang), field)


def _choice(element_id: str, name: str, options: Sequence[tuple[str, str]], lang: str) -> html.Div:
    field = pick(element_id, options, None, lang, placeholder=text("admin.audit.any", lang))
    return labelled(text(f"admin.audit.field_{name}", lang), field)
