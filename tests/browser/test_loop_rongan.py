"""荣安社区 in browsers, on the whole product: a citizen's phone, the worker's phone, the desk's and the unit's acts
between them; and the worker's phone without a network."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.centre import Centre
from tests.browser.waiting import eventually, wait_until
from tests.conftest import PROJECT_ROOT

GRID, TOWN = "371102002020001", "rz-town-371102002"
# The grid's own point, and half a kilometre from it.
THERE = {"longitude": 119.52803, "latitude": 35.39642, "accuracy": 8}
AWAY = {"longitude": 119.5240, "latitude": 35.3940, "accuracy": 15}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 60_000
PICTURES = PROJECT_ROOT / "test-pictures"

expect.set_options(timeout=20_000)  # the tests share their machine
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """The product without the simulator: whatever happens, this test has done."""
    with Centre(tmp_path_factory.mktemp("rongan"), {"ZHONGSHU_SIMULATOR": "0"}) as running:
        yield running


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes phones; a fault of any page on them fails the test."""
    made: list[BrowserContext] = []
    faults: list[str] = []

    def make(place: dict[str, float] = THERE) -> BrowserContext:
        context = chromium.new_context(
            viewport=PHONE, color_scheme="light", locale="zh-CN", geolocation=place,  # type: ignore[arg-type]
            permissions=["geolocation"],
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()
    assert not faults, faults


def photo() -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (2400, 1800), (110, 130, 120)).save(out, "JPEG")
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def client(centre: Centre, name: str) -> httpx.Client:
    made = httpx.Client(base_url=centre.web, timeout=60, headers={"origin": centre.web})
    answer = made.post("/sign-in", data={"name": name, "password": centre.accounts[name]})
    assert answer.status_code == 303, answer.text
    return made


