"""What an officer asks for between regions: one frozen value per act."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProposeMove:
    """Give a matter to another region, which has to accept it."""

    matter_id: str
    to_region: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProposeShare:
    """Handle a matter together with another region: both see it, and each may order the other's units to it."""

    matter_id: str
    to_region: str
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerProposal:
    """The other side's word; declining needs a reason."""

    proposal_id: str
    accept: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawProposal:
    """The sender takes its own proposal back."""

    proposal_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OverrideProposal:
    """The city rules, whatever the other side said or has not said yet; always with a reason."""

    proposal_id: str
    accept: bool
    reason: str


@dataclass(frozen=True, slots=True)
class EndShare:
    """Stop handling a matter together with a region."""

    matter_id: str
    region: str
    reason: str
