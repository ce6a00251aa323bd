"""One thing that a recording says happened, and the clock that moves it to now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Route = Literal["calls", "orders", "positions"]


class RecordingError(ValueError):
    """Raised for a file that cannot be played; says which row and what is wrong."""


@dataclass(frozen=True, slots=True)
class Timed:
    """One item to send once its time comes.

    Args:
        at: when it happened in the recording, ms on the recording's own clock.
        route: which feed takes it.
        item: its fields without times.
        times: its time fields, ms on the recording's own clock.
    """

    at: int
    route: Route
    item: dict[str, Any]
    times: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TimeShift:
    """Moves the recording's first instant to `now_at` and lets it run `speed` times as fast."""

    recorded_at: int
    now_at: int
    speed: float

    def moved(self, at: int) -> int:
        """Return the instant on the product's clock, UTC ms."""
        return self.now_at + round((at - self.recorded_at) / self.speed)

    def sent(self, one: Timed) -> dict[str, Any]:
        """Return the item with its times moved, ready to send."""
        return one.item | {name: self.moved(at) for name, at in one.times.items()}
