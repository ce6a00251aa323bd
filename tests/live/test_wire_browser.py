"""The browser reads the wire as Python does, and its fold equals a fresh snapshot; in a real Chromium."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Page

from dashboard.live.drawn_fleet import DrawnPlaces
from dashboard.live.movement import MovementState
from dashboard.live.movement_frames import FINE, parse_snapshot
from dashboard.live.picture import Picture
from dashboard.live.view import ScopeFilter, view_changes, view_snapshot
from dashboard.live.wire import Kind, encode_json
from tests.live.browser_page import open_static, probe
from tests.live.live_city import CITY, DIVISIONS, NOW
from tools.make_golden_frames import meaning
from tools.one_view import OneView

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
GOLDEN = Path(__file__).resolve().parent.parent / "golden"
EXPECTED = json.loads((GOLDEN / "frames.json").read_text(encoding="utf-8"))
FUZZED_FRAMES = 20_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(chromium_path: str) -> AsyncIterator[Page]:
    """One page for all tests here: they keep nothing in it."""
    async with open_static(chromium_path) as opened:
        yield opened


async def fold(page: Page, frames: list[bytes]) -> dict[str, Any]:
    found: dict[str, Any] = await probe(page, "fold", [base64.b64encode(frame).decode() for frame in frames])
    return found


async def test_golden_frames_mean_the_same_in_the_browser(page: Page) -> None:
    names = [*EXPECTED["json"], EXPECTED["time"]["name"], *EXPECTED["movement"]["frames"]]
    found = await fold(page, [(GOLDEN / name).read_bytes() for name in names])
    for expected in EXPECTED["json"].values():
        kind, value = str(expected["kind"]), expected["value"]
        if expected["kind"] not in (Kind.PICTURE, Kind.CHANGES):
            assert found["latest"][kind] == value
    time = EXPECTED["time"]
    assert found["latest"]["9"] == {
        "now": time["now"],
        "rate": time["rate"],
        "echo": time["echo"],
        "fleetAt": time["fleet_at"],
    }
    assert found["matters"] == []  # the changes took the picture's only matter away
    assert [row["no"] for row in found["commands"]] == ["哨03"]
    assert [line["seq"] for line in found["log"]] == [43, 41]
    for name in ("number", "tick_at", "slots", "x", "y", "state", "fix_at", "habit"):
        assert found[name] == EXPECTED["movement"][name], name


async def test_snapshot_and_changes_equal_a_fresh_snapshot_in_the_browser(page: Page) -> None:
    for seed, jurisdiction in enumerate((CITY, "371102", "371103", "371103001")):
        frames, fresh = _random_city(seed, jurisdiction)
        found = await fold(page, frames)
        assert found["seq"] <= fresh["seq"]
        assert found["epoch"] == fresh["epoch"]
        for name in ("matters", "commands", "asks"):
            assert _by_id(found[name]) == _by_id(fresh[name]), (jurisdiction, name)
        assert found["log"] == fresh["log"][::-1]


async def test_movement_folds_to_the_servers_state_in_the_browser(page: Page) -> None:
    source = np.random.default_rng(5)
    x, y = source.integers(0, 2**24, (2, 4_383)).astype(np.int32)
    state = np.full(4_383, 0x81, np.uint8)
    fix_at = np.full(4_383, NOW - 65_000)
    writer = OneView(FINE, DrawnPlaces(x, y, state, fix_at, NOW))
    frames = [writer.snapshot_frame()]
    for tick in range(1, 30):
        share, reach = source.choice([0.01, 0.1, 0.5]), source.choice([5, 60, 3_000])
        moves = source.random(4_383) < share
        x = np.where(moves, x + source.integers(-reach, reach + 1, 4_383), x).astype(np.int32)
        y = np.where(moves, y + source.integers(-reach, reach + 1, 4_383), y).astype(np.int32)
        state = np.where(
            source.random(4_383) < 0.01, source.choice([0x80, 0x81, 0x83, 0xA1, 0xC1, 0x95], 4_383), state
        ).astype(np.uint8)
        frames.append(writer.advance(DrawnPlaces(x, y, state, fix_at, NOW + 100 * tick)))
    found = await fold(page, frames)
    shown = MovementState.from_snapshot(parse_snapshot(writer.snapshot_frame()))
    for name, value in meaning(shown).items():
        if name == "fix_at":  # only silent workers' ages travel
            silent = np.flatnonzero((shown.state & 0x60) != 0)
            assert [found[name][i] // 1000 for i in silent] == [value[i] // 1000 for i in silent]
        else:
            assert found[name] == value, name
    on_duty = int(np.count_nonzero(shown.state & 1))
    assert found["summary"]["on_duty"] == on_duty
    assert found["summary"]["off_duty"] == 4_383 - on_duty
    assert found["summary"]["lost"] == int(np.count_nonzero(shown.state == 0xC1))


async def test_mutated_frames_raise_the_documented_error_in_the_browser(page: Page) -> None:
    names = [*EXPECTED["movement"]["frames"], *EXPECTED["json"], EXPECTED["time"]["name"]]
    found = await probe(page, "fuzz", [names, FUZZED_FRAMES])
    assert found["others"] == []
    assert found["refused"] > FUZZED_FRAMES / 4


def _by_id(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {row["id"]: row for row in rows}


def _random_city(seed: int, jurisdiction: str) -> tuple[list[bytes], dict[str, Any]]:
    """Return the frames of one screen over 400 random entries, and the fresh snapshot at their end."""
    source = random.Random(seed)
    codes = [CITY, "371102", "371103", "371102001", "371103001"]
    scopes = ScopeFilter(jurisdiction, CITY, DIVISIONS.is_within)
    picture = Picture()
    picture.load("e1", 0, [], [], [])
    frames = [encode_json(Kind.PICTURE, view_snapshot(picture, scopes))]
    told = 0
    for seq in range(1, 401):
        rows: dict[str, Any] = {"gone": {}}
        for name in ("matters", "commands", "asks"):
            rows[name] = [
                {"id": f"{name[0]}{source.randrange(12)}", "version": seq, "scope": source.sample(codes, 1)}
                for _ in range(source.randrange(3))
            ]
            rows["gone"][name] = [f"{name[0]}{source.randrange(12)}"] if source.random() < 0.3 else []
        change = picture.apply(
            {
                "seq": seq,
                "at": NOW + seq,
                "kind": "MatterOpened",
                "rows": rows,
                "scope": source.sample(codes, 1),
            }
        )
        assert change is not None
        if source.random() < 0.6:
            missed = picture.changes_after(told)
            assert missed is not None
            changes = view_changes(missed, scopes, told)
            if changes is not None:
                frames.append(encode_json(Kind.CHANGES, changes))
                told = changes["seq_to"]
    missed = picture.changes_after(told)
    assert missed is not None
    changes = view_changes(missed, scopes, told)
    if changes is not None:
        frames.append(encode_json(Kind.CHANGES, changes))
    return frames, view_snapshot(picture, scopes)
