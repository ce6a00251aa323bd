"""Whether news come by the bus, and since when that is so; a process hears it by several subscriptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from data_feeds.bus import BusState


class Hearing:
    """One subscription: down until it is confirmed, and after each loss."""

    def __init__(self, clock_ms: Callable[[], int]) -> None:
        self.is_up = False
        self.since = clock_ms()
        self._clock_ms = clock_ms

    def say(self, state: BusState) -> None:
        """Take what the bus says of the subscription."""
        self.is_up = state == "up"
        self.since = self._clock_ms()


def heard_as_one(hearings: Sequence[Hearing]) -> tuple[BusState, int]:
    """Return the state of several and the instant since when, ms: down while any of them is, since the first of those
    went. On a cluster a node may take the counties' subscription along and leave that of the log."""
    lost = [one.since for one in hearings if not one.is_up]
    return ("down", min(lost)) if lost else ("up", max(one.since for one in hearings))
