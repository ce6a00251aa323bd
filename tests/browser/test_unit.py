"""`/unit` as a liaison meets it: a real store and the real interface behind a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dashboard import service
from dashboard.domain.principal import Principal
from data_feeds.http.hand_pages import hand_route
from layouts.desk.clock_text import CITY_ZONE
from layouts.unit.page import unit_page
from tests.browser.hand_server import DESKTOP, PHONE, PICTURES, HandServer
from tests.browser.waiting import eventually
from tests.store.centre import Centre, done, officer

SITE = {"lon": 119.4610, "lat": 35.4210}
# 28 m north of the site, and a kilometre away.
THERE = {"longitude": 119.4610, "latitude": 35.42125}
FAR = {"longitude": 119.4610, "latitude": 35.4300}

pytestmark = pytest.mark.browser


@pytest.fixture
def unit(centre: Centre) -> str:
    return next(one for one in centre.units(5))


@pytest.fixture
def liaison(unit: str) -> Principal:
    return officer("unit_liaison", unit=unit, name="郑爱国")


@pytest.fixture
def server(centre: Centre, liaison: Principal) -> Iterator[HandServer]:
    def page(principal: Principal) -> str:
        name = centre.pack.units.get(principal.unit or "").name
        return unit_page(principal, unit_name=name, demonstration=True)

    running = HandServer(centre.services, centre.clock, liaison, [hand_route("/unit", page)])
    running.start()
    yield running
    running.stop()


@pytest.fixture
def opened(chromium: Browser, server: HandServer) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(size: dict[str, int] = PHONE, **more: Any) -> Page:
        context = chromium.new_context(viewport=size, color_scheme="light", **more)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto(f"{server.url}/unit")
        expect(page.locator("html[data-mounted]")).to_be_attached()
        expect(page.locator("#hand-connection")).to_have_attribute("data-state", "live")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [one for one in faults if "net::ERR" not in one and "status of 401" not in one] == []


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=PICTURES / f"{name}.png")


def receipt(centre: Centre, command: str, unit: str) -> dict[str, Any]:
    rows = service.snapshot(centre.services).commands
    return next(r for row in rows if row["id"] == command for r in row["receivers"] if r["id"] == unit)


def open_item(page: Page, title: str) -> None:
    page.locator(".unit-item", has_text=title).first.click()
    expect(page.locator(".unit-head h1")).to_have_text(title)


def test_an_order_reaches_the_open_page_and_is_receipted_as_delivered_and_read(
    opened: Callable[..., Page], centre: Centre, unit: str
) -> None:
    page = opened()
    expect(page.locator(".unit-empty")).to_be_visible()
    command = done(centre.dispatch(centre.order(title="整栋停暖"), unit))
    expect(page.locator(".unit-item")).to_contain_text("整栋停暖")
    expect(page.locator(".hand-clock").first).to_have_text(re.compile(r"\d+:\d\d"))
    eventually(lambda: receipt(centre, command["id"], unit)["delivered_at"])
    assert receipt(centre, command["id"], unit)["read_at"] is None
    open_item(page, "整栋停暖")
    eventually(lambda: receipt(centre, command["id"], unit)["read_at"])
    expect(page.locator(".unit-facts")).to_contain_text("138****5678")
    assert "13812345678" not in page.content()
    picture(page, "unit-phone-order")


def test_a_matter_that_is_given_to_another_unit_leaves_the_open_page_and_the_rest_stays(
    opened: Callable[..., Page], centre: Centre, unit: str
) -> None:
    given = {"status": "TO_SIGN", "unit": unit, "dispatched_at": centre.now}
    stays, goes = centre.order(**given), centre.order(**given, category="0101", title="河道里有人乱倒垃圾")
    page = opened()
    answers: list[Any] = []
    page.on("response", lambda one: "own/inbox" in one.url and answers.append(one))
    expect(page.locator("[data-item]")).to_have_count(2)
    away = service.Transfer(goes["id"], centre.units(5)[1], "职责所属")
    done(centre.do(service.transfer, away, expected_version=None))
    expect(page.locator("[data-item]")).to_have_count(1)
    expect(page.locator(f"[data-item='{stays['id']}']")).to_be_visible()
    # Only what changed was told: the page itself knows the rest.
    assert answers[-1].json()["value"]["of"] == [goes["id"]]


def test_a_whistle_from_accepting_to_leaving(opened: Callable[..., Page], centre: Centre, unit: str) -> None:
    other = next(one for one in centre.units(5) if one != unit)
    page = opened(DESKTOP, permissions=["geolocation"], geolocation=FAR)
    matter = centre.order(title="热力管网爆管")
    request = service.RaiseWhistle(
        matter["id"], (unit, other), ("谁来关阀",), decider="石臼街道 分管副主任", **SITE
    )
    whistle = done(centre.do(service.raise_whistle, request, expected_version=None))
    open_item(page, "热力管网爆管")
    expect(page.locator(".unit-agenda")).to_contain_text("未定")
    page.get_by_role("button", name="接令").click()
    eventually(lambda: receipt(centre, whistle["id"], unit)["accepted_at"])
    page.get_by_role("button", name="已出发").click()
    page.locator("dialog .hand-choices label", has_text="10 分钟").click()
    page.locator("dialog [type=submit]").click()
    eventually(lambda: receipt(centre, whistle["id"], unit)["eta_at"])
    expect(page.get_by_role("button", name="已出发")).to_have_count(0)  # the page knows it too

    page.get_by_role("button", name="已到场").click()
    page.locator("dialog [type=submit]").click()
    expect(page.locator("dialog .hand-wrong:visible")).to_contain_text("到场人 1")
    page.fill("[name=name_0]", "刘国强")
    page.fill("[name=name_1]", "李建军")
    page.locator("dialog [type=submit]").click()
    expect(page.locator("#hand-notice")).to_contain_text("待证")
    expect(page.locator(".unit-proof.claimed")).to_contain_text("距现场")
    assert receipt(centre, whistle["id"], unit)["arrived_at"] is None
    picture(page, "unit-desktop-claim")

    page.context.set_geolocation(THERE)  # type: ignore[arg-type]
    page.get_by_role("button", name="知道了").click()
    page.get_by_role("button", name="已到场").click()
    page.fill("[name=name_0]", "刘国强")
    page.locator("dialog [type=submit]").click()
    expect(page.locator(".unit-proof")).to_contain_text("28 m")
    assert receipt(centre, whistle["id"], unit)["arrived_at"] is not None
    expect(page.locator(".unit-register li")).to_have_count(2)
    expect(page.locator(".unit-register")).to_contain_text("刘国强")

    page.locator(".unit-register li", has_text="刘国强").get_by_role("button", name="换人").click()
    page.locator("dialog .hand-choices label", has_text="李建军").click()
    page.locator("dialog [type=submit]").click()
    expect(page.locator(".unit-register li")).to_have_count(1)

    expect(page.locator(".unit-guard")).to_contain_text("谁来关阀")
    page.get_by_role("button", name="申请撤离").click()
    expect(page.locator("#hand-notice")).to_contain_text("谁来关阀")
    assert receipt(centre, whistle["id"], unit)["leave_refused"] == 1
    page.get_by_role("button", name="知道了").click()
    decision = service.RecordDecision(whistle["id"], 1, "立即关阀", "热力公司")
    done(centre.do(service.record_decision, decision))
    expect(page.locator(".unit-agenda")).to_contain_text("立即关阀")
    picture(page, "unit-desktop-whistle")
    page.get_by_role("button", name="申请撤离").click()
    eventually(lambda: receipt(centre, whistle["id"], unit)["left_at"])


def test_a_return_needs_its_reason_and_says_until_when_it_is_possible(
    opened: Callable[..., Page], centre: Centre, unit: str
) -> None:
    matter = centre.order(title="路灯不亮")
    done(centre.dispatch(matter, unit))
    page = opened()
    open_item(page, "路灯不亮")
    expect(page.locator(".unit-steps")).to_contain_text("0/2")
    page.get_by_role("button", name="退单").click()
    page.locator("dialog [type=submit]").click()
    expect(page.locator("dialog .hand-wrong:visible")).to_contain_text("事由")
    page.fill("dialog [name=reason]", "路灯归城管，不属本单位")
    page.get_by_role("button", name="取消").click()
    page.get_by_role("button", name="退单").click()
    expect(page.locator("dialog [name=reason]")).to_have_value("路灯归城管，不属本单位")
    page.locator("dialog [type=submit]").click()
    expect(page.locator(".unit-steps")).to_contain_text("退单申请")
    assert centre.matter(matter["id"])["stage"] == "RETURN_REQUESTED"


def test_more_time_is_asked_for_once_with_a_reason_and_the_answer_reaches_the_page(
    opened: Callable[..., Page], centre: Centre, unit: str
) -> None:
    matter = centre.order(title="井盖缺失", urgency=3)
    done(centre.dispatch(matter, unit))
    page = opened()
    open_item(page, "井盖缺失")
    page.get_by_role("button", name="接令并签收").click()
    asking = page.get_by_role("button", name="申请延期")
    asking.click()
    page.fill("dialog [name=reason]", "定制井盖在途")
    page.locator("dialog [type=submit]").click()
    expect(page.locator("dialog .hand-wrong:visible")).to_contain_text("延期至")
    until_at = int(centre.detail(matter["id"]).fields["final_due_at"]) // 60_000 * 60_000 + 24 * 3_600_000
    local = datetime.fromtimestamp(until_at / 1000, CITY_ZONE).strftime("%Y-%m-%dT%H:%M")
    page.fill("dialog [name=until_at]", local)
    page.locator("dialog [type=submit]").click()
    expect(page.locator(".unit-steps")).to_contain_text("延期申请")
    ruling = service.Advance(matter["id"], "HANDLING", {"granted": True, "reason": "属实"})
    done(centre.do(service.advance, ruling, expected_version=None))
    expect(page.locator(".unit-guard")).to_contain_text("已延期过一次")
    expect(asking).to_be_disabled()
    assert int(centre.detail(matter["id"]).fields["final_due_at"]) == until_at


def test_a_reply_needs_every_field_and_why_it_was_not_solved(
    opened: Callable[..., Page], centre: Centre, unit: str
) -> None:
    matter = centre.order(title="噪声扰民")
    done(centre.dispatch(matter, unit))
    page = opened()
    open_item(page, "噪声扰民")
    page.get_by_role("button", name="接令并签收").click()
    expect(page.get_by_role("button", name="填报办理结果")).to_be_visible()
    page.get_by_role("button", name="填报办理结果").click()
    for name, value in (("request_true", "yes"), ("contacted", "yes"), ("resolved", "no")):
        page.locator(f"dialog [name={name}][value={value}]").check(force=True)
    page.fill("dialog [name=handling]", "已劝导")
    page.fill("dialog [name=public_reply]", "已到现场劝导，复查中")
    page.locator("dialog [type=submit]").click()
    expect(page.locator("dialog .hand-wrong:visible")).to_contain_text("未解决原因")
    page.fill("dialog [name=unresolved_reason]", "夜间还要复查")
    picture(page, "unit-phone-reply")
    page.locator("dialog [type=submit]").click()
    expect(page.locator(".unit-steps")).to_contain_text("待审核")
    detail = centre.detail(matter["id"])
    assert detail.row["stage"] == "REPLIED"
    assert "夜间还要复查" in detail.fields["result"]


def test_what_is_done_without_network_is_kept_and_sent_once_in_order_with_its_own_time(
    opened: Callable[..., Page], centre: Centre, unit: str
) -> None:
    matter = centre.order(title="井盖缺失")
    command = done(centre.dispatch(matter, unit))
    page = opened()
    open_item(page, "井盖缺失")
    eventually(lambda: receipt(centre, command["id"], unit)["read_at"])
    page.context.set_offline(True)
    expect(page.locator("#hand-connection")).to_contain_text("离线")
    page.get_by_role("button", name="接令").click()
    expect(page.locator(".unit-way [data-stage=accepted]")).to_contain_text("待传")
    expect(page.locator("#hand-connection")).to_contain_text("1 条待传")
    page.get_by_role("button", name="已办结").click()
    page.fill("dialog [name=result]", "井盖已换")
    page.locator("dialog [type=submit]").click()
    expect(page.locator("#hand-connection")).to_contain_text("2 条待传")
    picture(page, "unit-phone-offline")
    assert receipt(centre, command["id"], unit)["accepted_at"] is None
    said_before = centre.now
    page.wait_for_timeout(1500)
    page.context.set_offline(False)
    row = eventually(lambda: (r := receipt(centre, command["id"], unit))["done_at"] and r)
    assert row["accepted_at"] is not None
    mine = service.own_inbox(centre.services, server_person(unit), centre.now).commands[0]["mine"]
    assert mine["said_at"] <= said_before < row["done_at"]
    assert mine["result"] == "井盖已换"
    expect(page.locator("#hand-connection")).not_to_contain_text("待传")
    assert [one.params["stage"] for one in centre.log("ReceiptRecorded")] == [
        "delivered",
        "read",
        "accepted",
        "done",
    ]


def server_person(unit: str) -> Principal:
    return officer("unit_liaison", unit=unit, name="郑爱国")


def test_the_same_act_sent_from_two_tabs_happens_once(
    opened: Callable[..., Page], centre: Centre, unit: str
) -> None:
    command = done(centre.dispatch(centre.order(title="井盖缺失"), unit))
    page = opened()
    open_item(page, "井盖缺失")
    eventually(lambda: receipt(centre, command["id"], unit)["read_at"])
    page.context.set_offline(True)
    page.get_by_role("button", name="接令").click()
    expect(page.locator("#hand-connection")).to_contain_text("1 条待传")
    page.close(run_before_unload=False)  # killed with its act unsent
    page.context.set_offline(False)
    again = [page.context.new_page(), page.context.new_page()]
    for one in again:
        one.goto(page.url)
    eventually(lambda: receipt(centre, command["id"], unit)["accepted_at"])
    for one in again:
        expect(one.locator("#hand-connection")).to_have_text(re.compile("^实时$"))
    accepted = [one for one in centre.log("ReceiptRecorded") if one.params["stage"] == "accepted"]
    assert len(accepted) == 1


def test_the_address_is_its_community_until_a_reason_is_given(
    opened: Callable[..., Page], centre: Centre, unit: str
) -> None:
    matter = centre.order(
        title="水管爆裂",
        place="荣安社区荣安小区3号楼301室",
        unit=unit,
        status="TO_SIGN",
        dispatched_at=centre.now,
    )
    page = opened()
    open_item(page, "水管爆裂")
    expect(page.locator(".unit-facts")).to_contain_text("荣安社区荣安小区***")
    expect(page.locator("body")).not_to_contain_text("3号楼")
    page.locator("[data-do=reveal]").click()
    page.fill("dialog [name=reason]", "上门抢修")
    page.locator("dialog [type=submit]").click()
    expect(page.locator("body")).to_contain_text("荣安小区3号楼301室")
    assert centre.matter(matter["id"])["place"] == "荣安社区荣安小区"


def test_a_name_is_a_text_and_never_markup(opened: Callable[..., Page], centre: Centre, unit: str) -> None:
    bad = '<img src=x onerror="window.hacked=1">'
    done(centre.dispatch(centre.order(title=bad), unit))
    page = opened()
    open_item(page, bad)
    assert page.evaluate("window.hacked") is None


def test_the_page_in_english_and_on_a_desktop(
    opened: Callable[..., Page], centre: Centre, unit: str, server: HandServer
) -> None:
    done(centre.dispatch(centre.order(title="整栋停暖", urgency=1), unit))
    done(centre.dispatch(centre.order(title="噪声扰民", urgency=3), unit))
    server.person = Principal(**(as_dict(server.person) | {"language": "en"}))
    page = opened(DESKTOP)
    open_item(page, "整栋停暖")
    expect(page.get_by_role("button", name="Accept and sign")).to_be_visible()
    expect(page.locator(".unit-sum")).to_contain_text("2 to do")
    picture(page, "unit-desktop-en")
    page.get_by_role("link", name="Our figures").click()
    expect(page.locator(".unit-figures").first).to_contain_text("Open")
    picture(page, "unit-desktop-figures")


def as_dict(person: Principal) -> dict[str, Any]:
    return {name: getattr(person, name) for name in person.__slots__}


def test_what_the_unit_was_told_is_shown_and_receipted(
    opened: Callable[..., Page], centre: Centre, unit: str
) -> None:
    command = done(centre.dispatch(centre.order(title="热力管网爆管", urgency=1), unit))
    page = opened()
    assert page.locator(".unit-tellings").count() == 0
    centre.clock.skip(16)  # type: ignore[attr-defined]
    assert centre.fire() > 0
    expect(page.locator(".unit-tellings li").first).to_contain_text("热力管网爆管")
    eventually(lambda: service.waiting_tellings(centre.services, server_person(unit), centre.now) == [])
    expect(page.locator(".unit-item .hand-clock")).to_have_attribute("data-state", "overdue")
    page.locator(".unit-tellings a").first.click()
    expect(page.locator(f"[data-command='{command['id']}']")).to_be_visible()
    picture(page, "unit-phone-late")
    # Asked into a consultation on a matter that is none of its own: the page hears of it, and leads into the room.
    room = centre.order(title="老旧小区会商")
    done(centre.do(service.open_room, service.OpenRoom(room["id"], "怎么修", (unit,))))
    asked = page.locator(f".unit-tellings a[href='/room/{room['id']}']")
    expect(asked).to_contain_text("参加会商")


def test_a_refused_act_is_said_also_after_the_page_was_closed(
    opened: Callable[..., Page], centre: Centre, unit: str
) -> None:
    command = done(centre.dispatch(centre.order(title="井盖缺失"), unit))
    page = opened()
    open_item(page, "井盖缺失")
    eventually(lambda: receipt(centre, command["id"], unit)["read_at"])
    page.context.set_offline(True)
    page.get_by_role("button", name="接令").click()
    expect(page.locator("#hand-connection")).to_contain_text("1 条待传")
    done(centre.do(service.recall, service.Recall(command["id"], "派错单位")))
    page.context.set_offline(False)
    expect(page.locator("#hand-notice")).to_contain_text("没有办成")
    again = page.context.new_page()
    again.goto(page.url)
    expect(again.locator("#hand-notice")).to_contain_text("没有办成")
    again.get_by_role("button", name="知道了").click()
    again.reload()
    expect(again.locator("html[data-mounted]")).to_be_attached()
    expect(again.locator("#hand-notice")).to_be_hidden()
    expect(again.locator(".unit-ended").first).to_contain_text("已撤回")


def test_a_session_that_ended_keeps_what_waits_and_offers_the_way_in(
    opened: Callable[..., Page], centre: Centre, unit: str
) -> None:
    command = done(centre.dispatch(centre.order(title="井盖缺失"), unit))
    page = opened()
    open_item(page, "井盖缺失")
    eventually(lambda: receipt(centre, command["id"], unit)["read_at"])
    page.route("**/api/v1/**", lambda route: route.fulfill(status=401, json={"error": "sign_in"}))
    page.get_by_role("button", name="接令").click()
    expect(page.locator("#hand-connection")).to_contain_text("登录已结束")
    expect(page.locator("#hand-connection")).to_contain_text("1 条待传")
    expect(page.locator("#hand-connection a")).to_have_attribute("href", "/sign-in")


def test_a_supervision_order_is_answered_on_the_page(
    opened: Callable[..., Page], centre: Centre, unit: str
) -> None:
    matter = centre.order(title="路灯不亮")
    done(centre.dispatch(matter, unit))
    done(centre.do(service.supervise, service.Supervise(matter["id"], "今天答复进展"), centre.leader))
    page = opened()
    open_item(page, "路灯不亮")
    expect(page.locator(".unit-supervision")).to_contain_text("今天答复进展")
    page.locator(".unit-supervision button").click()
    page.fill("dialog [name=text]", "下午四点前修好")
    page.locator("dialog [type=submit]").click()
    expect(page.locator(".unit-supervision")).to_have_count(0)
    assert [one.params["text"] for one in centre.log("SupervisionAnswered")] == ["下午四点前修好"]


def test_a_step_that_cannot_be_taken_now_says_why_before_its_form(
    opened: Callable[..., Page], centre: Centre, unit: str
) -> None:
    matter = centre.order(title="路灯不亮", urgency=3)
    done(centre.dispatch(matter, unit))
    centre.clock.skip(5 * 24 * 60)  # type: ignore[attr-defined]
    page = opened()
    open_item(page, "路灯不亮")
    expect(page.get_by_role("button", name="退单")).to_be_disabled()
    expect(page.locator(".unit-steps .unit-guard")).to_contain_text("退单")


def test_the_list_is_filtered_searched_and_remembered_also_without_a_network(
    opened: Callable[..., Page], centre: Centre, unit: str
) -> None:
    late = centre.order(title="井盖缺失")
    done(centre.dispatch(late, unit))
    centre.clock.skip(16)  # type: ignore[attr-defined]  # its signing is overdue
    answered = done(centre.dispatch(centre.order(title="室内温度不达标", urgency=3), unit))
    person = server_person(unit)
    done(centre.do(service.answer, service.Answer(answered["id"], unit, "accepted"), person))
    urged = centre.order(title="供热缴费争议", urgency=3)
    done(centre.dispatch(urged, unit))
    done(centre.do(service.supervise, service.Supervise(urged["id"], "今天答复进展"), centre.leader))
    whistled = service.RaiseWhistle(centre.order(title="热力管网爆管")["id"], (unit,), ("谁来关阀",), **SITE)
    done(centre.do(service.raise_whistle, whistled, expected_version=None))

    page = opened()
    counts = {"all": 4, "overdue": 1, "to_sign": 3, "in_hand": 1, "whistle": 1, "to_answer": 1, "ended": 0}
    for name, count in counts.items():
        expect(page.locator(f"[data-filter={name}] b")).to_have_text(str(count))
    groups = page.locator(".unit-group[data-group]")
    expect(groups.first).to_have_attribute("data-group", "overdue")
    expect(groups.first.locator(".unit-item")).to_contain_text("井盖缺失")
    expect(groups.first.locator(".hand-clock")).to_have_attribute("data-state", "overdue")

    page.locator("[data-filter=to_answer]").click()
    expect(page.locator(".unit-item")).to_have_count(1)
    expect(page.locator(".unit-item")).to_contain_text("待答复 1")
    # What a filter leaves out is said, and what is late among it.
    expect(page.locator(".unit-hidden")).to_contain_text("另有 3 件")
    expect(page.locator(".unit-hidden")).to_contain_text("超时 1 件")
    picture(page, "unit-phone-filtered")
    page.context.set_offline(True)
    page.get_by_role("button", name="看全部").click()
    page.locator(".unit-search").fill(late["no"])
    expect(page.locator(".unit-item")).to_have_count(1)
    page.locator(".unit-search").fill("没有这件事")
    expect(page.locator(".unit-empty")).to_contain_text("没有找到")
    page.locator("[data-filter=whistle]").click()
    page.locator(".unit-search").fill("")
    expect(page.locator(".unit-item")).to_contain_text("热力管网爆管")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("[data-filter=whistle]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".unit-item")).to_have_count(1)


def test_the_list_by_keyboard(opened: Callable[..., Page], centre: Centre, unit: str) -> None:
    for title in ("整栋停暖", "噪声扰民"):
        done(centre.dispatch(centre.order(title=title), unit))
    page = opened(DESKTOP)
    expect(page.locator(".unit-item")).to_have_count(2)
    expect(page.get_by_role("link", name="打开这一件")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".unit-item").nth(1)).to_be_focused()
    title = page.locator(".unit-item").nth(1).locator(".unit-item-title").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(".unit-head h1")).to_have_text(title)
    expect(page.locator(".unit-head h1")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".unit-item").nth(1)).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("噪声8")  # a figure in the search is no filter
    expect(page.locator("[data-filter=all]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Backspace")
    expect(page.locator(".unit-item")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("5")
    expect(page.locator("[data-filter=whistle]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".unit-empty")).to_contain_text("这一类现在没有")


def test_one_button_is_the_first_and_nothing_moves_under_a_finger(
    opened: Callable[..., Page], centre: Centre, unit: str
) -> None:
    command = done(centre.dispatch(centre.order(title="整栋停暖"), unit))
    page = opened()
    open_item(page, "整栋停暖")
    primary = page.locator(".unit-detail .primary")
    expect(primary).to_have_text("接令并签收")
    primary.dblclick()  # two taps of one intention: the second must not press what comes next
    expect(primary).to_have_text("已出发")
    expect(page.locator("dialog[open]")).to_have_count(0)
    # The finger is down while the step is taken by somebody else; what is under it stays until it is up.
    primary.hover()
    page.mouse.down()
    done(centre.do(service.answer, service.Answer(command["id"], unit, "en_route"), server_person(unit)))
    page.wait_for_timeout(600)
    expect(primary).to_have_text("已出发")
    page.mouse.move(5, 300)
    page.mouse.up()
    expect(primary).to_have_text("已到场")
