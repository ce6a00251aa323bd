"""Every page that people open, on one standing morning: what is looked at in both languages and both themes.

A page is walked through its stops: what can be seen on it, one after the other. Tests of accessibility, of language and
of pictures look at each stop.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from playwright.sync_api import Page, expect
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from callbacks.hand_pages import field_html, leader_html, report_html, room_html, unit_html
from dashboard import service
from dashboard.service.roster import RosterWorker
from data_feeds.http.hand_pages import hand_route
from data_feeds.http.report_pages import CitizenPages, citizen_routes
from layouts.catalogue import text
from layouts.hand.shell import HandFiles
from layouts.report.page import follow_page, no_such_grid_page
from layouts.sign_in import kiosk_refused_page, no_screen_page, sign_in_page
from tests.browser import leader_scene
from tests.browser.admin_server import AdminServer
from tests.browser.hand_server import DESKTOP, PHONE, HandServer
from tests.browser.leader_scene import MAYOR, RATES, busy_city
from tests.browser.spoken import Spoken
from tests.store import centre as centre_words
from tests.store import test_loop_rongan
from tests.store.centre import RONGAN, Centre, done, officer
from tests.store.pictures import jpeg
from tests.store.test_loop_rongan import WORKER

PATIENCE_MS = 60_000  # the tests share their machine
expect.set_options(timeout=PATIENCE_MS)

# What a citizen wrote, where the number in it is masked; a title that is the kind that the citizen chose.
WRITTEN_MASKED = ("家里没有暖气，请打 ", "消防隐患")

Stops = Iterator[str]
FILES = HandFiles()


@dataclass(frozen=True, slots=True)
class Walk:
    """One page: who opens it, where, on what, and its stops. `languages` are those that it can be switched to."""

    name: str
    person: str
    path: str
    stops: Callable[[Page, Morning], Stops]
    size: dict[str, int]
    languages: tuple[str, ...] = ("zh", "en")
    stations: int = 1  # at least so many places are reached by Tab on its first stop


class Morning:
    """The scene: a busy city, a room, a worker with two tasks, a citizen's report; and the servers of its pages."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.grid = centre.pack.divisions.children(RONGAN)[0]
        self._on_the_roster()
        self.scene = busy_city(centre)
        self.unit = self.scene["units"][2]  # it has accepted, and is not there yet
        self.matter = self.scene["late"]["id"]
        self._room()
        self._tasks()
        self._receipts()
        # Between two whole minutes, so that no "in 20 min" changes while a page is looked at.
        centre.clock.skip(0.5)  # type: ignore[attr-defined]
        self.people = {
            "liaison": officer("unit_liaison", unit=self.unit, name="郑爱国"),
            "worker": WORKER,
            "leader": MAYOR,
            "officer": centre.officer,
            "sysadmin": officer("sysadmin", name="吴系统"),
            "secadmin": officer("secadmin", name="孙安全"),
            "auditor": officer("auditor", name="钱审计"),
        }
        self.spoken = Spoken(
            centre.pack, (leader_scene, centre_words, test_loop_rongan, sys.modules[__name__]), WRITTEN_MASKED
        )
        self.silent = {
            "platforms": [{"id": "internet", "last_at": centre.now - 3_600_000, "interval_ms": 60_000}]
        }
        self.hand = HandServer(centre.services, centre.clock, centre.officer, self._routes())
        self.hand.log.rates = lambda _place: RATES  # type: ignore[method-assign,assignment]
        self.hand.log.health = lambda: self.silent  # type: ignore[method-assign]
        self.admin = AdminServer(centre.services, centre.clock, self.people["sysadmin"])

    def start(self) -> None:
        self._administration()
        self.hand.start()
        self.admin.start()

    def stop(self) -> None:
        self.hand.stop()
        self.admin.stop()

    def address(self, walk: Walk, language: str) -> str:
        """Seat the walk's person at its page; returns the page's address."""
        server = self.admin if walk.path.startswith("/admin") else self.hand
        server.person = replace(self.people[walk.person], language=language)
        return server.url + walk.path.format(matter=self.matter, grid=self.grid, follow=self.follow)

    # -- what happened --------------------------------------------------------------------------------------

    def _on_the_roster(self) -> None:
        divisions = self.centre.pack.divisions
        worker = RosterWorker(
            slot=0, worker_id="W-1", name="刘强", grid=self.grid, township=divisions.township_of(self.grid) or "",
            region=divisions.region_of(self.grid) or "", assessed=True, skills=(), device_id="D-1", key_generation=1,
        )  # fmt: skip
        done(service.import_roster(self.centre.services, officer("sysadmin"), [worker], self.centre.now))

    def _room(self) -> None:
        do = self.centre.do
        opened = service.OpenRoom(self.matter, "污水从哪里来", (self.unit,))
        room = str(done(do(service.open_room, opened))["room_id"])
        file = service.NewAttachment(self.matter, None, room, "photo", "渠口.jpg", jpeg((800, 600)))
        photo = done(do(service.keep_attachment, file))["id"]
        done(do(service.say, service.Say(room, "渠口现在什么情况？")))
        done(do(service.say, service.Say(room, "闸门已关，见照片", (photo,))))
        decided = service.DecideInRoom(
            room, "11 时 20 分前清完", "环保局 赵科长", self.unit, self.centre.now + 80 * 60_000
        )
        done(do(service.decide_in_room, decided))

    def _tasks(self) -> None:
        here = self.centre.pack.divisions.get(self.grid)
        wanted = service.CitizenReport(
            self.grid, "2101", "商铺二层堆积大量建筑垃圾，容易发生火灾", lon=here.lon, lat=here.lat, phone="13905551234"
        )  # fmt: skip
        sent = service.report(self.centre.services, wanted, "203.0.113.7", self.centre.now, self.centre.key())
        self.follow = str(done(sent)["code"])
        to_worker = (service.ReceiverOrder("worker", "W-1", "lead"),)
        order = service.Dispatch(self.centre.order(title="路灯不亮")["id"], to_worker, "去看一看")
        done(self.centre.do(service.dispatch, order, expected_version=None))

    def _receipts(self) -> None:
        """Everything has come and was read: a page says so itself when opened, and would not look the same again."""
        for command in service.snapshot(self.centre.services).commands:
            for receiver in command["receivers"]:
                if receiver["id"] in (self.unit, WORKER.worker) and receiver["stage"] in (
                    "sent",
                    "delivered",
                ):
                    for stage in ("delivered", "read"):
                        done(self.centre.answer(command["id"], receiver["id"], stage))

    def _administration(self) -> None:
        services, now, secadmin = self.centre.services, self.centre.now, self.people["secadmin"]
        done(service.open_kiosk_token(services, secadmin, "指挥大厅 1 号屏", self.centre.pack.code, now))

    # -- its pages ------------------------------------------------------------------------------------------

    def _routes(self) -> list[BaseRoute]:
        pack, services, clock = self.centre.pack, self.centre.services, self.centre.clock
        room = room_html(services, FILES, demonstration=True)
        citizens = CitizenPages(
            report=report_html(pack, FILES, demonstration=True),
            follow=lambda *given: follow_page(*given, demonstration=True, files=FILES),
            no_such_grid=lambda language: no_such_grid_page(language, demonstration=True, files=FILES),
        )
        return [
            hand_route("/unit", unit_html(pack, FILES, demonstration=True)),
            hand_route("/field", field_html(services, FILES, demonstration=True)),
            hand_route("/leader", leader_html(pack, FILES, demonstration=True)),
            hand_route("/room", room),
            hand_route("/room/{matter_id}", room),
            *citizen_routes(services, clock, citizens),  # type: ignore[arg-type]
            _plain("/sign-in", sign_in_page(pack.name, "zh", demonstration=True, refusal="账号或密码不对。")),
            _plain("/kiosk-refused", kiosk_refused_page("zh")),
            _plain("/no-screen", no_screen_page("zh")),
        ]


