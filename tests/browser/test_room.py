"""`/room` as an officer and a unit meet in it: two real browsers, a real store, the product's own interface."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dashboard import service
from dashboard.domain.principal import Principal
from data_feeds.http.hand_pages import hand_route
from layouts.room.page import room_page
from tests.browser.hand_server import DESKTOP, PHONE, PICTURES, HandServer
from tests.browser.waiting import eventually
from tests.store.centre import Centre, done, officer
from tests.store.pictures import PDF_BYTES, jpeg, png_bomb
from tests.store.test_room_tellings import told
from tests.store.test_rooms import PEOPLE

pytestmark = pytest.mark.browser


Serve = Callable[[Principal], HandServer]


@pytest.fixture
def serve(centre: Centre) -> Iterator[Serve]:
    """Serves the page to one person; every server's bells ring for every act."""
    servers: list[HandServer] = []

    def start(person: Principal) -> HandServer:
        def page(who: Principal) -> str:
            units = service.units_to_invite(centre.services, who)
            centres = service.centres_to_invite(centre.services, who)
            return room_page(who, units=units, centres=centres, demonstration=True)

        routes = [hand_route("/room", page), hand_route("/room/{matter_id}", page)]
        server = HandServer(centre.services, centre.clock, person, routes)
        servers.append(server)
        object.__setattr__(centre.services, "after_commit", lambda: [one.log.look() for one in servers])
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def people(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    contexts: list[BrowserContext] = []

    def come(viewport: dict[str, int], **more: Any) -> BrowserContext:
        contexts.append(chromium.new_context(viewport=viewport, **more))
        return contexts[-1]

    yield come
    for each in contexts:
        each.close()


def opened(centre: Centre, matter: dict[str, Any], *units: str) -> str:
    return str(
        done(centre.do(service.open_room, service.OpenRoom(matter["id"], "何时恢复供暖", units)))["room_id"]
    )


def visit(context: BrowserContext, server: HandServer, matter: str) -> Page:
    page = context.new_page()
    page.errors = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{server.url}/room/{matter}")
    expect(page.locator("html[data-mounted=true]")).to_be_attached()
    return page


def write(page: Page, words: str) -> None:
    page.locator(".room-composer textarea").fill(words)
    page.locator(".room-composer [type=submit]").click()


def shoot(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


def liaison(unit: str, language: str = "zh") -> Principal:
    made = officer("unit_liaison", name="郑海", unit=unit)
    return Principal(
        **{name: getattr(made, name) for name in made.__dataclass_fields__} | {"language": language}
    )


def test_an_officer_and_a_unit_meet_decide_and_sign(
    centre: Centre, serve: Serve, people: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    unit = centre.units(1)[0]
    unit_name = centre.pack.units.get(unit).short
    matter = centre.order()
    opened(centre, matter, unit)
    desk = visit(people(DESKTOP), serve(centre.officer), matter["id"])
    phone = visit(people(PHONE, color_scheme="light"), serve(liaison(unit)), matter["id"])

    write(desk, "三号井几点能修好？")
    expect(phone.locator(".room-message .room-text")).to_have_text("三号井几点能修好？")
    # Shown on a page in front of somebody: the officer sees it read without asking.
    expect(desk.locator(".room-message summary")).to_have_text(re.compile(r"已读 1/\d"))
    phone.locator(".room-composer [type=file]").set_input_files(
        {"name": "三号井.jpg", "mimeType": "image/jpeg", "buffer": jpeg((800, 600))}
    )
    write(phone, "两小时，见照片")
    expect(desk.locator(".room-message .room-file img")).to_have_js_property("complete", True)
    assert desk.locator(".room-message .room-file img").first.evaluate("(image) => image.naturalWidth") > 0

    desk.locator("[data-do=decide]").click()
    desk.locator("[name=decision]").fill("12 时前恢复三号井")
    desk.locator("[name=owner]").fill("热力公司 赵经理")
    desk.locator("[data-narrow=owner_unit]").fill(unit_name)
    desk.locator(f".room-picks [value='{unit}']").check(force=True)
    desk.locator("[name=due_at]").fill("2026-11-23T12:00")
    desk.locator(".room-dialog [type=submit]").click()
    expect(desk.locator("[data-decision='1'] .hand-clock")).to_be_visible()

    phone.locator("button[data-tab=decided]").click()
    phone.locator("[data-decision='1'] [data-do=complete]").click()
    phone.locator("[name=result]").fill("11:20 已恢复")
    phone.locator(".room-dialog [type=submit]").click()
    expect(desk.locator("[data-decision='1']")).to_contain_text("11:20 已恢复")

    desk.locator("[data-minutes=draft]").click()
    expect(desk.locator(".room-minutes textarea")).to_have_value(re.compile("两小时，见照片"))
    shoot(desk, "room-desktop")
    shoot(phone, "room-phone-decided")
    desk.locator("[data-minutes=sign]").click()
    expect(phone.locator(".room-notice").last).to_contain_text("签发会商纪要")
    expect(desk.locator(".room-minutes textarea")).to_be_hidden()
    desk.locator("[data-minutes=close]").click()
    expect(phone.locator(".room-composer")).to_be_hidden()
    phone.locator("button[data-tab=talk]").click()
    shoot(phone, "room-phone-talk")
    assert desk.errors == []  # type: ignore[attr-defined]
    assert phone.errors == []  # type: ignore[attr-defined]


def test_words_and_names_never_become_markup(
    centre: Centre, serve: Serve, people: Callable[..., BrowserContext]
) -> None:
    matter = centre.order(title="<img src=x onerror=window.hit=1>")
    room = opened(centre, matter)
    bad = "<script>window.hit=1</script><img src=x onerror=window.hit=1>"
    done(centre.do(service.say, service.Say(room, bad)))
    done(centre.do(service.decide_in_room, service.DecideInRoom(room, bad, bad)))
    page = visit(people(DESKTOP), serve(centre.officer), matter["id"])
    expect(page.locator(".room-message .room-text")).to_have_text(bad)
    page.locator(".room-composer [type=file]").set_input_files(
        {"name": '"><img src=x onerror=window.hit=1>.jpg', "mimeType": "image/jpeg", "buffer": jpeg()}
    )
    write(page, "看附件")
    expect(page.locator(".room-file").first).to_be_visible()
    page.wait_for_timeout(200)
    assert page.evaluate("window.hit") is None


def test_a_file_that_is_none_is_told_in_words_and_the_message_stays(
    centre: Centre, serve: Serve, people: Callable[..., BrowserContext]
) -> None:
    matter = centre.order()
    opened(centre, matter)
    page = visit(people(DESKTOP), serve(centre.officer), matter["id"])
    for name, content, words in (
        ("报告.pdf", b"<html>", "只收"), ("大图.png", png_bomb(), "百万像素"), ("十一.jpg", b"x" * 11_000_000, "10 MB"),
    ):  # fmt: skip
        page.locator(".room-composer [type=file]").set_input_files(
            {"name": name, "mimeType": "image/jpeg", "buffer": content}
        )
        write(page, "附上材料")
        expect(page.locator(".room-composer .room-missing, .room-message")).not_to_have_count(0)
        if len(content) < 10_000_000:
            expect(page.locator(".room-composer .room-missing")).to_contain_text(words)
            expect(page.locator(".room-composer textarea")).to_have_value("附上材料")
            page.locator("[data-drop='0']").click()
    expect(page.locator(".room-message")).to_have_count(1)
    assert centre.count("attachments") == 0


def test_what_was_typed_survives_a_reload_and_a_lost_answer_is_said_once(
    centre: Centre, serve: Serve, people: Callable[..., BrowserContext]
) -> None:
    matter = centre.order()
    opened(centre, matter)
    page = visit(people(PHONE), serve(centre.officer), matter["id"])
    box = page.locator(".room-composer textarea")
    box.fill("写了一半")
    page.wait_for_timeout(200)
    page.reload()
    expect(box).to_have_value("写了一半")
    # The server does it, and its answer never arrives.
    lost = {"count": 0}

    def lose(route: Any) -> None:
        if lost["count"] == 0:
            route.fetch()
            lost["count"] += 1
            route.abort()
        else:
            route.continue_()

    page.route("**/messages", lose)
    page.locator(".room-composer [type=submit]").click()
    expect(page.locator(".room-composer .room-missing")).to_contain_text("还没有送达")
    page.locator(".room-composer [type=submit]").click()
    expect(box).to_have_value("")
    expect(page.locator(".room-message")).to_have_count(1)


def test_an_expert_is_ordered_by_field_and_the_word_recorded(
    centre: Centre, serve: Serve, people: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    file = tmp_path / "specialists.csv"
    file.write_text(PEOPLE, encoding="utf-8")
    found = service.read_specialists_file(file)
    done(service.import_specialists(centre.services, officer("sysadmin"), found, centre.now))
    matter = centre.order()
    opened(centre, matter)
    page = visit(people(DESKTOP), serve(centre.officer), matter["id"])
    page.locator("[data-do=book]").click()
    page.locator("[data-narrow=specialist_id]").fill("供热")
    expect(page.locator(".room-picks label")).to_have_count(1)
    page.locator(".room-picks input").check(force=True)
    page.locator("[name=question]").fill("换热站能否并网")
    page.locator(".room-dialog [type=submit]").click()
    booking = page.locator(".room-row[data-booking]")
    expect(booking).to_contain_text("待答复")
    expect(booking.locator("a")).to_have_attribute("href", "tel:06338770001")
    booking.locator("[data-do=answer]").click()
    page.locator(".room-dialog [value=accepted]").check(force=True)
    page.locator("[name=words]").fill("半小时后到")
    page.locator(".room-dialog [type=submit]").click()
    expect(booking).to_contain_text("答应参加：半小时后到")


def test_an_officer_opens_the_room_and_asks_a_unit_in(
    centre: Centre, serve: Serve, people: Callable[..., BrowserContext]
) -> None:
    matter, unit = centre.order(), centre.units(1)[0]
    page = visit(people(DESKTOP), serve(centre.officer), matter["id"])
    page.locator("[data-do=open]").click()
    page.locator("[name=topic]").fill("停暖怎么办")
    page.locator(".room-dialog [type=submit]").click()
    expect(page.locator(".room-head")).to_contain_text("停暖怎么办")
    page.locator("[data-do=invite]").click()
    page.locator("[data-narrow=who]").fill(centre.pack.units.get(unit).short)
    page.locator(f".room-picks [value='unit:{unit}']").check(force=True)
    page.locator(".room-dialog [type=submit]").click()
    expect(page.locator(f"[data-part='unit:{unit}']")).to_contain_text("尚未进入")
    page.locator("[data-do=move]").click()
    page.locator("[name=meets_at]").fill("2026-11-23T15:30")
    page.locator(".room-dialog [type=submit]").click()
    expect(page.locator(".room-head")).to_contain_text("定在 15:30")
    expect(page.locator(".room-notice").last).to_contain_text("会商定在 11-23 15:30")
    assert {one.means for one in told(centre, "moved", recipient=unit)} == {"unit_page", "sms"}
    mine = visit(people(PHONE), serve(liaison(unit, "en")), "")
    expect(mine.locator(".room-card")).to_contain_text("unread")
    mine.locator(".room-card").click()
    expect(mine.locator(".room-head")).to_contain_text("停暖怎么办")


def test_who_was_not_asked_in_finds_no_room(
    centre: Centre, serve: Serve, people: Callable[..., BrowserContext]
) -> None:
    matter, other = centre.order(), centre.units(2)[1]
    opened(centre, matter)
    page = visit(people(PHONE), serve(liaison(other)), matter["id"])
    expect(page.locator(".room-head")).to_contain_text("未受邀")
    expect(page.locator(".room-composer")).to_be_hidden()


def test_files_are_given_out_as_downloads_in_which_nothing_runs(
    centre: Centre, serve: Serve, people: Callable[..., BrowserContext]
) -> None:
    matter = centre.order()
    room = opened(centre, matter)
    request = service.NewAttachment(matter["id"], None, room, "document", "鉴定.pdf", PDF_BYTES)
    row = done(centre.do(service.keep_attachment, request))
    server = serve(centre.officer)
    answer = people(DESKTOP).request.get(f"{server.url}/api/v1/attachments/{row['id']}")
    assert answer.body() == PDF_BYTES
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E9%89%B4")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_long_room_stays_light_and_reads_nothing_for_who_looks_elsewhere(
    centre: Centre, serve: Serve, people: Callable[..., BrowserContext]
) -> None:
    unit, matter = centre.units(1)[0], centre.order()
    room = opened(centre, matter, unit)
    person = liaison(unit)
    for number in range(90):
        done(centre.do(service.say, service.Say(room, f"第 {number} 条")))
    done(centre.do(service.read_room, service.ReadRoom(room, 92), person))
    file = service.NewAttachment(matter["id"], None, room, "photo", "三号井.jpg", jpeg((800, 600)))
    kept = done(centre.do(service.keep_attachment, file))
    done(centre.do(service.say, service.Say(room, "现场照片", (kept["id"],))))

    def read_no() -> int:
        shown = service.room_view(centre.services, person, room, centre.now)
        assert isinstance(shown, dict)
        return next(int(one["read_no"]) for one in shown["participants"] if one["id"] == unit)

    phone = visit(people(PHONE), serve(person), matter["id"])
    expect(phone.locator(".room-message").last).to_contain_text("现场照片")
    assert phone.locator(".room-message").count() <= 60
    expect(phone.locator(".room-new + .room-message")).to_contain_text("现场照片")
    last = phone.locator(".room-message").last.get_attribute("data-no")
    eventually(lambda: str(read_no()) == last)
    phone.locator(".room-earlier").click()
    expect(phone.locator(".room-message")).to_have_count(91)

    # A picture is looked at before it is downloaded.
    phone.locator(".room-messages [data-picture]").click()
    expect(phone.locator(".room-viewer[open] img")).to_have_js_property("naturalWidth", 800)
    phone.keyboard.press("Escape")

    # In another tab of the page nothing is read, and what comes is only what is new.
    phone.locator("button[data-tab=decided]").click()
    decide = service.DecideInRoom(room, "12 时前恢复", "热力公司", unit, centre.now + 30 * 60_000)
    done(centre.do(service.decide_in_room, decide))
    expect(phone.locator("[data-decision='1'] .hand-clock")).to_be_visible()
    assert str(read_no()) == last
    loaded = phone.evaluate(
        "performance.getEntriesByType('resource').map((one) => [one.name, one.transferSize])"
    )
    sizes = [size for name, size in loaded if "since=" in name]
    assert sizes and max(sizes) < 8_000
    phone.locator("button[data-tab=talk]").click()
    expect(phone.locator(".room-pressing")).to_contain_text("热力公司")
    eventually(lambda: str(read_no()) != last)
