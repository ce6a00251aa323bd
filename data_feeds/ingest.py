"""The public entrance of the feeds as one ASGI application: routes, other wires, ticks, roster, start and stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from dashboard.old_key_uses import OLD_KEY_USES
from dashboard.store.store import StoreBusy
from data_feeds.bus import Bus, BusDown
from data_feeds.bus_names import FEED_WIRES, NUDGE_FEEDS, fleet_channel
from data_feeds.clock import Clock
from data_feeds.conduct import Held
from data_feeds.entrance_metrics import EntranceFigures
from data_feeds.feed_health import WireState
from data_feeds.feed_keys import FeedKeys
from data_feeds.feed_proof import WINDOW_S, FeedProof, machine_ms
from data_feeds.feed_routes import FeedRoutes
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import FixDoor
from data_feeds.fleet_publisher import SNAPSHOT_INTERVAL_MS, FleetPublisher, until_tick_s
from data_feeds.grid_shapes import GridShapes
from data_feeds.http_exchange import Receive, Scope, Send
from data_feeds.owntracks_desk import OwnTracksDesk
from data_feeds.position_board import PositionBoard, RosterEntry
from data_feeds.position_stream import PositionStream
from data_feeds.positions_desk import PositionsDesk
from data_feeds.stream_servers import StreamServer, StreamServers
from data_feeds.task_ending import end_tasks

_LOG = logging.getLogger(__name__)

ROSTER_POLL_S: Final = 30.0  # a nudge may be lost; a new roster is known at the latest after this
ROSTER_ON_UNKNOWN_S: Final = 2.0  # an unknown device may be new: look again, but not for every request
_FLUSH_S: Final = 1.0


class Ingest:
    """The ASGI application.

    Args:
        bus: an opened bus; the application closes it at shutdown.
        load_roster: returns the roster; blocking, called in a thread; raises StoreBusy.
        keys: expected keys, told of each new roster.
        centres: grid code -> (lon, lat).
        shapes: grid polygons.
        check_codes: says why a reading's division, category or unit codes are not of this city, or None.
        clock: the product's clock.
        regions: whose frames are listened to, for what other processes of the feeds publish.
        exact_m: how exactly a place has to be known to prove an arrival.
        tick_ms: how long positions are gathered before they travel.
        open_streams: returns the wires beside HTTP, given the door that they bring their fixes to and the tally
            that they count in.
        signature_window_ms: how far a signature's instant may lie from the machine's time, each way.
        real_ms: the machine's time, UTC ms.
        load_held: returns device -> since when it is kept apart; blocking, called in a thread; raises StoreBusy.
        keep_held: keeps in the store that a device is kept apart, given why and when; the same.
        load_lists: reads what those wires look up, whenever the roster is read; blocking, called in a thread; raises
            StoreBusy.
    """

    def __init__(
        self,
        bus: Bus,
        load_roster: Callable[[], Sequence[RosterEntry]],
        keys: FeedKeys,
        centres: dict[str, tuple[float, float]],
        shapes: GridShapes,
        check_codes: Callable[[Any], str | None],
        clock: Clock,
        *,
        exact_m: float,
        regions: Sequence[str] = (),
        tick_ms: int = 100,
        open_streams: Callable[[FixDoor, FeedTally], Sequence[StreamServer]] = lambda door, tally: (),
        load_lists: Callable[[], None] = lambda: None,
        load_held: Callable[[], Mapping[str, int]] = dict,
        keep_held: Callable[[str, Mapping[str, int], int], object] = lambda device, counts, now: None,
        signature_window_ms: int = WINDOW_S * 1000,
        real_ms: Callable[[], int] = machine_ms,
    ) -> None:
        self.bus = bus
        self.tally = FeedTally(bus)
        self.publisher = FleetPublisher(bus, PositionBoard((), centres, exact_m), shapes)
        self.door = FixDoor(bus, self.tally, self.publisher, keys, self._want_roster, self._on_held)
        self.streams = StreamServers(open_streams(self.door, self.tally))
        positions = PositionsDesk(self.door, self.tally)
        proof = FeedProof(bus, self.tally, self.door, keys, window_ms=signature_window_ms, real_ms=real_ms)
        self.stream = PositionStream(positions, proof, bus, self.tally, clock)
        self._routes = FeedRoutes(
            bus,
            self.tally,
            self.publisher,
            proof,
            self.door,
            check_codes,
            clock,
            positions,
            OwnTracksDesk(self.door, self.tally, keys),
            self.streams.health,
            self.stream.figures,
        )
        self._load_roster = load_roster
        self._load_lists = load_lists
        self._load_held = load_held
        self._keep_held = keep_held
        self._unkept: dict[str, Held] = {}  # kept apart, and not yet in the store
        self._holding = asyncio.Lock()  # a list that was read before a device was written must not let it out
        self._roster: Sequence[RosterEntry] = ()
        self._roster_wanted = asyncio.Event()
        self._roster_loaded_s = 0.0
        self._keys = keys
        self._centres = centres
        self._exact_m = exact_m
        self._clock = clock
        self._channels = [fleet_channel(region) for region in regions]
        self._tick_s = tick_ms / 1000
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the server's start and stop."""
        if scope["type"] == "http":
            await self._routes.serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await receive()
            await self.start()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await self.stop()
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await self.stream.serve(scope, receive, send)

    def figures(self) -> EntranceFigures:
        """Return what this process counts of itself; from any thread."""
        wires = {**self.streams.health(), "http": self.stream.figures()}
        return EntranceFigures(self.bus.state == "up", len(self._roster), self.tally.since_start(), wires)

    async def start(self) -> None:
        """Load the roster and start; requests are answered 503 until Redis is up."""
        await self._load_new_roster()
        self._tasks = [
            asyncio.create_task(self._run_ticks(), name="ticks"),
            asyncio.create_task(self._run_flushes(), name="flushes"),
            asyncio.create_task(self._run_roster(), name="roster"),
            asyncio.create_task(self._hear_nudges(), name="nudges"),
            asyncio.create_task(self._hear_others(), name="other feeds"),
        ]
        self.streams.start()

    async def stop(self) -> None:
        """Close the other wires, publish the last tick, keep the fleet and the counts, and close."""
        await self.streams.stop()
        await end_tasks(self._tasks)
        try:
            now = self._clock.now_ms()
            await self.publisher.publish_tick(now)
            await self.publisher.save(now)
            await self.tally.flush()
            await self._tell_wires()
        except BusDown:
            _LOG.warning("stopped while Redis was away: the last second of positions and counts is lost")
        await self.bus.close()

    async def _run_ticks(self) -> None:
        while True:
            await self.bus.wait_until_up()
            with contextlib.suppress(BusDown):  # it went again meanwhile
                await self.publisher.restore(self._clock.now_ms())
                break
        loop = asyncio.get_running_loop()
        saved_s = loop.time()
        while True:
            await asyncio.sleep(until_tick_s(time.time(), self._tick_s))
            now = self._clock.now_ms()
            try:
                await self.publisher.publish_tick(now)
                if loop.time() - saved_s >= SNAPSHOT_INTERVAL_MS / 1000:
                    saved_s = loop.time()
                    await self.publisher.save(now)
            except BusDown:
                pass
            if self.bus.state != "up":
                _LOG.warning("Redis is away: feeds are turned away until it is back")
                await self.bus.wait_until_up()
                _LOG.warning("Redis is back")

    async def _run_flushes(self) -> None:
        while True:
            with contextlib.suppress(BusDown):
                await self.tally.load()
                break
            await asyncio.sleep(_FLUSH_S)
        while True:
            await asyncio.sleep(_FLUSH_S)
            with contextlib.suppress(BusDown):
                await self.tally.flush()
                await self._tell_wires()
                await self._tell_old_keys()
                await self._keep_unkept()

    async def _tell_old_keys(self) -> None:
        uses = self._keys.take_old_uses()
        try:
            while uses:
                name, at = next(iter(uses.items()))
                await self.bus.put_field(OLD_KEY_USES, name, b"%d" % at)
                del uses[name]
        finally:
            self._keys.put_back_old_uses(uses)

    def _on_held(self, held: Held) -> None:
        _LOG.warning("%s is kept apart: %s", held.device, held.counts)
        self._unkept[held.device] = held

    async def _keep_unkept(self) -> None:
        """Write down who is kept apart since the last time, and have other processes of the feeds look."""
        if not self._unkept:
            return
        async with self._holding:
            for device, held in list(self._unkept.items()):
                try:
                    await asyncio.to_thread(self._keep_held, device, held.counts, self._clock.now_ms())
                except StoreBusy as error:
                    _LOG.warning("who is kept apart could not be written (%s): tried again", error)
                    return
                del self._unkept[device]
        await self.bus.publish(NUDGE_FEEDS, b"held")

    async def _load_new_held(self) -> None:
        """Keep those apart that the store says, and let the others out."""
        async with self._holding:
            found = {*await asyncio.to_thread(self._load_held), *self._unkept}
            for device in self.door.held - found:
                _LOG.info("%s is let out", device)
                self.door.release(device)
            for device in found:
                self.door.hold(device)

    async def _tell_wires(self) -> None:
        now = self._clock.now_ms()
        for wire, state in self.streams.states().items():
            await self.bus.put_field(FEED_WIRES, wire, msgspec.json.encode(WireState(now, state)))

    async def _run_roster(self) -> None:
        while True:
            # Not wait_for: before Python 3.12 it loses a cancellation that meets the event.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ROSTER_POLL_S):
                    await self._roster_wanted.wait()
            self._roster_wanted.clear()
            await self._load_new_roster()

    async def _hear_nudges(self) -> None:
        async for _ in self.bus.subscribe([NUDGE_FEEDS]):
            self._roster_wanted.set()

    async def _hear_others(self) -> None:
        if self._channels:
            async for message in self.bus.subscribe(self._channels):
                self.publisher.hear(message.data)

    def _want_roster(self) -> None:
        if asyncio.get_running_loop().time() - self._roster_loaded_s > ROSTER_ON_UNKNOWN_S:
            self._roster_wanted.set()

    async def _load_new_roster(self) -> None:
        self._roster_loaded_s = asyncio.get_running_loop().time()
        try:
            roster = await asyncio.to_thread(self._load_roster)
            await asyncio.to_thread(self._load_lists)
            await self._load_new_held()
        except StoreBusy as error:
            _LOG.warning("the roster could not be read (%s): going on with %d", error, len(self._roster))
            return
        if list(roster) == list(self._roster):
            return
        board = PositionBoard(roster, self._centres, self._exact_m)
        self._keys.know_devices(roster)
        self.publisher.follow_roster(board)
        self._roster = roster
        with contextlib.suppress(StoreBusy):  # of the new slots; the next look is in 30 s
            await self._load_new_held()
        _LOG.info("roster: %d devices", len(board.slot_of))