def _plain(path: str, html: str) -> Route:
    async def show(_request: Request) -> Response:
        return HTMLResponse(html)

    return Route(path, show)


# -- the stops of each page -----------------------------------------------------------------------------------


def still(page: Page, _morning: Morning) -> Stops:
    """A page that is one stop."""
    expect(page.locator("main p").first).to_be_visible()
    yield "page"


def unit(page: Page, morning: Morning) -> Stops:
    connected(page)
    expect(page.locator(".unit-item").first).to_be_visible()
    yield "list"
    page.locator(f"[data-item='{morning.matter}']").first.click()
    expect(page.locator(".unit-head h1")).to_be_visible()
    yield "matter"
    page.locator(".unit-detail button.primary").click()
    expect(page.locator("dialog[open]")).to_be_visible()
    yield "form"
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.locator("a[href='#statistics']").first.click()
    expect(page.locator(".unit-figures").first).to_be_visible()
    yield "figures"


def field(page: Page, _morning: Morning) -> Stops:
    connected(page)
    expect(page.locator(".field-task")).to_have_count(2)
    yield "tasks"
    page.locator(".field-cover").first.click()
    expect(page.locator(".field-foot")).to_be_visible()
    yield "task"
    for tab in ("report", "map", "me"):
        page.locator(f".field-tab.{tab}").click()
        expect(page.locator("#hand-main")).to_have_attribute("data-tab", tab)
        yield tab
    page.locator(".field-tab.help").click()
    expect(page.locator(".field-sheet[open]")).to_be_visible()
    yield "help"


