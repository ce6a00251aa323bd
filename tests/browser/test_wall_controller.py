"""The walls' controller on the desk: P and Enter put a matter on the wall; hold, turn, mute with a reason, panels."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from dashboard import service
from dashboard.domain.refusal import Refused
from dashboard.domain.wall import DEFAULT_NAME, wall_id
from layouts.refusal import refusal_text
from tests.browser.desk_city import OFFICER, DeskCity
from tests.browser.test_desk import city, context, running, server  # noqa: F401  (fixtures)
from tests.browser.test_desk import page as desk_page  # noqa: F401  (fixture)

pytestmark = pytest.mark.browser
HALL = wall_id(OFFICER.jurisdiction, DEFAULT_NAME)
ACTS = {
    "show": (service.drive_wall, service.DriveWall),
    "mute": (service.mute_wall, lambda wall, **body: service.MuteWall(wall, body["muted"], body["reason"])),
    "build": (service.set_up_wall, service.SetUpWall),
}


class Server:
    """The interface of the walls over the desk's own services; `shows` is what the hall says of itself."""

    def __init__(self, city: DeskCity) -> None:  # noqa: F811
        self.city = city
        self.shows: dict[str, Any] | None = None
        self.recordings: dict[str, Any] = {"in_use": False, "missing": []}

    def answer(self, route: Route) -> None:
        services, now, path = (
            self.city.services,
            self.city.clock.now_ms(),
            route.request.url.split("/api/v1/walls")[1],
        )
        if route.request.method == "GET":
            found = service.drivable_walls(services, OFFICER, now)
            assert not isinstance(found, Refused)
            walls = [{**wall, "shows": self.shows if wall["id"] == HALL else None} for wall in found["walls"]]
            told = {**found, "walls": walls, "shown_known": True, "recordings": self.recordings}
            route.fulfill(json={"value": told})
            return
        _, wall, way = path.split("/")
        act, request = ACTS[way]
        body = json.loads(route.request.post_data or "{}")
        done = act(services, OFFICER, request(wall, **body), now, route.request.headers["idempotency-key"])
        if isinstance(done, Refused):
            route.fulfill(status=409, json={"error": done.code, "words": refusal_text(done, "zh")})
        else:
            route.fulfill(json={"value": done.value})

    def hall(self) -> dict[str, Any]:
        found = service.own_wall(self.city.services, OFFICER, "", self.city.clock.now_ms())
        assert not isinstance(found, Refused)
        return found


@pytest.fixture
def walls(desk_page: Page, city: DeskCity) -> Server:  # noqa: F811
    answering = Server(city)
    desk_page.route("**/api/v1/walls**", answering.answer)
    return answering


def opened(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(page.locator("#desk-walls")).to_be_visible()
    expect(page.locator("[data-do=push]")).to_be_focused()


def test_p_and_enter_put_the_chosen_matter_on_the_wall(desk_page: Page, walls: Server) -> None:  # noqa: F811
    opened(desk_page)
    chosen = desk_page.evaluate("desk.chosen")
    title = desk_page.evaluate("deskLive.matters.get(desk.chosen).title")
    expect(desk_page.locator("[data-do=push]")).to_contain_text(title)
    desk_page.keyboard.press("Enter")
    expect(desk_page.locator("[data-do=scene][data-with=incident]")).to_have_attribute("aria-pressed", "true")
    assert (walls.hall()["scene"], walls.hall()["matter_id"]) == ("incident", chosen)
    desk_page.keyboard.press("Escape")
    expect(desk_page.locator("#desk-walls")).to_be_hidden()


def test_each_wall_says_what_it_shows_since_when_and_whether_it_is_connected(
    desk_page: Page,  # noqa: F811
    walls: Server,
) -> None:
    opened(desk_page)
    expect(desk_page.locator(".wall-row .link")).to_have_text("未连接过")
    now = walls.city.clock.now_ms()
    walls.shows = {
        "connected": True, "scene": "hotline", "matter_id": None, "since_at": now - 83_000, "heard_at": now,
    }  # fmt: skip
    desk_page.evaluate("desk.walls.news.told()")
    expect(desk_page.locator(".wall-row .link")).to_have_text("已连接")
    expect(desk_page.locator(".wall-row .name")).to_have_text("日照市 · 大厅")
    expect(desk_page.locator(".wall-row .now")).to_contain_text("正在显示 热线")
    desk_page.click("[data-do=hold]")  # holds what the wall shows, wherever it has turned to
    expect(desk_page.locator("[data-do=hold]")).to_have_text("恢复")
    assert (walls.hall()["scene"], walls.hall()["held"]) == ("hotline", True)
    walls.shows["connected"] = False
    desk_page.evaluate("desk.walls.news.told()")
    expect(desk_page.locator(".wall-row .link")).to_contain_text("未连接，最后")


def test_a_wall_is_held_turned_and_built_from_the_desk(desk_page: Page, walls: Server) -> None:  # noqa: F811
    opened(desk_page)
    desk_page.click("[data-do=hold]")
    expect(desk_page.locator("[data-do=hold]")).to_have_text("恢复")
    assert walls.hall()["held"] is True
    desk_page.click("[data-do=hold]")
    expect(desk_page.locator("[data-do=hold]")).to_have_text("保持")
    desk_page.fill("[name=rotation_s]", "10")
    desk_page.click("[data-do=rotate]")
    expect(desk_page.locator("#desk-walls-refusal")).to_have_text("每个画面停留 30–60 秒")
    desk_page.fill("[name=rotation_s]", "60")
    desk_page.click("[data-do=rotate]")
    expect(desk_page.locator("[data-do=rotate]")).to_have_text("开轮播")
    expect(desk_page.locator("#desk-walls-refusal")).to_be_hidden()
    for name, value in (
        ("panel_columns", "3"),
        ("panel_rows", "3"),
        ("width_mm", "1210"),
        ("distance_mm", "5000"),
    ):
        desk_page.fill(f"[name={name}]", value)
    desk_page.click("[data-do=build]")
    expect(desk_page.locator("[data-state=seen]")).to_have_text("最小字 11.3 毫米，放大 1.76 倍")
    assert walls.hall()["panels"] == [3, 3]


def test_a_mute_without_a_reason_is_refused_where_it_is_asked(desk_page: Page, walls: Server) -> None:  # noqa: F811
    opened(desk_page)
    desk_page.click("[data-do=mute]")
    expect(desk_page.locator("#desk-walls-refusal")).to_have_text("请写明事由")
    desk_page.fill("[name=reason]", "电话会议")
    desk_page.click("[data-do=mute]")
    expect(desk_page.locator("[data-state=voice]")).to_contain_text("：电话会议（")
    expect(desk_page.locator("[data-do=mute]")).to_have_text("恢复语音")
    assert walls.hall()["muted_until"] > walls.city.clock.now_ms()


def test_recordings_that_are_missing_are_named(desk_page: Page, walls: Server) -> None:  # noqa: F811
    state = desk_page.locator("[data-state=recordings]")
    opened(desk_page)
    expect(state).to_have_text("没有录音：没有中文语音的大屏只响各自的提示音")
    for missing, words in (
        (["wall.voice.late", "wall.voice.red"], "缺录音：wall.voice.late、wall.voice.red，缺的只响提示音"),
        ([], "录音齐全，没有中文语音的大屏也会念"),
    ):
        desk_page.keyboard.press("Escape")
        expect(desk_page.locator("#desk-walls")).to_be_hidden()
        walls.recordings = {"in_use": True, "missing": missing}
        desk_page.locator("#desk-walls-open").click()
        expect(state).to_have_text(words)
