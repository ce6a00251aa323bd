"""The product's movement writer with a single view open, for whoever measures or shows one stream."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dashboard.live.drawn_fleet import DrawnPlaces
from dashboard.live.movement_frames import Quantum
from dashboard.live.movement_writer import MovementWriter
from dashboard.live.view import ViewClass

_VIEW = ViewClass("371100", "desk")


class OneView:
    """One stream: a snapshot at any time, and a delta for every instant at which anything changed.

    Args:
        places: where everybody is at the beginning.
        slots: whom the view shows; everybody when absent.
    """

    def __init__(self, quantum: Quantum, places: DrawnPlaces, slots: npt.ArrayLike | None = None) -> None:
        self.writer = MovementWriter((quantum,), places)
        self.writer.open(_VIEW, quantum, np.arange(places.x.size) if slots is None else slots)

    def advance(self, places: DrawnPlaces) -> bytes:
        """Return the delta to the next instant, empty where nothing changed."""
        return dict(self.writer.advance(places)).get(_VIEW, b"")

    def snapshot_frame(self) -> bytes:
        """Return the snapshot that a new screen begins with."""
        return self.writer.snapshot_frame(_VIEW)
