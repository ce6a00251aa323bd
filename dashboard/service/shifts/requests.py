"""What the acts of a shift are asked with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TakePost:
    """Come on duty at the desk of one's own jurisdiction; `post` is A, B or leader."""

    post: str


@dataclass(frozen=True, slots=True)
class LeavePost:
    """Go off duty without a successor: possible while nothing has to be handed over."""

    post: str


@dataclass(frozen=True, slots=True)
class RelievePost:
    """End the post of somebody who left without handing over; a leader's act."""

    post: str
    reason: str


@dataclass(frozen=True, slots=True)
class BeginHandover:
    """Write the sheet: what the picture proposes, without those left out, and own lines."""

    post: str
    lines: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfirmItem:
    """The successor has taken note of one line."""

    handover_id: str
    ref: str


@dataclass(frozen=True, slots=True)
class EndHandover:
    """Take the post over (complete), or take the sheet back (cancel)."""

    handover_id: str
