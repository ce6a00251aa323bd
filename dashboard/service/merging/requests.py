"""What an officer asks for when matters say the same: one frozen value per act."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MergeMatters:
    """Let one matter carry others: by their ids, or by the numbers that people say (G0417)."""

    carrier_id: str
    matter_ids: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    reason: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "matter_ids", tuple(self.matter_ids))
        object.__setattr__(self, "numbers", tuple(self.numbers))


@dataclass(frozen=True, slots=True)
class RejectMerge:
    """These matters are not the same as that one; they are not proposed again."""

    carrier_id: str
    matter_ids: tuple[str, ...]
    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "matter_ids", tuple(self.matter_ids))


@dataclass(frozen=True, slots=True)
class Unmerge:
    """Take one merged matter out of its carrier again."""

    matter_id: str
    reason: str
