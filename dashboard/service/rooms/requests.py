"""What an actor asks for in a consultation room: one frozen value per act. Instants are UTC ms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PartKind = Literal["officer", "unit", "centre", "specialist"]


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """Open the consultation room of a matter. `units` are asked in besides the handling unit."""

    matter_id: str
    topic: str
    units: tuple[str, ...] = ()
    host: str = ""
    meets_at: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", tuple(self.units))


@dataclass(frozen=True, slots=True)
class MoveRoom:
    """Set or change when a consultation meets."""

    room_id: str
    meets_at: int


@dataclass(frozen=True, slots=True)
class InviteToRoom:
    """Ask a unit, or another division's centre (its code), into a room."""

    room_id: str
    kind: Literal["unit", "centre"]
    id: str


@dataclass(frozen=True, slots=True)
class RemoveFromRoom:
    """Take a unit or a centre out of a room again, with a reason; what it said and read stays."""

    room_id: str
    kind: Literal["unit", "centre"]
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Say:
    """Say something in a room; `attachments` are ids of files that were kept with this room before."""

    room_id: str
    text: str
    attachments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "attachments", tuple(self.attachments))


@dataclass(frozen=True, slots=True)
class ReadRoom:
    """Say that everything up to message `up_to` was shown to the reader."""

    room_id: str
    up_to: int


@dataclass(frozen=True, slots=True)
class DecideInRoom:
    """Record a decision: what, who does it, until when. With `owner_unit` that unit may report it done."""

    room_id: str
    decision: str
    owner: str
    owner_unit: str | None = None
    due_at: int | None = None


@dataclass(frozen=True, slots=True)
class CompleteRoomDecision:
    """Report a decision done, with what came of it."""

    room_id: str
    item: int
    result: str


@dataclass(frozen=True, slots=True)
class EditMinutes:
    """Replace the minutes' draft; `minutes_version` is the one that the writer started from."""

    room_id: str
    text: str
    minutes_version: int


@dataclass(frozen=True, slots=True)
class SignMinutes:
    """Sign the minutes as they stand in `minutes_version`; from then on they cannot be changed."""

    room_id: str
    minutes_version: int


@dataclass(frozen=True, slots=True)
class CloseRoom:
    """End a consultation."""

    room_id: str


@dataclass(frozen=True, slots=True)
class BookSpecialist:
    """Order an expert or a lawyer into a room: what for, when, and how they take part."""

    room_id: str
    specialist_id: str
    question: str
    wanted_at: int
    way: Literal["site", "phone", "video"] = "site"


@dataclass(frozen=True, slots=True)
class AnswerBooking:
    """Record what the specialist said on the phone, or that they came, or that they are no longer needed."""

    booking_id: str
    answer: Literal["accepted", "declined", "came", "cancelled"]
    words: str = ""
