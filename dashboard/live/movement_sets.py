"""Who moved, coded for all views in one pass: as gaps, as gaps against the expected set, or as a bitmap.

The codings are those of `docs/wire.md`, kind 2; each view gets the shortest of its three. Rows are those of
`view_rows.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dashboard.live.fleet import BoolArray, Uint8Array
from dashboard.live.movement_frames import BITMAP, GAPS, GAPS_AGAINST_EXPECTED
from dashboard.live.view_rows import IndexArray

ROWS_OF_A_BYTE = 8
_SKIP = 255  # a gap of that many: it names nobody


@dataclass(frozen=True, slots=True)
class Sets:
    """The sets of all views: `coded[begins[i]:ends[i]]` is that of the `i`th, in `coding[i]`."""

    coded: bytes
    coding: Uint8Array
    begins: IndexArray
    ends: IndexArray


def sets_of(
    moved: BoolArray, rows: IndexArray, bounds: IndexArray, expected: BoolArray, starts: IndexArray
) -> Sets:
    """Code who moved, for every view.

    Args:
        moved: which rows did.
        rows: the same as ascending indices.
        bounds: where each view's part of `rows` begins, and behind the last their number.
        expected: which rows were expected to.
        starts: first row of each view, and behind the last the number of rows.
    """
    coded, bounds = _gaps(rows, bounds, starts)
    begins, ends = bounds[:-1], bounds[1:]
    coding = np.full(begins.size, GAPS, np.uint8)
    if expected.any():
        rows = np.flatnonzero(moved ^ expected)
        against, bounds = _gaps(rows, rows.searchsorted(starts), starts)
        is_shorter = np.diff(bounds) < ends - begins
        coding[is_shorter] = GAPS_AGAINST_EXPECTED
        begins = np.where(is_shorter, len(coded) + bounds[:-1], begins)
        ends = np.where(is_shorter, len(coded) + bounds[1:], ends)
        coded += against
    bytes_at = starts // ROWS_OF_A_BYTE
    is_shorter = np.diff(bytes_at) < ends - begins
    if is_shorter.any():
        coding[is_shorter] = BITMAP
        begins = np.where(is_shorter, len(coded) + bytes_at[:-1], begins)
        ends = np.where(is_shorter, len(coded) + bytes_at[1:], ends)
        coded += np.packbits(moved, bitorder="little").tobytes()
    return Sets(coded, coding, begins, ends)


def _gaps(rows: IndexArray, bounds: IndexArray, starts: IndexArray) -> tuple[bytes, IndexArray]:
    """Code ascending rows as how many of their view are skipped before each; also where each view's bytes begin."""
    if not rows.size:
        return b"", bounds
    gaps = np.empty_like(rows)
    np.subtract(rows[1:], rows[:-1], out=gaps[1:])
    gaps[1:] -= 1
    named = np.flatnonzero(bounds[1:] != bounds[:-1])  # views of which anybody is
    firsts = bounds[named]
    gaps[firsts] = rows[firsts] - starts[named]
    if gaps.max() < _SKIP:
        return gaps.astype(np.uint8).tobytes(), bounds
    ends = np.cumsum(gaps // _SKIP + 1)
    coded = np.full(ends[-1], _SKIP, np.uint8)
    coded[ends - 1] = gaps % _SKIP
    return coded.tobytes(), np.concatenate((np.zeros(1, np.intp), ends))[bounds]
