"""Pages of unit, worker and leader say what they do not know: nothing has come, no line, a busy server, late.

One page each, on one morning; the line to the server is played.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.gallery import WALKS, Morning

pytestmark = pytest.mark.browser

PERSONS = {"unit": "liaison", "field": "worker", "leader": "leader"}
INBOX = {"unit": "/api/v1/own/inbox", "field": "/api/v1/own/inbox", "leader": "/api/v1/leader/picture"}


TOMORROW = """() => {
    const { clock } = window.zhongshuHand;
    const now = clock.now.bind(clock);
    clock.now = () => now() + 86_400_000;
}"""


@dataclass
class Line:
    """The line between a page and its server: held, cut, busy, through, empty or signed_out."""

    state: str = "held"
    empty: dict[str, Any] = field(default_factory=dict)
    held: list[Route] = field(default_factory=list)

    def carry(self, route: Route) -> None:
        if self.state == "through":
            route.continue_()
        elif self.state == "cut":
            route.abort()
        elif self.state == "busy":
            route.fulfill(status=503)
        elif self.state == "signed_out":
            route.fulfill(status=401)
        elif self.state == "empty" and route.request.url.endswith("/inbox"):
            route.fulfill(json=self.empty)
        else:
            self.held.append(route)

    def become(self, state: str, page: Page) -> None:
        """What was held ends with the state before; the page asks again in the new one."""
        self.state = state
        for route in self.held:
            route.abort()
        self.held.clear()
        page.evaluate("() => window.zhongshuHand.connection.refresh()")


@dataclass
class Opened:
    page: Page
    line: Line


@pytest.fixture(scope="module", params=list(PERSONS))
def opened(
    request: pytest.FixtureRequest, chromium: Browser, morning: Morning
) -> Iterator[tuple[str, Opened]]:
    name = request.param
    walk = next(one for one in WALKS if one.person == PERSONS[name] and one.path.startswith(f"/{name}"))
    address = morning.address(walk, "zh").split("#")[0]
    line = Line()
    if name != "leader":
        whole = httpx.get(morning.hand.url + INBOX[name]).json()
        line.empty = json.loads(json.dumps(whole)) | {
            "value": whole["value"] | {"matters": [], "commands": []}
        }
    context = chromium.new_context(viewport=walk.size, service_workers="block", reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.route("**/api/v1/**", line.carry)
    page.goto(address)
    expect(page.locator("html[data-mounted]")).to_be_attached()
    yield name, Opened(page, line)
    context.close()
    assert faults == []


EMPTY_TEXT = {"unit": "现在没有待办", "field": "现在没有任务"}
LIST = {"unit": ".unit-items", "field": ".field-view", "leader": ".leader-view"}
THERE = {"unit": ".unit-item", "field": ".field-task", "leader": ".leader-number"}
NOT_KNOWN = {
    "unit": "还没有取到数据，不知道有没有待办",
    "field": "还没有取到数据，不知道有没有待办",
    "leader": "没有数",
}
OPENING = {"unit": "正在打开", "field": "正在打开", "leader": "正在取数据"}


def test_a_page_of_the_hand_says_how_it_stands_with_its_server(
    opened: tuple[str, Opened], morning: Morning
) -> None:
    """From an opening without an answer to the end of the session, on one page."""
    name, (page, line) = opened[0], (opened[1].page, opened[1].line)
    served = morning.hand
    connection, shown = page.locator("#hand-connection"), page.locator(LIST[name])

    def stands(state: str, words: str) -> None:
        expect(connection).to_have_attribute("data-state", state)
        expect(connection).to_contain_text(words)

    # never: asked, and no answer yet
    stands("connecting", "连接中")
    expect(shown).to_contain_text(OPENING[name])
    expect(page.locator(THERE[name])).to_have_count(0)
    # never, and no line
    line.become("cut", page)
    stands("offline", "离线")
    expect(shown).to_contain_text(NOT_KNOWN[name])
    expect(page.locator(THERE[name])).to_have_count(0)
    # busy
    line.become("busy", page)
    stands("busy", "服务忙")
    expect(page.locator(THERE[name])).to_have_count(0)
    # empty
    if name != "leader":
        line.become("empty", page)
        stands("live", "实时")
        expect(shown).to_contain_text(EMPTY_TEXT[name])
    # live
    line.become("through", page)
    stands("live", "实时")
    expect(page.locator(THERE[name]).first).to_be_visible()
    # the server is heard and cannot reach what stands behind it
    for broken, words in (("bus", "消息总线中断"), ("store", "数据库连不上")):
        served.broken = broken
        line.become("through", page)
        stands("broken", words)
        expect(page.locator(THERE[name]).first).to_be_visible()
    served.broken = ""
    line.become("through", page)
    stands("live", "实时")
    # late: the server is asked, and says nothing for longer than it may
    page.evaluate(
        """() => {
            const { api, connection } = window.zhongshuHand;
            const ask = api.get;
            const held = [];
            // Only the question for news is held: what else a page asks is answered.
            api.get = function (path, given) {
                if (!path.startsWith(connection.path)) return ask.call(api, path, given);
                window.isHeld = true;
                return new Promise((_, reject) => held.push(reject));
            };
            window.letGo = () => {
                api.get = ask;
                for (const reject of held) reject(new DOMException("", "AbortError"));
            };
            connection.refresh();
        }"""
    )
    page.wait_for_function("() => window.isHeld")
    page.evaluate("() => { window.zhongshuHand.connection.heardMark -= 20_000; }")
    stands("late", "延迟")
    # cut: what is known stays, with its time
    line.become("cut", page)
    page.evaluate("() => window.letGo()")
    stands("offline", "离线，数据截至 ")
    expect(page.locator(THERE[name]).first).to_be_visible()
    if name == "field":
        expect(page.locator(".field-day")).to_contain_text("截至 ")
    # the day is over: figures of yesterday are no figures of today
    if name == "field":
        page.evaluate(TOMORROW)
        page.locator(".field-tab.me").click()
        page.locator(".field-tab.tasks").click()
        expect(page.locator(".field-task").first).to_be_visible()
        expect(page.locator(".field-day")).to_have_count(0)
    # simulated, all the time
    expect(page.locator("body")).to_contain_text("演示")
    # for who wants no motion nothing moves
    assert page.evaluate("document.getAnimations().filter(one => one.playState === 'running').length") == 0
    # the session ended
    line.become("signed_out", page)
    stands("signed_out", "登录")
    expect(connection.locator("a")).to_have_attribute("href", "/sign-in")
