"""How `make bench` finds a fix in what the peer sends: by its instant, in the first message that carries it."""

from __future__ import annotations

import json
from array import array

import pytest

from tools.bench_report_way import matched_by_instant

SECOND = 1_000_000_000


def tick(number: int, *reports: tuple[int, int]) -> bytes:
    return json.dumps(
        {"tick": number, "reports": [{"slot": slot, "at": at} for slot, at in reports]}
    ).encode()


def test_a_fix_is_timed_to_every_screen_of_its_view_and_one_that_never_came_counts_as_unseen() -> None:
    sent = {
        "slot": array("l", (7, 7, 8, 9, 7)),
        "at_ms": array("q", (100, 101, 100, 100, 102)),
        "sent_ns": array("q", (0, SECOND, 0, 0, 9 * SECOND)),
    }
    noted = {  # two screens of one view; the second one is read later
        "at_ns": array("q", (2 * SECOND, 3 * SECOND, 4 * SECOND)),
        "screen": array("l", (0, 1, 0)),
        "frame": array("q", (1, 1, 2)),
        "stream": [0, 0],
        "kept": [[(2 * SECOND, tick(1, (7, 100), (8, 100))), (4 * SECOND, tick(2, (7, 999)))]],
    }
    waits, seen = matched_by_instant(noted, sent, 0, 5 * SECOND)
    assert sorted(waits.tolist()) == [2_000, 2_000, 3_000, 3_000]
    assert seen == pytest.approx(2 / 3), "slot 9 is of another view, the last fix was sent after the span"
