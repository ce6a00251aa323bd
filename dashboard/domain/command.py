"""A command, its receivers' receipts, and what the receivers may say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from dashboard.domain.arrival import Fault, Proof
from dashboard.domain.refusal import Refused

STAGES = ("sent", "delivered", "read", "accepted", "en_route", "arrived", "done")
"""A receipt's way; declining and leaving stand beside it."""
ANSWERS = (*STAGES[1:], "declined")
OPEN_STATES = frozenset({"running", "conferring", "resolved", "consultation"})
RECALL_WHISTLE_MS = 60_000  # a whistle may be taken back within a minute (assumed); later it must be decided


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receiver's part of a command: what it was asked and how far it is.

    `claimed_at` is when it said to be on site without proof and `claim_fault` why its position proves nothing
    (`dashboard.domain.arrival.Fault`); `arrival_proof` is "position" or "officer", with the metres from the place
    (`arrival_m`) or who vouched for it (`arrival_by`). `late` is a fact for the assessment: `missed_due_at` is the end
    that was missed, `first_due_at` the one before anybody gave more time, None if nobody did. `said_at` is when the
    receiver's own device says that the last step happened, if it was sent later; `said_in_time` marks a lateness whose
    own time was in time. `recalled_at` ends this receiver's part alone. `decline_ruling` is what an officer made of its
    objection: "released" or "insisted", "" while that is open.
    """

    command_id: str
    receiver_id: str
    position: int
    kind: str
    name: str
    role: str
    due_at: int
    code: str = ""
    objective: str = ""
    region: str | None = None
    stage: str = "sent"
    delivered_at: int | None = None
    read_at: int | None = None
    accepted_at: int | None = None
    en_route_at: int | None = None
    arrived_at: int | None = None
    done_at: int | None = None
    left_at: int | None = None
    declined_at: int | None = None
    declined_reason: str | None = None
    claimed_at: int | None = None
    claim_fault: str = ""
    arrival_proof: str = ""
    arrival_by: str = ""
    arrival_m: int | None = None
    said_at: int | None = None
    result: str | None = None
    recalled_at: int | None = None
    recalled_reason: str | None = None
    reassigned_to: str | None = None
    added_at: int | None = None
    late: bool = False
    first_due_at: int | None = None
    missed_due_at: int | None = None
    said_in_time: bool = False
    decline_ruling: str = ""
    ruled_at: int | None = None
    ruled_by: str = ""
    leave_refused: int = 0
    eta_at: int | None = None
    people: int | None = None
    origin_lon: float | None = None
    origin_lat: float | None = None
    lon: float | None = None
    lat: float | None = None

    def marked_late(self) -> Receipt:
        """Return the receipt of one that missed its end; the first end that it missed stays, whatever follows."""
        return self if self.late else replace(self, late=True, missed_due_at=self.due_at)

    def taken_back(self, now: int, reason: str, to: str | None = None) -> Receipt:
        """Return the receipt of one whose part ends here, alone or for another's (`to`); what it missed is recorded."""
        kept = self.marked_late() if self.due_at <= now and not self.has_reached("done") else self
        return replace(kept, recalled_at=now, recalled_reason=reason, reassigned_to=to)

    def extended(self, until_at: int, now: int) -> Receipt:
        """Return the receipt with a later end. What was missed before is recorded, whether or not a clock said so yet:
        more time from now on does not make anybody have been in time."""
        first_due_at = self.due_at if self.first_due_at is None else self.first_due_at
        kept = self.marked_late() if self.due_at <= now else self
        return replace(kept, due_at=until_at, first_due_at=first_due_at)

    def has_reached(self, stage: str) -> bool:
        """Say whether the receiver is at `stage` or past it; an unknown stage is never reached."""
        if stage == "left":
            return self.left_at is not None
        if stage not in STAGES or self.stage not in STAGES:
            return False
        return STAGES.index(self.stage) >= STAGES.index(stage)

    def answered(self, stage: str, now: int, reason: str | None = None) -> Receipt | Refused | None:
        """Return the receipt after an answer, None when it says nothing new, or why it cannot be said.

        A later stage implies the earlier ones: whoever is on site has read the order; their times stay unknown
        rather than invented, except `accepted_at`, which the standing clocks need.
        """
        if self.recalled_at is not None:
            return Refused("receiver_recalled", {"receiver": self.name})
        if self.decline_ruling == "released":
            return Refused("receiver_released", {"receiver": self.name})
        if stage == "declined":
            if self.has_reached("arrived"):
                return Refused("declined_on_site", {"receiver": self.name})
            if self.decline_ruling == "insisted":
                return Refused("decline_ruled", {"receiver": self.name})
            if not reason:
                return Refused("reason_missing", {})
            if self.declined_at is not None:
                return None
            return replace(self, stage="declined", declined_at=now, declined_reason=reason)
        if stage not in ANSWERS:
            return Refused("unknown_answer", {"stage": stage})
        if self.left_at is not None:
            return Refused("already_left", {"receiver": self.name})
        if self.has_reached(stage):
            return None
        moment: dict[str, Any] = {f"{stage}_at": now}
        changed = replace(self, stage=stage, declined_at=None, **moment)
        if changed.has_reached("accepted") and changed.accepted_at is None:
            changed = replace(changed, accepted_at=now)
        return changed

    @property
    def is_out(self) -> bool:
        """True when this receiver's part ended alone: it objected, was taken back or was replaced by another."""
        return self.declined_at is not None or self.recalled_at is not None

    @property
    def is_on_site(self) -> bool:
        """True from the proof of its arrival until it has left."""
        return self.arrived_at is not None and self.left_at is None and not self.is_out

    def proven(self, now: int, proof: Proof, by: str, metres: int | None) -> Receipt | Refused | None:
        """Return the receipt of one who is proven to be on site; refusals and None as in `answered`."""
        arrived = self.answered("arrived", now)
        if not isinstance(arrived, Receipt):
            return arrived
        return replace(arrived, arrival_proof=proof, arrival_by=by, arrival_m=metres)

    def claimed(self, now: int, metres: int | None, fault: Fault) -> Receipt | Refused | None:
        """Return the receipt of one who says to be on site without proof: on its way, and the clock runs on."""
        under_way = self.answered("en_route", now)
        if isinstance(under_way, Refused):
            return under_way
        if self.has_reached("arrived"):
            return None
        # When it set out nobody said; only the step itself is known to lie behind it.
        changed = replace(under_way, en_route_at=self.en_route_at) if under_way is not None else self
        changed = replace(changed, claimed_at=self.claimed_at or now, claim_fault=fault, arrival_m=metres)
        return None if changed == self else changed

    def stage_reached(self) -> str:
        """Return the furthest stage that was said, whatever became of it later."""
        reached = [stage for stage in STAGES[1:] if getattr(self, f"{stage}_at") is not None]
        return reached[-1] if reached else "sent"


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing a whistle was blown to decide."""

    command_id: str
    item: int
    question: str
    decision: str | None = None
    owner: str | None = None
    due_at: int | None = None
    reviewer: str | None = None
    decided_at: int | None = None
    recorded_by: str | None = None
    owner_unit: str | None = None
    completed_at: int | None = None
    completed_by: str | None = None

    @property
    def is_open(self) -> bool:
        """True until a decision is recorded."""
        return self.decided_at is None


@dataclass(frozen=True, slots=True)
class Command:
    """One order to one or more receivers, or a whistle.

    `issued_role` is the role of who gave it, "" in orders that are older than the column. `in_charge` names who of each
    unit has to answer for an instruction: "head", "deputy", or "" for whoever the unit sends.
    """

    id: str
    no: str
    kind: str
    matter_id: str
    title: str
    objective: str
    issued_at: int
    issued_by: str
    issued_name: str
    due_at: int
    limit_ms: int
    state: str
    state_at: int
    scope: tuple[str, ...]
    version: int
    place: str = ""
    region: str | None = None
    township: str | None = None
    lon: float | None = None
    lat: float | None = None
    decider: str = ""
    level: int = 0
    must_act: str = ""
    recommendation: str | None = None
    override_reason: str | None = None
    consultation_host: str | None = None
    consultation_at: int | None = None
    message: str = ""
    reception: str = ""
    fallback: str = ""
    issued_role: str = ""
    in_charge: str = ""

    @property
    def is_instruction(self) -> bool:
        """True for 批示: a leader's word that became this order."""
        return self.issued_role == "leader"

    @property
    def is_open(self) -> bool:
        """True until it is done or recalled."""
        return self.state in OPEN_STATES
