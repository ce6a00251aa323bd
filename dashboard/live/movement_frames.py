"""Movement frames as bytes: layout and parsing of kinds 1 and 2 (docs/wire.md); their meaning is in `movement.py`."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dashboard.live.fleet import Int32Array, Uint8Array, Uint16Array
from dashboard.live.wire import Kind, WireError, first_byte, inflate, kind_of

# Set codings of a delta.
GAPS = 0
GAPS_AGAINST_EXPECTED = 1
BITMAP = 2

AGE_UNKNOWN_S = 0xFFFF
ROW_BYTES = 4 + 4 + 2 + 2 + 1 + 1 + 1 + 1

# byte 0, reserved, number, tick_at, n, quantum lon, quantum lat
SNAPSHOT_HEADER = struct.Struct("<BBIdHHH")
# byte 0, set coding, number, tick_at, set bytes, moved, wide, far, states
DELTA_HEADER = struct.Struct("<BBIdHHHHH")
DELTA_HEADER_ROW = np.dtype(
    [
        ("kind", "u1"), ("coding", "u1"), ("number", "<u4"), ("tick_at", "<f8"), ("set_bytes", "<u2"),
        ("moved", "<u2"), ("wide", "<u2"), ("far", "<u2"), ("states", "<u2"),
    ]
)  # fmt: skip
FAR_ROW = np.dtype([("index", "<u2"), ("x", "<i4"), ("y", "<i4")])
STATE_ROW = np.dtype([("index", "<u2"), ("state", "u1"), ("age_s", "<u2")])


@dataclass(frozen=True, slots=True)
class Quantum:
    """Size of one step of the wire in millionths of a degree."""

    lon_e6: int
    lat_e6: int


FINE = Quantum(6, 5)  # about 0.55 m at 35.4 N: GPS noise of a phone is 3 m
COARSE = Quantum(44, 36)  # about 4 m: a pixel of a 3840-px wall that shows the whole city is 30 m


@dataclass(frozen=True, slots=True)
class MovementSnapshot:
    """Kind 1. `age_s` is how long a stale or lost worker has been silent, 0 for a fresh one."""

    number: int
    tick_at: float
    quantum: Quantum
    slots: Uint16Array
    x: Int32Array
    y: Int32Array
    state: Uint8Array
    age_s: Uint16Array
    step_x: npt.NDArray[np.int8]
    step_y: npt.NDArray[np.int8]
    habit: Uint8Array


@dataclass(frozen=True, slots=True)
class MovementDelta:
    """Kind 2, parsed but not applied: meaning needs the state that it changes."""

    number: int
    tick_at: float
    set_coding: int
    set_bytes: Uint8Array
    pairs: Uint8Array
    wide: npt.NDArray[np.int8]
    far: npt.NDArray[np.void]
    states: npt.NDArray[np.void]


def pack_snapshot(snapshot: MovementSnapshot) -> bytes:
    """Build a kind 1 frame."""
    header = SNAPSHOT_HEADER.pack(
        first_byte(Kind.FLEET_SNAPSHOT),
        0,
        snapshot.number,
        snapshot.tick_at,
        snapshot.slots.size,
        snapshot.quantum.lon_e6,
        snapshot.quantum.lat_e6,
    )
    columns = (
        snapshot.x.astype("<i4"),
        snapshot.y.astype("<i4"),
        snapshot.slots.astype("<u2"),
        snapshot.age_s.astype("<u2"),
        snapshot.state,
        snapshot.step_x,
        snapshot.step_y,
        snapshot.habit,
    )
    return header + zlib.compress(b"".join(column.tobytes() for column in columns), 1)


def parse_snapshot(frame: bytes) -> MovementSnapshot:
    """Read a kind 1 frame.

    Raises:
        WireError: another kind, too short, broken deflate, or a body that does not fit its count.
    """
    if kind_of(frame) is not Kind.FLEET_SNAPSHOT:
        raise WireError(0, "not a fleet snapshot")
    if len(frame) < SNAPSHOT_HEADER.size:
        raise WireError(len(frame), f"shorter than its {SNAPSHOT_HEADER.size}-byte header")
    _, _, number, tick_at, n, lon_e6, lat_e6 = SNAPSHOT_HEADER.unpack_from(frame)
    if not 0 <= tick_at < 2**53:
        raise WireError(6, "not an instant")
    if not lon_e6 or not lat_e6:
        raise WireError(16, "a quantum of nothing")
    body = inflate(frame[SNAPSHOT_HEADER.size :], ROW_BYTES * n + 1)
    if len(body) != ROW_BYTES * n:
        raise WireError(
            SNAPSHOT_HEADER.size, f"the body has {len(body)} bytes, {n} workers need {ROW_BYTES * n}"
        )
    at = 0
    columns = []
    for kind in ("<i4", "<i4", "<u2", "<u2", "u1", "i1", "i1", "u1"):
        columns.append(np.frombuffer(body, kind, n, at))
        at += n * np.dtype(kind).itemsize
    x, y, slots, age_s, state, step_x, step_y, habit = columns
    quantum = Quantum(lon_e6, lat_e6)
    return MovementSnapshot(number, tick_at, quantum, slots, x, y, state, age_s, step_x, step_y, habit)


def parse_delta(frame: bytes) -> MovementDelta:
    """Read a kind 2 frame.

    Raises:
        WireError: another kind, unknown set coding, or a length that does not fit the counts.
    """
    if kind_of(frame) is not Kind.FLEET_DELTA:
        raise WireError(0, "not a fleet delta")
    if len(frame) < DELTA_HEADER.size:
        raise WireError(len(frame), f"shorter than its {DELTA_HEADER.size}-byte header")
    _, coding, number, tick_at, set_size, moved, wide, far, states = DELTA_HEADER.unpack_from(frame)
    if coding > BITMAP:
        raise WireError(1, f"set coding {coding} is not known")
    if not 0 <= tick_at < 2**53:
        raise WireError(6, "not an instant")
    length = (
        DELTA_HEADER.size + set_size + moved + 2 * wide + FAR_ROW.itemsize * far + STATE_ROW.itemsize * states
    )
    if len(frame) != length:
        raise WireError(len(frame), f"the counts need {length} bytes")
    at = DELTA_HEADER.size
    set_bytes = np.frombuffer(frame, "u1", set_size, at)
    pairs = np.frombuffer(frame, "u1", moved, at := at + set_size)
    wide_pairs = np.frombuffer(frame, "i1", 2 * wide, at := at + moved).reshape(-1, 2)
    far_rows = np.frombuffer(frame, FAR_ROW, far, at := at + 2 * wide)
    state_rows = np.frombuffer(frame, STATE_ROW, states, at + FAR_ROW.itemsize * far)
    return MovementDelta(number, tick_at, coding, set_bytes, pairs, wide_pairs, far_rows, state_rows)
