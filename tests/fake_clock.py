"""A clock that a test moves by hand."""

from __future__ import annotations


class FakeClock:
    """Stands at `now` (UTC ms) until a test advances it.

    `rate` only changes how long a sleeper believes it must wait; time itself moves by `advance` alone.
    """

    def __init__(self, now: int, rate: float = 1.0, is_demonstration: bool = False) -> None:
        self.now = now
        self.rate = rate
        self.is_demonstration = is_demonstration

    def now_ms(self) -> int:
        return self.now

    def real_seconds_until(self, due_at: int) -> float:
        return max(0.0, (due_at - self.now) / 1000 / self.rate)

    def advance(self, *, ms: int = 0, seconds: float = 0, minutes: float = 0, hours: float = 0) -> int:
        """Move on and return the new instant; negative amounts are refused, time does not go back."""
        step_ms = ms + round(seconds * 1000) + round(minutes * 60_000) + round(hours * 3_600_000)
        assert step_ms >= 0, "time does not go back"
        self.now += step_ms
        return self.now

    def advance_to(self, instant: int) -> int:
        """Move on to `instant` (UTC ms)."""
        return self.advance(ms=instant - self.now)
