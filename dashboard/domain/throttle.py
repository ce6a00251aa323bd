"""How long one name from one address waits after wrong passwords."""

from __future__ import annotations

FREE_TRIES = 5
FIRST_WAIT_MS = 15_000
LONGEST_WAIT_MS = 15 * 60_000  # practice figure; a guesser gets about a hundred tries a day


def wait_ms(failures: int) -> int:
    """Return the wait after so many failures in a row: none for the first five, then doubling up to 15 minutes."""
    if failures < FREE_TRIES:
        return 0
    return min(FIRST_WAIT_MS << min(failures - FREE_TRIES, 16), LONGEST_WAIT_MS)
