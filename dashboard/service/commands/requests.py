"""What an actor asks of a command that is out: one frozen value per act. Instants are UTC ms; ids are the store's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dashboard.domain.arrival import Attendee, Fix
from dashboard.service.requests import ReceiverOrder


@dataclass(frozen=True, slots=True)
class ConfirmArrival:
    """A person of the command says that a receiver is on site.

    `word` is what was seen or said on the telephone. `witness` is the receiver on site for which a gateway speaks.
    `fix` is the fleet's own position of the witness, put there by the interface.
    """

    command_id: str
    receiver_id: str
    word: str = ""
    witness: str = ""
    fix: Fix | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class AddReceivers:
    """Order more units or workers to a command that is out; their own clocks start now."""

    command_id: str
    receivers: tuple[ReceiverOrder, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "receivers", tuple(self.receivers))


@dataclass(frozen=True, slots=True)
class Reassign:
    """Give one receiver's part to another; `to` may say what it shall do and by when, else it takes over the words."""

    command_id: str
    receiver_id: str
    to: ReceiverOrder
    reason: str


@dataclass(frozen=True, slots=True)
class RecallReceiver:
    """Take one receiver out of a command, with a reason; the others stay ordered."""

    command_id: str
    receiver_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RuleDecline:
    """What an officer makes of a receiver's objection: "released" ends its part, "insisted" keeps the order."""

    command_id: str
    receiver_id: str
    ruling: Literal["released", "insisted"]
    reason: str


@dataclass(frozen=True, slots=True)
class SignRegister:
    """Name who of a unit is on site (签到)."""

    command_id: str
    receiver_id: str
    people: tuple[Attendee, ...]
    said_at: int | None = None
    lon: float | None = None
    lat: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "people", tuple(self.people))


@dataclass(frozen=True, slots=True)
class ReplaceAttendee:
    """换人不撤单位: one person goes because a named colleague of the unit, who has signed in, takes over."""

    command_id: str
    receiver_id: str
    leaving: str
    taking_over: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CompleteDecision:
    """Say that what was decided on an agenda item (counted from 1) has been done, and how."""

    command_id: str
    item: int
    result: str


@dataclass(frozen=True, slots=True)
class RateUnit:
    """How a called unit was: 1 (poor) to 5 (good) for punctual, competent and solved."""

    command_id: str
    receiver_id: str
    punctual: int
    competent: int
    solved: int
    words: str = ""
