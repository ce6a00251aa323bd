"""The scenes beside the overview: what each answers, at both sizes, on no seam, in every state of its data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.wall_harness import serving, wall_app
from tests.browser.wall_page import HD, UHD, change, coloured, open_wall, overflowing, style, texts

pytestmark = pytest.mark.browser

SCENES = ["hotline", "grid", "district", "whistle"]
FLOOR_PX = 36  # of a 3840 wall: 20 mm at five metres (look.md)

# What a whistle can be at its worst: more whistles than there is room for, more units than rows, the longest names.
CROWD = """
    for (let i = 0; i < 9; i += 1) {
        const whistle = structuredClone(live.commands.get("c-哨04"));
        Object.assign(whistle, { id: `more-${i}`, no: `哨1${i}`,
            title: "高层住宅电梯停运引发聚集并有人员受伤需要紧急处置",
            place: "东港区石臼街道荣安社区海曲东路与黄海一路交叉口西南侧", due_at: live.now() - i * 900000 });
        for (let j = 0; j < 6; j += 1) {
            const name = "日照市住房和城乡建设局工程质量安全监督站";
            whistle.receivers.push({ ...whistle.receivers[1], id: `x${i}${j}`, name });
        }
        const question = "工资由谁垫付、何时到账，不能到账时由谁向二十余名工人当面说明";
        for (const item of whistle.agenda) item.question = question;
        live.commands.set(whistle.id, whistle);
    }
    Object.assign(live.hotline.today, { calls: 12345, expected_now: 10987 });
    Object.assign(live.hotline.agents, { talk: 80, wrap: 25, idle: 5, rest: 12, needed: 131, short: 21 });
    Object.assign(live.hotline.queue, { waiting: 148, longest_wait_ms: 5754000, within_15s: 1 });
    live.hotline.channels = ["phone", "wechat", "mailbox", "people_cn", "weibo", "sms", "web", "app", "province",
        "internet", "minyitong", "recorded"].map(code => ({ code, count: 12345 }));
    const topic = live.hotline.topics[0];
    live.hotline.topics = Array.from({ length: 12 }, (_, i) => ({ ...topic, category: `市政道路排水与路灯照明设施${i}`,
        count: 12345, expected: 9876, yesterday: 10234, ratio: 12.3 }));
    for (const row of live.rates.regions) Object.assign(row, { response: [98765, 99999], resolved: [99999, 99999] });
    for (let i = 0; i < 20; i += 1) {
        const title = "商用二层堆积建筑垃圾易发生消防安全隐患";
        const ask = { ...live.asks.get("district:1"), id: `district:x${i}`, title };
        live.asks.set(ask.id, ask);
    }
    live.go(0);
"""


# Two whistles with the width of the wall each, nobody asks anybody for anything, no topic, no channel.
FEW = """
    for (const id of ["c-哨01", "c-哨02"]) live.commands.delete(id);
    live.asks.clear();
    for (const matter of live.matters.values()) matter.shared_with = [];
    Object.assign(live.hotline, { topics: [], channels: [] });
    live.go(0);
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(wall_app()) as url:
        yield url


@pytest.fixture(scope="module")
def pages(chromium: Browser, address: str) -> Iterator[Callable[[str], Page]]:
    """The page that shows a scene, as the morning was; one page for each scene, whatever tests did to it before."""
    opened: dict[str, Page] = {}

    def of(scene: str) -> Page:
        if scene not in opened:
            opened[scene] = open_wall(chromium, f"{address}?scene={scene}")
        change(opened[scene], "live.reset()")
        return opened[scene]

    yield of
    for page in opened.values():
        page.close()


def asked(page: Page, module: str, expression: str, argument: Any = None) -> Any:
    """Evaluate an expression of a pure module `m`, of the page's `live` picture and `city`."""
    return page.evaluate(
        f"""async argument => {{
            const m = await import("/assets/wall/{module}.mjs");
            const live = window.live;
            const city = JSON.parse(document.querySelector("[data-page]").dataset.city);
            return {expression};
        }}""",
        argument,
    )


