"""Driving a wall: each act changes one wall's row, stands in the log, and is told to the wall and to the desks.

A desk drives the walls of its own jurisdiction and of those below: a county's officer drives no wall of the city.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dashboard.domain.masking import mask_name, mask_numbers
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.wall import (
    DISTANCE_MM,
    MOST_PANELS,
    MUTE_MS,
    OF_A_MATTER,
    ROTATION_S,
    SCENES,
    WIDTH_MM,
    Wall,
    is_within,
)
from dashboard.domain.words import SCENE_WORDS, both
from dashboard.service.act import Act, is_inside, perform
from dashboard.service.commanding import required_text
from dashboard.service.services import Services
from dashboard.service.walls.reading import wall_row, walls_within
from dashboard.service.walls.requests import DriveWall, MuteWall, SetUpWall
from dashboard.store import news
from dashboard.store import walls as stored

Changed = Callable[[Act, Wall], Wall]


def drive_wall(
    services: Services, actor: Principal, request: DriveWall, now: int, idempotency_key: str
) -> Outcome:
    """Change what a wall shows; `Done.value` is the wall's row.

    Refused: no_such_wall, no_such_scene, rotation_out_of_range (seconds), no_such_matter, matter_closed,
    matter_not_on_wall (outside the wall's jurisdiction).
    """

    def change(act: Act, wall: Wall) -> Wall:
        scene = request.scene or (OF_A_MATTER if request.matter_id else wall.scene)
        if scene not in SCENES:
            raise Refusal("no_such_scene")
        rotation_s = wall.rotation_s if request.rotation_s is None else request.rotation_s
        if not is_within(rotation_s, ROTATION_S):
            raise Refusal("rotation_out_of_range", least=ROTATION_S[0], most=ROTATION_S[1])
        is_shown = request.scene is not None or request.matter_id is not None
        matter_id = _matter_of(act, wall, request) if is_shown else wall.matter_id
        driven = replace(
            wall, scene=scene, matter_id=matter_id, held=wall.held if request.held is None else request.held,
            rotates=wall.rotates if request.rotates is None else request.rotates,
            rotation_s=rotation_s, driven_at=now, driven_by=actor.name,
            revision=wall.revision + int(is_shown),
        )  # fmt: skip
        _tell_driven(act, wall, driven, is_shown=is_shown)
        return driven

    return _perform(services, actor, "drive_wall", request, now, idempotency_key, change)


def mute_wall(
    services: Services, actor: Principal, request: MuteWall, now: int, idempotency_key: str
) -> Outcome:
    """Silence a wall for 15 minutes or let it speak again; `Done.value` is the wall's row.

    Refused: no_such_wall, reason_missing.
    """

    def change(act: Act, wall: Wall) -> Wall:
        by = mask_name(actor.name)
        if not request.is_muted:
            act.tell("WallUnmuted", within=(wall.jurisdiction,), wall=wall.name, by=by)
            return replace(wall, muted_until=0, mute_reason="", muted_by="")
        reason = required_text(request.reason, "reason_missing")
        act.tell("WallMuted", within=(wall.jurisdiction,), tone="note", wall=wall.name, by=by, reason=reason)
        return replace(wall, muted_until=now + MUTE_MS, mute_reason=reason, muted_by=actor.name)

    return _perform(services, actor, "mute_wall", request, now, idempotency_key, change)


def set_up_wall(
    services: Services, actor: Principal, request: SetUpWall, now: int, idempotency_key: str
) -> Outcome:
    """Say how a wall is built; `Done.value` is the wall's row. Refused: no_such_wall, wall_out_of_range."""

    def change(act: Act, wall: Wall) -> Wall:
        sides = (request.panel_columns, request.panel_rows)
        is_width = request.width_mm == 0 or is_within(request.width_mm, WIDTH_MM)
        if (
            not (is_width and is_within(request.distance_mm, DISTANCE_MM))
            or min(sides) < 1
            or max(sides) > MOST_PANELS
        ):
            raise Refusal("wall_out_of_range", most=MOST_PANELS)
        act.tell(
            "WallSetUp", within=(wall.jurisdiction,), wall=wall.name, by=mask_name(actor.name),
            panels=f"{sides[0]}×{sides[1]}",
        )  # fmt: skip
        return replace(
            wall, panel_columns=sides[0], panel_rows=sides[1], width_mm=request.width_mm,
            distance_mm=request.distance_mm,
        )  # fmt: skip

    return _perform(services, actor, "set_up_wall", request, now, idempotency_key, change)


def _matter_of(act: Act, wall: Wall, request: DriveWall) -> str | None:
    """The matter to show: one that the officer may see and that is the wall's to show, still open."""
    if request.matter_id is None:
        return None
    matter = act.open_matter(request.matter_id)
    if not is_inside(act.pack.divisions, matter.scope, wall.jurisdiction):
        raise Refusal("matter_not_on_wall", no=matter.no, wall=wall.name)
    return matter.id


def _tell_driven(act: Act, before: Wall, wall: Wall, *, is_shown: bool) -> None:
    """One line of what changed most: hold, which names the scene that it holds, else a scene, else the turning."""
    by, told = mask_name(act.actor.name), {"wall": wall.name, **both(SCENE_WORDS, wall.scene, "scene_name")}
    kind = "WallTurned"
    if wall.held != before.held:
        kind = "WallHeld" if wall.held else "WallReleased"
    elif is_shown:
        matter = act.work.matter(wall.matter_id) if wall.matter_id else None
        kind = "WallShown"
        told |= {"no": matter.no if matter else "", "title": mask_numbers(matter.title) if matter else ""}
    act.tell(kind, within=(wall.jurisdiction,), by=by, seconds=wall.rotation_s if wall.rotates else 0, **told)


def _perform(
    services: Services, actor: Principal, name: str, request: Any, now: int, key: str, change: Changed
) -> Outcome:
    def decide(act: Act) -> dict[str, Any]:
        near = walls_within(act.services, act.connection, actor.jurisdiction)
        wall = next((one for one in near if one.id == request.wall_id), None)
        if wall is None:
            raise Refusal("no_such_wall")
        changed = change(act, wall)
        stored.keep(act.connection, changed)
        act.changes["wall"] = {"before": wall_row(wall), "after": wall_row(changed)}
        news.tell(act.connection, news.WALLS, (wall.jurisdiction,))
        return wall_row(changed)

    return perform(services, actor, name, f"wall:{request.wall_id}"[:140], now, key, request, decide)
