"""What each act of the editor makes of a draft. Nothing here is stored or drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from callbacks.admin.draft import (
    Draft,
    as_published,
    with_cells,
    with_own_chain,
    with_step_after,
    with_step_moved,
    without_step,
)
from callbacks.admin.given import Malformed
from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.rights import may
from dashboard.service import PolicyDraft, Refused, Services
from layouts.admin.chains import URGENCIES
from layouts.admin.step_form import cells_from

LOOKING: Final = frozenset({"kind", "step", "look", "back"})


def after_fields(services: Services, draft: Draft, found: PolicyDraft, values: Sequence[Any]) -> Draft | None:
    """Return the draft with what stands in the form, None when that is what it has already."""
    row = next((one for one in found.rows if one["policy_id"] == draft.step), None)
    # The form of a page that has just opened holds nothing yet.
    if row is None or draft.shown is not None or not any(values):
        return None
    cells = cells_from(values, row, services.calendar.workday_ms)
    return None if cells == row else with_cells(draft, draft.step, cells, found.published)


def after_ask(
    services: Services, actor: Principal, draft: Draft, found: PolicyDraft, ask: str, of: str, now: int
) -> Draft:
    """Return the draft after an act.

    Raises:
        Malformed: there is no such act, or nothing that it could be done to.
    """
    if ask in LOOKING:
        return _looked(draft, ask, of)
    if not may(actor, "edit_policy"):
        raise Malformed("ask")
    if ask == "take":
        return _taken(services, actor, draft, found, _version(of), now)
    if ask == "own":
        key, _, urgency = of.rpartition(":")
        if urgency not in URGENCIES:
            raise Malformed("urgency")
        return with_own_chain(draft, key, urgency, found.rows, found.published)
    if ask == "undo":
        return as_published(draft, of)
    if of not in {row["policy_id"] for row in found.rows}:
        raise Malformed("step")
    if ask == "after":
        return with_step_after(draft, of, found.rows, found.published)
    if ask == "remove":
        return without_step(draft, of, found.published)
    if ask in ("earlier", "later"):
        by = -1 if ask == "earlier" else 1
        return with_step_moved(draft, of, by, found.rows, found.published)
    raise Malformed("ask")


def _looked(draft: Draft, ask: str, of: str) -> Draft:
    if ask == "kind":
        return replace(draft, kind=of, step="")
    if ask == "step":
        return replace(draft, step=of)
    return replace(draft, step="", shown=_version(of) if ask == "look" else None)


def _taken(
    services: Services, actor: Principal, draft: Draft, found: PolicyDraft, version: int, now: int
) -> Draft:
    """Return a draft that makes of the version it is based on what an older one was."""
    older = service.policy_rows(services, actor, version, now)
    if isinstance(older, Refused):
        raise Malformed("version")
    rows = {row["policy_id"]: row for row in older["rows"]}
    changed = {name: row for name, row in rows.items() if found.published.get(name) != row}
    removed = tuple(name for name in found.published if name not in rows)
    return replace(draft, changed=changed, removed=removed, step="", shown=None)


def _version(of: str) -> int:
    if not of.isdecimal() or not 0 < int(of) < 2**31:
        raise Malformed("version")
    return int(of)
