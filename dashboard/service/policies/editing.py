"""Changing the escalation policy: changed and removed rows make a new version, checked as the city pack is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.citypack import Fault, PolicyStep
from dashboard.citypack.policies import COLUMNS, cells_of, check_policies
from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.service.act import Act, perform
from dashboard.service.commanding import local_minute, required_text
from dashboard.service.policies.versions import newest_steps, write
from dashboard.service.services import Services
from dashboard.store import policies as stored

SHOWN_FAULTS = 5
LONGEST_CELL = 200

Cells = Mapping[str, str]
"""One row as its cells: every column of policies.csv."""


@dataclass(frozen=True, slots=True)
class EditPolicy:
    """A new version of the policy: `changed` rows replace those with their policy_id or are added, `removed` go.

    `based_on` is the version that was being looked at: another one published meanwhile is not overwritten.
    """

    based_on: int
    changed: tuple[tuple[tuple[str, str], ...], ...]
    removed: tuple[str, ...]
    why: str
    origin: str = "edit"


def edit_of(based_on: int, changed: Sequence[Cells], removed: Sequence[str], why: str) -> EditPolicy:
    """Return the request for rows given as cells; unknown columns are left out, missing ones are empty."""
    rows = tuple(tuple((name, str(row.get(name, ""))[:LONGEST_CELL]) for name in COLUMNS) for row in changed)
    return EditPolicy(based_on, rows, tuple(removed), why)


def edit_policy(
    services: Services, actor: Principal, request: EditPolicy, now: int, idempotency_key: str
) -> Outcome:
    """Publish a new version; matters opened from now on go by it, those that run keep theirs.

    `Done.value` is {"version", "changed", "removed"}. Refused: reason_missing, policy_moved_on (another version was
    published meanwhile), policy_faults (names the rows), policy_unchanged.
    """

    def decide(act: Act) -> dict[str, Any]:
        why = required_text(request.why, "reason_missing")
        newest = stored.newest(act.connection)
        if request.based_on != newest:
            last = next(iter(stored.versions(act.connection, 1)), None)
            raise Refusal(
                "policy_moved_on",
                version=newest,
                by=mask_name(last["made_name"]) if last else "",
                when=local_minute(services, last["made_at"]) if last else "",
            )
        before = newest_steps(services, act.connection)
        if stored.is_empty(act.connection):
            write(services, act.connection, actor, before, "pack", "", now)
        after = merged(services, before, request)
        act.changes |= differences(before, after)
        if not act.changes:
            raise Refusal("policy_unchanged", version=newest)
        version = write(services, act.connection, actor, after, request.origin, why, now)
        act.tell(
            "PolicyPublished",
            version=version,
            before=newest,
            by=mask_name(actor.name),
            why=why,
            rows=len(act.changes),
        )
        return {"version": version, "changed": len(request.changed), "removed": len(request.removed)}

    return perform(
        services, actor, "edit_policy", f"policy:{request.based_on}", now, idempotency_key, request, decide
    )


def edited_cells(before: Sequence[PolicyStep], request: EditPolicy) -> list[dict[str, str]]:
    """Return the rows after the request as cells, unchecked; one that is new, or stands twice in it, is at the end."""
    changed = [dict(row) for row in request.changed]
    by_id = {row.get("policy_id", "").strip(): row for row in changed}
    rows = [
        by_id.get(one.policy_id) or cells_of(one) for one in before if one.policy_id not in request.removed
    ]
    used = [id(row) for row in rows]
    return rows + [row for row in changed if id(row) not in used]


def merged(services: Services, before: Sequence[PolicyStep], request: EditPolicy) -> list[PolicyStep]:
    """Return the steps after the request. Refusal: policy_faults."""
    rows = edited_cells(before, request)
    steps, faults = check_policies(rows, services.pack.limits, services.pack.policies)
    if faults:
        raise Refusal(
            "policy_faults",
            count=len(faults),
            faults="；".join(_said(one, rows, "zh") for one in faults[:SHOWN_FAULTS]),
            faults_en="; ".join(_said(one, rows, "en") for one in faults[:SHOWN_FAULTS]),
        )
    return _in_order(list(steps))


def _in_order(steps: list[PolicyStep]) -> list[PolicyStep]:
    """Return the steps with those of one chain together, each chain where its first row stands."""
    place: dict[tuple[object, ...], int] = {}
    for number, one in enumerate(steps):
        place.setdefault((one.applies_to, one.stage, one.urgency), number)
    return sorted(steps, key=lambda one: (place[one.applies_to, one.stage, one.urgency], one.step))


def differences(before: Sequence[PolicyStep], after: Sequence[PolicyStep]) -> dict[str, Any]:
    """Return policy_steps:<id> -> what `changed_cells` says of the step, for the audit."""
    old, new = ({one.policy_id: cells_of(one) for one in steps} for steps in (before, after))
    return {f"policy_steps:{policy_id}": what for policy_id, what in changed_cells(old, new).items()}


def changed_cells(old: Mapping[str, Cells], new: Mapping[str, Cells]) -> dict[str, Any]:
    """Return policy_id -> its changed cells as {column: [before, after]}, or "new" or "gone" for a whole row."""
    found: dict[str, Any] = {}
    for policy_id in dict.fromkeys([*old, *new]):
        was, is_now = old.get(policy_id), new.get(policy_id)
        if was is None or is_now is None:
            found[policy_id] = "new" if was is None else "gone"
        elif pairs := {name: [was[name], is_now[name]] for name in COLUMNS if was[name] != is_now[name]}:
            found[policy_id] = pairs
    return found


def edit_to(rows: Sequence[Cells], based_on: int, before: Sequence[PolicyStep], why: str) -> EditPolicy:
    """Return the edit that turns `before` into exactly `rows` (a whole file)."""
    known = {one.policy_id: _compared(cells_of(one)) for one in before}
    given = [{name: str(row.get(name, "")).strip() for name in COLUMNS} for row in rows]
    changed = [row for row in given if known.get(row["policy_id"]) != _compared(row)]
    removed = [one for one in known if one not in {row["policy_id"] for row in given}]
    return edit_of(based_on, changed, removed, why)


def _compared(cells: Cells) -> dict[str, str]:
    """Return cells in which a time that was left empty equals the nought that it means."""
    return {**cells, **{name: cells[name] or "0" for name in ("after_ms", "share_of_limit")}}


def _said(fault: Fault, rows: Sequence[Cells], lang: str) -> str:
    """Say a fault by the name of its step: the table on screen has no row numbers."""
    words = fault.text("zh" if lang == "zh" else "en")
    if fault.row is None or not 0 <= fault.row - 2 < len(rows):
        return words
    said = words.split("：" if lang == "zh" else ": ", 1)[-1]
    return (
        f"{rows[fault.row - 2].get('policy_id', '')}：{said}"
        if lang == "zh"
        else (f"{rows[fault.row - 2].get('policy_id', '')}: {said}")
    )
