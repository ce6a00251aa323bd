"""`/leader` as a leader meets it on a phone and on a laptop: a real store, the real interface, a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Expect, Page

from dashboard import service
from tests.browser.hand_server import DESKTOP, PHONE, PICTURES, HandServer
from tests.browser.leader_scene import MAYOR, RATES, RELEASE, busy_city, leader_server, quiet_city
from tests.store.centre import Centre, done

FIRST_VIEW_BYTES = 300_000
ROUND_TRIP_MS = 400
WORDS = "请主要负责人一小时内电话说明原因"

# Pictures come three seconds apart, and a loaded machine needs its own time for each.
expect = Expect()
expect.set_options(timeout=25_000)

pytestmark = pytest.mark.browser


@pytest.fixture
def server(centre: Centre) -> Iterator[HandServer]:
    running = leader_server(centre)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def opened(chromium: Browser, server: HandServer) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(size: dict[str, int] = PHONE, theme: str = "dark", lang: str = "zh", at: str = "") -> Page:
        context = chromium.new_context(
            viewport=size, color_scheme=theme, service_workers="block"  # type: ignore[arg-type]
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto(f"{server.url}/leader{at}")
        expect(page.locator("html[data-mounted]")).to_be_attached()
        return page

    yield open_page
    for context in contexts:
        context.close()
    # A refused act is an answer, and a line that was taken away is the test's own doing.
    assert [one for one in faults if "net::ERR" not in one and "status of 409" not in one] == []


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=PICTURES / f"{name}.png")


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def write_instruction(page: Page, matter: dict[str, Any]) -> None:
    row = page.locator(f'.leader-needs [data-matter="{matter["id"]}"]')
    row.get_by_role("link", name="批示").click()
    page.locator("textarea").fill(WORDS)
    page.locator("input[name=due][value=hour]").check()


def test_from_the_sentence_to_an_instruction_to_its_receipt(
    opened: Callable[..., Page], centre: Centre
) -> None:
    scene = busy_city(centre)
    page = opened()
    sentence = page.locator("h1.leader-sentence")
    expect(sentence).to_have_attribute("data-control", "pressing")
    expect(sentence).to_contain_text("尚未控制住")
    expect(sentence).to_contain_text("污水入渠")
    expect(page.locator(".leader-number")).to_have_count(5)
    picture(page, "leader-phone")
    assert not is_too_wide(page)

    write_instruction(page, scene["late"])
    picture(page, "leader-phone-word")
    page.get_by_role("button", name="签发", exact=True).click()
    expect(page).to_have_url(re.compile("#mine$"))
    mine = page.locator(".leader-row[data-command]")
    expect(mine).to_contain_text("批01")
    expect(mine).to_contain_text(WORDS)
    expect(mine.locator("[data-receiver]")).to_have_attribute("data-stage", "sent")

    command = mine.get_attribute("data-command") or ""
    unit = mine.locator("[data-receiver]").get_attribute("data-receiver") or ""
    done(centre.answer(command, unit, "accepted"))
    expect(mine.locator("[data-receiver]")).to_have_attribute("data-stage", "accepted")
    done(centre.answer(command, unit, "done", result="泵已修好，渠口已封"))
    expect(mine.locator("[data-receiver]")).to_contain_text("泵已修好")
    expect(mine).to_have_attribute("data-open", "false")
    picture(page, "leader-phone-mine")


def test_a_refused_instruction_says_why_and_loses_nothing(
    opened: Callable[..., Page], centre: Centre
) -> None:
    matter = busy_city(centre)["refused"]
    page = opened()
    write_instruction(page, matter)
    page.locator("input[name=due][value=at]").check()
    page.locator("input[name=at]").fill("2027-06-01T09:00")
    page.get_by_role("button", name="签发", exact=True).click()
    expect(page.locator(".leader-missing")).to_contain_text("时限")
    expect(page.locator("textarea")).to_have_value(WORDS)
    page.locator("input[name=due][value=hour]").check()
    page.get_by_role("button", name="签发", exact=True).click()
    expect(page.locator(".leader-row[data-command]")).to_contain_text("批01")


def test_what_is_written_outlives_a_reload_and_a_lost_answer_is_asked_again(
    opened: Callable[..., Page], centre: Centre
) -> None:
    matter = busy_city(centre)["late"]
    page = opened()
    write_instruction(page, matter)
    expect(page.locator(".leader-kept")).to_have_attribute("data-kept", "true")
    page.reload()
    expect(page.locator("textarea")).to_have_value(WORDS)
    expect(page.locator("input[value=hour]")).to_be_checked()

    # The server takes the word, and its answer is lost on the way.
    lost: list[str] = []

    def lose_first(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.headers["idempotency-key"])
        route.fetch()
        route.abort()

    page.route("**/instructions", lose_first)
    page.get_by_role("button", name="签发", exact=True).click()
    expect(page.locator(".leader-row[data-command]")).to_have_count(1)
    expect(page.locator("[data-waiting]")).to_have_count(0)
    assert len([one for one in service.snapshot(centre.services).commands if one["no"].startswith("批")]) == 1
    assert lost


def test_without_a_line_a_word_waits_on_the_phone_and_the_page_says_how_old_it_is(
    opened: Callable[..., Page], centre: Centre
) -> None:
    matter = busy_city(centre)["late"]
    page = opened()
    write_instruction(page, matter)
    page.context.set_offline(True)
    page.get_by_role("button", name="签发", exact=True).click()
    expect(page.locator("[data-waiting=instruct]")).to_contain_text("待传")
    expect(page.locator("#hand-connection")).to_have_attribute("data-state", "offline")
    expect(page.locator("#hand-connection")).to_contain_text("数据截至")
    page.context.set_offline(False)
    expect(page.locator(".leader-row[data-command]")).to_contain_text("批01")
    expect(page.locator("[data-waiting]")).to_have_count(0)


def test_a_supervision_order_is_followed_to_its_answer(opened: Callable[..., Page], centre: Centre) -> None:
    matter = busy_city(centre)["refused"]
    page = opened()
    page.locator(f'.leader-needs [data-matter="{matter["id"]}"]').get_by_role("link", name="批示").click()
    page.locator("input[name=kind][value=supervise]").check()
    page.locator("textarea").fill("限时书面答复")
    page.get_by_role("button", name="签发督办单").click()
    row = page.locator("[data-supervision]")
    expect(row).to_contain_text("未答复")
    order = row.get_attribute("data-supervision") or ""
    answer = service.AnswerSupervision(matter["id"], order, "已封堵，正在检测")
    done(centre.do(service.answer_supervision, answer))
    expect(row).to_contain_text("已封堵，正在检测")


def test_nothing_needs_a_word_is_said_in_words_and_news_change_it(
    opened: Callable[..., Page], centre: Centre
) -> None:
    matter = quiet_city(centre)
    page = opened()
    expect(page.locator("h1.leader-sentence")).to_have_attribute("data-control", "steady")
    expect(page.locator(".leader-needs .leader-nothing")).to_contain_text("没有事要您定")
    command = service.snapshot(centre.services).commands[0]
    done(centre.answer(command["id"], matter["unit"], "declined", reason="不归我们"))
    expect(page.locator("h1.leader-sentence")).to_have_attribute("data-control", "strained")
    expect(page.locator(f'.leader-needs [data-matter="{matter["id"]}"]')).to_contain_text("不归我们")


def test_a_silent_source_is_named_and_a_page_without_figures_shows_none(
    opened: Callable[..., Page], centre: Centre, server: HandServer
) -> None:
    quiet_city(centre)
    platform = centre.pack.platforms[0]
    silent = {"platforms": [{"id": platform.id, "last_at": centre.now - 600_000, "interval_ms": 10_000}]}
    server.log.health = lambda: silent  # type: ignore[method-assign]
    page = opened()
    expect(page.locator(f'[data-source="{platform.id}"]')).to_have_attribute("data-state", "down")
    picture(page, "leader-phone-silent")

    page.context.route("**/api/v1/**", lambda route: route.abort())
    page.evaluate("window.zhongshuHand.store.remove('inbox')")
    page.reload()
    expect(page.locator(".leader-nothing")).to_contain_text("没有数")
    expect(page.locator(".leader-number")).to_have_count(0)


def test_each_number_leads_to_what_it_counts(opened: Callable[..., Page], centre: Centre) -> None:
    busy_city(centre)
    page = opened()
    for name in ("overdue", "red"):
        number = page.locator(f"[data-number={name}] b").inner_text()
        page.locator(f"[data-number={name}]").click()
        expect(page.locator(".leader-head h1", has_text=f" {number} 件")).to_be_visible()
        if name == "overdue":
            expect(page.locator(".leader-row[data-matter]")).to_have_count(int(number))
            picture(page, "leader-phone-overdue")
        page.go_back()
    page.locator("[data-number=whistles]").click()
    expect(page.locator(".leader-made-of")).to_contain_text("不给单位排名")
    page.go_back()
    page.locator("[data-number=intake]").click()
    today = page.locator(".leader-facts").nth(1)
    expect(today.locator("dd").first).to_have_text(str(centre.count("matters") - 6))
    picture(page, "leader-phone-day")


@pytest.mark.parametrize(("theme", "lang"), [("light", "zh"), ("dark", "en")])
def test_a_laptop_shows_it_side_by_side_in_both_languages_and_themes(
    opened: Callable[..., Page], centre: Centre, server: HandServer, theme: str, lang: str
) -> None:
    busy_city(centre)
    server.log.rates = lambda _place: RATES  # type: ignore[method-assign,assignment]
    server.person = replace(MAYOR, language=lang)
    page = opened(DESKTOP, theme)
    expect(page.locator(".leader-map .leader-region").first).to_be_visible()
    expect(page.locator("[data-rate=resolved] b")).to_have_text("88.6")
    picture(page, f"leader-laptop-{lang}")
    for view in ("now", "overdue", "mine", "day", "red", "whistles"):
        page.evaluate("view => { location.hash = view; }", view)
        expect(page.locator("#hand-main")).to_have_attribute("data-view", view)
        for width in (DESKTOP, PHONE):
            page.set_viewport_size(width)  # type: ignore[arg-type]
            assert not is_too_wide(page), (view, width)


def test_the_whole_way_by_keyboard_alone(opened: Callable[..., Page], centre: Centre) -> None:
    busy_city(centre)
    page = opened(DESKTOP, "light")
    first = page.locator(".leader-needs .leader-do").first
    expect(first).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if first.evaluate("one => one === document.activeElement"):
            break
    assert first.evaluate("one => one === document.activeElement")
    page.keyboard.press("Enter")
    expect(page.locator("textarea")).to_be_focused()
    page.keyboard.type(WORDS)
    page.locator("input[value=hour]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")  # in a field of the form, as everywhere
    expect(page.locator(".leader-row[data-command]").first).to_contain_text("批01")
    page.go_back()
    page.locator(".leader-needs .leader-do").first.press("Enter")
    expect(page.locator("dialog[open]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_it_can_be_installed_and_its_worker_keeps_the_shell_alone(
    chromium: Browser, centre: Centre, server: HandServer
) -> None:
    busy_city(centre)
    manifest = httpx.get(f"{server.url}/leader/manifest.webmanifest").json()
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == (
        "/leader",
        "/leader",
        "standalone",
    )
    for icon in manifest["icons"]:
        assert httpx.get(server.url + icon["src"]).headers["content-type"] == "image/png"
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{server.url}/leader")
    expect(page.locator("h1.leader-sentence")).to_contain_text("污水入渠")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    kept = page.evaluate(
        """async () => {
          const names = await caches.keys();
          const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
          return { names, paths: all.flat().map(({ url }) => new URL(url).pathname) };
        }"""
    )
    assert kept["names"] == [f"zhongshu-leader-{RELEASE}"]
    assert {one for one in kept["paths"] if not one.startswith("/assets/")} == {"/leader"}
    context.set_offline(True)
    page.reload()
    expect(page.locator("h1.leader-sentence")).to_contain_text("污水入渠")
    expect(page.locator("#hand-connection")).to_have_attribute("data-state", "offline")
    context.close()


def test_the_first_view_is_small_and_comes_over_a_slow_line(
    chromium: Browser, centre: Centre, server: HandServer
) -> None:
    busy_city(centre)
    context = chromium.new_context(viewport=PHONE, service_workers="block")  # type: ignore[arg-type]
    page = context.new_page()
    protocol = context.new_cdp_session(page)
    sizes: dict[str, float] = {}
    names: dict[str, str] = {}
    protocol.on(
        "Network.requestWillBeSent", lambda told: names.update({told["requestId"]: told["request"]["url"]})
    )
    protocol.on(
        "Network.loadingFinished",
        lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]}),
    )
    protocol.send("Network.enable")
    protocol.send("Network.setCacheDisabled", {"cacheDisabled": True})
    slow = {"offline": False, "latency": ROUND_TRIP_MS, "downloadThroughput": -1, "uploadThroughput": -1}
    protocol.send("Network.emulateNetworkConditions", slow)
    page.goto(f"{server.url}/leader")
    expect(page.locator("h1.leader-sentence")).to_contain_text("污水入渠")
    expect(page.locator("#hand-connection")).to_have_attribute("data-state", "live")
    # A phone has Chinese letters of its own; the slices that this machine may have to load are not its bytes.
    own = {
        names[one].removeprefix(server.url): size
        for one, size in sizes.items()
        if "noto-sans-sc" not in names[one]
    }
    heaviest = sorted(own.items(), key=lambda one: -one[1])[:8]
    print(f"first view: {len(own)} requests, {sum(own.values()):,.0f} bytes; heaviest {heaviest}")
    assert any("leader/page.mjs" in one for one in own)
    assert sum(own.values()) < FIRST_VIEW_BYTES, heaviest
    context.close()


def test_a_list_is_taken_away_as_a_file_that_says_by_whom(
    opened: Callable[..., Page], centre: Centre
) -> None:
    busy_city(centre)
    page = opened(at="#overdue")
    button = page.locator("[data-export=overdue] [data-format=csv]")
    expect(button).to_be_visible()
    with page.expect_download() as waited:
        button.click()
    name = waited.value.suggested_filename
    assert re.fullmatch(r"超期在办_演示_李_20261123-\d{4}_审计\d+\.csv", name)
    expect(page.locator("#hand-notice")).to_contain_text(name)
    written = waited.value.path().read_text("utf-8-sig")
    assert "水印 超期在办 · 李** 带班领导" in written and "宅基地确权" in written
    page.route("**/api/v1/exports/**", lambda route: route.abort())
    button.click()
    expect(page.locator("#hand-notice")).to_contain_text("没有导出")
