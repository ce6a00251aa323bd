"""A cold morning of the hotline: usual days behind it, more calls than usual since eight, heating above all."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Collection
from threading import Event
from typing import Any

from sqlalchemy import insert
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from callbacks.hand_pages import hotline_html
from dashboard import service
from dashboard.analysis.expected import BIN_MS, BINS
from dashboard.domain.principal import Principal
from dashboard.domain.readings import CallReading, HotlineOrderReading
from dashboard.live.view import ScopeFilter
from dashboard.live.wire import Kind, encode_time
from dashboard.principal_context import current_principal
from dashboard.store import tables
from dashboard.store.news import News
from data_feeds.hotline_day import HotlineDay, volume_prior
from data_feeds.hotline_results import HotlineResults
from data_feeds.hotline_socket import HotlineSockets
from data_feeds.http.hand_pages import hand_route
from data_feeds.http.page_files import modules_of
from data_feeds.live_boards import Boards
from data_feeds.live_outbox import OutboxCounts
from layouts.hand.shell import ENTRY, HandFiles
from tests.browser.hand_server import ROOT, HandServer
from tests.store.centre import MINUTE_MS, Centre

RELEASE = "7b"
DAY_MS = 86_400_000
DAYS_BEFORE = 20
# Topics of the morning with how many asked for each; heating is far beyond the usual.
ASKED = {
    "0203": 38, "0102": 14, "0701": 11, "0305": 9, "0401": 8, "0502": 8, "0601": 7, "0204": 6, "0104": 5, "0301": 5,
    "0801": 4, "0201": 4, "0901": 3, "0103": 2,
}  # fmt: skip
SEATS = {"talk": 21, "wrap": 7, "rest": 2}


def cold_morning(centre: Centre) -> None:
    """Put the calls of a month, the morning's calls, seats and orders into the store."""
    _days_before(centre)
    _this_morning(centre)
    _orders(centre)


