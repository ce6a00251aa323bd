"""A small city around a hub: a truth in memory, a server on a free port, screens that keep their state."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from dashboard.domain.divisions import Division, Divisions
from dashboard.domain.principal import Principal
from dashboard.live.fleet_frames import roster_mark
from dashboard.live.movement import MovementState
from dashboard.live.movement_frames import parse_delta, parse_snapshot
from dashboard.live.wire import Kind, decode_json, decode_time, kind_of
from dashboard.store.store import StoreBusy
from data_feeds import bus_names as names
from data_feeds.bus import Bus
from data_feeds.live_server import SERVED
from data_feeds.live_socket import LiveHub
from tests.fake_clock import FakeClock
from tests.live.screen_model import ScreenModel

NOW = 1_795_401_000_000
CITY = "371100"


def division(code: str, level: Any, parent: str | None, lon: float, lat: float) -> Division:
    return Division(code, code, level, parent, lon, lat, "", True)


DIVISIONS = Divisions(
    [
        division(CITY, "city", None, 119.5, 35.4),
        division("371102", "region", CITY, 119.45, 35.43),
        division("371103", "region", CITY, 119.31, 35.12),
        division("371102001", "township", "371102", 119.46, 35.42),
        division("371103001", "township", "371103", 119.32, 35.11),
        division("371102001001", "village", "371102001", 119.46, 35.42),
        division("371103001001", "village", "371103001", 119.32, 35.11),
        division("371102001001G01", "grid", "371102001001", 119.461, 35.421),
        division("371103001001G01", "grid", "371103001001", 119.321, 35.111),
    ]
)
PACK: Any = SimpleNamespace(divisions=DIVISIONS)


@dataclass(frozen=True)
class Worker:
    slot: int
    worker_id: str
    name: str
    grid: str
    township: str
    region: str
    assessed: bool = True


def worker(slot: int, region: str) -> Worker:
    return Worker(slot, f"w{slot}", "王小明", f"{region}001001G01", f"{region}001", region)


@dataclass
class FakeTruth:
    """The log in memory, with the reads that the hub does."""

    epoch: str = "epoch-1"
    entries: list[dict[str, Any]] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    is_busy: bool = False
    snapshots_read: int = 0

    def commit(self, kind: str = "MatterOpened", scope: Sequence[str] = (), **rows: Any) -> dict[str, Any]:
        entry = {
            "seq": len(self.entries) + 1,
            "at": NOW + len(self.entries),
            "kind": kind,
            "matter_id": None,
            "command_id": None,
            "actor": "officer",
            "params": {},
            "rows": rows,
            "scope": list(scope),
            "tone": "",
        }
        self.entries.append(entry)
        return entry

    def snapshot(self) -> Any:
        self._read()
        self.snapshots_read += 1
        tables: dict[str, dict[str, Any]] = {"matters": {}, "commands": {}, "asks": {}}
        for entry in self.entries:
            for name, table in tables.items():
                for row in entry["rows"].get(name, ()):
                    table[row["id"]] = row
                for row_id in entry["rows"].get("gone", {}).get(name, ()):
                    table.pop(row_id, None)
        return SimpleNamespace(
            epoch=self.epoch,
            seq=len(self.entries),
            matters=list(tables["matters"].values()),
            commands=list(tables["commands"].values()),
            asks=list(tables["asks"].values()),
            log=[
                {name: value for name, value in entry.items() if name not in ("rows", "actor")}
                for entry in self.entries
            ],
        )

    def log_after(self, seq: int, limit: int) -> tuple[str, Sequence[Mapping[str, Any]]]:
        self._read()
        return self.epoch, self.entries[seq : seq + limit]

    def roster(self) -> list[Worker]:
        self._read()
        return list(self.workers)

    def _read(self) -> None:
        if self.is_busy:
            raise StoreBusy("locked")


class Relay:
    """Publishes committed entries as the worker does: stream, then channel."""

    def __init__(self, bus: Bus, truth: FakeTruth) -> None:
        self.bus, self.truth = bus, truth

    async def open(self) -> None:
        await self.bus.put(names.LOG_EPOCH, self.truth.epoch.encode())

    async def relay(self, entry: Mapping[str, Any], *, stream: bool = True, channel: bool = True) -> None:
        body = json.dumps(entry).encode()
        if stream:
            await self.bus.add(names.LOG, {"b": body}, id=f"{entry['seq']}-0")
        if channel:
            await self.bus.publish(names.LOG, body)


def officer(jurisdiction: str = CITY, kind: Any = "officer") -> Principal:
    return Principal("o1", "王**", kind, "duty_officer", jurisdiction)


class Screen:
    """One screen over a real socket, folding what it receives."""

    def __init__(self, socket_: ClientConnection) -> None:
        self.socket = socket_
        self.hello: dict[str, Any] = {}
        self.model: ScreenModel | None = None
        self.movement: MovementState | None = None
        self.latest: dict[Kind, Any] = {}
        self.notices: list[dict[str, Any]] = []
        self.kinds: list[Kind] = []
        self.times: list[Any] = []

    async def read(self, timeout_s: float = 30.0) -> Kind:
        async with asyncio.timeout(timeout_s):
            frame = await self.socket.recv()
        assert isinstance(frame, bytes)
        return self.take(frame)

    def take(self, frame: bytes) -> Kind:
        kind = kind_of(frame)
        self.kinds.append(kind)
        if kind is Kind.HELLO:
            self.hello = decode_json(frame)
        elif kind is Kind.PICTURE:
            self.model = ScreenModel(decode_json(frame))
        elif kind is Kind.CHANGES:
            assert self.model is not None
            changes = decode_json(frame)
            if changes["seq_to"] > self.model.seq:
                self.model.apply(changes)
        elif kind is Kind.FLEET_SNAPSHOT:
            self.movement = MovementState.from_snapshot(parse_snapshot(frame))
        elif kind is Kind.FLEET_DELTA:
            assert self.movement is not None
            self.movement.apply(parse_delta(frame))
        elif kind is Kind.TIME:
            self.times.append(decode_time(frame))
        elif kind is Kind.NOTICE:
            self.notices.append(decode_json(frame))
        else:
            self.latest[kind] = decode_json(frame)
        return kind

    async def until(self, holds: Any, timeout_s: float = 30.0) -> None:
        async with asyncio.timeout(timeout_s):
            while not holds(self):
                await self.read(timeout_s)


@dataclass
class City:
    """A running hub behind a real server."""

    hub: LiveHub
    truth: FakeTruth
    bus: Bus
    relay: Relay
    clock: FakeClock
    port: int
    who: dict[str, Any]
    recheck: dict[str, Any]

    @property
    def mark(self) -> int:
        """The mark of the roster as the truth has it now."""
        return roster_mark((worker.slot, worker.worker_id) for worker in self.truth.workers)

    @asynccontextmanager
    async def screen(self, query: str = "", **options: Any) -> AsyncIterator[Screen]:
        async with connect(
            f"ws://127.0.0.1:{self.port}/live?{query}", max_size=None, compression=None, **options
        ) as opened:
            yield Screen(opened)


@asynccontextmanager
async def city(
    redis_url: str,
    truth: FakeTruth | None = None,
    wraps_send: bool = False,
    static: Any = None,
    port: int = 0,
    around: Any = None,
    **served: Any,
) -> AsyncIterator[City]:
    """Run a hub.

    `wraps_send` hides the transport, as a server or middleware without the direct path does. `static` answers plain
    HTTP beside the socket. `around(hub)` is served in its place. `served` goes before what the product says to uvicorn.
    """
    truth = truth or FakeTruth(workers=[worker(0, "371102"), worker(1, "371102"), worker(2, "371103")])
    bus, clock = Bus(redis_url), FakeClock(NOW)
    hub = LiveHub(bus, None, clock, PACK, release="r1", source=truth)
    who: dict[str, Any] = {"principal": officer()}
    recheck: dict[str, Any] = {"call": None}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await static(scope, receive, send)
            return

        async def wrapped(message: Any) -> None:
            await send(message)

        await hub.serve(scope, receive, wrapped if wraps_send else send, who["principal"], recheck["call"])

    listener = socket.create_server(("127.0.0.1", port))
    served_app = app if around is None else around(hub)
    config = uvicorn.Config(served_app, lifespan="off", log_level="warning", **SERVED | served)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    await hub.start()
    relay = Relay(bus, truth)
    await relay.open()
    try:
        async with asyncio.timeout(30):
            while not server.started:
                await asyncio.sleep(0.01)
        yield City(hub, truth, bus, relay, clock, listener.getsockname()[1], who, recheck)
    finally:
        await hub.stop()
        server.should_exit = True
        await serving
        await bus.close()
