"""The incident scene on the fixed morning: how long is left, who is there, who will be late, what is undecided."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.wall_harness import serving, wall_app
from tests.browser.wall_page import (
    HD,
    UHD,
    change,
    numbers_on_seams,
    open_wall,
    overflowing,
    style,
    texts,
    token,
)

pytestmark = pytest.mark.browser

SEAMS = {2: ((1920,), (1080,)), 3: ((1280, 2560), (720, 1440)), 4: ((960, 1920, 2880), (540, 1080, 1620))}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(wall_app()) as url:
        yield url


@pytest.fixture(scope="module")
def page(chromium: Browser, address: str) -> Iterator[Page]:
    page = open_wall(chromium, f"{address}?scene=incident&matter=m-G0417")
    yield page
    page.close()


@pytest.fixture
def wall(page: Page) -> Page:
    page.evaluate("live.reset()")
    return page


def test_the_clock_says_what_is_left_and_how_many_are_there(wall: Page) -> None:
    assert texts(wall, ".incident-clock .left") == ["08:42"]
    assert style(wall, ".incident-clock .left", "color") == token(wall, "risk")
    assert texts(wall, ".incident-clock .present") == ["3/5"]
    assert texts(wall, ".incident-clock .under span") == ["还剩 · 已过 21:18", "单位在场"]
    change(wall, "live.go(523000)")
    assert texts(wall, ".incident-clock .left") == ["+00:01"]
    assert style(wall, ".incident-clock .left", "color") == token(wall, "alarm")


def test_who_will_be_late_is_amber_before_it_is_late(wall: Page) -> None:
    states = wall.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.in-unit')]"
        ".map(e => [e.dataset.unit, [e.dataset.stage, e.dataset.state]]))"
    )
    assert states["u-应-应急管理局"] == ["way", "risk"]
    assert states["u-城-城市管理局"] == ["way", "ok"]
    assert states["u-街-秦楼街道"] == ["arrived", "ok"]
    assert texts(wall, ".in-value")[0] == "用时10:20"
    assert texts(wall, ".in-value")[3:] == ["4′10:46 到", "11′迟 02:10"]


AGENDA = """
const at = (minute) => live.now() - (42 - minute) * 60000 - 18000;
const none = { decision: null, owner: null, decided_at: null, due_at: null, completed_at: null };
const shut = { decision: "关断 DN500 阀门", owner: "热力公司", decided_at: at(34), due_at: at(50), completed_at: null };
const road = { ...shut, decision: "海曲东路东半幅封闭", owner: "交警支队", decided_at: at(39), completed_at: at(41) };
live.commands.get("c-哨03").agenda = [
    { item: 1, question: "关断阀门", ...shut }, { item: 2, question: "交通管制", ...road },
    { item: 3, question: "临时供暖与老人安置", ...none }, { item: 4, question: "恢复时间对外口径", ...none },
];
live.emit("commands")
"""


def test_what_is_undecided_is_named_and_nobody_may_leave(wall: Page) -> None:
    change(wall, AGENDA)
    assert texts(wall, ".in-item.open .in-what") == ["临时供暖与老人安置", "恢复时间对外口径"]
    assert texts(wall, ".in-item.done .in-what") == ["关断 DN500 阀门", "海曲东路东半幅封闭"]
    assert texts(wall, ".in-item.done .second") == [
        "热力公司 · 10:34 定 · 10:50 前完成，余 07:42",
        "交警支队 · 10:39 定 · 已执行",
    ]
    assert texts(wall, ".in-lock span") == ["待定 2 项，撤离锁定"]


def test_a_red_box_names_what_else_is_overdue_and_goes_with_it(wall: Page) -> None:
    assert texts(wall, ".incident-title .others") == ["另有超时 1 污水入渠 +02:47"]
    change(wall, "live.commands.get('c-哨02').state = 'resolved'; live.emit('commands')")
    assert texts(wall, ".incident-title .others") == []


def test_of_many_units_those_that_are_late_are_not_left_out(wall: Page) -> None:
    change(
        wall,
        """
        const whistle = live.commands.get("c-哨03");
        for (let i = 0; i < 6; i += 1) {
            const more = { ...structuredClone(whistle.receivers[0]), id: `more-${i}` };
            more.name = "日照市住房和城乡建设局工程质量安全监督站";
            whistle.receivers.unshift(more);
        }
        live.emit("commands")
        """,
    )
    shown = wall.evaluate("[...document.querySelectorAll('.in-unit')].map(e => e.dataset.unit)")
    assert len(shown) == 5 and "u-应-应急管理局" in shown and "u-城-城市管理局" in shown
    assert texts(wall, ".in-axis em") == ["另有 6 个单位未列"]
    assert overflowing(wall) == []


def test_a_new_emergency_without_a_whistle_counts_its_own_clock(chromium: Browser, address: str) -> None:
    page = open_wall(chromium, f"{address}?scene=incident&matter=m-G0431")
    assert texts(page, ".incident-clock .left") == ["01:34"]
    assert texts(page, "#wall-incident-units") == ["还没有派出单位"]
    assert texts(page, ".incident-title .in-name") == ["燃气异味"]
    assert texts(page, "#wall-incident-decided") == ["还没有吹哨"]
    assert overflowing(page) == [] and page.faults == []
    page.close()


def test_titles_and_points_are_text_whatever_they_contain(wall: Page) -> None:
    change(
        wall,
        "const bad = '<img src=x onerror=\"window.hit=1\">'; live.matters.get('m-G0417').title = bad;"
        "live.commands.get('c-哨03').agenda[2].question = bad; live.emit('matters')",
    )
    assert "<img src=x" in texts(wall, ".incident-title .in-name")[0]
    assert "<img src=x" in texts(wall, ".in-item.open .in-what")[0]
    assert wall.evaluate("document.querySelectorAll('.wall-incident img').length") == 0


@pytest.mark.parametrize("panels", sorted(SEAMS))
def test_no_ring_lies_on_a_seam(wall: Page, panels: int) -> None:
    [left, top, right, bottom] = wall.evaluate(
        """() => {
            const stage = document.querySelector(".wall-stage").getBoundingClientRect();
            const box = document.querySelector("#wall-incident-map-overlay .whistle circle").getBoundingClientRect();
            const scale = 3840 / stage.width;
            const sides = [box.left - stage.left, box.top - stage.top, box.right - stage.left, box.bottom - stage.top];
            return sides.map(side => side * scale);
        }"""
    )
    columns, rows = SEAMS[panels]
    assert all(not left < seam < right for seam in columns) and all(not top < seam < bottom for seam in rows)


@pytest.mark.parametrize("panels", sorted(SEAMS))
@pytest.mark.parametrize("scene", ["overview", "incident&matter=m-G0417"])
def test_no_number_lies_on_a_seam(chromium: Browser, address: str, scene: str, panels: int) -> None:
    page = open_wall(chromium, f"{address}?scene={scene}&panels={panels}x{panels}", UHD)
    assert numbers_on_seams(page, panels, panels) == []
    assert overflowing(page) == [] and page.faults == []
    page.close()


def test_words_grow_with_the_distance_as_far_as_there_is_room(chromium: Browser, address: str) -> None:
    page = open_wall(chromium, f"{address}?scene=incident&matter=m-G0417&width=2170&distance=5400")
    assert page.get_attribute("#wall", "data-legible") == "true"
    assert float(style(page, "#wall", "--words")) == pytest.approx(1.062, abs=0.002)
    assert overflowing(page) == []
    page.goto(
        f"{address}?scene=incident&matter=m-G0417&width=1210&distance=5000"
    )  # one panel of 55 inches at 5 m
    page.wait_for_selector("html[data-mounted]", state="attached")
    assert (
        page.get_attribute("#wall", "data-legible") == "true"
    )  # 1.76 times: words of twice the size in a quarter of cells
    assert page.get_attribute("#wall", "data-cells") == "2"
    assert overflowing(page) == []
    page.goto(f"{address}?scene=incident&matter=m-G0417&width=1210&distance=7000")
    page.wait_for_selector("html[data-mounted]", state="attached")
    assert page.get_attribute("#wall", "data-legible") == "false"
    assert float(style(page, "#wall", "--words")) == pytest.approx(1.12)
    assert overflowing(page) == []
    page.close()


@pytest.mark.parametrize("size", [HD, UHD], ids=["1920x1080", "3840x2160"])
def test_nothing_overflows_or_fails(chromium: Browser, address: str, size: dict[str, int]) -> None:
    page = open_wall(chromium, f"{address}?scene=incident&matter=m-G0417", size)
    assert overflowing(page) == [] and page.faults == []
    page.close()
