"""Writes tests/golden: one frame of every kind, a movement stream, and what they mean (docs/wire.md).

Run it only when the wire changes on purpose, together with its version: `python -m tools.make_golden_frames`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.live.drawn_fleet import DrawnPlaces
from dashboard.live.fleet import ASSESSED, LOST, REPORTING, SOS, STALE, TASKED
from dashboard.live.movement import MovementState
from dashboard.live.movement_frames import (
    BITMAP,
    FINE,
    GAPS,
    GAPS_AGAINST_EXPECTED,
    parse_delta,
    parse_snapshot,
)
from dashboard.live.wire import Kind, encode_json, encode_time, kind_of
from tools.one_view import OneView

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden"
START_AT = 1_795_401_000_000  # 2026-11-23 10:30 in Rizhao
WORKERS = 700  # enough for gaps over 255
SLOTS = np.arange(WORKERS) * 2 + 1
SEED = 371_100


def json_values() -> dict[Kind, dict[str, Any]]:
    """Return one small value per JSON kind, with Chinese text, null, negative and large numbers."""
    matter = {
        "id": "m1",
        "no": "G0417",
        "title": "供热主管爆裂",
        "urgency": 1,
        "lon": 119.461,
        "due_at": START_AT + 1_800_000,
        "unit": None,
        "scope": ["371102", "371102001"],
    }
    ask = {"id": "district:a1", "kind": "district", "matter_id": "m1", "no": "G0417", "scope": ["371103"]}
    line = {"seq": 41, "at": START_AT, "kind": "MatterOpened", "params": {"no": "G0417"}, "scope": ["371102"]}
    return {
        Kind.HELLO: {
            "now": START_AT,
            "rate": 1.0,
            "epoch": "e1",
            "seq": 41,
            "release": "r1",
            "screen": "7-1",
            "view": {"jurisdiction": "371100", "surface": "wall", "resumed": False},
            "demonstration": True,
        },
        Kind.PICTURE: {
            "epoch": "e1",
            "seq": 41,
            "matters": [matter],
            "commands": [],
            "asks": [ask],
            "log": [line],
        },
        Kind.CHANGES: {
            "seq_from": 42,
            "seq_to": 43,
            "upserts": {
                "matters": [],
                "commands": [{"id": "c1", "no": "哨03", "scope": ["371102"]}],
                "asks": [],
            },
            "gone": {"matters": ["m1"], "commands": [], "asks": ["district:a1"]},
            "log": [{**line, "seq": 43, "kind": "WhistleRaised"}],
        },
        Kind.HOTLINE: {"at": START_AT, "today": {"calls": 717, "expected_now": 559}},
        Kind.RATES: {"at": START_AT, "regions": [{"region": "371102", "response": [412, 415]}]},
        Kind.HEALTH: {"at": START_AT, "platforms": [], "live": {"bus": "up"}},
        Kind.NOTICE: {"code": "movement_lost", "params": {"frames": 12}},
        Kind.ROSTER: {"revision": 1, "workers": [[0, "w0", "王**", "g", "t", "r"]]},
        Kind.HOTLINE_BOARD: {
            "at": START_AT,
            "day": "2026-11-23",
            "zones": [{"zone": "call_back", "count": 3, "oldest_at": None}],
        },
        Kind.HOTLINE_RESULTS: {
            "at": START_AT,
            "month": "2026-11",
            "townships": [{"township": "371102002", "resolved": [3, 4]}],
        },
        Kind.ANALYSIS: {
            "at": START_AT,
            "state": "live",
            "since": START_AT,
            "surges": [["0203", "371102001", START_AT, 9, 0.4, "371102"]],
        },
        Kind.POSTS: {"revision": 1, "places": [["v", "t", "r"]], "of": [0, -1, 0]},
    }


def movement_frames() -> list[bytes]:
    """Return a snapshot and the deltas after it: every set coding, wide and far steps, states and ages."""
    random = np.random.default_rng(SEED)
    x = random.integers(19_800_000, 19_950_000, WORKERS).astype(np.int32)
    y = random.integers(7_000_000, 7_200_000, WORKERS).astype(np.int32)
    state = np.full(WORKERS, REPORTING | ASSESSED, np.uint8)
    state[::7] = ASSESSED
    fix_at = np.full(WORKERS, START_AT, np.int64)
    stream = OneView(FINE, _every_second_slot(x, y, state, fix_at, START_AT), SLOTS)
    pace = random.integers(-6, 7, (WORKERS, 2))
    frames = [stream.snapshot_frame()]
    for tick in range(1, 13):
        now = START_AT + 1_000 * tick
        x, y, state, fix_at = x.copy(), y.copy(), state.copy(), fix_at.copy()
        if tick < 9:  # most of them walk and keep walking: bitmap first, then exceptions to the habit
            walks = random.random(WORKERS) < (0.97 if tick > 1 else 0.6)
            noise = random.integers(-2, 3, (WORKERS, 2))
        else:  # a few far apart: gaps, some of them longer than 255
            walks = np.zeros(WORKERS, np.bool_)
            walks[[3, 4, 300, 690][: 13 - tick]] = True
            noise = random.integers(-40, 41, (WORKERS, 2))
        x[walks] += (pace + noise)[walks, 0].astype(np.int32)
        y[walks] += (pace + noise)[walks, 1].astype(np.int32)
        if tick == 5:
            x[11] += 40_000  # came on duty elsewhere
            y[12] -= 128
            state[[20, 21]] |= TASKED
            state[22] |= SOS
        if tick == 7:
            state[30] |= STALE
            fix_at[30] = now - 61_400
            state[31] |= LOST
            fix_at[31] = now - 80_000_000  # longer than the age can say
        frames.append(stream.advance(_every_second_slot(x, y, state, fix_at, now)))
    return frames


def _every_second_slot(x: Any, y: Any, state: Any, fix_at: Any, now: int) -> DrawnPlaces:
    """A fleet of which the view shows half, so that a worker's index is not the slot."""

    def spread(shown: Any) -> Any:
        column = np.zeros(2 * WORKERS, shown.dtype)
        column[SLOTS] = shown
        return column

    return DrawnPlaces(spread(x), spread(y), spread(state), spread(fix_at), now)


