"""The walls of a centre: which scene each shows, whether it turns by itself, whether it speaks, how it is built."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

SCENES: Final = ("overview", "incident", "hotline", "grid", "district", "whistle")
"""In the order of their numbers on the wall (`assets/wall/scenes/index.mjs`)."""
OF_A_MATTER: Final = "incident"
DEFAULT_NAME: Final = "大厅"  # of a wall that nobody gave another name: the hall's
ROTATION_S: Final = (
    30,
    60,
)  # shortest and longest stay at a scene: below it nobody reads it, beyond it is no turn
DEFAULT_ROTATION_S: Final = 45
MUTE_MS: Final = 15 * 60_000  # look.md, sound and voice: a mute ends by itself
MOST_PANELS: Final = 8  # in a row and in a column
WIDTH_MM: Final = (300, 30_000)  # of the whole wall: a desk monitor to a stadium's
DISTANCE_MM: Final = (500, 50_000)


@dataclass(frozen=True, slots=True)
class Wall:
    """One wall as the server wants it. A wall that nobody drove yet has these defaults.

    Args:
        id: `wall_id` of its jurisdiction and name.
        scene: what it was last told to show; it turns on from there where `rotates`, unless `held`.
        matter_id: what the incident scene is about, None where the most pressing one is meant.
        muted_until: UTC ms; in the past, or 0, where it speaks.
        panel_columns, panel_rows: panels that it is built of; 1 x 1 for one screen.
        width_mm: its lit width, 0 where nobody has measured; `distance_mm` from where it is read.
        revision: how often it was told what to show, which ends a takeover; 0 for never.
    """

    id: str
    jurisdiction: str
    name: str
    scene: str = SCENES[0]
    matter_id: str | None = None
    held: bool = False
    rotates: bool = True
    rotation_s: int = DEFAULT_ROTATION_S
    driven_at: int = 0
    driven_by: str = ""
    muted_until: int = 0
    mute_reason: str = ""
    muted_by: str = ""
    panel_columns: int = 1
    panel_rows: int = 1
    width_mm: int = 0
    distance_mm: int = 5_000
    revision: int = 0


def wall_id(jurisdiction: str, name: str) -> str:
    """Return the id of a wall: a name belongs to a jurisdiction, whichever token or session shows it."""
    digest = hashlib.blake2b(f"{jurisdiction} {name}".encode(), digest_size=8)
    return f"wall-{digest.hexdigest()}"


def is_within(value: int, limits: tuple[int, int]) -> bool:
    """Say whether a number lies between two limits, both of them allowed."""
    return limits[0] <= value <= limits[1]
