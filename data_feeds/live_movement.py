"""The movement of a process's views: written by one writer, which begins anew with every roster."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from dashboard.live.drawn_fleet import DrawnFleet
from dashboard.live.movement_writer import MovementWriter
from dashboard.live.view import ScopeFilter, ViewClass
from data_feeds.live_fleet import QUANTUM, FleetFold

QUANTA = tuple(QUANTUM.values())


class LiveMovement:
    """Writes snapshots and deltas of the fleet for every view that has a screen.

    Args:
        fleet: whom the views show, and the roster that they show them by.
        drawn: the fleet of this instant.
    """

    def __init__(self, fleet: FleetFold, drawn: Callable[[], DrawnFleet]) -> None:
        self._fleet = fleet
        self._drawn = drawn
        self._scopes: dict[ViewClass, ScopeFilter] = {}
        self._writer: MovementWriter | None = None  # while any view is written
        self._revision = -1  # of the roster that it writes by
        self._told_revision = -1  # of the one that screens were last told to begin anew with
        # Snapshots, each with the number of the delta that it stands after.
        self._kept: dict[ViewClass, tuple[int, bytes]] = {}

    def open(self, view: ViewClass, scopes: ScopeFilter) -> None:
        """Write for a view from its first snapshot on."""
        self._scopes[view] = scopes

    def close(self, view: ViewClass) -> None:
        """Write no more for a view."""
        self._scopes.pop(view, None)
        self._kept.pop(view, None)
        if self._writer is not None:
            self._writer.close(view)
            if not len(self._writer):
                self._writer = None

    def deltas(self) -> Sequence[tuple[ViewClass, bytes]] | None:
        """Go on to this instant; returns the next delta of every view in which anything changed.

        None after a change of the roster: what screens have is worth nothing, each needs a snapshot.
        """
        if self._told_revision != self._fleet.revision:
            self._follow_roster()
            self._told_revision = self._revision
            return None
        if self._writer is None:
            return ()
        return self._writer.advance(self._drawn().places(*QUANTA))

    def snapshot_frame(self, view: ViewClass) -> bytes:
        """Return the snapshot of a view as its screens have it now, built once between two deltas."""
        self._follow_roster()
        writer = self._writer
        if writer is None:
            writer = self._writer = MovementWriter(QUANTA, self._drawn().places(*QUANTA))
        if view not in writer:
            writer.open(view, QUANTUM[view.surface], self.slots(self._scopes[view]))
        number = writer.number(view)
        kept = self._kept.get(view)
        if kept is None or kept[0] != number:
            kept = self._kept[view] = (number, writer.snapshot_frame(view))
        return kept[1]

    def drop_snapshots(self) -> None:
        """Free the kept snapshots, which nobody takes any more once the next delta is out."""
        self._kept.clear()

    def slots(self, scopes: ScopeFilter) -> npt.NDArray[np.intp]:
        """Return the slots that a view shows, ascending."""
        return np.flatnonzero(self._fleet.members(scopes.sees))

    def _follow_roster(self) -> None:
        """Forget what was written by the slots of another roster; every view begins anew with its next snapshot."""
        if self._revision != self._fleet.revision:
            self._revision = self._fleet.revision
            self._writer = None
            self._kept.clear()
