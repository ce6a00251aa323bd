"""The overview on the fixed morning: what a commander must be able to read, at both sizes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.wall_harness import serving, wall_app
from tests.browser.wall_page import HD, UHD, change, coloured, open_wall, overflowing, style, texts, token

pytestmark = pytest.mark.browser
RING_AND_TRIANGLE_PX = 80  # of the city map, the smaller one: 58 px of ring and most of 26 px of triangle


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(wall_app()) as url:
        yield url


@pytest.fixture(scope="module")
def wall(chromium: Browser, address: str) -> Iterator[Page]:
    """The morning as it stands; for tests that only look."""
    page = open_wall(chromium, address)
    yield page
    page.close()


@pytest.fixture(scope="module")
def changing_page(chromium: Browser, address: str) -> Iterator[Page]:
    page = open_wall(chromium, address)
    yield page
    page.close()


@pytest.fixture
def own_wall(changing_page: Page) -> Page:
    """A morning of one's own; for tests that change it."""
    changing_page.evaluate("window.live.reset()")
    return changing_page


def test_the_board_lists_nine_clocks_soonest_first(wall: Page) -> None:
    assert texts(wall, ".wall-due .title > span") == [
        "污水入渠",
        "燃气异味",
        "商铺二层堆积建筑垃圾",
        "热力爆管",
        "供水主管漏水",
        "井盖缺失",
        "楼道电动车充电",
        "欠薪聚集",
        "整栋停暖",
    ]
    assert texts(wall, ".wall-due .left")[:4] == ["+02:47", "01:34", "04:26", "08:42"]


def test_the_two_most_urgent_clocks_are_bigger_and_name_who_must_act(wall: Page) -> None:
    assert len(texts(wall, ".wall-due.first")) == 2
    assert texts(wall, ".wall-due.first .who") == ["值班长 → 到场", "联络员 → 签收"]


def test_every_clock_names_who_acts_next(wall: Page) -> None:
    lines = texts(wall, ".wall-due .who, .wall-due .fixed")
    assert len(lines) == 9 and all(lines)


def test_only_the_overdue_clock_is_filled_red(wall: Page) -> None:
    states = wall.evaluate(
        "[...document.querySelectorAll('.wall-due')].map(e => [e.dataset.state, "
        "getComputedStyle(e).backgroundColor])"
    )
    fill = token(wall, "alarm-fill")
    assert [ground == fill for _, ground in states] == [state == "overdue" for state, _ in states]
    assert [state for state, _ in states].count("overdue") == 1


def test_the_symbol_says_the_urgency_and_the_pips_the_level(wall: Page) -> None:
    marks = wall.evaluate(
        "[...document.querySelectorAll('.wall-due .symbol')].map(e => "
        "e.querySelector('circle') ? 3 : e.querySelectorAll('path').length === 2 ? 1 : 2)"
    )
    assert marks == [2, 1, 2, 1, 2, 1, 3, 2, 2]
    assert wall.evaluate("[...document.querySelectorAll('.wall-due .pips')].map(e => +e.dataset.level)") == [
        3,
        1,
        1,
        1,
        0,
        0,
        0,
        0,
        0,
    ]


def test_a_ring_has_a_segment_for_each_called_unit(wall: Page) -> None:
    stages = wall.evaluate(
        "Object.fromEntries([...document.querySelectorAll('#wall-map .whistle')]"
        ".map(e => [e.dataset.whistle, [...e.querySelectorAll('.segment')].map(s => s.dataset.stage)]))"
    )
    assert stages["c-哨03"] == ["arrived", "arrived", "arrived", "way", "way"]
    assert stages["c-哨04"] == ["arrived", "way", "way", "not_started"]
    assert stages["c-哨02"] == ["arrived", "arrived", "way"]
    assert stages["c-哨01"] == ["arrived"] * 4


def test_a_rings_middle_is_minutes_left_minutes_over_or_a_consultation(wall: Page) -> None:
    middle = wall.evaluate(
        "Object.fromEntries([...document.querySelectorAll('#wall-map .whistle')].map(e => "
        "[e.dataset.whistle, e.querySelector('text').textContent]))"
    )
    assert (middle["c-哨03"], middle["c-哨02"], middle["c-哨01"]) == ("8′", "+2′", "商")


def test_a_unit_predicted_late_is_amber_before_it_is_late(wall: Page) -> None:
    colours = wall.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-chip]')].map(e => "
        "[e.dataset.chip, e.getAttribute('fill')]))"
    )
    assert colours["u-应-应急管理局"] == "var(--risk)"
    assert colours["u-环-环境局莒县分局"] == "var(--alarm)"
    assert colours["u-城-城市管理局"] == "var(--ink2)"
    assert colours["u-建-住建局"] == "var(--ground)"  # hollow: it has not started


