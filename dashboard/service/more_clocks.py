"""Clocks that a feature wants beside those of the matter's stage and of its commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from dashboard.domain.clocks import Wanted
from dashboard.domain.matter import Matter
from dashboard.service.act import Act
from dashboard.service.commands.decision_clocks import decision_clocks
from dashboard.service.commands.declines import decline_clocks
from dashboard.service.districts.waiting import proposal_clocks
from dashboard.service.machines.supervision_clock import supervision_clocks
from dashboard.service.rooms.clocks import room_clocks
from dashboard.service.shifts.alarm import alarm_clocks

MORE_CLOCKS: Final[tuple[Callable[[Act, Matter], Iterable[Wanted]], ...]] = (
    supervision_clocks,
    proposal_clocks,
    alarm_clocks,
    decision_clocks,
    decline_clocks,
    room_clocks,
)
"""Each returns the clocks that should be running for a matter; asked after every change of the matter."""


def more_wanted(act: Act, matter: Matter) -> list[Wanted]:
    """Return every further clock that the matter should have now."""
    return [wanted for ask in MORE_CLOCKS for wanted in ask(act, matter)]
