"""The memory of a position board as numpy sees it: the same numbers, one column each, for whole batches and ticks."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class BoardColumns:
    """Columns of one length, a row per roster slot.

    Args:
        fix_at: instant of the last fix, ms UTC; 0 before the first.
        lon, lat: degrees, WGS-84.
        state: bits of `dashboard.live.fleet`.
        is_changed: 1 since the last tick.
        sos_until: instant until which a call for help stands, ms.
        alarm_at: instant of the newest fix that said anything about help, ms.
        home_lon, home_lat: where a worker stands while off duty.
        region: number of the region in `regions`.
        first: for `board_batches` to find who comes twice; holds nothing between two calls.
    """

    fix_at: Int64s
    lon: Floats
    lat: Floats
    state: Bytes
    is_changed: Bytes
    sos_until: Int64s
    alarm_at: Int64s
    home_lon: Floats
    home_lat: Floats
    region: Int64s
    regions: tuple[str, ...]
    first: Int64s


def share_columns(
    fix_at: array[int],
    lon: array[float],
    lat: array[float],
    state: array[int],
    is_changed: array[int],
    sos_until: array[int],
    alarm_at: array[int],
    home: Sequence[tuple[float, float]],
    region: Sequence[str],
) -> BoardColumns:
    """Return columns over the memory of these arrays, which can no longer change their length."""
    regions = tuple(sorted(set(region)))
    number_of = {code: number for number, code in enumerate(regions)}
    homes = np.array(home, np.float64).reshape(len(home), 2)
    return BoardColumns(
        fix_at=np.asarray(fix_at),
        lon=np.asarray(lon),
        lat=np.asarray(lat),
        state=np.asarray(state),
        is_changed=np.asarray(is_changed),
        sos_until=np.asarray(sos_until),
        alarm_at=np.asarray(alarm_at),
        home_lon=homes[:, 0].copy(),
        home_lat=homes[:, 1].copy(),
        region=np.array([number_of[code] for code in region], np.int64),
        regions=regions,
        first=np.zeros(len(home), np.int64),
    )
