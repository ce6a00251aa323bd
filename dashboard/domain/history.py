"""Which line of a matter's history is for whom of those who carry out its orders; officers see every line.

A line belongs to the receiver that it names and to the one whose person wrote it. It is never shown to another one;
lines that belong to nobody are shown by their kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Audience = Literal["officers", "handler", "ordered", "called", "named"]
"""officers: the centre's own business. handler: who handles the matter, once the line belongs to nobody else. ordered:
every receiver of the line's order while it has a part in it. called: of a whistle, these and who handles the matter.
named: whom it belongs to."""

AUDIENCE: Final[dict[str, Audience]] = {
    **dict.fromkeys(
        (
            "MatterOpened", "DisputeRegistered", "EventSentLate", "HelpCalledAgain", "MatterUpdated", "MatterMoved",
            "MatterStepped", "MatterClosed", "MatterReopened", "MatterDispatched", "MatterTransferred", "UrgencySet",
            "CallbackRecorded", "CardIssued", "MatterUrged", "MatterSupervised", "SupervisionAnswered", "MergeCounted",
            "MattersMerged", "MatterMerged", "MatterCarried", "MatterUnmerged", "EscalationFired", "EscalationRepeated",
            "DeadlineExtended", "DeadlineStopped",
        ),
        "handler",
    ),
    **dict.fromkeys(
        (
            "CommandSent", "MatterInstructed", "CommandRecalled", "CommandEnded", "OrdersTakenBack", "ReceiversAdded",
        ),
        "ordered",
    ),
    **dict.fromkeys(
        ("WhistleRaised", "AllArrived", "DecisionRecorded", "WhistleResolved", "ConsultationOpened"), "called"
    ),
    **dict.fromkeys(
        (
            "ReceiptRecorded", "ReceiptDeclined", "ReceiverMoved", "ArrivalClaimed", "LeaveRefused", "UnitLeft",
            "DeclineRuled", "ReceiverRecalled", "ReceiverReassigned", "RegisterSigned", "AttendeeReplaced", "UnitRated",
            "DecisionCompleted", "NoteWritten", "AttachmentKept", "CitizenRevealed",
        ),
        "named",
    ),
    **dict.fromkeys(
        (
            "SourceHeld", "MatterAcknowledged", "AlarmHandedOn", "MergeProposed", "MergeRejected", "DecisionsLeft",
            "DistrictProposed", "DistrictAccepted", "DistrictDeclined", "DistrictWithdrawn", "DistrictOverridden",
            "DistrictShareEnded", "TellingFailed", "TellingRetried", "ToldByHand", "TellingArrived", "RoomOpened",
            "RoomMoved", "RoomInvited", "RoomLeft", "RoomDecided", "RoomDecisionCompleted", "RoomClosed", "RoomSpoken",
            "RoomRead", "MinutesSigned", "SpecialistBooked", "BookingAnswered", "PolicyPublished", "PostTaken",
            "PostLeft", "PostRelieved", "PostActsAgain", "HandoverBegun", "HandoverItemConfirmed", "HandoverCompleted",
            "HandoverCancelled", "WallShown", "WallHeld", "WallReleased", "WallTurned", "WallMuted", "WallUnmuted",
            "WallSetUp", "WordingGiven", "WordingRevised", "WordingEnded", "FindingKept",
        ),
        "officers",
    ),
}  # fmt: skip
"""By the kind of event; a kind that is not here is the officers' alone. Consultations have a page of their own."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one receiver stands towards a matter.

    `orders`: its orders on the matter by command id, each with when its part in it ended (UTC ms; None: it has one).
    """

    receiver: str
    handles: bool
    orders: Mapping[str, int | None]

    @property
    def takes_part(self) -> bool:
        """True while the matter is the receiver's business: it handles it, or has a part in an order of it."""
        return self.handles or any(ended_at is None for ended_at in self.orders.values())


def owners(params: Mapping[str, Any], writer: str) -> frozenset[str]:
    """Return the receivers that a line belongs to: those it names, and `writer`, whose person wrote it ("": none)."""
    named = {str(params[name]) for name in ("receiver_id", "unit_id") if params.get(name)}
    return frozenset(named | ({writer} if writer else set()))


def is_shown(
    standing: Standing, kind: str, params: Mapping[str, Any], command_id: str | None, at: int, writer: str
) -> bool:
    """Say whether a line of its matter's history is for this receiver."""
    audience = AUDIENCE.get(kind, "officers")
    if audience == "officers":
        return False
    if audience in ("ordered", "called"):
        # An order's own news belong to all its receivers, whichever of them brought them about.
        if audience == "called" and standing.handles:
            return True
        ended_at = standing.orders.get(command_id or "", -1)
        return ended_at is None or at <= ended_at
    belongs_to = owners(params, writer)
    if belongs_to:
        return standing.receiver in belongs_to
    return audience == "handler" and standing.handles
