"""How long one name from one address waits after wrong passwords, and one address whatever the name."""

from __future__ import annotations

FREE_TRIES = 5
FIRST_WAIT_MS = 15_000
LONGEST_WAIT_MS = 15 * 60_000  # practice figure; a guesser gets about a hundred tries a day
# A centre signs in from behind one address: forty people who mistype are no attack, a list of names is.
ADDRESS_FREE_TRIES = 50


def wait_ms(failures: int) -> int:
    """Return the wait after so many failures in a row: none for the first five, then doubling up to 15 minutes."""
    if failures < FREE_TRIES:
        return 0
    return min(FIRST_WAIT_MS << min(failures - FREE_TRIES, 16), LONGEST_WAIT_MS)


def address_wait_ms(failures: int) -> int:
    """Return how long an address waits after so many failures under any names; it forgets after `LONGEST_WAIT_MS`."""
    return wait_ms(failures - ADDRESS_FREE_TRIES + FREE_TRIES)
