"""The live socket: one WebSocket per screen at /live, and the hub that keeps its process's picture and fleet.

View-only: a screen may ask for the time and say how far it has come, nothing else. What a screen receives is
docs/wire.md; who may open it is decided by the gate before it gets here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import parse_qs

from dashboard.domain.arrival import Fix
from dashboard.domain.principal import Principal
from dashboard.live.fleet import Fleet
from dashboard.live.picture import Change, Picture
from dashboard.live.view import ScopeFilter, Surface, ViewClass
from dashboard.live.wire import Kind, encode_json
from dashboard.store.news import News
from data_feeds.admin_socket import AdminSockets
from data_feeds.bells import Bells
from data_feeds.bus import Bus
from data_feeds.hotline_socket import HotlineSockets
from data_feeds.live_boards import BOARDS, PAGE_BOARDS
from data_feeds.live_channel import ViewChannel
from data_feeds.live_city import LiveCity
from data_feeds.live_desks import DeskBook
from data_feeds.live_fleet import Duty
from data_feeds.live_movement import LiveMovement
from data_feeds.live_outbox import (
    CLOSE_POLICY,
    CLOSE_RESTART,
    Outbox,
    OutboxCounts,
    direct_transport,
)
from data_feeds.live_screens import (
    Acknowledged,
    MatterOpened,
    Recheck,
    SceneShown,
    Screen,
    TimeAsked,
    first_ends,
    read_text,
    sign_out_strangers,
)
from data_feeds.live_server import DEAD
from data_feeds.live_source import LiveSource, ServiceSource
from data_feeds.live_walls import WallBook

if TYPE_CHECKING:
    from dashboard.citypack import CityPack
    from dashboard.clock import Clock
    from dashboard.service import Services

TIME_EVERY_S: Final = 1.0  # also the heartbeat: a screen that hears nothing for 5 s says so
TOLD_WITHIN_S: Final = 2.0  # pages that wait for their inbox, one after the other
RECHECK_EVERY_S: Final = 10.0  # how long a screen outlives its session or kiosk token
STOP_S: Final = 1.0
RESTART_AFTER_S: Final = 1.0

logger = logging.getLogger(__name__)
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class LiveHub:
    """Folds log, fleet and pictures of one city and serves them to every screen of this process.

    Args:
        bus: Redis.
        services: the truth behind the picture.
        clock: the product's clock.
        pack: divisions for jurisdictions and posts.
        release: shown to screens, so that an old page can reload itself.
        source: what to read the truth through; made from `services` by default.
    """

    def __init__(
        self,
        bus: Bus,
        services: Services | None,
        clock: Clock,
        pack: CityPack,
        *,
        release: str = "",
        source: LiveSource | None = None,
    ) -> None:
        if source is None:
            if services is None:
                raise ValueError("a hub needs services or a source")
            source = ServiceSource(services)
        self._clock = clock
        self._release = release
        self._divisions = pack.divisions
        self.bells = Bells()
        self._health_changed = asyncio.Event()
        self._city = LiveCity(bus, source, clock, pack, self)
        self._movement = LiveMovement(self._city.fleet_fold, self._city.drawn)
        self._channels: dict[ViewClass, ViewChannel] = {}
        self._screens: set[Screen] = set()
        self._counts = OutboxCounts()
        self._opened = 0
        self._refused_texts = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._is_stopping = False
        self.walls = WallBook(bus, clock.now_ms)
        self.desks = DeskBook(bus, clock.now_ms, lambda one: self.picture.matters.get(one), self._sees)
        self.administrators = AdminSockets(self, self._counts)
        self.hotline_pages = HotlineSockets(self, self._counts, lambda: self._city.boards, self._city.scopes)
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def fleet(self) -> Fleet:
        """The fleet as this process knows it."""
        return self._city.fleet_fold.fleet

    @property
    def picture(self) -> Picture:
        """The rows as this process knows them."""
        return self._city.picture_fold.picture

    @property
    def is_ready(self) -> bool:
        """True once there is a picture to show."""
        return self._city.picture_fold.is_ready

    def _sees(self, jurisdiction: str, scope: tuple[str, ...]) -> bool:
        divisions = self._divisions
        return ScopeFilter(jurisdiction, divisions.city.code, divisions.is_within).sees(scope)

    def fix_of(self, worker_id: str) -> Fix | None:
        """Return where the fleet last saw a worker."""
        return self._city.fleet_fold.fix_of(worker_id)

    def duty_of(self, worker_id: str, now: int) -> Duty:
        """Return how the fleet sees a worker."""
        return self._city.fleet_fold.duty_of(worker_id, now)

    def members(self, jurisdiction: str) -> Any:
        """Return the mask of the fleet's slots that a jurisdiction sees."""
        return self._city.fleet_fold.members(self._city.scopes(jurisdiction).sees)

    def hotline(self) -> dict[str, Any]:
        """Return the last hotline picture, empty before the first."""
        return self._city.boards.value(Kind.HOTLINE, self._city.scopes(self._city.city_code))

    def broken(self) -> Literal["", "store", "bus"]:
        """Return what this process cannot reach now: without the store nothing can be ordered, without Redis what it
        carries alone stands still."""
        own = self._city.own_health()
        if own["store"] == "down":
            return "store"
        return "bus" if own["bus"] == "down" else ""

    def health(self) -> dict[str, Any]:
        """Return the last health of platforms and feeds, with this process's own."""
        return self._city.boards.value(Kind.HEALTH, self._city.scopes(self._city.city_code))

    def rates(self, jurisdiction: str) -> dict[str, Any]:
        """Return the last rates of the regions that a jurisdiction sees."""
        return self._city.boards.value(Kind.RATES, self._city.scopes(jurisdiction))

    def analysis(self, jurisdiction: str) -> dict[str, Any]:
        """Return the last analysis that a jurisdiction sees, empty before the first."""
        return self._city.boards.value(Kind.ANALYSIS, self._city.scopes(jurisdiction))

    def results(self, jurisdiction: str) -> dict[str, Any]:
        """Return the last results of the hotline's month that a jurisdiction sees, empty before the first."""
        return self._city.boards.value(Kind.HOTLINE_RESULTS, self._city.scopes(jurisdiction))

    def time_frame(self, echo: float = 0.0) -> bytes:
        """Return the time as a frame; `echo` is the mark of who asked."""
        return self._city.time_frame(echo)

    def hello(self, **more: Any) -> dict[str, Any]:
        """Return what every hello says: the time, where the log is, the release; and more."""
        return {
            "now": self._clock.now_ms(),
            "rate": self._clock.rate,
            "epoch": self.picture.epoch,
            "seq": self.picture.seq,
            "release": self._release,
            "demonstration": self._clock.is_demonstration,
            **more,
        }

    # -- life ----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to fold; screens may be served at once and are told when there is a picture."""
        loops = {
            **self._city.loops(),
            **self.administrators.loops(),
            **self.hotline_pages.loops(),
            "time": self._tell_time,
            "waiting": self._tell_waiting,
            "rights": self._recheck_screens,
            "walls": self.walls.keep,
            "desks": self.desks.keep,
        }
        self._tasks = [
            asyncio.create_task(self._without_end(name, loop), name=f"live {name}")
            for name, loop in loops.items()
        ]

    async def stop(self) -> None:
        """Tell every screen that the server restarts, and end."""
        notice = encode_json(Kind.NOTICE, {"code": "closing", "params": {}})
        for screen in list(self._screens):
            screen.outbox.offer_first(notice)
            screen.outbox.close(CLOSE_RESTART, "restart")
        await asyncio.gather(self.administrators.stop(STOP_S), self.hotline_pages.stop(STOP_S))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_S):
                await self._empty.wait()
        self._is_stopping = True
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            # A library below may swallow a cancellation that meets its own timeout: ask again.
            _, pending = await asyncio.wait(self._tasks, timeout=STOP_S)
            self._tasks = list(pending)

    def stats(self) -> dict[str, Any]:
        """Return what /healthz says of the live picture."""
        return {
            **self._city.stats(),
            "screens": len(self._screens),
            "views": {
                f"{view.jurisdiction}/{view.surface}": len(channel.outboxes)
                for view, channel in self._channels.items()
            },
            "administrators": len(self.administrators),
            "hotline_pages": len(self.hotline_pages),
            "opened": self._opened,
            **asdict(self._counts),
            "refused_texts": self._refused_texts,
            "most_waiting_bytes": max((screen.outbox.waiting_bytes for screen in self._screens), default=0),
        }

    # -- one screen ----------------------------------------------------------------------------------------

    async def serve(
        self, scope: Any, receive: Receive, send: Send, principal: Principal, recheck: Recheck | None = None
    ) -> None:
        """Serve one screen until it leaves: a raw ASGI WebSocket, not yet accepted.

        Args:
            principal: who looks; jurisdiction and kind decide what is sent.
            recheck: asked every `RECHECK_EVERY_S` whether the screen may stay.
        """
        if (await receive())["type"] != "websocket.connect":
            return
        await send({"type": "websocket.accept"})
        asked = _asked(scope)
        surface: Surface = "wall" if principal.kind == "kiosk" or asked.get("view") == ["wall"] else "desk"
        channel = self._channel(ViewClass(principal.jurisdiction, surface))
        transport = direct_transport(send)
        outbox = Outbox(
            send,
            channel.picture_frames,
            channel.movement_frame,
            self._counts,
            transport,
        )
        self._opened += 1
        now_s = asyncio.get_running_loop().time()
        screen = Screen(
            id=f"{os.getpid()}-{self._opened}", principal=principal, channel=channel, outbox=outbox,
            recheck=recheck, asked_s=now_s,
        )  # fmt: skip
        self._join(screen, asked)
        try:
            await first_ends(outbox.run(), self._listen(screen, receive))
        except TimeoutError:  # it took nothing, or not even the good-bye
            self._counts.closed_slow += 1
            if transport is not None:
                transport.abort()  # a polite close would wait behind what the screen does not take
        finally:
            self._leave(screen)

    def _join(self, screen: Screen, asked: dict[str, list[str]]) -> None:
        """Put a screen among its like and queue its beginning, all in one step of the event loop."""
        channel, outbox = screen.channel, screen.outbox
        cursor = (asked.get("epoch", [""])[0], asked.get("seq", [""])[0])
        missed = channel.missed(*cursor) if self.is_ready else None
        view = asdict(channel.view) | {"resumed": missed is not None}
        outbox.offer_first(encode_json(Kind.HELLO, self.hello(screen=screen.id, view=view)))
        outbox.offer_first(self.time_frame())
        if missed is not None:
            for frame in missed:
                outbox.offer_changes(frame)
        elif self.is_ready:
            outbox.want_picture()
        for kind in BOARDS.values():
            outbox.offer_latest(kind, channel.board_frame(kind))
        channel.offer_news(outbox)
        channel.tell_fleet(outbox)
        channel.join(outbox)
        self._screens.add(screen)
        self.walls.joined(screen.principal)
        self._empty.clear()

    def _leave(self, screen: Screen) -> None:
        self._screens.discard(screen)
        self.walls.left(screen.principal)
        self.desks.left(screen)
        if not self._screens:
            self._empty.set()
        screen.channel.leave(screen.outbox)
        if not screen.channel.outboxes:
            self._channels.pop(screen.channel.view, None)
            self._movement.close(screen.channel.view)

    async def _listen(self, screen: Screen, receive: Receive) -> None:
        loop = asyncio.get_running_loop()
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                self._counts.closed_dead += message.get("reason") == DEAD
                return
            said = read_text(message.get("text")) if screen.may_speak(loop.time()) else None
            if isinstance(said, TimeAsked):
                screen.outbox.offer_first(self.time_frame(said.mark))
            elif isinstance(said, Acknowledged):
                screen.seen_seq = said.seq
            elif isinstance(said, SceneShown):
                self.walls.says(screen.principal, said)
            elif isinstance(said, MatterOpened) and screen.channel.view.surface == "desk":
                self.desks.says(screen, screen.principal, said.matter_id)
            else:
                self._refused_texts += 1
                screen.outbox.close(CLOSE_POLICY, "view-only")

    # -- telling screens -----------------------------------------------------------------------------------

    def picture_changed(self, changes: Sequence[Change]) -> None:
        """Tell every view what log entries mean to it, and ring for whom they concern."""
        self.bells.changed(changes)
        for channel in self._channels.values():
            channel.tell_changes(changes)

    def picture_reloaded(self) -> None:
        """Give every screen a fresh picture."""
        self.bells.reloaded(self.picture)
        for channel in self._channels.values():
            channel.forget_picture()

    def fleet_moved(self) -> None:
        """Send every view its movement since the last time."""
        deltas = self._movement.deltas()
        if deltas is None:
            for screen in self._screens:
                screen.channel.tell_fleet(screen.outbox)
            return
        for view, frame in deltas:
            self._channels[view].send_movement(frame)

    def board_changed(self, kind: Kind) -> None:
        """Send every view the board as it may see it."""
        self.hotline_pages.board_changed(kind)
        if kind in PAGE_BOARDS.values():
            return
        for channel in self._channels.values():
            channel.tell_board(kind)

    def news_heard(self, news: Collection[News] | None) -> None:
        """Tell every view, and the administrators, which news are theirs."""
        for channel in self._channels.values():
            channel.tell_news(news)
        self.administrators.news_heard(news)
        self.hotline_pages.news_heard(news)

    # -- loops ---------------------------------------------------------------------------------------------

    async def _tell_waiting(self) -> None:
        """Answer pages that wait for their inbox early, so that they too learn how this process fares."""
        while True:
            await self._health_changed.wait()
            self._health_changed.clear()
            await self.bells.answer_all(TOLD_WITHIN_S)

    async def _tell_time(self) -> None:
        said = self._city.own_health()
        while True:
            frame = self.time_frame()
            for channel in self._channels.values():
                channel.send_time(frame)
            # Workers grow stale and lost by the clock alone.
            self.fleet_moved()
            if self._city.own_health() != said:
                said = self._city.own_health()
                self.board_changed(Kind.HEALTH)
                self._health_changed.set()
            self._movement.drop_snapshots()
            for channel in self._channels.values():
                channel.drop_stale_frames()
            await asyncio.sleep(TIME_EVERY_S)

    async def _recheck_screens(self) -> None:
        while True:
            await asyncio.sleep(RECHECK_EVERY_S / 100)
            await sign_out_strangers(
                self._screens, RECHECK_EVERY_S, lambda now, then: now.jurisdiction == then.jurisdiction
            )

    # -- inside --------------------------------------------------------------------------------------------

    def _channel(self, view: ViewClass) -> ViewChannel:
        channel = self._channels.get(view)
        if channel is None:
            scopes = self._city.scopes(view.jurisdiction)
            fleet, boards = self._city.fleet_fold, self._city.boards
            channel = ViewChannel(
                view, scopes, self.picture, fleet, self._movement, boards, self._city.village_of
            )
            self._channels[view] = channel
            self._movement.open(view, scopes)
        return channel

    async def _without_end(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """Run a loop for ever: a fault nobody thought of is logged and must not stop the picture for the day."""
        while not self._is_stopping:
            try:
                await loop()
            except Exception:
                logger.exception("live %s failed, starts again", name)
            await asyncio.sleep(RESTART_AFTER_S)


def _asked(scope: Any) -> dict[str, list[str]]:
    """What a screen's address asks for; one with more fields than there are asks for nothing."""
    try:
        return parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=8)
    except ValueError:
        return {}
