"""Pauses as rows: begun and ended by where the matter stands, whoever moved it there, so that none is without a row."""

from __future__ import annotations

from dataclasses import replace

from dashboard.domain.matter import Matter
from dashboard.domain.pausing import Pause, counts, pausing_stage, shifted, with_pauses
from dashboard.service.act import Act
from dashboard.store import loop_rows, tables


def keep_pause(act: Act, matter_id: str, reason: str) -> int | None:
    """Begin or end the matter's pause as its stage demands; called whenever its clocks are kept.

    Returns the instant from which steps were missed when an extension was refused: its clock had not paused, and what
    fell due meanwhile must still be said. None otherwise.
    """
    matter = act.work.matter(matter_id)
    assert matter is not None
    stage = pausing_stage(matter)
    if stage is None and matter.paused_at is None:
        return None
    lasting = _lasting(act, matter) if matter.paused_at is not None else None
    if lasting is not None and lasting.stage == stage:
        return None
    missed_from = _end(act, matter, lasting) if lasting is not None else None
    if stage is not None:
        _begin(act, stage, matter_id, reason)
    return missed_from


def _lasting(act: Act, matter: Matter) -> Pause | None:
    return next((one for one in loop_rows.pauses_of(act.connection, matter.id) if one.ended_at is None), None)


def _begin(act: Act, stage: str, matter_id: str, reason: str) -> None:
    matter = act.work.matter(matter_id)
    assert matter is not None
    # A source may tell later that facts were missing since then; it never tells earlier than the stage began.
    began_at = min(matter.stage_at, act.now)
    n = loop_rows.next_n(act.connection, tables.pauses, matter_id)
    pause = Pause(matter_id, n, stage, began_at, act.actor.id, act.actor.name, reason, matter.final_due_at)
    loop_rows.begin_pause(act.connection, pause)
    act.change(replace(matter, paused_at=began_at))


def _end(act: Act, matter: Matter, pause: Pause) -> int | None:
    counted = counts(pause, matter.final_due_at)
    ended = replace(pause, ended_at=act.now, ended_by=act.actor.id, counted=counted)
    loop_rows.end_pause(act.connection, ended)
    after = replace(matter, paused_at=None)
    if counted:
        after = replace(after, paused_ms=matter.paused_ms + act.now - pause.began_at)
    if (
        pause.stage == "SUSPENDED"
        and matter.final_due_at is not None
        and matter.final_due_at == pause.final_due_at
    ):
        moved = shifted(
            matter.final_due_at, pause.began_at, act.now, is_working(act, matter), act.services.calendar
        )
        after = replace(after, final_due_at=moved, suspended_until=None)
    elif pause.stage == "SUSPENDED":
        after = replace(after, suspended_until=None)
    act.change(after)
    return None if counted else pause.began_at


def is_working(act: Act, matter: Matter) -> bool:
    """Say whether the matter's own limit counts working time."""
    stage = {"order": "feedback", "dispute": "settle"}.get(matter.kind, "feedback")
    limit = act.services.policies.limit_or_net(matter.kind, stage, matter.urgency, matter.category)
    return limit.is_working


def with_suspensions(act: Act, matter: Matter, due_at: int | None) -> int | None:
    """Return an end that was counted anew, moved by the suspensions that the matter has behind it.

    A pause that lasts is told of the new end: it is what the pause will move.
    """
    if due_at is not None and matter.paused_ms:
        pauses = loop_rows.pauses_of(act.connection, matter.id)
        due_at = with_pauses(due_at, pauses, is_working(act, matter), act.services.calendar)
    if matter.paused_at is not None:
        loop_rows.restate_pause(act.connection, matter.id, due_at)
    return due_at