# Texts and rings of the shown scene in pixels of a 3840 wall: [text, left, top, right, bottom, font size].
PLACED = """() => {
    const host = document.querySelector(".wall-scene-host[data-shown='true']");
    const stage = document.querySelector(".wall-stage").getBoundingClientRect();
    const unit = stage.width / 3840;
    const found = [];
    const add = (what, box, size) => {
        if (box.width < 0.5 || box.height < 0.5) return;
        found.push([what, (box.left - stage.left) / unit, (box.top - stage.top) / unit, (box.right - stage.left) / unit,
            (box.bottom - stage.top) / unit, size / unit]);
    };
    const walker = document.createTreeWalker(host, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.nodeValue.trim() || node.parentElement.closest(".leaflet-container")) continue;
        if (getComputedStyle(node.parentElement).visibility === "hidden") continue;
        const cut = node.parentElement.closest(".cut, .clamp")?.getBoundingClientRect();
        const range = document.createRange();
        range.selectNodeContents(node);
        const box = range.getBoundingClientRect();
        const shown = { left: box.left, top: box.top, right: Math.min(box.right, cut?.right ?? Infinity),
            bottom: Math.min(box.bottom, cut?.bottom ?? Infinity) };
        const svg = node.parentElement.closest("svg");
        const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
        const size = parseFloat(getComputedStyle(node.parentElement).fontSize) * scale;
        add(node.nodeValue, { ...shown, width: shown.right - shown.left, height: shown.bottom - shown.top }, size);
    }
    for (const ring of host.querySelectorAll(".whistle .outer")) {
        if (getComputedStyle(ring).visibility !== "hidden") add("ring", ring.getBoundingClientRect(), 1000 * unit);
    }
    return found;
}"""


def on_seams(placed: list[list[Any]]) -> list[str]:
    """What lies across a seam of 2 x 2 or 4 x 4 screens; a line's box is taller than its signs, by three pixels."""
    found = []
    for what, left, top, right, bottom, _ in placed:
        crossed = [x for x in (960, 1920, 2880) if left < x - 1 and right > x + 1]
        crossed += [y for y in (540, 1080, 1620) if top < y - 3 and bottom > y + 3]
        if crossed:
            found.append(f"{what[:20]} [{left:.0f} {top:.0f} {right:.0f} {bottom:.0f}] {crossed}")
    return found


def on_each_other(placed: list[list[Any]]) -> list[str]:
    """Texts that share a place; of a line's box nothing is drawn on a sixth at each end."""
    boxes = [
        (what, left, top + (bottom - top) / 6, right, bottom - (bottom - top) / 6)
        for what, left, top, right, bottom, _ in placed
        if what != "ring"
    ]
    found = []
    for number, (what, *one) in enumerate(boxes):
        for other, *two in boxes[number + 1 :]:
            width = min(one[2], two[2]) - max(one[0], two[0])
            height = min(one[3], two[3]) - max(one[1], two[1])
            if width > 4 and height > 1:
                found.append(f"{what[:12]} / {other[:12]} {width:.0f} x {height:.0f}")
    return found


@pytest.mark.parametrize("size", [HD, UHD], ids=["1920x1080", "3840x2160"])
@pytest.mark.parametrize("scene", SCENES)
def test_nothing_overflows_lies_on_a_seam_or_on_another_or_is_too_small(
    chromium: Browser, address: str, scene: str, size: dict[str, int]
) -> None:
    page = open_wall(chromium, f"{address}?scene={scene}", size)
    # A wall that is small for its distance has larger words: 1.12 is the most that the layouts have room for.
    larger = "document.querySelector('[data-shown=true]').style.setProperty('--words', '1.12');"
    for crowd in ("", FEW, "live.reset();" + CROWD, larger):
        change(page, crowd)
        placed = page.evaluate(PLACED)
        assert len(placed) > 25, scene
        assert on_seams(placed) == []
        assert on_each_other(placed) == []
        assert [row[0] for row in placed if row[5] < FLOOR_PX - 0.1] == []
        outside = [
            row[0] for row in placed if row[1] < 0 or row[3] > 3840.5 or row[2] < 119 or row[4] > 2160.5
        ]
        assert outside == []
        assert overflowing(page) == []
    assert page.faults == []
    page.close()