def leader(page: Page, morning: Morning) -> Stops:
    connected(page)
    expect(page.locator("h1.leader-sentence")).to_be_visible()
    yield "now"
    for view in ("overdue", "mine", "day", "red", "whistles"):
        page.evaluate("view => { location.hash = view; }", view)
        expect(page.locator("#hand-main")).to_have_attribute("data-view", view)
        expect(page.locator(".leader-view > *").first).to_be_visible()
        yield view
    page.evaluate("matter => { location.hash = `word/${matter}`; }", morning.matter)
    expect(page.locator("dialog[open] textarea")).to_be_visible()
    yield "word"


def room(page: Page, _morning: Morning) -> Stops:
    expect(page.locator(".room-message")).to_have_count(2)
    expect(page.locator(".room-file img").first).to_have_js_property("complete", True)
    yield "room"
    for act in ("decide", "invite", "book", "move"):
        page.locator(f"[data-do={act}]").first.click()
        expect(page.locator(".room-dialog[open]")).to_be_visible()
        yield act
        page.locator(".room-dialog [data-cancel]").click()
        expect(page.locator(".room-dialog[open]")).to_have_count(0)


def rooms(page: Page, _morning: Morning) -> Stops:
    expect(page.locator(".room-card")).to_have_count(1)
    yield "list"


def report(page: Page, _morning: Morning) -> Stops:
    expect(page.locator("textarea[name=text]")).to_be_visible()
    yield "form"
    page.locator("button[type=submit]").click()
    expect(page.locator("#wrong-text")).to_be_visible()
    yield "missing"


def follow(page: Page, _morning: Morning) -> Stops:
    expect(page.locator(".follow-step").first).to_be_visible()
    yield "steps"


def administration(page: Page, _morning: Morning) -> Stops:
    language = page.locator("[data-page]").get_attribute("data-lang") or ""
    waits = page.get_by_text(text("admin.waiting", language), exact=True).locator("visible=true")
    expect(page.locator("html[data-mounted]")).to_be_attached()
    for link in [one.get_attribute("data-link") for one in page.locator("[data-link]").all()]:
        page.locator(f'[data-link="{link}"]').click()
        section = page.locator(f'[data-section="{link}"]')
        expect(section).to_be_visible()
        expect(waits).to_have_count(0)
        yield str(link)
        for tab in [one.get_attribute("data-tab") for one in section.locator("[data-tab]").all()][1:]:
            section.locator(f'[data-tab="{tab}"]').click()
            expect(page.locator(f'[data-view="{tab}"]')).to_be_visible()
            expect(waits).to_have_count(0)
            yield str(tab)


def connected(page: Page) -> None:
    expect(page.locator("html[data-mounted]")).to_be_attached()
    expect(page.locator("#hand-connection")).to_have_attribute("data-state", "live")


WALKS = (
    Walk("sign-in", "officer", "/sign-in", still, DESKTOP, ("zh",), 2),
    Walk("kiosk-refused", "officer", "/kiosk-refused", still, DESKTOP, ("zh",), 0),
    Walk("no-screen", "officer", "/no-screen", still, DESKTOP, ("zh",)),
    Walk("unit", "liaison", "/unit", unit, DESKTOP),
    Walk("field", "worker", "/field", field, PHONE),
    Walk("leader", "leader", "/leader", leader, PHONE),
    Walk("room", "officer", "/room/{matter}", room, DESKTOP),
    Walk("rooms", "officer", "/room", rooms, PHONE),
    Walk("report", "officer", "/report/{grid}", report, PHONE),
    Walk("follow", "officer", "/report/follow/{follow}", follow, PHONE),
    Walk("no-such-grid", "officer", "/report/0", still, PHONE),
    Walk("admin-sysadmin", "sysadmin", "/admin/", administration, DESKTOP),
    Walk("admin-secadmin", "secadmin", "/admin/", administration, DESKTOP),
    Walk("admin-auditor", "auditor", "/admin/", administration, DESKTOP),
)
