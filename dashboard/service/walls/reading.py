"""What a wall is to show, for itself and for the desks that may drive it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from dashboard.domain.masking import mask_all, mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import no_right
from dashboard.domain.wall import DEFAULT_NAME, SCENES, Wall
from dashboard.service.services import Services
from dashboard.store import walls as stored


def own_wall(services: Services, actor: Principal, name: str, now: int) -> dict[str, Any] | Refused:
    """Return the row of the wall that the actor's screen is: a token's by its name, an officer's by `name`.

    `speaks` is true for a token's: an officer who looks at a wall is not spoken to. Refused: no_right.
    """
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        wall = stored.wall_named(connection, actor.jurisdiction, wall_name(actor, name))
    return wall_row(wall) | {"speaks": actor.kind == "kiosk"}


def drivable_walls(services: Services, actor: Principal, now: int) -> dict[str, Any] | Refused:
    """Return {"scenes": names in order, "walls": rows} of the actor's jurisdiction and below. Refused: no_right.

    A row says besides `wall_row` of which `place` it is: every county has its 大厅.
    """
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        walls = walls_within(services, connection, actor.jurisdiction)
    place = services.pack.divisions.get
    return {
        "scenes": SCENES,
        "walls": [wall_row(one) | {"place": place(one.jurisdiction).name} for one in walls],
    }


def wall_name(actor: Principal, asked: str = "") -> str:
    """Return the name of the wall that a screen is."""
    return (actor.name if actor.kind == "kiosk" else asked.strip()[:60]) or DEFAULT_NAME


def walls_within(services: Services, connection: Connection, jurisdiction: str) -> list[Wall]:
    """Return every wall of a jurisdiction and of those below it."""
    divisions = services.pack.divisions
    walls = stored.all_walls(connection, (jurisdiction,))
    return [one for one in walls if divisions.is_within(one.jurisdiction, jurisdiction)]


def wall_row(wall: Wall) -> dict[str, Any]:
    """Return a wall as screens read it; who drove it by a masked name."""
    return {
        "id": wall.id, "name": wall.name, "jurisdiction": wall.jurisdiction, "scene": wall.scene,
        "matter_id": wall.matter_id, "held": wall.held, "rotates": wall.rotates, "rotation_s": wall.rotation_s,
        "driven_at": wall.driven_at, "driven_by": mask_name(wall.driven_by) if wall.driven_by else "",
        "muted_until": wall.muted_until, "mute_reason": mask_all(wall.mute_reason),
        "muted_by": mask_name(wall.muted_by) if wall.muted_by else "",
        "panels": [wall.panel_columns, wall.panel_rows], "width_mm": wall.width_mm,
        "distance_mm": wall.distance_mm, "revision": wall.revision,
    }  # fmt: skip
