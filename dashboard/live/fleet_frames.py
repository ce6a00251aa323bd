"""Packed fleet frames between processes: one region's fixes of a tick, a whole fleet (docs/wire.md).

All numbers are little-endian. Columns follow the header one after the other, widest first.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from dashboard.live.fleet import FixBatch, FleetSnapshot

MAGIC = b"ZF"
VERSION = 2
_FIXES = 1
_SNAPSHOT = 2
# magic, version, kind, count, seq, tick_at (a snapshot carries 0 and taken_at in these two), mark of the roster
_HEADER = struct.Struct("<2sBBIqqQ")
HEADER_BYTES = _HEADER.size
BYTES_PER_FIX = 8 + 4 + 4 + 2 + 1
BYTES_PER_SLOT = 8 + 4 + 4 + 1
MAX_SLOTS = 65_536  # slots are u16


class FleetFrameError(ValueError):
    """Raised for bytes that are not a fleet frame; `offset` is where the frame stops making sense."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(f"fleet frame, byte {offset}: {reason}")
        self.offset = offset
        self.reason = reason


def roster_mark(workers: Iterable[tuple[int, str]]) -> int:
    """Return what tells a roster from another by who sits where, 64 bits.

    Args:
        workers: (slot, worker id) of every worker, in any order.
    """
    digest = hashlib.blake2b(digest_size=8)
    for slot, worker_id in sorted(workers):
        digest.update(f"{slot}\t{worker_id}\n".encode())
    return int.from_bytes(digest.digest(), "little")


def publisher_of(seq: int) -> int:
    """Return what tells the process that counts such ticks from others: each begins at a random number of 62 bits."""
    return seq >> 32


def pack_fixes(
    seq: int,
    tick_at: int,
    slots: npt.ArrayLike,
    lon_e6: npt.ArrayLike,
    lat_e6: npt.ArrayLike,
    state: npt.ArrayLike,
    fix_at: npt.ArrayLike,
    *,
    roster: int,
) -> bytes:
    """Pack one region's fixes of one tick.

    Args:
        seq: the publisher's tick number.
        tick_at: instant of the tick, ms.
        slots: u16 roster slots; the other columns have the same length.
        lon_e6, lat_e6: int32 millionths of a degree, WGS-84.
        state: u8 state bits.
        fix_at: int64 instants of the fixes, ms.
        roster: mark of the roster that the slots belong to.

    Raises:
        FleetFrameError: the columns differ in length.
    """
    columns = (
        np.asarray(fix_at, "<i8"),
        np.asarray(lon_e6, "<i4"),
        np.asarray(lat_e6, "<i4"),
        np.asarray(slots, "<u2"),
        np.asarray(state, "u1"),
    )
    count = columns[0].size
    if any(column.shape != (count,) for column in columns):
        raise FleetFrameError(HEADER_BYTES, "columns of different length")
    header = _HEADER.pack(MAGIC, VERSION, _FIXES, count, seq, tick_at, roster)
    return b"".join((header, *(column.tobytes() for column in columns)))


def unpack_fixes(frame: bytes) -> FixBatch:
    """Read a frame of `pack_fixes`.

    Raises:
        FleetFrameError: wrong magic, version or kind, or a length that does not fit the count.
    """
    count, seq, tick_at, roster = _read_header(frame, _FIXES, BYTES_PER_FIX)
    start = HEADER_BYTES
    fix_at = np.frombuffer(frame, "<i8", count, start)
    lon_e6 = np.frombuffer(frame, "<i4", count, start + 8 * count)
    lat_e6 = np.frombuffer(frame, "<i4", count, start + 12 * count)
    slots = np.frombuffer(frame, "<u2", count, start + 16 * count)
    state = np.frombuffer(frame, "u1", count, start + 18 * count)
    return FixBatch(seq, tick_at, roster, slots, lon_e6, lat_e6, state, fix_at)


def pack_snapshot(snapshot: FleetSnapshot) -> bytes:
    """Pack the whole fleet, slot 0 first."""
    header = _HEADER.pack(
        MAGIC, VERSION, _SNAPSHOT, snapshot.fix_at.size, 0, snapshot.taken_at, snapshot.roster
    )
    columns = (
        np.asarray(snapshot.fix_at, "<i8"),
        np.asarray(snapshot.lon_e6, "<i4"),
        np.asarray(snapshot.lat_e6, "<i4"),
        np.asarray(snapshot.state, "u1"),
    )
    return b"".join((header, *(column.tobytes() for column in columns)))


def unpack_snapshot(frame: bytes) -> FleetSnapshot:
    """Read a frame of `pack_snapshot`.

    Raises:
        FleetFrameError: as `unpack_fixes`.
    """
    count, _, taken_at, roster = _read_header(frame, _SNAPSHOT, BYTES_PER_SLOT)
    start = HEADER_BYTES
    fix_at = np.frombuffer(frame, "<i8", count, start)
    lon_e6 = np.frombuffer(frame, "<i4", count, start + 8 * count)
    lat_e6 = np.frombuffer(frame, "<i4", count, start + 12 * count)
    state = np.frombuffer(frame, "u1", count, start + 16 * count)
    return FleetSnapshot(taken_at, roster, lon_e6, lat_e6, state, fix_at)


def _read_header(frame: bytes, wanted: int, row_bytes: int) -> tuple[int, int, int, int]:
    """Check the header and the length; returns count, seq, instant, mark of the roster."""
    if len(frame) < HEADER_BYTES:
        raise FleetFrameError(len(frame), f"shorter than its {HEADER_BYTES}-byte header")
    magic, version, kind, count, seq, at, roster = _HEADER.unpack_from(frame)
    if magic != MAGIC:
        raise FleetFrameError(0, "not a fleet frame")
    if version != VERSION:
        raise FleetFrameError(2, f"version {version} is not known")
    if kind != wanted:
        raise FleetFrameError(3, f"kind {kind} where {wanted} belongs")
    if count > MAX_SLOTS:
        raise FleetFrameError(4, f"{count} rows are more than there are slots")
    if len(frame) != HEADER_BYTES + row_bytes * count:
        raise FleetFrameError(len(frame), f"length does not fit {count} rows")
    return count, seq, at, roster
