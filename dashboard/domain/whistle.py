"""吹哨报到: several units called to one place, a clock for each, and 事不决、人不撤."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.domain.command import Command, Decision, Receipt
from dashboard.domain.refusal import Refused


def state_after(command: Command, receipts: Sequence[Receipt], decisions: Sequence[Decision]) -> str:
    """Return the whistle's state from what was received and decided.

    running -> conferring when every unit that is still called is on site -> resolved when every agenda item is decided
    -> done when nobody who came is still there. A consultation lasts until its decisions are recorded. A unit that is
    called later does not take a conference back, so that its clock to decide is never set anew.
    """
    if command.state in ("done", "recalled"):
        return command.state
    came = [one for one in receipts if one.has_reached("arrived")]
    if not any(one.is_open for one in decisions):
        return "done" if all(one.left_at is not None for one in came) else "resolved"
    if command.state in ("consultation", "conferring"):
        return command.state
    called = [one for one in receipts if not one.is_out]
    if not called and any(one.declined_at is not None and not one.decline_ruling for one in receipts):
        return "running"  # everybody objects and nobody has ruled: the objections are still calls
    return "conferring" if len(came) >= len(called) else "running"


def may_leave(command: Command, receipt: Receipt, decisions: Sequence[Decision]) -> Refused | None:
    """Say why a unit may not leave, None when it may.

    Nobody is released before the matter is decided or raised to a consultation; the refusal names what is missing.
    """
    if receipt.left_at is not None:
        return Refused("already_left", {"receiver": receipt.name})
    if not receipt.has_reached("arrived"):
        return Refused("not_on_site", {"receiver": receipt.name})
    if command.state == "consultation":
        return None
    missing = [one.question for one in decisions if one.is_open]
    if missing:
        return Refused(
            "whistle_undecided",
            {
                "receiver": receipt.name,
                "missing": missing,
                "count": len(missing),
                "questions": "；".join(missing),
            },
        )
    return None