def act(who: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = who.post(path, json=body, headers={"idempotency-key": uuid.uuid4().hex})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found.get("value", found)


def answer_for_unit(liaison: httpx.Client, **item: Any) -> None:
    body = {"items": [{"key": uuid.uuid4().hex, "kind": "answer"} | item]}
    said = liaison.post("/api/v1/own/answers", json=body).json()["items"][0]
    assert said["status"] == "done", said


def matters(who: httpx.Client) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = who.get("/api/v1/matters").json()["matters"]
    return rows


def worker_page(centre: Centre, context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(f"{centre.web}/sign-in")
    page.fill("[name=name]", "wanggeyuan")
    page.fill("[name=password]", centre.accounts["wanggeyuan"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{centre.web}/field")
    page.wait_for_selector("html[data-mounted]", state="attached")
    expect(page.locator("#hand-connection")).to_have_attribute("data-state", "live")
    return page


def ready_offline(page: Page) -> None:
    """Wait until the worker script has the page and its files; only then may the network go."""
    page.evaluate("navigator.serviceWorker.ready")
    wait_until(page, "async () => Boolean(await caches.match('/field'))")


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=PICTURES / f"{name}.png")


def report(centre: Centre, page: Page, words: str, *, with_photo: bool = True) -> str:
    """A citizen's report through the page; returns the address of its follow page."""
    page.goto(f"{centre.web}/report/{GRID}")
    page.get_by_label("安全隐患").check()
    if with_photo:
        page.set_input_files(".photo-take input", photo())  # type: ignore[arg-type]
        page.wait_for_selector(".photo img")
    page.fill("textarea[name=text]", words)
    page.get_by_text("用我现在的位置").click()
    expect(page.get_by_text("已用位置")).to_be_visible()
    page.fill("[name=phone]", "13905551234")
    picture(page, "report-phone")
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".report-number")).to_contain_text("N")
    if with_photo:
        expect(page.get_by_text("照片已送达 1/1")).to_be_visible()
    return str(page.locator(".report-open").get_attribute("href"))


def number_on(page: Page) -> str:
    return page.locator(".report-number").inner_text().split()[-1]


def step_on(page: Page, follow: str) -> str:
    page.goto(page.url.split("/report")[0] + follow if "/report" in page.url else follow)
    return page.locator(".follow-step[aria-current]").inner_text().split("\n")[0]


def test_the_case_goes_from_the_scan_to_the_follow_page(
    centre: Centre, phone: Callable[..., BrowserContext]
) -> None:
    citizen, worker = phone().new_page(), worker_page(centre, phone())
    duty, liaison = client(centre, "zhibanyuan"), client(centre, "shijiu")

    follow = report(centre, citizen, "商铺二层堆积大量建筑垃圾，容易发生火灾")
    no = number_on(citizen)
    assert "已收到" in step_on(citizen, follow)
    picture(citizen, "follow-phone")
    assert "13905551234" not in citizen.content() and "建筑垃圾" not in citizen.content()

    # The grid's worker verifies: true, and more than the grid can do alone.
    worker.locator(".field-task", has_text=no).get_by_role("button").last.click()
    expect(worker.locator(".field-words")).to_contain_text("建筑垃圾")
    expect(worker.get_by_text("139****1234")).to_be_visible()
    picture(worker, "field-verify-phone")
    worker.get_by_role("button", name="属实，请镇街处理").click()
    matter = eventually(
        lambda: next((m for m in matters(duty) if m["no"] == no and m["stage"] == "CALLED"), None), "called"
    )

    # The duty officer orders the township as lead and the worker to help on the spot.
    command = act(
        duty,
        "/api/v1/commands",
        {
            "matter_id": matter["id"],
            "expected_version": matter["version"],
            "objective": "清运垃圾，保持通道畅通",
            "receivers": [
                {"kind": "unit", "id": TOWN, "role": "lead"},
                {"kind": "worker", "id": matter["worker"], "role": "assist", "objective": "现场引导并拍照"},
            ],
            "override_reason": "就近",
        },
    )
    assert "承办单位" in step_on(citizen, follow)

    # The worker accepts, sets out, and proves the arrival by the phone's position.
    worker.get_by_role("button", name="任务").click()
    worker.locator(".field-task", has_text=command["no"]).get_by_role("button").last.click()
    for button in ("接单", "出发", "到场"):
        worker.locator(".field-foot").get_by_role("button", name=button, exact=True).click()
        expect(worker.locator(".field-steps li[aria-current]")).to_contain_text(button)
    expect(worker.locator(".field-arrival[data-proof=position]")).to_contain_text("限 100 m")
    picture(worker, "field-on-site-phone")

    # The unit: accepted, on site by position, done.
    here = {"lon": THERE["longitude"], "lat": THERE["latitude"], "accuracy_m": 8}
    answer_for_unit(liaison, command_id=command["id"], stage="accepted")
    answer_for_unit(liaison, command_id=command["id"], stage="arrived", **here)
    # The citizen's page is still open and is told: nobody loads it again.
    expect(citizen.locator(".follow-step[aria-current]")).to_contain_text("现场", timeout=30_000)
    answer_for_unit(liaison, command_id=command["id"], stage="done", result="垃圾清运完毕")

    # The worker's own part is done with a photograph.
    worker.locator(".field-foot").get_by_role("button", name="办结", exact=True).click()
    worker.locator(".field-sheet[open] textarea").fill("已引导清运，通道畅通")
    worker.locator(".field-sheet[open]").get_by_role("button", name="办结").click()
    expect(worker.locator(".field-sheet[open] [role=alert]").last).to_contain_text("照片")
    worker.set_input_files(".field-sheet[open] input[type=file]", photo())  # type: ignore[arg-type]
    worker.wait_for_selector(".field-sheet[open] .photo img")
    # The camera's program needed the memory: the page is opened again, and the sheet with it, as it was.
    worker.wait_for_timeout(600)
    again = worker.context.new_page()
    worker.close(run_before_unload=False)
    worker = again
    worker.goto(f"{centre.web}/field")
    expect(worker.locator(".field-sheet[open] textarea")).to_have_value("已引导清运，通道畅通")
    expect(worker.locator(".field-sheet[open] .photo img")).to_have_count(1)
    worker.locator(".field-sheet[open]").get_by_role("button", name="办结").click()
    expect(worker.locator(".field-steps li[aria-current]")).to_contain_text("办结")

    # Checked on the spot and closed, with a photograph and with words.
    worker.get_by_role("button", name="任务").click()
    worker.locator(".field-task", has_text=no).get_by_role("button").last.click()
    worker.locator(".field-foot").get_by_role("button", name="去核查").click()
    worker.locator(".field-foot").get_by_role("button", name="核查通过，结案").click()
    sheet = worker.locator(".field-sheet[open]")
    sheet.locator("textarea").fill("现场已清，通道畅通")
    sheet.get_by_label("是", exact=True).check()
    sheet.locator("input[type=file]").set_input_files(photo())  # type: ignore[arg-type]
    worker.wait_for_selector(".field-sheet[open] .photo img")
    sheet.get_by_role("button", name="核查通过，结案").click()
    eventually(lambda: all(m["no"] != no for m in matters(duty)), "closed")
    kept = duty.get(f"/api/v1/matters/{matter['id']}/attachments").json()["value"]
    assert len(kept) == 3, "one of the citizen, two of the worker"

    expect(citizen.locator(".follow-step[aria-current]")).to_contain_text("已办结", timeout=30_000)
    expect(citizen.get_by_text("问题已解决")).to_be_visible()


def test_an_arrival_claimed_from_afar_says_the_distance_and_who_may_confirm(
    centre: Centre, phone: Callable[..., BrowserContext]
) -> None:
    context = phone(AWAY)
    worker, duty = worker_page(centre, context), client(centre, "zhibanyuan")
    command = ordered(centre, duty, phone().new_page())
    open_task(worker, command["no"])
    for button in ("接单", "出发", "到场"):
        worker.locator(".field-foot").get_by_role("button", name=button, exact=True).click()
    expect(worker.locator(".field-arrival[data-proof=claimed]")).to_contain_text("超过 100 m")
    expect(worker.locator(".field-steps li[aria-current]")).to_contain_text("出发")
    context.set_geolocation(THERE)  # type: ignore[arg-type]
    worker.locator(".field-foot").get_by_role("button", name="到场", exact=True).click()
    expect(worker.locator(".field-arrival[data-proof=position]")).to_be_visible()


def test_without_a_network_the_page_opens_keeps_what_is_done_and_sends_it_later_once_and_in_order(
    centre: Centre, phone: Callable[..., BrowserContext]
) -> None:
    context = phone()
    worker, duty = worker_page(centre, context), client(centre, "zhibanyuan")
    command = ordered(centre, duty, phone().new_page())
    expect(worker.locator(".field-task", has_text=command["no"])).to_be_visible()
    ready_offline(worker)
    before = len(matters(duty))

    context.set_offline(True)
    worker.reload()
    expect(worker.locator(".field-task", has_text=command["no"])).to_be_visible()
    expect(worker.locator("#hand-connection")).to_contain_text("数据截至")
    open_task(worker, command["no"])
    worker.locator(".field-foot").get_by_role("button", name="接单", exact=True).click()
    expect(worker.locator(".field-unsent")).to_be_visible()
    worker.locator(".field-foot").get_by_role("button", name="出发", exact=True).click()
    expect(worker.locator(".field-steps li[aria-current]")).to_contain_text("出发")
    write_event(worker, "便道下陷约半米，旁边有小学")
    expect(worker.locator(".field-kept")).to_contain_text("便道下陷")
    picture(worker, "field-offline-phone")

    # The page dies, and is opened again still without a network: everything is there.
    expect(worker.locator("#hand-connection")).to_contain_text("条待传")
    kept_here = worker.locator("#hand-connection").inner_text().split("·")[-1]
    worker.close()
    worker = context.new_page()
    worker.goto(f"{centre.web}/field")
    expect(worker.locator("#hand-connection")).to_contain_text(kept_here)
    assert len(matters(duty)) == before

    context.set_offline(False)
    expect(worker.locator("#hand-connection")).not_to_contain_text("待传")
    found = eventually(lambda: [m for m in matters(duty) if m["title"] == "道路与临水隐患"], "the event")
    assert len(found) == 1 and len(matters(duty)) == before + 1
    kept = duty.get(f"/api/v1/matters/{found[0]['id']}/attachments").json()["value"]
    assert len(kept) == 1
    detail = duty.get(f"/api/v1/matters/{command['matter_id']}").json()["value"]
    receiver = next(one for one in detail["commands"] if one["id"] == command["id"])["receivers"][0]
    assert receiver["stage"] == "en_route"
    assert receiver["accepted_at"] <= receiver["en_route_at"]


def test_an_answer_lost_on_its_way_back_and_a_killed_page_double_nothing(
    centre: Centre, phone: Callable[..., BrowserContext]
) -> None:
    context = phone()
    worker, duty = worker_page(centre, context), client(centre, "zhibanyuan")
    before = len(matters(duty))
    taken: list[int] = []

    def lose(route: Route) -> None:
        taken.append(route.fetch().status)
        route.abort()

    context.route("**/api/v1/own/answers", lose)
    write_event(worker, "楼道堆放杂物")
    for _ in range(300):
        if len(matters(duty)) == before + 1:
            break
        worker.wait_for_timeout(100)  # the browser's own turn: its request waits for this test
    assert len(matters(duty)) == before + 1
    worker.close()
    context.unroute("**/api/v1/own/answers")
    worker = context.new_page()
    worker.goto(f"{centre.web}/field")
    expect(worker.locator("#hand-connection")).to_have_attribute("data-state", "live")
    expect(worker.locator("#hand-connection")).not_to_contain_text("待传")
    assert 200 in taken and len(matters(duty)) == before + 1


def test_a_call_for_help_is_held_for_a_second_and_is_an_emergency_at_the_desk(
    centre: Centre, phone: Callable[..., BrowserContext]
) -> None:
    worker, duty = worker_page(centre, phone()), client(centre, "zhibanyuan")
    # A photograph hangs on a bad line: the call does not wait behind it.
    hanging: list[Route] = []
    worker.context.route("**/api/v1/field/reports/**", lambda route: hanging.append(route))
    write_event(worker, "楼道堆放杂物")
    worker.get_by_role("button", name="求助", exact=True).click()
    button = worker.get_by_role("button", name="按住求助")
    button.click()  # a touch is not enough
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box is not None
    worker.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    # Without a network it says that nothing was sent, and whom to phone; with one it goes before everything else.
    worker.context.set_offline(True)
    worker.mouse.down()
    card = worker.locator(".field-helped")
    expect(card).to_contain_text("求助还没有发出")
    worker.mouse.up()
    expect(card.get_by_role("link")).to_have_attribute("href", re.compile(r"^tel:0633"))
    picture(worker, "field-help-unsent-phone")
    worker.context.set_offline(False)
    expect(card).to_contain_text("求助已送达值班席")
    [row] = [m for m in matters(duty) if m["title"] == "网格员求助"]
    assert row["urgency"] == 1 and not row["acknowledged"]
    assert (round(row["lon"], 4), round(row["lat"], 4)) == (119.5280, 35.3964)
    act(duty, f"/api/v1/matters/{row['id']}/steps", {"to": "TRIAGED", "expected_version": row["version"]})
    expect(card).to_contain_text("值班员已确认求助")
    assert hanging
    for route in hanging:
        route.abort()


def test_a_citizen_without_a_network_sends_once_when_there_is_one(
    centre: Centre, phone: Callable[..., BrowserContext]
) -> None:
    context = phone()
    page, duty = context.new_page(), client(centre, "zhibanyuan")
    before = len(matters(duty))
    page.goto(f"{centre.web}/report/{GRID}")
    page.get_by_label("环境卫生").check()
    page.fill("textarea[name=text]", "垃圾桶满了")
    context.set_offline(True)
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_text("没有网络")).to_be_visible()
    context.set_offline(False)
    expect(page.locator(".report-number")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="发送")).to_be_visible()
    assert len(matters(duty)) == before + 1