@pytest.mark.parametrize("scene", SCENES)
def test_amber_and_red_are_nothing_but_clocks(pages: Callable[[str], Page], scene: str) -> None:
    """A calm morning that misses every target and surges all over is neither amber nor red."""
    page = pages(scene)
    change(
        page,
        """
        const far = live.now() + 5 * 86400000;
        const calm = { due_at: far, limit_ms: 10 * 86400000, level: 0 };
        for (const matter of live.matters.values()) Object.assign(matter, calm);
        for (const ask of live.asks.values()) Object.assign(ask, { due_at: far, made_at: far - 10 * 86400000 });
        for (const command of live.commands.values()) {
            Object.assign(command, { due_at: live.now() + 29 * 60000 });
            for (const one of command.receivers) Object.assign(one, { late: false, eta_at: null });
        }
        for (const platform of live.health.platforms) platform.last_at = live.now() - 1000;
        live.hotline.queue.within_15s = 0.2;
        window.before = live.fleet.state.slice();
        for (let i = 0; i < live.fleet.n; i += 1) live.fleet.state[i] &= ~0x40;
        live.go(0);
        """,
    )
    found = coloured(page, "risk", "alarm", "alarm-fill")
    # The key of the map keeps the sign of a lost worker in its colour: it is the sign itself.
    assert [name for name in found if not name.startswith("path null")] == []
    page.evaluate(
        "live.fleet.state.set(window.before)"
    )  # the fleet is not part of the morning that comes back


# --- hotline ------------------------------------------------------------------------------------------


def test_the_hotline_says_how_far_above_the_usual_it_is_and_why(pages: Callable[[str], Page]) -> None:
    page = pages("hotline")
    assert texts(page, "[data-panel='hotline-calls'] .huge") == ["717"]
    assert texts(page, ".scene-stack .line") == [
        "此刻应为 559",
        "＋28%累计多 151 次",
        "全日预计 2,196",
        "近 5 分 22 次，应 6–21，超出",
        "突增供热、医疗卫生与医保",
    ]
    assert texts(page, ".scene-topic[data-category]")[0] == "供热15236×4.261突增"
    assert page.evaluate("document.querySelectorAll('.scene-chart .over').length") > 0


def test_a_share_has_its_denominator_and_a_missed_target_its_hollow_mark(
    pages: Callable[[str], Page],
) -> None:
    page = pages("hotline")
    assert "近 1 小时 208/272 次" in texts(page, "[data-panel='hotline-now']")[0]
    assert page.evaluate("document.querySelectorAll('[data-misses] .miss').length") == 1
    change(page, "live.hotline.queue.within_15s = 0.9; live.emit('hotline')")
    assert page.evaluate("document.querySelectorAll('.miss').length") == 0


def test_special_desks_are_shown_where_the_feed_has_them(pages: Callable[[str], Page]) -> None:
    page = pages("hotline")
    assert texts(page, "[data-panel='hotline-beside'] .wall-heading h2") == ["渠道今日件数"]
    change(
        page,
        "live.hotline.desks = [{code: 'tax', waiting: 3, oldest_at: live.now() - 60000}];"
        "live.emit('hotline')",
    )
    assert texts(page, "[data-panel='hotline-beside'] .wall-heading h2") == ["五区与专席 在等"]
    assert texts(page, "[data-row='tax']") == ["税务专席最早 10:41:183"]


@pytest.mark.parametrize("panel", ["calls", "now", "topics", "seats", "beside"])
def test_the_hotlines_panels_say_how_old_they_are(pages: Callable[[str], Page], panel: str) -> None:
    page = pages("hotline")
    place = f"[data-panel='hotline-{panel}']"
    assert (page.get_attribute(place, "data-freshness"), texts(page, f"{place} .wall-as-of")) == (
        "fresh",
        ["10:42:17"],
    )
    change(page, "live.go(15000)")
    assert (page.get_attribute(place, "data-freshness"), texts(page, f"{place} .wall-as-of")) == (
        "late",
        ["延迟截至 10:42:17"],
    )
    assert style(page, f"{place} > .wall-hatch", "display") == "block"
    assert style(page, f"{place} > .wall-body", "filter") == "grayscale(1)"
    assert overflowing(page) == []
    change(page, "live.go(60000)")
    assert texts(page, f"{place} .wall-as-of") == ["数据中断自 10:42"]
    assert texts(page, f"{place} .dash") == ["—"]
    assert texts(page, f"{place} .clock-face") == []


def test_old_numbers_are_called_neither_a_departure_nor_a_surge(pages: Callable[[str], Page]) -> None:
    page = pages("hotline")
    change(page, "live.go(15000)")
    assert texts(page, ".departure, .flag") == []
    assert page.evaluate("document.querySelectorAll('.scene-chart .over').length") == 0


# --- grid ---------------------------------------------------------------------------------------------


def test_the_two_counts_of_workers_are_never_merged(pages: Callable[[str], Page]) -> None:
    page = pages("grid")
    found = texts(page, "[data-panel='grid-workers'] .line")
    assert found[:3] == ["在岗，在册 4,383", "失联 >10 分", "平台在册 4,383 纳入考核 4,374"]


