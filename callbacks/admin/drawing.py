"""The policy's editor as its outputs: everything that a draft changes on the page, drawn at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dash import html, no_update
from dash.development.base_component import Component

from callbacks.admin import wiring
from callbacks.admin.draft import Draft
from dashboard.domain.principal import Principal
from dashboard.domain.rights import may
from dashboard.service import PolicyDraft, Services, changed_cells
from layouts.admin import chain_view, ids, parts, review, step_view
from layouts.admin.chain_view import Board
from layouts.admin.chains import chain_key, chains_of
from layouts.admin.faults import fault_words
from layouts.admin.policy_bar import policy_bar
from layouts.admin.step_form import FAULT_SLOTS, FIELDS, slot_of, values_of
from layouts.admin.versions import looked_at
from layouts.admin.versions import versions as version_table
from layouts.catalogue import text

Cells = Mapping[str, str]
Looked = tuple[list[dict[str, str]], list[dict[str, str]]]
"""The rows of a version that is looked at, and of the one before it."""


@dataclass(slots=True)
class Drawn:
    """Component id -> what its output becomes; the others stay."""

    values: dict[str, Any] = field(default_factory=dict)

    def as_outputs(self) -> list[Any]:
        """Return the outputs in the order of the callback."""
        return [self.values.get(element, no_update) for element, _ in wiring.POLICY]


def nothing(refused: str = "", draft: Draft | None = None) -> Drawn:
    """Leave the page as it is, and say why where there is a reason."""
    found = Drawn()
    if refused:
        found.values[ids.POLICY_OUTCOME] = parts.refused(refused)
    if draft is not None:
        found.values[ids.POLICY] = draft.as_data()
    return found


def refusal(sentence: str) -> list[Any]:
    """Leave the page as it is and say why."""
    return nothing(sentence).as_outputs()


def drawn(
    services: Services, actor: Principal, draft: Draft, found: PolicyDraft, *, fields: bool,
    versions: Sequence[Mapping[str, Any]] | None = None, looked: Looked | None = None,
    outcome: Component | None = None, why: str | None = None,
) -> Drawn:  # fmt: skip
    """Draw the editor.

    Args:
        fields: whether the form's fields are set; while somebody types in them they are not.
        versions: the history, None to leave it as it is drawn.
        looked: the rows of the version `draft.shown` and of the one before it.
        outcome: what an act did; without one the place is emptied.
        why: what the reason's field becomes, None to leave it.
    """
    lang, workday_ms = actor.language, services.calendar.workday_ms
    editable = may(actor, "edit_policy") and looked is None
    rows: Sequence[Cells] = looked[0] if looked else found.rows
    removed = (
        [] if looked else [found.published[one] for one, what in found.changes.items() if what == "gone"]
    )
    chains = chains_of(rows, removed)
    kinds = [one.applies_to for one in chains]
    kind = draft.kind if draft.kind in kinds else kinds[0]
    cells = next((row for row in rows if row["policy_id"] == draft.step), None) if editable else None
    draft = replace(draft, kind=kind, step=draft.step if cells else "")
    board = Board(
        chains, kind, draft.step, found.limits, workday_ms, {} if looked else found.changes,
        {one.policy_id for one in found.faults} if editable else (), editable,
    )  # fmt: skip
    by_id = {row["policy_id"]: row for row in found.rows}
    said = [(one, fault_words(one.code, one.column, one.params, lang)) for one in found.faults]
    values: dict[str, Any] = {
        ids.POLICY: draft.as_data(),
        ids.POLICY_KINDS: chain_view.kinds(board, lang),
        ids.POLICY_CHAINS: chain_view.chains(board, lang),
        ids.POLICY_LOOKED: looked_at(draft.shown, may(actor, "edit_policy"), lang)
        if looked and draft.shown
        else None,
        ids.POLICY_BAR: policy_bar(found, [(one.policy_id, words) for one, words in said], by_id, lang),
        ids.POLICY_CHANGES: review.changes(found.changes, found.published, by_id, chains, workday_ms, lang),
        ids.POLICY_OUTCOME: outcome,
    }
    if versions is not None:
        values[ids.POLICY_VERSIONS] = version_table(versions, lang)
    if why is not None:
        values[ids.POLICY_WHY] = why
    chain = next((one for one in chains if cells and one.key == chain_key(cells)), None)
    values |= {
        ids.STEP_FORM: chain is None,
        ids.STEP_TITLE: step_view.title(chain, draft.step, lang),
        ids.STEP_ACTS: step_view.acts(chain, draft.step, found.changes.get(draft.step), lang),
        ids.STEP_BESIDE: _beside(looked, draft, chain is not None, chains, workday_ms, lang),
    }
    if chain is None or cells is None:
        return Drawn(values)
    values |= {
        ids.STEP_WHEN: step_view.when_said(cells, chain, found.limits, workday_ms, lang),
        ids.STEP_TOLD: step_view.told_by(cells, lang),
    }
    form = dict(zip(FIELDS, values_of(cells, workday_ms), strict=True))
    values[ids.STEP_PERCENT] = form["base"] != "share"
    slots: dict[str, list[str]] = {}
    for one, words in said:
        if one.policy_id == draft.step:
            slots.setdefault(slot_of(one.column), []).append(words)
    values |= {ids.step_fault(name): " ".join(slots.get(name, [])) for name in FAULT_SLOTS}
    if fields:
        values |= {ids.step_field(name): value for name, value in form.items()}
    return Drawn(values)


def _beside(
    looked: Looked | None, draft: Draft, is_form: bool, chains: Any, workday_ms: int, lang: str
) -> Component | None:
    """What stands beside the chains: how to begin, or what the version that is looked at had changed."""
    if looked is None:
        return None if is_form else html.P(text("admin.step.choose", lang), className="empty")
    after, before = ({row["policy_id"]: row for row in rows} for rows in looked)
    if draft.shown == 1:
        return html.P(text("admin.versions.first", lang), className="empty")
    numbers = ((draft.shown or 1) - 1, draft.shown or 1)
    headline = text("admin.versions.changed", lang, version=numbers[1], before=numbers[0])
    found = changed_cells(before, after)
    changes = review.changes(found, before, after, chains, workday_ms, lang, numbers)
    return html.Div([html.H2(headline), changes])