def test_a_citizen_reads_what_is_missing_at_its_field_and_loses_nothing_to_a_killed_page(
    centre: Centre, phone: Callable[..., BrowserContext]
) -> None:
    context, duty = phone(), client(centre, "zhibanyuan")
    context.clear_permissions()
    page, before = context.new_page(), len(matters(duty))
    page.goto(f"{centre.web}/report/{GRID}")
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#wrong-kind")).to_contain_text("请选一项")
    expect(page.locator("#wrong-text")).to_contain_text("请写一句")
    page.get_by_role("button", name="用我现在的位置").click()
    expect(page.locator(".report-place")).to_contain_text("没有定位权限。将按“石臼街道 荣安社区")
    page.set_input_files(
        ".photo-choose input", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    )
    expect(page.locator(".photos .hand-wrong")).to_contain_text("这不是照片")
    page.set_input_files(".photo-choose input", {"name": "a.heic", "mimeType": "image/heic", "buffer": b"x"})
    expect(page.locator(".photos .hand-wrong")).to_contain_text("打不开")
    page.get_by_label("环境卫生").check()
    expect(page.locator("#wrong-kind")).to_be_hidden()
    page.fill("textarea[name=text]", "垃圾桶满了三天")
    page.set_input_files(".photo-take input", photo())  # type: ignore[arg-type]
    page.wait_for_selector(".photo img")
    page.set_input_files(".photo-again input", photo())  # type: ignore[arg-type]
    expect(page.locator(".photo-more")).to_contain_text("照片 1/3")
    page.fill("[name=phone]", "139")
    page.wait_for_timeout(600)  # the draft is written a moment after the last letter
    page.close(run_before_unload=False)  # the camera's program needed the memory

    page = context.new_page()
    page.goto(f"{centre.web}/report/{GRID}")
    expect(page.locator("textarea[name=text]")).to_have_value("垃圾桶满了三天")
    expect(page.get_by_label("环境卫生")).to_be_checked()
    expect(page.locator(".photo img")).to_have_count(1)
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#wrong-phone")).to_contain_text("不完整")
    expect(page.locator("[name=phone]")).to_be_focused()
    page.fill("[name=phone]", "（0633）8779-123")
    page.get_by_role("button", name="发送").dblclick()
    expect(page.get_by_text("照片已送达 1/1")).to_be_visible()
    expect(page.locator(".report-next")).to_contain_text("前来核实")
    expect(page.locator(".report-next")).to_contain_text("前办结")
    assert len(matters(duty)) == before + 1
    # The link is found again by scanning the same code.
    no = number_on(page)
    page.goto(f"{centre.web}/report/{GRID}")
    page.locator(".report-mine-one", has_text=no).click()
    expect(page.locator(".follow-now")).to_contain_text("下一步：网格员")
    assert page.locator(".report-urgent a").all_inner_texts() == ["12345", "110", "119", "120"]
    assert page.locator(".follow-now a").count() == 0  # a time is no telephone number
    picture(page, "follow-next-phone")


