"""What a wall shows, of orders, alarms and time alone: a reload, a mute, a closed matter, a clock that is set back."""

from __future__ import annotations

import pytest

from tests.live.browser_page import open_static, probe

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
TAKEN = ["incident", "m-alarm", "taken"]


async def test_only_what_is_shown_and_what_is_over_moves_a_wall(chromium_path: str) -> None:
    async with open_static(chromium_path) as page:
        found = await probe(page, "director")
    assert found["reload"] == {"before": TAKEN, "answered": TAKEN, "over": ["hotline", None, "turning"]}
    assert found["reload_held"] == ["hotline", None, "held"]
    assert found["other_acts"] == TAKEN
    assert found["shown"] == ["overview", None, "stopped"]
    put = ["incident", "m-1", "turning"]
    assert found["ordinary"] == {
        "put": put,
        "last": put,
        "turned": ["hotline", None, "turning"],
        "closed": ["hotline", None, "turning"],
    }
    gone = ["overview", None, "held"]
    assert found["held_closed"] == {"open": ["incident", "m-1", "held"], "closed": gone, "later": gone}
    assert found["clock_back"] == ["overview", None, "turning"]
    assert found["takeover_clock_back"] == ["hotline", None, "stopped"]
