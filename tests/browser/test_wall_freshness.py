"""Old data says that it is old, gone data has no number, and a blind wall loses its colour."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.wall_harness import serving, wall_app
from tests.browser.wall_page import change, open_wall, overflowing, style, texts, token

pytestmark = pytest.mark.browser

HOTLINE_PANELS = ["calls", "queue", "topics"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(wall_app()) as url:
        yield url


@pytest.fixture(scope="module")
def page(chromium: Browser, address: str) -> Iterator[Page]:
    page = open_wall(chromium, address)
    yield page
    page.close()


@pytest.fixture
def wall(page: Page) -> Page:
    """The morning as it was, whatever the test before has done to it."""
    page.evaluate("window.live.reset()")
    return page


@pytest.mark.parametrize("panel", HOTLINE_PANELS)
def test_fresh_data_shows_only_its_time(wall: Page, panel: str) -> None:
    assert wall.get_attribute(f"#wall-{panel}", "data-freshness") == "fresh"
    assert texts(wall, f"#wall-{panel}-as-of") == ["10:42:17"]
    assert style(wall, f"#wall-{panel} > .wall-hatch", "display") == "none"


@pytest.mark.parametrize("panel", HOTLINE_PANELS)
def test_late_data_is_grey_and_hatched_with_its_time(wall: Page, panel: str) -> None:
    change(wall, "live.go(15000)")
    assert wall.get_attribute(f"#wall-{panel}", "data-freshness") == "late"
    assert texts(wall, f"#wall-{panel}-as-of") == ["延迟截至 10:42:17"]
    assert style(wall, f"#wall-{panel} > .wall-hatch", "display") == "block"
    assert style(wall, f"#wall-{panel} > .wall-body", "filter") == "grayscale(1)"
    assert style(wall, f"#wall-{panel}-as-of", "color") == token(wall, "risk")
    assert overflowing(wall) == []


@pytest.mark.parametrize("panel", HOTLINE_PANELS)
def test_data_that_is_gone_has_no_number(wall: Page, panel: str) -> None:
    change(wall, "live.go(60000)")
    assert wall.get_attribute(f"#wall-{panel}", "data-freshness") == "down"
    assert texts(wall, f"#wall-{panel}-as-of") == ["数据中断自 10:42"]
    assert texts(wall, f"#wall-{panel} .dash") == ["—"]
    assert texts(wall, "#wall-calls-aside > *") == []
    assert "最后一次 717，10:42:17" in texts(wall, "#wall-calls .last")
    assert overflowing(wall) == []


def test_a_source_that_reports_itself_down_is_believed_at_once(wall: Page) -> None:
    change(wall, "live.hotline.source.state = 'down'; live.emit('hotline')")
    assert wall.get_attribute("#wall-calls", "data-freshness") == "down"


def test_a_wall_that_never_had_data_shows_no_number(wall: Page) -> None:
    change(
        wall,
        "live.hotline = null; live.health = null; live.rates = null; live.ready = false; live.matters.clear();"
        "live.commands.clear(); live.log = []; live.fleet.latest_at = null; live.go(0)",
    )
    assert texts(wall, "#wall-calls .last") == ["还没有数据"]
    assert texts(wall, ".wall-quiet") == ["等待第一份数据"] * 2  # board and ticker
    assert texts(wall, "#wall-map-as-of") == ["位置 还没有数据"]
    assert set(texts(wall, ".wall-rate span")) == {"—"}
    assert "未接通" in texts(wall, "[data-platform='visits']")[0]
    assert overflowing(wall) == []
    assert wall.faults == []


def test_positions_that_stop_are_late_and_then_not_counted(wall: Page) -> None:
    change(wall, "live.fleet.latest_at = live.now() - 25000; live.go(0)")
    assert wall.get_attribute("#wall-map", "data-freshness") == "late"
    assert "位置延迟 截至 10:41:53" in texts(wall, "#wall-map-as-of")
    change(wall, "live.fleet.latest_at = live.now() - 120000; live.go(0)")
    assert wall.get_attribute("#wall-map", "data-freshness") == "down"
    assert texts(wall, "#wall-worker-legend .key b")[:4] == ["—", "—", "—", "—"]


def test_a_platform_that_is_gone_says_since_when(wall: Page) -> None:
    change(
        wall,
        "live.health.platforms.find(p => p.id === 'command').last_at = live.now() - 60000; live.go(0)",
    )
    assert texts(wall, "[data-platform='command']") == ["指挥调度中断 10:41"]
    assert texts(wall, ".wall-platform.summary") == ["七大平台5 新 1 迟 1 断"]


def test_without_the_server_the_bar_counts_and_the_clocks_run_on(wall: Page) -> None:
    change(
        wall, "live.connection = { state: 'down', since: live.now(), missed: null }; live.emit('connection')"
    )
    change(wall, "live.go(14000)")
    assert texts(wall, "#wall-connection") == ["断开 00:14倒计时由本机续走，状态可能已变"]
    assert wall.get_attribute("#wall-connection", "data-state") == "down"
    assert style(wall, "#wall-connection", "color") == token(wall, "risk")
    assert texts(wall, ".wall-due .left")[0] == "+03:01"
    assert wall.get_attribute("#wall", "data-lost") == "false"


def test_after_half_a_minute_without_the_server_the_wall_loses_its_colour(wall: Page) -> None:
    change(wall, "live.connection = { state: 'down', since: live.now() - 31000, missed: null }; live.go(0)")
    assert style(wall, ".wall-stage", "filter") == "grayscale(1)"
    assert texts(wall, "#wall-connection")[0].startswith("断开 00:31")


def broken(bus: str, store: str) -> str:
    return f"live.health = {{ ...live.health, live: {{ bus: '{bus}', store: '{store}' }} }}; live.go(0)"


def test_a_server_without_redis_or_without_its_database_says_what_still_works(wall: Page) -> None:
    change(wall, broken("down", "up"))
    assert texts(wall, "#wall-connection") == ["消息总线中断指令照常，晚一两秒；位置、来电停住"]
    assert wall.get_attribute("#wall-connection", "data-state") == "bus"
    change(wall, broken("down", "down"))
    assert texts(wall, "#wall-connection")[0].startswith("数据库连不上")
    change(wall, broken("up", "up"))
    assert texts(wall, "#wall-connection") == [""]


def test_for_the_first_seconds_the_wall_only_says_that_it_reconnects(wall: Page) -> None:
    change(
        wall,
        "live.connection = { state: 'reconnecting', since: live.now() - 3000, missed: null }; live.go(0)",
    )
    assert texts(wall, "#wall-connection") == ["重新连接断开 00:03，补齐变动后恢复"]
    assert wall.get_attribute("#wall-connection", "data-state") == "reconnecting"
    change(wall, "live.go(3000)")
    assert wall.get_attribute("#wall-connection", "data-state") == "down"


def test_after_it_is_back_the_wall_says_what_it_missed_and_then_is_silent(wall: Page) -> None:
    change(wall, "live.connection = { state: 'down', since: live.now(), missed: null }; live.go(52000)")
    change(
        wall,
        "live.connection = { state: 'live', since: live.now(), missed: { away_ms: 52000, changes: 37 } }; live.go(0)",
    )
    assert texts(wall, "#wall-connection") == ["已恢复 断开了 00:52断线期间变动 37 条，已补齐"]
    change(wall, "live.go(21000)")
    assert texts(wall, "#wall-connection") == [""]
    assert wall.get_attribute("#wall", "data-lost") == "false"
