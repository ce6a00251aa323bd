"""Where the minutes went: the events of a past period as lanes, and each clock's minutes against its limit.

Only what was recorded becomes a lane. What no table keeps (workers' tracks, what was said to the public) has none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from dashboard.domain.deadline import Deadline

Row = dict[str, Any]

MINUTE_MS: Final = 60_000

DECIDING: Final = frozenset(
    {"DecisionRecorded", "DecisionCompleted", "RoomDecided", "RoomDecisionCompleted", "MinutesSigned"}
)
ESCALATING: Final = frozenset({"EscalationFired", "EscalationRepeated", "CardIssued", "AlarmHandedOn"})
"""Events of these kinds have a lane of their own; receipts stand in the lane of whoever gave them."""
RECEIPTS: Final = frozenset(
    {"ReceiptRecorded", "ReceiptDeclined", "ReceiverMoved", "ArrivalClaimed", "UnitLeft", "LeaveRefused"}
)
_STEPS: Final = (
    "delivered_at", "read_at", "accepted_at", "en_route_at", "arrived_at", "done_at", "left_at", "declined_at",
    "recalled_at", "claimed_at",
)  # fmt: skip
_TAKEN: Final = frozenset({"relieved", "armed", "fired", "acknowledged", "moved"})
"""States of a chain's rows that say that it watched something; one that was stopped measures nothing."""


def lane_of(kind: str) -> str:
    """Return the lane in which an event stands: decisions, escalations, receipts or desk."""
    if kind in DECIDING:
        return "decisions"
    if kind in ESCALATING:
        return "escalations"
    return "receipts" if kind in RECEIPTS else "desk"


def receiver_lanes(commands: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Return one lane per receiver of the commands, in the order of sending.

    A lane is {"id", "kind", "name", "code", "role", "command_id", "command_no", "command_kind", "sent_at", "due_at"
    (the first end, before anybody gave more time), "limit_ms", "late", "said_at"} and the instants of its steps, None
    where a step was not reported: a later step says that the earlier ones lie behind, not when.
    """
    lanes = []
    for command in sorted(commands, key=lambda one: (one["issued_at"], one["no"])):
        for receiver in command["receivers"]:
            sent_at = receiver["added_at"] or command["issued_at"]
            due_at = receiver["first_due_at"] or receiver["due_at"]
            lanes.append(
                {name: receiver[name] for name in ("id", "kind", "name", "code", "role", "late", "said_at")}
                | {name: receiver[name] for name in _STEPS}
                | {
                    "command_id": command["id"],
                    "command_no": command["no"],
                    "command_kind": command["kind"],
                    "sent_at": sent_at,
                    "due_at": due_at,
                    "limit_ms": None if due_at is None else max(due_at - sent_at, 0),
                }
            )
    return lanes


def clock_facts(clocks: Iterable[Deadline], until_at: int) -> list[Row]:
    """Return what each clock took against its limit, in the order of their starts.

    {"due_for", "command_id", "receiver_id", "from_at", "due_at", "ended_at" (None while it runs at `until_at`),
    "took_ms", "limit_ms", "late"}. A chain that an officer stopped, and one that began after `until_at`, is left out;
    an end that was moved counts from the first one, before anybody gave more time.
    """
    chains: dict[tuple[str, int], list[Deadline]] = {}
    for one in clocks:
        if one.state in _TAKEN and one.anchor_at <= until_at:
            chains.setdefault((one.chain, one.anchor_at), []).append(one)
    facts = []
    for (_, from_at), rows in chains.items():
        first = min(rows, key=lambda one: one.objective_at)
        runs = any(one.state == "armed" for one in rows)
        ends = [one.ended_at for one in rows if one.ended_at is not None and one.state == "relieved"]
        ended_at = None if runs or not ends or max(ends) > until_at else max(ends)
        if not runs and not ends:
            continue  # it fired to its end and nobody answered before its matter moved on: nothing was measured
        took_ms = (ended_at or until_at) - from_at
        facts.append(
            {
                "due_for": first.purpose,
                "command_id": first.command_id,
                "receiver_id": first.receiver_id,
                "from_at": from_at,
                "due_at": first.objective_at,
                "ended_at": ended_at,
                "took_ms": took_ms,
                "limit_ms": first.limit_ms,
                "late": took_ms > first.limit_ms,
            }
        )
    return sorted(facts, key=lambda one: (one["from_at"], one["due_at"], one["receiver_id"] or ""))


def per_minute(arrivals: Sequence[int], from_at: int, to_at: int) -> list[int]:
    """Return how many of the instants lie in each whole minute after `from_at`, the last one begun included."""
    counted = Counter((at - from_at) // MINUTE_MS for at in arrivals if from_at <= at < to_at)
    return [counted[minute] for minute in range(-(-(to_at - from_at) // MINUTE_MS))]
