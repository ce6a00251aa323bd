"""A page asks when it is told and never by the clock: how often, after what, and what it does without an answer."""

from __future__ import annotations

import pytest

from tests.live.browser_page import open_static, probe

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_nothing_is_asked_that_was_not_told_and_what_was_told_is_asked_once(chromium_path: str) -> None:
    async with open_static(chromium_path) as page:
        found = await probe(page, "news")
    assert found["silence"] == {"asked": 0, "timers": 0}
    assert found["one"] == {"asked": [60_000], "timers": 0}
    assert found["burst"] == [0]
    steady = found["steady"]
    assert steady["asked"] == [0, 15_000, 30_000, 45_000, 60_000]
    assert (steady["isAfterLast"], steady["timers"]) == (True, 0)
    assert found["person"] == [
        0,
        1_000,
    ]  # who waits is not kept waiting, and the ask that was due is this one
    # Without an answer it is asked again, ever more slowly; the first answer ends that.
    assert found["failing"] == {"apart": [2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000], "timers": 0}
    assert found["under_way"] == {"whileUnderWay": 1, "asked": [0, 50, 120], "early": False, "isOver": True}
    spread = found["spread"]
    assert (spread["count"], spread["least"] >= 0, spread["most"] < 500) == (200, True, True)
    assert spread["kinds"] > 150
    assert found["counts"] == {
        "first": [],
        "same": [],
        "next": ["posts"],
        "skipped": ["posts", "tellings"],  # a frame that was replaced by a newer one took nothing with it
        "another_server": [],
        "after": ["tellings"],
    }
    assert found["day"] == {
        "before": 0,
        "asked": ["/api/v1/field/day"],  # once, when the date of the city changes
        "duties": 2,
        "duty": {"state": "lost", "fix_at": 5},
        "figures": {"done": 1},
    }
    assert found["ages"]["later"] == "已 1:00还有 0:28·"
    assert found["ages"]["over"] == "已 1:06:39还有 0:00·"
