"""The part of `dashboard.clock.Clock` that the feeds need."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Says when something came: the product's own clock, or a test's."""

    def now_ms(self) -> int:
        """The current instant, UTC ms."""
        ...
