"""The bar under the chains: what the draft holds, what is wrong in it, and the ways on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from dash import html
from dash.development.base_component import Component

from layouts.admin.chains import Cells
from layouts.admin.parts import ask_button
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.clock_text import date_and_time


class DraftSays(Protocol):
    """What the bar needs of a draft (`dashboard.service.PolicyDraft`)."""

    @property
    def version(self) -> int: ...
    @property
    def newest(self) -> int: ...
    @property
    def newest_by(self) -> str: ...
    @property
    def newest_at(self) -> int | None: ...
    @property
    def changes(self) -> Mapping[str, Any]: ...


def policy_bar(
    draft: DraftSays, faults: Sequence[tuple[str, str]], rows: Mapping[str, Cells], lang: str
) -> list[Component]:
    """`faults` are (policy_id, words); one without a step is about a whole chain."""
    parts: list[Component] = [html.B(_headline(draft, lang))]
    if draft.newest != draft.version:
        at = date_and_time(draft.newest_at) if draft.newest_at else ""
        moved = text("admin.bar.moved_on", lang, version=draft.newest, by=draft.newest_by or "–", at=at)
        parts.append(html.Span(moved, className="refused", role="alert"))
    parts += [_fault(policy_id, words, rows, lang) for policy_id, words in faults]
    parts.append(html.Span(className="push"))
    if draft.changes or draft.newest != draft.version:
        parts.append(ask_button(text("admin.bar.reset", lang), "reset"))
    if draft.changes:
        parts.append(
            html.A(text("admin.bar.review", lang), href="#policies/review", className="button primary")
        )
    return parts


def _headline(draft: DraftSays, lang: str) -> str:
    if not draft.changes:
        at = date_and_time(draft.newest_at) if draft.newest_at else "–"
        by = draft.newest_by or text("admin.origin.pack", lang)
        return text("admin.bar.unchanged", lang, version=draft.version, by=by, at=at)
    what = [one if isinstance(one, str) else "changed" for one in draft.changes.values()]
    return text(
        "admin.bar.changed",
        lang,
        version=draft.version,
        changed=what.count("changed"),
        added=what.count("new"),
        removed=what.count("gone"),
    )


def _fault(policy_id: str, words: str, rows: Mapping[str, Cells], lang: str) -> Component:
    row = rows.get(policy_id)
    if row is None:
        return html.Span(words, className="fault", role="alert")
    name = (row["name_en"] if lang == "en" else row["name"]) or text("admin.bar.nameless", lang)
    return html.Button(
        text("admin.bar.fault", lang, step=name, fault=words),
        type="button",
        className="fault",
        **attributes({"data-ask": "step", "data-of": policy_id}),
    )
