"""What an actor asks for: one frozen value per act. Instants are UTC ms; ids are the store's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from dashboard.domain.arrival import Attendee, Fix


@dataclass(frozen=True, slots=True)
class ReceiverOrder:
    """One receiver of a command: a unit id or a worker id, what it shall do, and by when (None: the limit row's).

    `lon`, `lat` are where it stands now, if known: drawn as the start of its way.
    """

    kind: Literal["unit", "worker"]
    id: str
    role: Literal["lead", "assist"] = "assist"
    objective: str = ""
    due_at: int | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Order units or workers to a matter. `recommendation` is stored whole; choosing otherwise needs a reason."""

    matter_id: str
    receivers: tuple[ReceiverOrder, ...]
    objective: str
    recommendation: Mapping[str, Any] | None = None
    override_reason: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "receivers", tuple(self.receivers))


@dataclass(frozen=True, slots=True)
class RaiseWhistle:
    """Call units to a place to decide the agenda; each has 30 minutes from now (the pack's row).

    A unit is its id, or a `ReceiverOrder` when its role or what it shall bring is to be said. `message` is what is
    read out and sent, `reception` who receives the units there, `fallback` who takes it up when nothing is decided.
    """

    matter_id: str
    units: tuple[str | ReceiverOrder, ...]
    agenda: tuple[str, ...]
    decider: str = ""
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    message: str = ""
    reception: str = ""
    fallback: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", tuple(self.units))
        object.__setattr__(self, "agenda", tuple(self.agenda))


@dataclass(frozen=True, slots=True)
class Answer:
    """A receiver's word: delivered, read, accepted, en_route, arrived, done or declined (with a reason).

    `said_at` is when it was said by the receiver's own device, if it could be sent only later; `result` is what was
    done, `photos` are the ids of attachments that show it. `lon`, `lat` are where the device says that it is, exact to
    `accuracy_m`. `register` names who of a unit came. `fix` is the fleet's own position of a worker, put there by the
    interface and never by the sender; it is no part of what makes two requests the same, because it differs when a
    phone sends again.
    """

    command_id: str
    receiver_id: str
    stage: str
    reason: str | None = None
    lon: float | None = None
    lat: float | None = None
    eta_at: int | None = None
    people: int | None = None
    said_at: int | None = None
    result: str | None = None
    photos: tuple[str, ...] = ()
    accuracy_m: int | None = None
    register: tuple[Attendee, ...] = ()
    fix: Fix | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "register", tuple(self.register))


@dataclass(frozen=True, slots=True)
class RequestLeave:
    """A called unit asks to leave."""

    command_id: str
    receiver_id: str


@dataclass(frozen=True, slots=True)
class RecordDecision:
    """What was decided on one agenda item (counted from 1): how, by whom to be done, by when, who checks."""

    command_id: str
    item: int
    decision: str
    owner: str
    due_at: int | None = None
    reviewer: str = ""
    owner_unit: str | None = None


@dataclass(frozen=True, slots=True)
class RaiseToConsultation:
    """升级会商: the whistle could not decide; a named host takes it up at a named time."""

    command_id: str
    host: str
    next_at: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Recall:
    """Take a command back, with a reason; a whistle only within its first minute."""

    command_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """An officer has seen the alarm: that step is not said again, the next one stays armed."""

    matter_id: str


@dataclass(frozen=True, slots=True)
class Urge:
    """催办: tell the unit to hurry."""

    matter_id: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Supervise:
    """督办: formal pressure on the unit, in writing."""

    matter_id: str
    text: str


@dataclass(frozen=True, slots=True)
class SetUrgency:
    """Change the urgency, 1-4; the clocks follow."""

    matter_id: str
    urgency: int
    reason: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """转办: give the matter to another unit; the handling clock goes on."""

    matter_id: str
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class Advance:
    """Take one step of the matter's machine: sign, return, reply, pass a review, suspend, ...

    `photos` are the ids of attachments that show what was done; they are no part of what makes two requests the same.
    """

    matter_id: str
    to: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    photos: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class CloseMatter:
    """Close with proof. An order needs callback ("answered" or "three_tries"), resolved, satisfaction
    ("satisfied", "dissatisfied", "unasked"); a grid event handling and resolved."""

    matter_id: str
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ExtendDeadline:
    """Give one clock more time, with a reason; never past its parent's end."""

    deadline_id: str
    until_at: int
    reason: str


@dataclass(frozen=True, slots=True)
class StopDeadline:
    """Stop one escalation step, with a reason; the next step or a follow-up takes its place."""

    deadline_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """A line in the matter's history."""

    matter_id: str
    text: str


@dataclass(frozen=True, slots=True)
class RevealCitizen:
    """查看事由: show who asked, for this reason."""

    matter_id: str
    reason: str