def test_counties_and_townships_add_up_to_the_city(pages: Callable[[str], Page]) -> None:
    page = pages("grid")
    model = asked(
        page,
        "grid_model",
        """(({ whole, regions, townships, gaps }) => ({ whole, gaps: gaps.length,
            regions: [...regions.values()], townships: [...townships.values()] }))(m.dutyOf(live.fleet))""",
    )
    for name in ("of", "assessed", "on", "lost", "villages", "gaps"):
        for level in ("regions", "townships"):
            assert sum(one[name] for one in model[level]) == model["whole"][name], (name, level)
    assert model["whole"]["of"] == 4383 and model["whole"]["assessed"] == 4374
    assert (model["whole"]["on"], model["whole"]["lost"]) == (2451 + 612, 63)
    assert (
        model["gaps"]
        == model["whole"]["gaps"]
        == page.evaluate("document.querySelectorAll('.gaps rect').length")
    )
    assert len(texts(page, "[data-town]")) == len(model["townships"]) == 56


def test_a_village_is_a_gap_while_nobody_of_it_is_on_duty_and_heard_of(pages: Callable[[str], Page]) -> None:
    page = pages("grid")
    found = asked(
        page,
        "grid_model",
        """[[0, 0], [0, 0x41], [0, 0x01], [0x03, 0x41]].map(states => m.dutyOf({ n: 2, slots: [4, 7], state: states,
            lonLat: () => [119, 35], posts: { placeOf: () => ["v", "t", "r"] } }).whole.gaps)""",
    )
    assert found == [1, 1, 0, 0]


def test_open_events_are_counted_by_tier_stage_and_county(pages: Callable[[str], Page]) -> None:
    page = pages("grid")
    tiers = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-tier]')].map(e => "
        "[e.dataset.tier, e.querySelector('.clock-face').textContent]))"
    )
    model = asked(page, "grid_model", "m.eventsOf(live.matters, city, live.now())")
    assert tiers == {tier: str(model["tiers"][tier]["open"]) for tier in ("1", "2", "3", "4")}
    assert sum(one["open"] for one in model["tiers"].values()) == model["total"]
    assert (
        sum(one["open"] for one in model["stages"].values()) == model["total"] - 1
    )  # the verified one has no stage here
    dispose = texts(page, "[data-stage='dispose'] span")
    assert dispose[1] == str(model["stages"]["dispose"]["open"])
    assert [int(cell) for cell in dispose[2:9]] == list(model["stages"]["dispose"]["regions"].values())


def test_urgent_events_are_on_the_map_and_the_others_are_counted(pages: Callable[[str], Page]) -> None:
    page = pages("grid")
    change(
        page,
        """
        const [first, second, third] = [...live.matters.values()].filter(one => one.kind === "event");
        Object.assign(first, { urgency: 1, due_at: live.now() - 1000, acknowledged: false, lon: 119, lat: 35.6 });
        Object.assign(second, { urgency: 1, due_at: live.now() + 3600000, limit_ms: 7200000 });
        Object.assign(third, { urgency: 1, lon: null });
        live.emit("matters");
        """,
    )
    model = asked(page, "grid_model", "m.eventPoints(live.matters, live.now())")
    total = asked(page, "grid_model", "m.eventsOf(live.matters, city, live.now()).total")
    assert len(model["points"]) + model["rest"] == total
    drawn = page.evaluate(
        "[...document.querySelectorAll('[data-event]')].map(e => [e.dataset.state, e.classList.contains('blink')])"
    )
    assert len(drawn) == len(model["points"]) > 2
    assert drawn[-2:] == [["ok", False], ["overdue", True]], "the gravest lies on top"
    assert texts(page, "[data-key='u1']") == ["特急事件 2"]
    assert texts(page, "[data-key='rest']") == [f"一般、疑难事件 {model['rest']}，不上图"]


def test_without_posts_the_grid_scene_says_so_instead_of_counting(pages: Callable[[str], Page]) -> None:
    page = pages("grid")
    change(page, "live.fleet.posts = null; live.go(0)")
    assert "还没有网格员名册" in texts(page, "[data-panel='grid-townships']")[0]
    assert texts(page, "[data-town], [data-county]") == []


