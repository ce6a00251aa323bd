"""What a decoder says about input that it does not take."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

Reading = TypeVar("Reading")


class DecodeError(ValueError):
    """Raised for input that is not what docs/feeds.md defines.

    Args:
        source: the feed that it came on: positions, calls, orders, events, heartbeat.
        offset: in a batch the index of the item, elsewhere the byte where it goes wrong (0 if unknown).
        reason: one line for the sender, naming the field and what is allowed; it never repeats a value.
    """

    def __init__(self, source: str, offset: int, reason: str) -> None:
        super().__init__(f"{source}[{offset}]: {reason}")
        self.source = source
        self.offset = offset
        self.reason = reason


@dataclass(slots=True, kw_only=True)
class Refused:
    """What of a batch was not taken: one fault per item, and by its index what it was."""

    faults: list[DecodeError] = field(default_factory=list)
    refused_items: dict[int, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class Batch(Refused, Generic[Reading]):
    """The outcome of a batch: readings with the index each had, and what was refused."""

    readings: list[tuple[int, Reading]] = field(default_factory=list)
    number: tuple[int, int] | None = None  # (boot, seq) of a sender that counts its batches