def test_counts_have_their_whole_beside_them(wall: Page) -> None:
    assert texts(wall, "#wall-whistle-legend .count") == ["吹哨报到 4 起在场 10/16 单位"]
    assert texts(wall, "#wall-worker-legend .total") == ["网格员 4,383考核 4,374"]
    assert texts(wall, "#wall-worker-legend .key b") == ["2,451", "612", "63", "1,257", "4", "41"]
    assert texts(wall, ".unmapped")[1] == "不上图 3,120"


def test_the_strip_keeps_the_packs_order_and_adds_up(wall: Page) -> None:
    assert texts(wall, ".wall-strip-row.names > span")[1:-1] == [
        "全市",
        "东港区",
        "岚山区",
        "五莲县",
        "莒县",
        "经开区",
        "高新区",
        "山海天",
        "市直部门",
    ]
    opened = texts(wall, "[data-open]")
    assert opened == ["3,165", "905", "402", "371", "648", "171", "78", "114", "352"]
    assert sum(int(value.replace(",", "")) for value in opened[1:]) + 124 == 3165
    assert texts(wall, "[data-overdue]") == ["47", "14", "7", "6", "12", "3", "1", "0", "4"]


def test_a_rate_without_a_denominator_is_a_dash(wall: Page) -> None:
    assert texts(wall, "[data-rate='RZ-SHT.satisfied'] span") == ["—"]
    assert texts(wall, "[data-rate='371102.resolved'] span") == ["88.4"]
    assert wall.get_attribute("[data-rate='371102.resolved']", "data-misses") == "true"


def test_the_volume_marks_what_is_above_the_band(wall: Page) -> None:
    assert wall.evaluate("document.querySelectorAll('#wall-volume .over').length") > 0
    assert "22/5分" in texts(wall, "#wall-volume")[0]
    assert texts(wall, "#wall-calls-aside > *") == ["717", "此刻应为 559", "＋28%"]


def test_every_seat_is_one_square(wall: Page) -> None:
    seats = wall.evaluate(
        "[...document.querySelectorAll('#wall-seats [data-seat]')].map(e => e.dataset.seat)"
    )
    assert seats == ["talk"] * 21 + ["wrap"] * 7 + ["rest"] * 2


def test_a_platform_that_is_late_says_how_late(wall: Page) -> None:
    assert texts(wall, "[data-platform='internet']") == ["互联网延迟 14 分"]
    assert texts(wall, ".wall-platform.summary") == ["七大平台6 新 1 延迟"]
    assert style(wall, "[data-platform='internet'] .age", "color") == token(wall, "risk")


def test_the_ticker_tells_what_a_commander_wants_to_hear(wall: Page) -> None:
    heads = texts(wall, ".wall-tick b")
    assert heads == ["并单", "预警", "超时", "决定", "派单", "到场"]
    assert texts(wall, ".wall-tick .cut")[1] == "预警哨03 应急管理局 20 分钟未到场"
    tones = [style(wall, f".wall-tick:nth-child({row}) b", "color") for row in (1, 2, 3)]
    assert tones == [token(wall, "ink"), token(wall, "risk"), token(wall, "alarm")]


def test_simulated_data_is_said_to_be_simulated(wall: Page) -> None:
    assert texts(wall, "#wall-demonstration") == ["演示数据"]


@pytest.mark.parametrize("size", [HD, UHD], ids=["1920x1080", "3840x2160"])
def test_nothing_overflows_scrolls_or_fails(chromium: Browser, address: str, size: dict[str, int]) -> None:
    page = open_wall(chromium, address, size)
    assert overflowing(page) == []
    assert page.evaluate(
        "[document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight]"
    ) == [
        size["width"],
        size["height"],
    ]
    assert page.faults == []
    page.close()


@pytest.mark.parametrize(("width", "height"), [(1600, 1200), (2560, 1080)])
def test_other_ratios_are_letterboxed(chromium: Browser, address: str, width: int, height: int) -> None:
    page = open_wall(chromium, address, {"width": width, "height": height})
    box = page.locator(".wall-stage").bounding_box()
    assert box is not None
    assert box["width"] / box["height"] == pytest.approx(16 / 9, rel=1e-3)
    assert box["width"] <= width + 0.5 and box["height"] <= height + 0.5
    assert overflowing(page) == []
    page.close()


def test_labels_of_the_map_do_not_lie_on_each_other(wall: Page) -> None:
    overlaps = wall.evaluate(
        """() => ["#wall-map-city-overlay", "#wall-map-inset-overlay"].flatMap(map => {
            const labels = [...document.querySelectorAll(map + " .label:not(.name)")];
            const boxes = labels.map(e => [e.textContent, e.getBBox()]);
            return boxes.flatMap(([name, a], i) => boxes.slice(i + 1).filter(([, b]) =>
                Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > 6
                && Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) > 12)
                .map(([other]) => `${name} / ${other}`));
        })"""
    )
    assert overlaps == []