def test_positions_that_are_gone_leave_no_number_of_workers(pages: Callable[[str], Page]) -> None:
    page = pages("grid")
    change(page, "live.go(25000)")
    assert page.get_attribute("[data-panel='grid-workers']", "data-freshness") == "late"
    assert texts(page, "#wall-grid-as-of") == ["位置延迟 截至 10:42:18"]
    change(page, "live.go(120000)")
    assert texts(page, "[data-panel='grid-workers'] .dash") == ["—"]
    assert texts(page, "[data-town], [data-county]") == []
    assert page.evaluate("document.querySelectorAll('.gaps rect').length") == 0
    assert len(texts(page, "[data-tier]")) == 4, "events are not positions"


# --- district -----------------------------------------------------------------------------------------


def test_the_matrix_keeps_the_packs_order_and_adds_up(pages: Callable[[str], Page]) -> None:
    page = pages("district")
    names = texts(page, ".scene-district .name")
    assert names == ["全市", "东港区", "岚山区", "五莲县", "莒县", "经开区", "高新区", "山海天", "市直部门"]
    for column, unassigned in (("open", 124), ("risk", None), ("overdue", 0)):
        whole, *parts = [int(one.replace(",", "")) for one in texts(page, f".scene-cell.{column}")]
        assert whole - sum(parts) == (unassigned if unassigned is not None else whole - sum(parts)) >= 0
    assert texts(page, ".scene-cell.duty")[0] == "3,063/4,383"
    assert texts(page, "[data-region='departments'] .duty") == ["—"]


def test_a_rate_has_its_denominator_or_is_a_dash(pages: Callable[[str], Page]) -> None:
    page = pages("district")
    assert texts(page, "[data-rate='371102.resolved']") == ["88.4共 1,800 件"]
    assert texts(page, "[data-rate='RZ-SHT.satisfied']") == ["—"]
    assert page.get_attribute("[data-rate='371102.resolved'] .rate", "data-misses") == "true"
    change(page, "live.go(180000)")
    assert "率 延迟 截至 10:42:18" in texts(page, "[data-note='rates']")
    change(page, "live.go(600000)")
    assert texts(page, "[data-rate='371102.resolved']") == ["—"]
    assert texts(page, "[data-note='rates']") == ["率 数据中断 自 10:42:18"]


def test_what_counties_ask_of_each_other_is_listed_by_its_end(pages: Callable[[str], Page]) -> None:
    page = pages("district")
    assert texts(page, "[data-kind='proposal'] .top") == [
        "移交莒县 → 五莲县",
        "共享东港区 → 经开区",
        "共享岚山区 → 东港区",
    ]
    assert texts(page, "[data-kind='share'] .top") == ["共享东港区 ＋ 岚山区"] * 2
    states = page.evaluate("[...document.querySelectorAll('[data-crossing]')].map(e => e.dataset.state)")
    assert states == ["overdue", "ok", "ok", "risk", "ok"]
    change(
        page, "live.asks.clear(); for (const one of live.matters.values()) one.shared_with = []; live.go(0)"
    )
    assert "没有待答复的提议，没有共同办理" in texts(page, "[data-panel='district-crossings']")[0]


# --- whistle ------------------------------------------------------------------------------------------


def test_every_whistle_has_its_ring_its_clock_and_its_units(pages: Callable[[str], Page]) -> None:
    page = pages("whistle")
    assert texts(page, ".scene-whistle .no b") == ["哨02", "哨03", "哨04", "哨01"]
    assert texts(page, ".scene-whistle .clock") == ["+02:47", "08:42", "21:12", "会商中"]
    late, way, *there = texts(page, "[data-whistle='c-哨03'] .scene-unit .end")
    assert (late, way) == ("预计迟 2′", "还需 4′")
    assert len(there) == 3 and all(one.endswith(" 到") for one in there)
    assert texts(page, "[data-panel='whistle-present'] [data-count]") == ["迟到 1", "预计迟 1"]
    assert texts(page, "[data-panel='whistle-record'] .line") == ["444/460 单位次准时", "今日事决 2，吹哨 4"]


def test_all_tracks_are_on_one_axis_of_thirty_minutes(pages: Callable[[str], Page]) -> None:
    page = pages("whistle")
    ends = page.evaluate(
        """[...document.querySelectorAll(".track")].map(e => Math.max(...[...e.querySelectorAll("line")]
            .filter(line => line.getAttribute("stroke-width") === "5" && line.getAttribute("y1") === "2")
            .map(line => +line.getAttribute("x1"))))"""
    )
    assert len(ends) == 16 and len(set(ends)) == 1


