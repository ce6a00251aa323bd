"""A telling: one step of an escalation, or what happened in a consultation room, said to one recipient by one means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

SHOWN_MEANS: Final = ("screen", "sound", "unit_page")
"""Told by being shown: whoever shows it says so. Nothing is sent, so nothing can fail but stay unseen."""
SENT_MEANS: Final = ("sms", "phone", "webhook")
"""Told by being sent: a gateway takes it, refuses it or is away."""

ROOM_MEANS: Final = {
    "unit": ("unit_page", "sms", "phone"),
    "centre": ("screen", "sms", "phone"),
    "specialist": ("sms", "phone"),
}
"""By what each kind of participant of a consultation can be told."""

OPEN_STATES: Final = ("waiting", "sent")

UNIT_ROLES: Final = ("unit_duty", "unit_liaison", "unit_head", "receiver", "decider", "grid_chief")
"""Roles outside the centre; the others sit at its desks."""
DESK_MEANS: Final = ("screen", "sound")
CALLING_MEANS: Final = ("phone", "sms")

# How long after a failed attempt the next one is made. The last try is some 32 minutes after the first: long enough
# for a gateway that restarts, short enough that somebody can still telephone by hand (assumed).
BACKOFF_MS: Final = (5_000, 15_000, 60_000, 300_000, 600_000, 900_000)
MAX_ATTEMPTS: Final = len(BACKOFF_MS) + 1
# A telephone rings three times in all, and not every five seconds (assumed).
PHONE_BACKOFF_MS: Final = (60_000, 180_000)
# A worker that took a telling and has not said what became of it within this time is taken for dead.
LEASE_MS: Final = 30_000
# How long a gateway that took a telling may take to say that it arrived.
RECEIPT_LIMIT_MS: Final = {"sms": 300_000, "phone": 120_000, "webhook": 0}


@dataclass(frozen=True, slots=True)
class Telling:
    """One telling as the store holds it; instants are UTC ms.

    Args:
        id: the same in every attempt: whoever receives it twice knows by it.
        origin: "clock", a step that fired, or "room", what happened in a consultation; `origin_id` is that clock's id,
            or the room's message that says it (`room_origin`).
        chain, policy_id: the clock or room it belongs to, and the step or kind of occasion.
        role: whom the policy names (unit_head, duty_leader, ...); means: by what.
        recipient_kind: desk (of `scope`; a room's telling is for the one desk that it names), unit, worker, specialist,
            or webhook; `recipient` its id.
        text, text_en: what is said: no citizen's data, at most 45 characters of Chinese.
        level: what the step raised its matter to, 0-4.
        state: waiting (to be sent or shown), sent (a gateway took it), received, failed (given up, somebody must
            tell by hand), by_hand (somebody did), lapsed (what it says no longer holds: its clock ended, its
            room moved or ended, its matter closed).
        next_at: when it is sent or given up next, None when it only waits to be shown.
        leased_by: the worker that is sending it, "" when none is.
        fault: why the last attempt failed, or why it was never sent.
    """

    id: str
    origin_id: str
    chain: str
    matter_id: str
    policy_id: str
    role: str
    means: str
    recipient_kind: str
    recipient: str
    recipient_name: str
    scope: tuple[str, ...]
    text: str
    text_en: str
    made_at: int
    origin: str = "clock"
    command_id: str | None = None
    level: int = 0
    state: str = "waiting"
    attempts: int = 0
    next_at: int | None = None
    leased_by: str = ""
    sent_at: int | None = None
    received_at: int | None = None
    received_by: str = ""
    ended_at: int | None = None
    gateway_id: str = ""
    fault: str = ""

    @property
    def is_open(self) -> bool:
        """True while it may still arrive by itself."""
        return self.state in OPEN_STATES

    @property
    def place(self) -> str:
        """The division whose desk is told; "" for any other recipient."""
        return self.recipient.partition("@")[2] if self.recipient_kind == "desk" else ""


def room_means_for(kind: str, named: Sequence[str]) -> tuple[str, ...]:
    """Return by which of the named means a participant of a consultation is told; by the surest where none suits.

    Another county's desk is outside this centre, so calls and messages go there too.
    """
    suiting = ROOM_MEANS[kind]
    return tuple(one for one in suiting if one in named) or suiting[:1]


def room_origin(room_id: str, message_no: int) -> str:
    """Return the `origin_id` of what a message of a room says."""
    return f"{room_id}:{message_no}"


def means_for(role: str, tell: Sequence[str], means: Sequence[str]) -> tuple[str, ...]:
    """Return by which of a row's means one of its roles is told; `tell` are all roles that the row names.

    A row names roles and means; which means suits which role follows from where the role sits: a desk has screen and
    sound, a unit its page. Calls and text messages go to the roles outside the centre, and to the desks only where the
    row names nobody outside. A role that none of the row's means suits is shown it all the same: nobody is left out.
    """
    is_outside, has_outside = role in UNIT_ROLES, any(one in UNIT_ROLES for one in tell)
    suiting = tuple(one for one in means if _suits(one, is_outside, has_outside))
    return suiting or (("unit_page",) if is_outside else ("screen",))


def _suits(means: str, is_outside: bool, has_outside: bool) -> bool:
    if means in DESK_MEANS:
        return not is_outside
    if means == "unit_page":
        return is_outside
    return means in CALLING_MEANS and (is_outside or not has_outside)


def backoff_of(means: str) -> Sequence[int]:
    """Return the waits between attempts of a means, ms."""
    return PHONE_BACKOFF_MS if means == "phone" else BACKOFF_MS


def taken(telling: Telling, worker: str, now: int, lease_ms: int = LEASE_MS) -> Telling:
    """Return the telling as a worker takes it to send: should the worker die, another takes it after the lease."""
    return replace(telling, attempts=telling.attempts + 1, leased_by=worker, next_at=now + lease_ms)


def sent(telling: Telling, gateway_id: str, now: int) -> Telling:
    """Return the telling after a gateway took it; a webhook's answer is its receipt."""
    if telling.means == "webhook":
        return received(replace(telling, sent_at=now, gateway_id=gateway_id), telling.recipient_name, now)
    return replace(
        telling, state="sent", sent_at=now, gateway_id=gateway_id, leased_by="", fault="",
        next_at=now + RECEIPT_LIMIT_MS[telling.means],
    )  # fmt: skip


def received(telling: Telling, by: str, now: int) -> Telling:
    """Return the telling after its recipient has it."""
    return replace(
        telling,
        state="received",
        received_at=now,
        received_by=by,
        ended_at=now,
        next_at=None,
        leased_by="",
        fault="",
    )


def failed(telling: Telling, fault: str, now: int, *, is_final: bool = False) -> Telling:
    """Return the telling after an attempt failed: it waits for the next one, or is given up after the last."""
    waits = backoff_of(telling.means)
    if is_final or telling.attempts > len(waits):
        return replace(telling, state="failed", fault=fault, ended_at=now, next_at=None, leased_by="")
    wait_ms = waits[max(telling.attempts - 1, 0)]
    return replace(telling, state="waiting", fault=fault, next_at=now + wait_ms, leased_by="")


def again(telling: Telling, now: int) -> Telling:
    """Return a given-up telling as new attempts are asked for."""
    return replace(telling, state="waiting", attempts=0, next_at=now, ended_at=None, leased_by="")


def ended(telling: Telling, state: str, now: int, by: str = "") -> Telling:
    """Return the telling ended as lapsed or told by hand."""
    return replace(telling, state=state, ended_at=now, next_at=None, leased_by="", received_by=by)
