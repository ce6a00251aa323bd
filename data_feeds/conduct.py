"""How devices behave: which of them send more nonsense than a stated rate, and where they were before they began.

Only what came with a device's own proof, or leaped on the board, is counted against it: whoever writes a name on a bad
key or a bad signature must not be able to shut that device out.
"""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

from data_feeds.position_board import PositionBoard, StandingPlace
from data_feeds.rate_limits import Buckets

# A phone reports every 5 to 30 s. Thirty faults at once, or three a minute in the long run, are no bad reception: two
# phones with one key, a forger, a broken receiver.
FAULTS_AT_ONCE: Final = 30
FAULTS_PER_MINUTE: Final = 3
FORGOTTEN_MS: Final = (
    FAULTS_AT_ONCE * 60_000 // FAULTS_PER_MINUTE
)  # after so long without a fault it begins anew
WATCHED_LIMIT: Final = 20_000


# A phone that was off for two days, or indoors without satellites, is no forger: what it then sends is refused and not
# held against it.
_EXCUSED: Final = ("is older than", "are both 0")


class Held(NamedTuple):
    """A device that has to be kept apart: reason -> how often since it began."""

    device: str
    counts: dict[str, int]


class _Watched:
    """What is known of a device since its first fault."""

    def __init__(self, place: StandingPlace | None) -> None:
        self.place = place
        self.counts: Counter[str] = Counter()
        self.last_at = 0


class Conduct:
    """Counts faults of devices; forgets who behaved for ten minutes."""

    def __init__(self) -> None:
        self._buckets = Buckets(FAULTS_PER_MINUTE / 60, FAULTS_AT_ONCE)
        self._watched: dict[str, _Watched] = {}

    def note(self, device: str, reason: str, board: PositionBoard, now: int) -> Held | None:
        """Count one fault of a device; returns it once that is more than the rate.

        Args:
            reason: impossible_speed or malformed.
            now: UTC ms.
        """
        watched = self._watched.get(device)
        if watched is None or now - watched.last_at > FORGOTTEN_MS:
            if len(self._watched) >= WATCHED_LIMIT:
                del self._watched[next(iter(self._watched))]
            slot = board.slot_of.get(device)
            watched = self._watched[device] = _Watched(None if slot is None else board.place_of(slot))
        watched.counts[reason] += 1
        watched.last_at = now
        return Held(device, dict(watched.counts)) if self._buckets.take(device, now) else None

    @staticmethod
    def is_excused(why: str) -> bool:
        """Say whether what was refused for this reason (`DecodeError.reason`) is no fault of its device."""
        return any(one in why for one in _EXCUSED)

    def place_before(self, device: str) -> StandingPlace | None:
        """Return where a device was before its first fault, None where that is not known."""
        watched = self._watched.get(device)
        return None if watched is None else watched.place

    def forget(self, device: str) -> None:
        """Begin anew with a device that was let out."""
        self._watched.pop(device, None)
        self._buckets.forget(device)
