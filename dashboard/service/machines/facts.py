"""What the guards of a step judge by, read for this step alone: most steps need nothing beyond the matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from dashboard.domain.callback import CallBack, proof, since
from dashboard.domain.guards import Facts, details_of
from dashboard.domain.machine import Transition
from dashboard.domain.matter import Matter
from dashboard.service.act import Act
from dashboard.store import loop_rows, tables
from dashboard.store.callbacks import callbacks_of


def facts_for(act: Act, matter: Matter, row: Transition, fields: Mapping[str, Any]) -> Facts:
    """Read the facts that this row's guards ask for."""
    wanted = set(row.guards)
    calls: tuple[CallBack, ...] = ()
    earlier = 0
    if "called_back" in wanted or row.act == "redo":
        made = callbacks_of(act.connection, [matter.id])[matter.id]
        calls = since(made, matter.replied_at)
        earlier = sum(one.result == "answered" for one in made) - sum(
            one.result == "answered" for one in calls
        )
    applied = None
    if "other_than_applicant" in wanted:
        applied = loop_rows.waiting(act.connection, tables.extensions, matter.id)
    return Facts(
        matter=matter,
        row=row,
        fields=fields,
        actor=act.actor.id,
        role=act.actor.role,
        now=act.now,
        policies=act.services.policies,
        calendar=act.services.calendar,
        calls=calls,
        earlier_answers=earlier,
        uncalled=_uncalled(act, matter) if "merged_called_back" in wanted else (),
        unanswered=_unanswered(act, matter) if "supervision_answered" in wanted else (),
        applicant="" if applied is None else applied.asked_by,
        applied_until_at=None if applied is None else applied.until_at,
        applications=_applications(act, matter) if "extension_unused" in wanted else 0,
        details=details_of(matter),
    )


def _applications(act: Act, matter: Matter) -> int:
    """Count the applications for more time that count: each held the clock once, whoever brought it, a source too."""
    held = sum(one.stage == "EXTENSION_APPLIED" for one in loop_rows.pauses_of(act.connection, matter.id))
    rows = loop_rows.rows_of(act.connection, tables.extensions, matter.id)
    return held - sum(bool(one.sent_back) for one in rows)


def _uncalled(act: Act, matter: Matter) -> tuple[str, ...]:
    """Return the numbers of the matters merged into this one whose citizens were not called back since the reply."""
    column = tables.matters.c
    found = act.connection.execute(
        select(column.id, column.no).where(column.carrier == matter.id).order_by(column.no)
    ).all()
    if not found:
        return ()
    calls = callbacks_of(act.connection, [one.id for one in found])
    return tuple(one.no for one in found if not proof(since(calls[one.id], matter.replied_at)))


def _unanswered(act: Act, matter: Matter) -> tuple[str, ...]:
    if matter.supervised_at is None:
        return ()
    return tuple(
        one.no for one in loop_rows.open_supervisions(act.connection, matter.id) if one.level == "order"
    )
