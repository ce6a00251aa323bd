"""How long to wait before starting a part again."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_DELAY_MS = 500
LONGEST_DELAY_MS = 30_000
STEADY_AFTER_MS = 60_000  # a part that ran this long is taken as sound again


@dataclass(frozen=True, slots=True)
class Backoff:
    """Doubling delays; `failures` counts ends in a row."""

    failures: int = 0

    def after_end(self, ran_ms: int) -> Backoff:
        """The state after the part ended having run `ran_ms`."""
        return Backoff(1 if ran_ms >= STEADY_AFTER_MS else self.failures + 1)

    @property
    def delay_ms(self) -> int:
        """Wait before the next start, milliseconds."""
        if self.failures == 0:
            return 0
        # the exponent is bounded so that a part that fails for weeks makes no huge number
        return int(min(FIRST_DELAY_MS * 2 ** min(self.failures - 1, 10), LONGEST_DELAY_MS))