def test_no_mark_of_another_matter_lies_on_a_whistles_ring(own_wall: Page) -> None:
    """Two emergencies at one address: the ring keeps its minutes and the triangle its shape."""
    change(
        own_wall,
        """
        for (const command of [...live.commands.values()].filter((one) => one.kind === "whistle")) {
            const beside = { ...live.matters.get("m-G0409"), id: `y${command.id}`, lon: command.lon, lat: command.lat };
            live.matters.set(beside.id, beside);
        }
        live.emit("matters")
        """,
    )
    reach = own_wall.evaluate(
        """() => ["#wall-map-city-overlay", "#wall-map-inset-overlay"].flatMap(map => {
            const middle = e => { const b = e.getBBox(); return [b.x + b.width / 2, b.y + b.height / 2]; };
            const rings = [...document.querySelectorAll(map + " .whistle .outer")].map(middle);
            return [...document.querySelectorAll(map + " [data-matter^='y']")].map(e =>
                Math.min(...rings.map(ring => Math.hypot(ring[0] - middle(e)[0], ring[1] - middle(e)[1]))));
        })"""
    )
    assert len(reach) >= 4 and min(reach) > RING_AND_TRIANGLE_PX


def test_two_whistles_at_one_address_stand_side_by_side(own_wall: Page) -> None:
    change(
        own_wall,
        """
        const [first] = [...live.commands.values()].filter((one) => one.kind === "whistle");
        live.commands.set("same", { ...first, id: "same" });
        live.emit("commands")
        """,
    )
    places = own_wall.evaluate(
        """() => [...document.querySelectorAll(".whistle .clock-face")].map(e =>
            [e.closest("svg").parentNode.id, e.getAttribute("x"), e.getAttribute("y")].join())"""
    )
    assert len(places) > 1 and len(set(places)) == len(places)


def test_no_ring_lies_on_a_seam_between_panels(wall: Page) -> None:
    rings = wall.evaluate(
        """() => [...document.querySelectorAll("#wall-map-city-overlay .whistle .outer")].map(e => {
            const stage = document.querySelector(".wall-stage").getBoundingClientRect();
            const box = e.getBoundingClientRect();
            return [box.top, box.bottom].map(y => (y - stage.top) / stage.height * 2160);
        })"""
    )
    assert rings and all(not (top < seam < bottom) for top, bottom in rings for seam in (540, 1080, 1620))


def test_titles_are_text_whatever_they_contain(own_wall: Page) -> None:
    change(
        own_wall,
        "live.matters.get('m-G0431').title = '<img src=x onerror=\"window.hit=1\">'; live.emit('matters')",
    )
    own_wall.wait_for_timeout(200)
    assert own_wall.evaluate("window.hit") is None
    assert "<img src=x" in texts(own_wall, ".wall-due .title > span")[1]


def test_digits_run_without_a_request_to_the_server(own_wall: Page) -> None:
    own_wall.wait_for_timeout(500)
    requests: list[str] = []
    own_wall.on("request", lambda request: requests.append(request.url))
    for _ in range(5):
        change(own_wall, "live.go(1000)")
    assert texts(own_wall, ".wall-due .left")[:2] == ["+02:52", "01:29"]
    assert texts(own_wall, "#wall-clock") == ["10:42:23"]
    assert requests == []


def test_the_beat_moves_with_the_second(own_wall: Page) -> None:
    before = own_wall.get_attribute("#wall-beat i", "style")
    change(own_wall, "live.go(1000)")
    assert own_wall.get_attribute("#wall-beat i", "style") != before


def test_a_clock_that_runs_out_turns_red_where_it_stands(own_wall: Page) -> None:
    change(own_wall, "live.go(95000)")
    assert texts(own_wall, ".wall-due[data-state='overdue'] .title > span") == ["污水入渠", "燃气异味"]


def test_an_unacknowledged_critical_matter_is_red_and_blinks(own_wall: Page) -> None:
    change(own_wall, "live.matters.get('m-G0409').acknowledged = false; live.emit('matters')")
    assert style(own_wall, "[data-unacknowledged='true'] .symbol", "animation-name") == "wall-blink"
    assert (
        own_wall.evaluate("document.querySelector('#wall-map-city-overlay .blink').dataset.matter")
        == "m-G0409"
    )


