"""What a receiver can do next with an order, and until when: the one list that every receiver's page offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.domain.command import STAGES, Command, Decision, Receipt
from dashboard.domain.refusal import Refused
from dashboard.domain.whistle import may_leave

# Where a receipt stands -> what may be said next, the likeliest first. A unit may settle an order from its office,
# so `done` is open to it without an arrival; whoever is on site no longer declines.
_NEXT_ANSWERS = {
    "sent": ("accepted", "declined"),
    "delivered": ("accepted", "declined"),
    "read": ("accepted", "declined"),
    "accepted": ("en_route", "arrived", "done", "declined"),
    "en_route": ("arrived", "done", "declined"),
    "arrived": ("done",),
    "declined": ("accepted",),
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do: `act` is answer, request_leave or a step of the matter's machine, `to` the stage it leads to,
    `required` the fields it needs, `optional` those that it takes."""

    act: str
    to: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


# Stages in which the unit that an event was given to handles it. Its grid's worker stays in charge of the check, and
# neither signs nor reports in the unit's name.
_UNITS_STAGES = frozenset({"ASSIGNED", "ACCEPTED", "ON_SITE", "DISPOSING"})


def is_for_the_unit(role: str, stage: str, unit: str | None) -> bool:
    """Whether a step from this stage is the unit's alone, so that a grid worker in charge of the event waits."""
    return role == "grid_worker" and unit is not None and stage in _UNITS_STAGES


_REQUIRED = {"declined": ("reason",), "done": ("result",)}
_ANSWERS = {
    stage: tuple(NextStep("answer", to, _REQUIRED.get(to, ())) for to in following)
    for stage, following in _NEXT_ANSWERS.items()
}


def next_answers(command: Command, receipt: Receipt, decisions: Sequence[Decision]) -> tuple[NextStep, ...]:
    """Return what this receiver can do next with the command, the likeliest first; empty when nothing is left to do.

    A whistle is not finished by its units: who is on site stays until the decision (事不决、人不撤) and then leaves.
    """
    return _next_from(receipt.stage, command, receipt, decisions)


def answers_ahead(
    command: Command, receipt: Receipt, decisions: Sequence[Decision]
) -> dict[str, tuple[NextStep, ...]]:
    """Return what could be done next after each later stage: a device without network goes on by this."""
    at = STAGES.index(receipt.stage) if receipt.stage in STAGES else len(STAGES)
    ahead = STAGES[max(at + 1, STAGES.index("accepted")) :]
    return {stage: _next_from(stage, command, receipt, decisions) for stage in ahead}


def _next_from(
    stage: str, command: Command, receipt: Receipt, decisions: Sequence[Decision]
) -> tuple[NextStep, ...]:
    """Return what could be done next if the receipt stood at `stage`."""
    if not command.is_open or receipt.left_at is not None or receipt.recalled_at is not None:
        return ()
    if command.kind != "whistle":
        return _ANSWERS.get(stage, ())
    standing = receipt if stage == receipt.stage else replace(receipt, stage=stage)
    if standing.has_reached("arrived"):
        is_free = may_leave(command, standing, decisions) is None
        return (NextStep("request_leave", "left"),) if is_free else ()
    return tuple(one for one in _ANSWERS.get(stage, ()) if one.to != "done")


def clock_of(command: Command, receipt: Receipt) -> int | None:
    """Return when this receiver's own time ends, None once nothing is asked of it."""
    if not command.is_open or receipt.recalled_at is not None or receipt.declined_at is not None:
        return None
    finished = "arrived" if command.kind == "whistle" else "done"
    return None if receipt.has_reached(finished) or receipt.left_at is not None else receipt.due_at


def incomplete() -> Refused:
    """Return the refusal of something a page sent without what its act needs."""
    return Refused("item_incomplete", {})
