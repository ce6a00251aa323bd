"""What a wall is asked to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DriveWall:
    """Show a scene, hold it, turn or not; what is None stays as it is.

    Args:
        matter_id: of the incident scene; None for the most pressing one of the moment.
        rotation_s: seconds that each scene stays, 30 to 60.
    """

    wall_id: str
    scene: str | None = None
    matter_id: str | None = None
    held: bool | None = None
    rotates: bool | None = None
    rotation_s: int | None = None


@dataclass(frozen=True, slots=True)
class MuteWall:
    """Silence a wall for 15 minutes, with a reason; `is_muted` False lets it speak again."""

    wall_id: str
    is_muted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SetUpWall:
    """How a wall is built: panels across and down, lit width in mm (0: not measured), reading distance in mm."""

    wall_id: str
    panel_columns: int
    panel_rows: int
    width_mm: int
    distance_mm: int