def test_nothing_hides_a_worker_who_calls_for_help(own_wall: Page) -> None:
    change(own_wall, "live.fleet.state[5] |= 0x05; live.go(0)")
    drawn = own_wall.evaluate(
        """() => {
            const block = document.querySelector("[data-help='5']");
            const above = [...block.parentNode.children].slice([...block.parentNode.children].indexOf(block) + 1);
            return [above.filter(e => e.matches(".label, .whistle, [data-matter]")).length,
                getComputedStyle(block.querySelector("rect")).fill, block.textContent];
        }"""
    )
    assert drawn == [0, token(own_wall, "alarm-fill"), "救"]
    assert texts(own_wall, "[data-key='sos']") == ["求助1"]
    change(own_wall, "live.fleet.state[5] &= ~0x04; live.go(0)")
    assert texts(own_wall, "[data-help], [data-key='sos']") == []


def test_amber_and_red_are_nothing_but_clocks(own_wall: Page) -> None:
    """A calm morning: nothing is at risk, so nothing on the whole wall is amber or red."""
    change(
        own_wall,
        """
        const far = live.now() + 5 * 86400000;
        for (const matter of live.matters.values()) {
            Object.assign(matter, { due_at: far, limit_ms: 10 * 86400000, level: 0 });
        }
        live.commands.clear();
        const { hotline } = live;
        hotline.bins.actual = hotline.bins.expected.slice(0, 128).map(Math.round);
        hotline.queue.within_15s = 0.91;
        hotline.agents.short = 0;
        for (const topic of hotline.topics) topic.surge = false;
        for (const platform of live.health.platforms) platform.last_at = live.now() - 1000;
        for (const line of live.log) line.tone = "";
        const whole = { platform_total: 4383, assessed_total: 4374 };
        live.fleet.summary = () => ({ ...whole, idle: 2514, tasked: 612, lost: 0, off_duty: 1257, sos: 0 });
        live.go(0)
        """,
    )
    found = [name for name in coloured(own_wall, "risk", "alarm", "alarm-fill") if "data-key" not in name]
    # The key of the map keeps the sign of a lost worker in its colour: it is the sign itself.
    assert [name for name in found if not name.startswith("path null")] == []


def test_a_quiet_board_says_that_it_is_quiet_and_when(own_wall: Page) -> None:
    change(own_wall, "live.commands.clear(); live.matters.clear(); live.emit('matters')")
    assert texts(own_wall, ".wall-quiet") == ["没有要到时的紧急事项数据 10:42:18，在办 0 件"]


def test_many_overdue_clocks_leave_room_for_what_is_due_next(own_wall: Page) -> None:
    change(
        own_wall,
        """
        for (let i = 0; i < 12; i += 1) {
            const late = { ...live.matters.get("m-G0426"), id: `x${i}`, due_at: live.now() - (i + 10) * 60000 };
            live.matters.set(late.id, late);
        }
        live.emit("matters")
        """,
    )
    states = own_wall.evaluate("[...document.querySelectorAll('.wall-due')].map(e => e.dataset.state)")
    assert len(states) == 9 and states.count("overdue") == 5
    assert "未列" in texts(own_wall, "#wall-board-aside")[0]


def test_a_busy_day_still_fits(own_wall: Page) -> None:
    """A hundred and twenty seats, five-figure counts, eight whistles and the longest names."""
    change(
        own_wall,
        """
        Object.assign(live.hotline.today, { calls: 12345, expected_now: 10987 });
        Object.assign(live.hotline.agents, { talk: 80, wrap: 25, idle: 5, rest: 12, needed: 131, short: 21 });
        Object.assign(live.hotline.queue, { waiting: 148, longest_wait_ms: 754000, within_15s: 1 });
        const channels = ["phone", "wechat", "mailbox", "people_cn", "weibo"];
        live.hotline.channels = channels.map(code => ({ code, count: 12345 }));
        for (const topic of live.hotline.topics) Object.assign(topic, { count: 12345, ratio: 12.3, surge: true });
        for (let i = 0; i < 4; i += 1) {
            const whistle = structuredClone(live.commands.get("c-哨04"));
            Object.assign(whistle, { id: `more-${i}`, no: `哨1${i}`, matter_id: `x-${i}`, lat: 35.66,
                lon: 118.8 + i * 0.12, title: "高层住宅电梯停运引发聚集并有人员受伤", due_at: live.now() - 7000000 });
            for (const receiver of whistle.receivers) receiver.name = "日照市住房和城乡建设局工程质量安全监督站";
            live.commands.set(whistle.id, whistle);
        }
        for (const matter of live.matters.values()) matter.unit_name = "日照市住房和城乡建设局工程质量安全监督站";
        live.go(0)
        """,
    )
    assert overflowing(own_wall) == []
    assert own_wall.evaluate("document.querySelectorAll('#wall-seats [data-seat]').length") == 122
    assert texts(own_wall, "#wall-whistle-legend .count")[0].startswith("吹哨报到 8 起")
    assert texts(own_wall, ".wall-due .left")[0].startswith("+1:5")
