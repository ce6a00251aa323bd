"""Recorded walks as fixes of named devices; every walk begins now, whatever day it was walked."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

from data_feeds.replay.affine_move import AffineMove, LonLat, keeping_distances
from data_feeds.replay.table_files import TableFile
from data_feeds.replay.timed import RecordingError, Timed


def read_walks(table: TableFile, devices: Sequence[str], target: LonLat) -> tuple[list[Timed], AffineMove]:
    """Return the fixes of all walks in order of time since their starts, and the move that was applied.

    Args:
        table: columns X, Y, trajectory_id, t (semicolons); or walk, lon, lat, at.
        devices: devices of the roster; the first walk goes to the first one, and so on in turn.
        target: where the middle of the walks is moved to, distances kept.
    """
    if table.has("X", "Y", "trajectory_id", "t"):
        lon_name, lat_name, walk_name, at_name = "X", "Y", "trajectory_id", "t"
    elif table.has("walk", "lon", "lat", "at"):
        lon_name, lat_name, walk_name, at_name = "lon", "lat", "walk", "at"
    else:
        raise RecordingError(
            f"{table.path.name}: walks need the columns X, Y, trajectory_id, t or walk, lon, lat, at"
        )
    if not devices:
        raise RecordingError("walks need devices of the roster: --devices a,b")
    walks: dict[str, list[tuple[int, float, float]]] = {}
    for row in table.rows():
        fix = (row.moment(at_name), row.number_in(lon_name, -180, 180), row.number_in(lat_name, -90, 90))
        walks.setdefault(row.text(walk_name), []).append(fix)
    if not walks:
        raise RecordingError(f"{table.path.name} has no rows")
    if len(walks) > len(devices):
        raise RecordingError(f"{len(walks)} walks need as many devices, {len(devices)} are named")
    fixes = [fix for walk in walks.values() for fix in walk]
    middle = (sum(fix[1] for fix in fixes) / len(fixes), sum(fix[2] for fix in fixes) / len(fixes))
    move = keeping_distances(middle, target)
    lanes = [_lane(sorted(walk), device, move) for walk, device in zip(walks.values(), devices, strict=False)]
    return list(heapq.merge(*lanes, key=lambda one: one.at)), move


def _lane(walk: list[tuple[int, float, float]], device: str, move: AffineMove) -> Iterator[Timed]:
    started_at = walk[0][0]
    for at, lon, lat in walk:
        moved_lon, moved_lat = move(lon, lat)
        item = {"id": device, "lon": round(moved_lon, 6), "lat": round(moved_lat, 6), "duty": True}
        yield Timed(at - started_at, "positions", item, {"at": at - started_at})
