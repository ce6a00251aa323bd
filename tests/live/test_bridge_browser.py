"""The bridge from a page's modules to its Dash components: what arrives there, when, and in how many calls."""

from __future__ import annotations

import pytest

from tests.live.browser_page import open_static, probe

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_what_a_frame_was_given_arrives_once_and_only_where_it_is_news(chromium_path: str) -> None:
    async with open_static(chromium_path) as page:
        found = await probe(page, "bridge")
    figure = {"data": [1], "layout": {}}
    assert found["together"] == {
        "before": 0,
        "frames": 1,
        "calls": [["line", {"text": "一", "data-more": "二"}], ["graph", {"figure": figure}]],
    }
    assert found["newest"] == [["line", {"text": "三"}]]
    corrected = {"data": [{"y": [1, 3]}], "layout": {"a": None}}
    assert found["equal"] == {
        "first": [["line", {"data-more": "乙"}]],
        "second": [["graph", {"figure": corrected}]],
    }
    assert found["changed_elsewhere"] == {"same": [], "after": [["line", {"text": ""}]]}
    # An ask is an event: the same one twice is two, and none overtakes another.
    ask = ["store", {"data": {"n": 1}}]
    assert found["asks"] == {"first": [ask, ask], "again": [ask]}
    assert [call for call in found["order"] if call[0] == "store"] == [ask, ["store", {"data": {"n": 2}}]]
    # What is not mounted waits, and holds up nothing that is.
    assert found["unmounted"] == {
        "early": [[], []],
        "line": [["line", {"text": "二"}]],
        "store": [ask],
        "after": [[], 0],
    }
    assert found["others"] == [["graph", {"figure": {"data": [], "layout": {}}}]]
    assert found["idle"] == {"frames": 0, "calls": [], "asked": 0}
    assert found["refused"] == {"raised": ["TypeError"] * 9, "calls": []}