def _days_before(centre: Centre) -> None:
    """Calls of usual days, every fourth with its topic: enough for what is to be expected of a morning."""
    pack = centre.pack
    prior = volume_prior(pack)
    midnight_at = pack.calendar.midnight_at(pack.calendar.local_date(centre.now))
    topics = [
        one.code
        for one in pack.categories.at_level(2, "hotline")
        for _ in range(round(4 * (one.share_pct or 0)))
    ]
    rows = []
    for day in range(1, DAYS_BEFORE + 1):
        at = midnight_at - day * DAY_MS
        date = pack.calendar.local_date(at)
        hours = prior.weekday_hours if date.weekday() < 5 else prior.weekend_hours
        total = prior.calls_per_day * prior.day_factors[date.weekday()] * prior.month_factors[date.month - 1]
        owed = 0.0
        for number in range(BINS):
            owed += total * hours[number // 12] / sum(hours) / 12
            for one in range(int(owed)):
                owed -= 1
                called_at = at + number * BIN_MS + one * 1_000
                rows.append(_row(f"d{day}-{number}-{one}", called_at))
                if len(rows) % 4 == 0:
                    topic = topics[(len(rows) * 37) % len(topics)]
                    ended = {"kind": "ended", "category": topic}
                    rows.append(_row(f"d{day}-{number}-{one}", called_at + 200_000) | ended)
    with centre.services.store.write() as connection:
        connection.execute(insert(tables.calls), rows)


def five_usual_minutes(centre: Centre) -> None:
    """As many calls in the last five minutes as were to be expected, so that no scale changes."""
    at = centre.now - 4 * MINUTE_MS
    came = [CallReading(f"x{at}-{one}", "arrived", at + one * 9_000, source="hotline") for one in range(14)]
    service.record_calls(centre.services, came, centre.now)


def _row(call_id: str, at: int) -> dict[str, Any]:
    return {
        "source": "hotline", "call_id": call_id, "kind": "arrived", "at": at, "channel": "phone",
        "origin_number": "12345", "category": "", "agent": "", "agent_state": "", "order_no": "",
    }  # fmt: skip


def _this_morning(centre: Centre) -> None:
    pack, now = centre.pack, centre.now
    prior = volume_prior(pack)
    midnight_at = pack.calendar.midnight_at(pack.calendar.local_date(now))
    readings = []
    total = prior.calls_per_day
    owed, calls = 0.0, 0
    for number in range((now - midnight_at) // BIN_MS):
        hour = number // 12
        more = 1.6 if hour >= 8 else 1.0
        swing = 1 + 0.35 * math.sin(number * 2.1)
        owed += total * prior.weekday_hours[hour] / sum(prior.weekday_hours) / 12 * more * swing
        for one in range(int(owed)):
            owed -= 1
            calls += 1
            at = midnight_at + number * BIN_MS + one * 7_000
            origin = "12329" if calls % 43 == 0 else "7900000" if calls % 29 == 0 else "12345"
            readings.append(CallReading(f"t{calls}", "arrived", at, origin_number=origin, source="hotline"))
            waited = 6_000 if calls % 5 else 41_000
            if calls % 31:
                readings.append(CallReading(f"t{calls}", "answered", at + waited, source="hotline"))
                readings.append(CallReading(f"t{calls}", "ended", at + waited + 210_000, source="hotline"))
            else:
                readings.append(CallReading(f"t{calls}", "abandoned", at + 50_000, source="hotline"))
    for waiting in range(4):
        at = now - 8_000 * waiting - 4_000
        readings.append(CallReading(f"w{waiting}", "arrived", at, source="hotline"))
    seats = [state for state, count in SEATS.items() for _ in range(count)]
    for number, state in enumerate(seats):
        at = now - 60_000
        readings.append(
            CallReading(f"s{number}", "agent", at, agent=f"A{number:03}", agent_state=state, source="hotline")
        )
    service.record_calls(centre.services, readings, now)


def _orders(centre: Centre) -> None:
    pack, now = centre.pack, centre.now
    villages = sorted(one.code for one in pack.divisions.at_level("village"))
    statuses = ("TO_DISPATCH", "HANDLING", "HANDLING", "REPLIED", "TO_CALLBACK", "TO_ACCEPT")
    orders, number = [], 0
    for category, count in ASKED.items():
        for one in range(count):
            number += 1
            late = category == "0203" and one % 3
            opened_at = now - (3 + one * 2 if late else 20 + one * 9) * MINUTE_MS
            village = villages[(number * 37) % len(villages)]
            channel = "phone" if number % 9 else "wechat"
            status = statuses[number % len(statuses)]
            orders.append(
                HotlineOrderReading(
                    f"N{number:04}", opened_at, category, 3, status=status, village=village, channel=channel,
                    township=pack.divisions.township_of(village), region=pack.divisions.region_of(village),
                    title=f"诉求{number}", superior_source="问政山东" if number % 41 == 0 else "",
                    dispatched_at=None if status in ("TO_DISPATCH", "TO_ACCEPT") else opened_at + MINUTE_MS,
                    replied_at=opened_at + 2 * MINUTE_MS if status in ("REPLIED", "TO_CALLBACK") else None,
                    source="hotline",
                )
            )  # fmt: skip
    service.intake_orders(centre.services, orders, now)


class _Told:
    """What the page's socket asks of the live picture."""

    def __init__(self, clock: Any) -> None:
        self._clock = clock

    def time_frame(self, echo: float = 0.0) -> bytes:
        return encode_time(self._clock.now_ms(), self._clock.rate, echo, 0)

    def hello(self, **more: Any) -> dict[str, Any]:
        return {
            "now": self._clock.now_ms(), "rate": self._clock.rate, "epoch": "test", "seq": 0, "release": RELEASE,
            "demonstration": True,
        } | more  # fmt: skip


class HotlineServer(HandServer):
    """The page and its socket on a port of its own; the pictures are the worker's, of the test's store."""

    def __init__(self, centre: Centre, person: Principal) -> None:
        self._centre, self.services = centre, centre.services
        divisions = centre.pack.divisions
        self.boards = Boards(
            None,  # type: ignore[arg-type]  # nothing is followed: the test tells
            centre.clock.now_ms, self._own_health, lambda kind: self.sockets.board_changed(kind), lambda: None,
        )  # fmt: skip
        self.sockets = HotlineSockets(
            _Told(centre.clock),
            OutboxCounts(),
            lambda: self.boards,
            lambda code: ScopeFilter(code, centre.pack.code, divisions.is_within),
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        files = HandFiles(RELEASE, modules_of(ROOT / "assets", [ENTRY, "hotline/page.mjs"]))
        page = hotline_html(centre.pack, files, demonstration=True)
        routes = [hand_route("/hotline", page), WebSocketRoute("/hotline/live", self._live())]
        super().__init__(
            centre.services, centre.clock, person, [*routes, Route("/desk/", _nothing)], release=RELEASE
        )
        centre.services.store.on_news = self._news
        self.log.results = lambda of: self.boards.value(  # type: ignore[attr-defined]
            Kind.HOTLINE_RESULTS, ScopeFilter(of, centre.pack.code, divisions.is_within)
        )

    def tell(
        self, state: str = "fresh", as_of: int | None = None, fault: dict[str, int] | None = None
    ) -> None:
        """Publish the pictures as the worker does, of this instant; the source and its own fault as the test says."""
        now = self._centre.clock.now_ms()
        day = HotlineDay(self._centre.services, now)
        day.read_calls(now)
        day.read_orders(now)
        at = now if as_of is None else as_of
        failing = {} if fault is None else {"fault": fault}
        self.give(Kind.HOTLINE, day.picture(state, at, now) | failing)  # type: ignore[arg-type]
        results = HotlineResults(self._centre.services, now)
        self.give(Kind.HOTLINE_RESULTS, results.picture(now) | {"at": at})
        self.give(Kind.HOTLINE_BOARD, day.board(state, at, now))  # type: ignore[arg-type]

    def forget(self) -> None:
        """As before the worker said anything; what was told until now is forgotten too, were it still on its way."""
        if self._loop is None:
            self._forget()
            return
        done = Event()
        self._loop.call_soon_threadsafe(lambda: (self._forget(), done.set()))
        assert done.wait(60)

    def _forget(self) -> None:
        self.boards._values.clear()
        self.sockets._frames.clear()

    def give(self, kind: Kind, value: dict[str, Any]) -> None:
        """Publish one picture as it is given."""
        data = json.dumps(value).encode()
        if self._loop is None:
            self.boards._take(kind, data)
        else:
            self._loop.call_soon_threadsafe(self.boards._take, kind, data)

    def _news(self, news: Collection[News]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.sockets.news_heard, news)

    def _own_health(self) -> dict[str, Any]:
        return {"picture": "live", "bus": "up", "bus_since": None, "store": "up"}

    def _live(self) -> Any:
        server = self

        class Live:
            async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
                if server._loop is None:
                    server._loop = asyncio.get_running_loop()
                    server._tasks = [asyncio.create_task(loop()) for loop in server.sockets.loops().values()]
                await server.sockets.serve(receive, send, current_principal())

        return Live()


async def _nothing(_request: Any) -> Any:
    raise AssertionError("nobody goes there in these tests")
