"""An edit that is not published yet, as its editor sees it: the rows, what they change, what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.citypack import Fault, Limits
from dashboard.citypack.policies import URGENCIES, cells_of, check_policies
from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import no_right
from dashboard.service.policies.editing import EditPolicy, changed_cells, edited_cells
from dashboard.service.policies.versions import steps_in
from dashboard.service.services import Services
from dashboard.store import policies as stored

# Which limit a kind of clock counts that is not named like its limit; those not here have an end of their own each.
LIMIT_OF = {"whistle_receiver": ("whistle", "arrive"), "decline": ("dispatch", "decline_ruling")}
# Of a fault that names no column, the one that mends it.
_COLUMN_OF = {
    "code_twice": "policy_id",
    "policy_step_twice": "step",
    "policy_without_time": "after_ms",
    "policy_nowhere": "stage",
}


@dataclass(frozen=True, slots=True)
class StepFault:
    """What is wrong with one step: the column that mends it, and the code and values of the city pack's fault.

    A fault of a whole chain (it lost its last step) has neither step nor column.
    """

    policy_id: str
    column: str
    code: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """A version with an edit laid over it.

    Args:
        version: what the edit is based on; `newest` is another one when somebody published meanwhile, then with who
            (masked) and when.
        rows: every row after the edit, as cells, in the order of the version; new ones at the end.
        published: policy_id -> its cells in the version itself.
        changes: what the edit changes, see `changed_cells`.
        faults: what keeps it from being published.
        limits: (applies_to, stage) -> urgency -> (value, unit) of the limit that the clock counts.
    """

    version: int
    newest: int
    newest_by: str
    newest_at: int | None
    rows: tuple[Mapping[str, str], ...]
    published: Mapping[str, Mapping[str, str]]
    changes: Mapping[str, Any]
    faults: tuple[StepFault, ...]
    limits: Mapping[tuple[str, str], Mapping[int, tuple[int, str]]]


def policy_draft(
    services: Services, actor: Principal, request: EditPolicy, now: int
) -> PolicyDraft | Refused:
    """Lay an edit over the version that it is based on. Nothing is changed. Refused: no_right, no_such_version."""
    del now
    refused = no_right(actor, "see_policies")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        before = steps_in(services, connection, request.based_on)
        last = next(iter(stored.versions(connection, 1)), None)
    if before is None:
        return Refused("no_such_version", {"version": request.based_on})
    rows = edited_cells(before, request)
    _, faults = check_policies(rows, services.pack.limits, services.pack.policies)
    published = {one.policy_id: cells_of(one) for one in before}
    return PolicyDraft(
        version=request.based_on,
        newest=last["version"] if last else request.based_on,
        newest_by=mask_name(last["made_name"]) if last else "",
        newest_at=last["made_at"] if last else None,
        rows=tuple(rows),
        published=published,
        changes=changed_cells(published, {row["policy_id"]: row for row in rows}),
        faults=tuple(_fault(one, rows) for one in faults),
        limits=_limits(services.pack.limits, [*published.values(), *rows]),
    )


def _fault(fault: Fault, rows: Sequence[Mapping[str, str]]) -> StepFault:
    params = dict(fault.params)
    if fault.row is None:
        return StepFault("", "", fault.code, params)
    column = params.get("column") or _COLUMN_OF.get(fault.code, "")
    return StepFault(rows[fault.row - 2].get("policy_id", ""), column, fault.code, params)


def _limits(
    limits: Limits, rows: Sequence[Mapping[str, str]]
) -> dict[tuple[str, str], dict[int, tuple[int, str]]]:
    found: dict[tuple[str, str], dict[int, tuple[int, str]]] = {}
    for applies_to, stage in {(row["applies_to"], row["stage"]) for row in rows}:
        kind, of_stage = LIMIT_OF.get(applies_to, (applies_to, stage))
        by_urgency = {urgency: limits.find(kind, of_stage, urgency) for urgency in URGENCIES}
        known = {urgency: (one.value, one.unit) for urgency, one in by_urgency.items() if one is not None}
        if known:
            found[applies_to, stage] = known
    return found