def test_a_code_of_another_city_and_a_made_up_follow_code_say_so(
    centre: Centre, phone: Callable[..., BrowserContext]
) -> None:
    page = phone().new_page()
    page.goto(f"{centre.web}/report/999999999999")
    expect(page.get_by_text("这张码不在本市网格里")).to_be_visible()
    page.goto(f"{centre.web}/report/follow/{'a' * 20}")
    expect(page.get_by_text("没有这个查询码")).to_be_visible()


def ordered(centre: Centre, duty: httpx.Client, citizen: Page) -> dict[str, Any]:
    """A report with an order of it to the grid's worker."""
    report(centre, citizen, "电线垂落", with_photo=False)
    no = number_on(citizen)
    row = next(m for m in matters(duty) if m["no"] == no)
    return act(
        duty,
        "/api/v1/commands",
        {
            "matter_id": row["id"],
            "expected_version": row["version"],
            "objective": "到现场看护",
            "receivers": [{"kind": "worker", "id": row["worker"], "role": "assist"}],
            "override_reason": "就近",
        },
    )


def open_task(page: Page, no: str) -> None:
    page.locator(".field-task", has_text=no).get_by_role("button").last.click()
    expect(page.locator(".field-steps")).to_be_visible()


def write_event(page: Page, words: str) -> None:
    """An event of the field with one photograph, kept on the phone."""
    page.get_by_role("button", name="上报", exact=True).click()
    report_view = page.locator(".field-report")
    report_view.get_by_role("button", name="安全隐患").click()
    report_view.get_by_role("button", name="道路与临水隐患").click()
    page.set_input_files(".field-report input[type=file]", photo())  # type: ignore[arg-type]
    page.wait_for_selector(".field-report .photo img")
    report_view.locator("textarea").fill(words)
    report_view.get_by_role("button", name="请镇街").click()
    report_view.get_by_role("button", name="存下，联网即发").click()
    expect(page.locator("#hand-notice")).to_have_text(re.compile("已存在本机，还没有发出|上报已送达"))