def main() -> None:
    """Write the frames and frames.json beside them."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    expected: dict[str, Any] = {"json": {}, "time": {}, "movement": {"frames": []}}
    for kind, value in json_values().items():
        name = f"{kind.value:02}_{kind.name.lower()}.bin"
        (GOLDEN / name).write_bytes(encode_json(kind, value))
        expected["json"][name] = {"kind": int(kind), "value": value}
    (GOLDEN / "09_time.bin").write_bytes(encode_time(START_AT + 0.25, 60.0, 1234.5, START_AT - 100))
    expected["time"] = {
        "name": "09_time.bin",
        "now": START_AT + 0.25,
        "rate": 60.0,
        "echo": 1234.5,
        "fleet_at": START_AT - 100,
    }
    codings: set[int] = set()
    reader: MovementState | None = None
    for place, frame in enumerate(movement_frames()):
        kind = kind_of(frame)
        name = f"movement_{place:02}_{kind.name.lower()}.bin"
        (GOLDEN / name).write_bytes(frame)
        expected["movement"]["frames"].append(name)
        reader = _read(reader, frame)
        if kind is Kind.FLEET_DELTA:
            codings.add(parse_delta(frame).set_coding)
    if codings != {GAPS, GAPS_AGAINST_EXPECTED, BITMAP} or reader is None:
        raise SystemExit(f"the stream shows the set codings {sorted(codings)} only")
    expected["movement"] |= meaning(reader)
    text = json.dumps(expected, ensure_ascii=False, separators=(",", ":"))
    (GOLDEN / "frames.json").write_text(text + "\n", encoding="utf-8")


def meaning(state: MovementState) -> dict[str, Any]:
    """Return what a stream shows, as plain lists."""
    return {
        "number": state.number,
        "tick_at": state.tick_at,
        "slots": state.slots.tolist(),
        "x": state.x.tolist(),
        "y": state.y.tolist(),
        "state": state.state.tolist(),
        "fix_at": state.fix_at.tolist(),
        "habit": state.habit.tolist(),
    }


def _read(reader: MovementState | None, frame: bytes) -> MovementState:
    if reader is None:
        return MovementState.from_snapshot(parse_snapshot(frame))
    reader.apply(parse_delta(frame))
    return reader


if __name__ == "__main__":
    main()
