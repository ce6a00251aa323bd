"""WCAG 2.2 AA on every page, light and dark, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import by_tab, looked_at
from tests.browser.gallery import PATIENCE_MS, WALKS, Morning, Walk
from tests.browser.spoken import chinese_on
from tests.browser.waiting import lasting

pytestmark = pytest.mark.browser


CASES = [(walk, language) for walk in WALKS for language in walk.languages]


@pytest.mark.parametrize(("walk", "language"), CASES, ids=[f"{walk.name}-{lang}" for walk, lang in CASES])
def test_a_page_breaks_no_rule_of_accessibility(
    chromium: Browser, morning: Morning, walk: Walk, language: str
) -> None:
    # As high as what is on it: what a phone keeps in sight below would cover what can be scrolled up.
    size = walk.size | {"height": 2_400}
    context = chromium.new_context(viewport=size, service_workers="block", reduced_motion="reduce")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    context.add_cookies([{"name": "zhongshu_language", "value": language, "url": morning.hand.url}])
    page = context.new_page()
    page.goto(morning.address(walk, language))
    found: list[str] = []
    for stop in walk.stops(page, morning):
        said = looked_at(page, both_themes=language == "zh")
        if language == "en":
            said += [f"chinese: {one}" for one in lasting(lambda: chinese_on(page, morning.spoken))]
        found += [f"{stop}: {one}" for one in said]
    context.close()
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
def test_who_comes_by_tab_always_sees_where_they_are(chromium: Browser, morning: Morning, walk: Walk) -> None:
    context = chromium.new_context(viewport=walk.size, service_workers="block", reduced_motion="reduce")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(morning.address(walk, "zh"))
    next(walk.stops(page, morning))

    def wrong() -> list[str]:
        stations, faults = by_tab(page)
        return faults + ([] if len(stations) >= walk.stations else [f"only {stations}"])

    found = lasting(wrong)
    context.close()
    assert found == []


def test_a_dropdown_is_reached_by_tab(chromium: Browser, morning: Morning) -> None:
    """What axe is told to pass by: the hidden input holds nobody."""
    walk = next(one for one in WALKS if one.name == "admin-secadmin")
    page = chromium.new_page(viewport=walk.size)  # type: ignore[arg-type]
    page.goto(morning.address(walk, "zh") + "#accounts")
    page.locator(".dash-dropdown").first.wait_for()
    page.locator("#admin-account-name").focus()
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.className"))
    page.close()
    assert [one for one in reached if "focus-target" in one] == []
    assert any("dash-dropdown" in one for one in reached), reached