def test_posters_lead_to_pages_that_exist(centre: Centre, tmp_path: Path) -> None:
    answer = httpx.get(f"{centre.web}/report/{GRID}")
    assert answer.status_code == 200 and "荣安社区" in answer.text
    shell = httpx.get(f"{centre.web}/field/shell.json").json()["files"]
    broken = [one for one in shell if httpx.get(centre.web + one).status_code != 200]
    assert not broken
    script = httpx.get(f"{centre.web}/field/worker.js")
    assert script.headers["service-worker-allowed"] == "/field"


def test_who_sends_too_often_is_told_from_when_on_and_keeps_what_was_written(
    centre: Centre, phone: Callable[..., BrowserContext]
) -> None:
    """The last test of this file: it uses up what one address may send."""
    body = {"grid": GRID, "category": "22", "text": "垃圾桶满了"}
    for _ in range(12):
        headers = {"idempotency-key": uuid.uuid4().hex, "origin": centre.web}
        if httpx.post(f"{centre.web}/api/v1/reports", json=body, headers=headers).status_code == 409:
            break
    page = phone().new_page()
    page.goto(f"{centre.web}/report/{GRID}")
    page.get_by_label("环境卫生").check()
    page.fill("textarea[name=text]", "又满了")
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#wrong-sending")).to_have_text(re.compile(r"分钟后再试.*\d\d:\d\d 以后可以再发"))
    expect(page.locator("textarea[name=text]")).to_have_value("又满了")