def test_a_unit_that_objects_is_said_to_and_is_not_late(pages: Callable[[str], Page]) -> None:
    page = pages("whistle")
    change(
        page,
        """
        const [unit] = live.commands.get("c-哨02").receivers.slice(-1);
        Object.assign(unit, { declined_at: live.now(), decline_ruling: "" });
        live.emit("commands");
        """,
    )
    assert texts(page, "[data-whistle='c-哨02'] .scene-unit .end")[0] == "异议待裁"
    assert texts(page, "[data-panel='whistle-present'] [data-count]") == ["预计迟 1", "异议 1"]


def test_what_is_undecided_is_asked_in_its_own_words(pages: Callable[[str], Page]) -> None:
    page = pages("whistle")
    assert texts(page, "[data-asks='c-哨03'] .ask") == [
        "3独居老人今夜的临时供暖由谁落实",
        "4恢复时间对外口径",
    ]
    assert texts(page, "[data-panel='whistle-undecided'] .huge") == ["8"]
    change(page, "for (const id of ['c-哨01', 'c-哨02']) live.commands.delete(id); live.go(0)")
    assert texts(page, "[data-asks] h2")[0].startswith("哨03"), "two whistles have the width of the wall each"
    assert page.evaluate("document.querySelector('.scene-whistle').getBoundingClientRect().width") > 1900


def test_more_whistles_than_fit_are_counted(pages: Callable[[str], Page]) -> None:
    page = pages("whistle")
    change(page, CROWD)
    assert len(texts(page, ".scene-whistle")) == 6
    assert "另有 7 起未列" in texts(page, "[data-panel='whistle-open']")[0]
    assert texts(page, "[data-panel='whistle-open'] .huge") == ["13"]
    shown = texts(page, ".scene-whistle .no b")
    assert shown == ["哨12", "哨11", "哨02", "哨10", "哨03", "哨04"], (
        "those that can still be met are not crowded out"
    )
    assert "另有 4 个单位" in texts(page, ".scene-whistle .tracks")[0]


def test_a_record_without_a_denominator_is_a_dash(pages: Callable[[str], Page]) -> None:
    page = pages("whistle")
    change(
        page, "for (const row of live.rates.regions) row.whistles.on_site_30d = [0, 0]; live.emit('rates')"
    )
    assert texts(page, "[data-panel='whistle-record'] .huge") == ["—"]
    change(page, "live.go(660000)")
    assert texts(page, "[data-panel='whistle-record'] .dash") == ["—"]
    change(page, "live.rates = null; live.emit('rates')")
    assert texts(page, "[data-panel='whistle-record'] .line") == ["还没有数据"]


# --- emptiness and places -----------------------------------------------------------------------------


def test_a_scene_is_empty_when_it_has_nothing_to_say_and_not_when_its_source_is_down(
    pages: Callable[[str], Page],
) -> None:
    page = pages("hotline")
    assert asked(page, "hotline_model", "[m.isHotlineEmpty(live.hotline), m.isHotlineEmpty(null)]") == [
        False,
        True,
    ]
    change(page, "live.hotline.source.state = 'down'")
    assert asked(page, "hotline_model", "m.isHotlineEmpty(live.hotline)") is False
    whistles = (
        "[m.isWhistleEmpty(live.commands.values()), m.isWhistleEmpty([{ kind: 'whistle', state: 'done' }])]"
    )
    assert asked(page, "whistle_model", whistles) == [False, True]
    grids = """[[live.fleet, new Map()], [{ n: 0 }, live.matters], [{ n: 0 }, new Map()]]
        .map(([fleet, matters]) => m.isGridEmpty(fleet, matters))"""
    assert asked(page, "grid_model", grids) == [False, False, True]
    districts = """[[live.matters, null], [new Map(), live.rates], [new Map(), null]]
        .map(([matters, rates]) => m.isDistrictEmpty(matters, rates))"""
    assert asked(page, "district_model", districts) == [False, False, True]


def test_blocks_flow_around_seams_and_texts_step_off_them(pages: Callable[[str], Page]) -> None:
    page = pages("hotline")
    assert asked(page, "panels", "m.flow([200, 200, 200], 200, 1000, [540])") == [200, 540, 740]
    assert asked(page, "panels", "m.flow([200, 200, 200], 200, 900, [540])") == [200, 540]
    assert asked(page, "panels", "[m.offSeam(900, 950), m.offSeam(940, 1000), m.offSeam(900, 970)]") == [
        -2,
        32,
        -22,
    ]
