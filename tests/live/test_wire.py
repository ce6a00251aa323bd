"""The screen wire in Python: golden frames, equal states on both ends, and one error for every kind of nonsense."""

from __future__ import annotations

import contextlib
import json
import random
import zlib
from pathlib import Path
from typing import Any

import pytest

from dashboard.live.movement import MovementState
from dashboard.live.movement_frames import FINE, parse_delta, parse_snapshot
from dashboard.live.wire import (
    DEFLATED_KINDS,
    JSON_KINDS,
    Kind,
    WireError,
    decode_json,
    decode_time,
    encode_json,
    encode_time,
    kind_of,
)
from tools.make_golden_frames import json_values, meaning, movement_frames

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
EXPECTED = json.loads((GOLDEN / "frames.json").read_text(encoding="utf-8"))
FUZZED_FRAMES = 20_000


def golden(name: str) -> bytes:
    return (GOLDEN / name).read_bytes()


@pytest.mark.parametrize("name", EXPECTED["json"])
def test_golden_json_frames_mean_what_they_meant(name: str) -> None:
    expected = EXPECTED["json"][name]
    assert kind_of(golden(name)) == expected["kind"]
    assert decode_json(golden(name)) == expected["value"]


def test_the_golden_time_means_what_it_meant() -> None:
    expected = EXPECTED["time"]
    time = decode_time(golden(expected["name"]))
    assert [time.now, time.rate, time.echo, time.fleet_at] == [
        expected[name] for name in ("now", "rate", "echo", "fleet_at")
    ]


def test_the_golden_movement_leads_where_it_led() -> None:
    first, *deltas = EXPECTED["movement"]["frames"]
    state = MovementState.from_snapshot(parse_snapshot(golden(first)))
    for name in deltas:
        state.apply(parse_delta(golden(name)))
    assert meaning(state) == {name: EXPECTED["movement"][name] for name in meaning(state)}


def test_frames_are_still_built_as_the_golden_ones() -> None:
    """Deflate may differ between zlib builds, everything else is byte for byte."""
    for kind, value in json_values().items():
        if kind in JSON_KINDS:
            assert encode_json(kind, value) == golden(f"{kind.value:02}_{kind.name.lower()}.bin")
    names = EXPECTED["movement"]["frames"]
    for name, frame in list(zip(names, movement_frames(), strict=True))[1:]:
        assert frame == golden(name), name


def test_every_kind_has_a_golden_frame() -> None:
    names = [*EXPECTED["json"], EXPECTED["time"]["name"], *EXPECTED["movement"]["frames"]]
    assert {kind_of(golden(name)) for name in names} == set(Kind)


def test_a_missing_frame_is_noticed() -> None:
    frames = movement_frames()
    state = MovementState.from_snapshot(parse_snapshot(frames[0]))
    with pytest.raises(WireError, match="frame 3 after frame 1"):
        state.apply(parse_delta(frames[2]))


def test_a_frame_that_is_refused_changes_nothing() -> None:
    frames = movement_frames()
    state = MovementState.from_snapshot(parse_snapshot(frames[0]))
    before = meaning(state)
    broken = bytearray(frames[1])
    broken[14 + 8] = 1  # one state change more than there is
    broken += b"\xff\xff\x00\x00\x00"
    with pytest.raises(WireError):
        state.apply(parse_delta(bytes(broken)))
    assert meaning(state) == before


def decode_any(frame: bytes, state: MovementState) -> Any:
    kind = kind_of(frame)
    if kind is Kind.TIME:
        return decode_time(frame)
    if kind is Kind.FLEET_SNAPSHOT:
        return MovementState.from_snapshot(parse_snapshot(frame))
    if kind is Kind.FLEET_DELTA:
        return state.apply(parse_delta(frame))
    return decode_json(frame)


def test_mutated_frames_raise_the_documented_error_or_decode() -> None:
    source = random.Random(42)
    good = [golden(name) for name in [*EXPECTED["json"], "09_time.bin", *EXPECTED["movement"]["frames"]]]
    snapshot = parse_snapshot(golden(EXPECTED["movement"]["frames"][0]))
    state = MovementState.from_snapshot(snapshot)
    for turn in range(FUZZED_FRAMES):
        if turn % 200 == 0:
            state = MovementState.from_snapshot(snapshot)
        with contextlib.suppress(WireError):
            decode_any(mutated(source.choice(good), source), state)


def mutated(frame: bytes, source: random.Random) -> bytes:
    changed = bytearray(frame)
    for _ in range(source.randint(0, 5)):
        at = source.randrange(len(changed))
        # Movement frames only reach the deeper checks when their number follows.
        changed[at] = source.choice([0, 1, 127, 128, 255, source.randrange(256)])
    if source.random() < 0.3:
        del changed[source.randrange(len(changed) + 1) :]
    elif source.random() < 0.1:
        changed += source.randbytes(source.randint(1, 9))
    return bytes(changed)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x00",
        b"\x1f{}",
        b"\x10[]",
        b"\x10\xff\xfe",
        b"\x14NaN",
        b"\x10" + b"[" * 100_000,
        encode_time(float("nan"), 1.0),
        encode_time(1.0, -1.0),
        bytes((0x13,)) + zlib.compress(b"{}")[:-2],
        bytes((0x13,)) + zlib.compress(b"{}") + b"x",
    ],
    ids=lambda frame: frame[:8].hex() or "empty",
)
def test_what_is_no_frame_raises_the_documented_error(frame: bytes) -> None:
    with pytest.raises(WireError):
        decode_any(frame, MovementState((), FINE))


def test_a_deflate_bomb_is_refused() -> None:
    bomb = bytes((0x11,)) + golden("movement_00_fleet_snapshot.bin")[1:20] + zlib.compress(bytes(50_000_000))
    with pytest.raises(WireError):
        parse_snapshot(bomb)


def test_json_that_a_browser_cannot_read_is_not_sent() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        encode_json(Kind.HEALTH, {"rate": float("nan")})
    for kind in set(Kind) - JSON_KINDS - DEFLATED_KINDS:
        with pytest.raises(ValueError, match="not a JSON kind"):
            encode_json(kind, {})
