"""Attacks on everything that the feeds listen to: each decoder, each desk, their TCP servers, HTTP and WebSocket.

`python -m tests.security.wire_fuzz 50000 [SEED]` sends so many inputs and prints what came of them, by target. A fault
is whatever is neither a reading nor a refusal: an exception that is no refusal, an answer of the 500 class, a record of
an error in the log, a server that no longer answers. The seed of the one input is printed with it.
"""

from __future__ import annotations

import asyncio
import logging
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dashboard.domain.device_keys import payload_key
from data_feeds.bus import Bus
from data_feeds.cot_desk import CotDesk
from data_feeds.cot_server import CotServer
from data_feeds.decoders.calls import decode_calls
from data_feeds.decoders.cot.events import CotEvent, fix_of
from data_feeds.decoders.cot.framing import mesh_message
from data_feeds.decoders.cot.session import Session as CotSession
from data_feeds.decoders.cot.tak_messages import read_message
from data_feeds.decoders.cot.xml_events import read_document
from data_feeds.decoders.device_fixes import decode_device_fixes
from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.grid_events import decode_grid_events
from data_feeds.decoders.heartbeat import decode_heartbeat
from data_feeds.decoders.item_rules import FieldFault
from data_feeds.decoders.jt808.session import Session as JtSession
from data_feeds.decoders.orders import decode_orders
from data_feeds.decoders.osmand import decode_osmand
from data_feeds.decoders.owntracks import decode_owntracks
from data_feeds.decoders.packed_positions import decode_packed
from data_feeds.decoders.positions import decode_positions
from data_feeds.embedded_redis import EmbeddedRedis, find_program
from data_feeds.fix_door import TurnedAway
from data_feeds.jt808_desk import Jt808Desk
from data_feeds.jt808_server import Jt808Server
from data_feeds.mqtt_desk import MqttDesk
from data_feeds.owntracks_desk import OwnTracksDesk
from data_feeds.terminal_book import TerminalBook
from tests.fake_clock import FakeClock
from tests.feeds.cot_client import auth as cot_auth
from tests.feeds.cot_client import event as cot_event
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import NOW, SECRET, key_of, open_ingest
from tests.feeds.jt808_terminal import LIST, authentication, frame, phone_of
from tests.feeds.listening import ListeningPlace
from tests.security.bent_bytes import message_of
from tests.security.feed_requests import request, say
from tests.security.live_fuzz import Faults
from tools.bench_rows import Row, tell

ANSWER_S = 60.0  # a busy machine is no fault
OWNTRACKS_KEY = payload_key(SECRET, "dev-0", 1)
BETWEEN_MS = 100  # of the product's clock: an address may send 50 a second that nobody can read
REFUSED = (DecodeError, FieldFault, TurnedAway)
TOPICS = (
    "zhongshu/positions/dev-0",
    "owntracks/dev-0/phone",
    "owntracks/dev-0/gcj02",
    "zhongshu/positions/",
    "a/b",
)


def _cot(raw: bytes) -> None:
    session = CotSession(0.0)
    session.feed(raw)
    for one in session.said(0.0):
        if isinstance(one, CotEvent):
            fix_of(one, "dev-0", NOW)


def _jt808(raw: bytes) -> None:
    session = JtSession(0.0)
    session.joins_parts = True
    list(session.feed(raw + b"\x7e", 0.0))


DECODERS: dict[str, tuple[str, Callable[[bytes], Any]]] = {
    "OsmAnd": ("osmand", lambda raw: decode_osmand(raw, now=NOW)),
    "JSON batch": ("positions", lambda raw: decode_positions(raw, now=NOW)),
    "packed batch": ("packed", lambda raw: decode_packed(raw, now=NOW)),
    "OwnTracks": ("owntracks", lambda raw: decode_owntracks(raw, "dev-0", now=NOW, payload_key=OWNTRACKS_KEY)),
    "calls": ("calls", lambda raw: decode_calls(raw, now=NOW, platform="hotline")),
    "orders": ("orders", lambda raw: decode_orders(raw, now=NOW, platform="hotline")),
    "grid events": ("events", lambda raw: decode_grid_events(raw, now=NOW, platform="grid")),
    "heartbeat": ("heartbeat", lambda raw: decode_heartbeat(raw, now=NOW, platform="grid")),
    "MQTT fixes": ("mqtt", lambda raw: decode_device_fixes(raw, "dev-0", now=NOW)),
    "CoT stream": ("cot", _cot),
    "CoT XML": ("cot", read_document),
    "CoT protobuf": ("cot datagram", lambda raw: read_message(mesh_message(raw) or raw)),
    "JT/T 808": ("jt808", _jt808),
}  # fmt: skip


class Wires:
    """Sends inputs and keeps what came of them, by target."""

    def __init__(self, seed: int) -> None:
        self.outcomes: dict[str, Counter[str]] = {}
        self.faults: list[str] = []
        self._rng = random.Random(seed)

    def note(self, target: str, outcome: str) -> None:
        self.outcomes.setdefault(target, Counter())[outcome] += 1

    def fault(self, target: str, seed: int, what: object) -> None:
        self.note(target, "FAULT")
        self.faults.append(f"{target}: seed {seed}: {what!r}"[:600])

    def seeds(self, count: int) -> list[int]:
        """Seeds of so many inputs, each its own, so that one that found something can be had again."""
        return [self._rng.getrandbits(64) for _ in range(count)]

    def decoders(self, each: int) -> None:
        """So many inputs for each decoder."""
        for name, (wire, decode) in DECODERS.items():
            for seed in self.seeds(each):
                self._try(
                    f"decoder {name}",
                    seed,
                    lambda rng, wire=wire, decode=decode: decode(message_of(rng, wire)),
                )

    def desks(self, count: int) -> None:
        """Messages of a broker and datagrams, through the door and onto the board."""
        entrance = Entrance()
        owntracks = OwnTracksDesk(entrance.door, entrance.tally, entrance.keys)
        brokers = [
            MqttDesk(entrance.door, entrance.tally, entrance.keys, owntracks, identity)
            for identity in ("key", "topic")
        ]
        cot, now = CotDesk(entrance.door, entrance.tally, entrance.keys), NOW
        for seed in self.seeds(count):
            now += BETWEEN_MS
            entrance.tally._refused.clear()
            self._try(
                "MQTT desk", seed,
                lambda rng, now=now: rng.choice(brokers).hear(
                    rng.choice(TOPICS), message_of(rng, rng.choice(["mqtt", "owntracks"])), now
                ),
            )  # fmt: skip
            self._try(
                "CoT datagram desk", seed,
                lambda rng, now=now: cot.hear_datagram(message_of(rng, "cot datagram"), "10.0.0.1", now),
            )  # fmt: skip

    def _try(self, target: str, seed: int, act: Callable[[random.Random], Any]) -> None:
        try:
            act(random.Random(seed))
            self.note(target, "read")
        except REFUSED:
            self.note(target, "refused")
        except Exception as error:
            self.fault(target, seed, error)

    async def servers(self, count: int) -> None:
        """TCP connections to the servers of JT/T 808 and Cursor-on-Target; both have to serve a good one afterwards."""
        for target, wire, hello, probe, answered in SERVERS:
            entrance, clock = Entrance(), FakeClock(NOW)
            place = ListeningPlace()
            place.server = _server_of(target, entrance, clock)
            async with place.listening():
                for seed in self.seeds(count):
                    clock.advance(ms=1_000)
                    entrance.tally._refused.clear()
                    await self._connect(target, seed, place.server.port, wire, hello)
                reader, writer = await asyncio.open_connection("127.0.0.1", place.server.port)
                writer.write(hello + probe)
                try:
                    async with asyncio.timeout(ANSWER_S):
                        await reader.readuntil(answered)
                except (TimeoutError, asyncio.IncompleteReadError) as error:
                    self.fault(target, 0, f"no longer serves: {error!r}")
                writer.transport.abort()

    async def _connect(self, target: str, seed: int, port: int, wire: str, hello: bytes) -> None:
        rng = random.Random(seed)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        said = (hello if rng.random() < 0.6 else b"") + b"".join(
            message_of(rng, wire) for _ in range(rng.randrange(1, 4))
        )
        try:
            writer.write(said)
            writer.write_eof()
            async with asyncio.timeout(ANSWER_S):
                answer = await reader.read()
            self.note(target, "answered" if answer else "closed")
        except ConnectionError:
            self.note(target, "hung up")
        except TimeoutError:
            self.fault(target, seed, "hangs")
        finally:
            writer.transport.abort()

    async def entrance(self, redis_url: str, count: int) -> None:
        """Requests and WebSocket messages to the whole entrance, with a Redis behind it."""
        clock = FakeClock(NOW)
        ingest = open_ingest(Bus(redis_url), clock)
        await ingest.start()
        await ingest.bus.wait_until_up()
        try:
            for seed in self.seeds(count):
                clock.advance(ms=BETWEEN_MS)
                ask = say if seed % 5 == 0 else request
                target = "WebSocket /v1/stream" if ask is say else "HTTP of the feeds"
                try:
                    async with asyncio.timeout(ANSWER_S):
                        statuses = await ask(ingest, random.Random(seed))
                except Exception as error:
                    self.fault(target, seed, error)
                    continue
                for status in statuses:
                    if status >= 500:
                        self.fault(target, seed, status)
                    else:
                        self.note(target, str(status))
        finally:
            await ingest.stop()


def _server_of(target: str, entrance: Entrance, clock: FakeClock) -> Any:
    if target == "CoT server":
        return CotServer(
            CotDesk(entrance.door, entrance.tally, entrance.keys), entrance.tally, clock, "127.0.0.1", 0
        )
    book = TerminalBook(lambda: LIST)
    book.read()
    desk = Jt808Desk(entrance.door, entrance.tally, entrance.keys, book)
    return Jt808Server(desk, entrance.tally, clock, "127.0.0.1", 0)


SERVERS = (
    ("CoT server", "cot", cot_auth(), cot_event(type_="t-x-c-t"), b"t-x-c-t-r"),
    (
        "JT/T 808 server", "jt808", frame(0x0102, authentication(key_of("dev-0")), phone=phone_of(0)),
        frame(0x0004, phone=phone_of(0), serial=9), b"\x80\x04",
    ),
)  # fmt: skip


async def attack(redis_url: str, inputs: int, seed: int) -> Wires:
    """Send about so many inputs, spread over all targets; `faults` of the answer is empty when all is well."""
    heard, wires = Faults(), Wires(seed)
    logging.getLogger().addHandler(heard)
    try:
        asyncio.get_running_loop().set_exception_handler(
            lambda _loop, context: heard.found.append(str(context))
        )
        wires.decoders(max(1, inputs // 2 // len(DECODERS)))
        wires.desks(max(1, inputs // 10))
        await wires.servers(max(1, inputs // 20))
        await wires.entrance(redis_url, max(1, inputs // 5))
    finally:
        logging.getLogger().removeHandler(heard)
    wires.faults += heard.found
    return wires


def main() -> None:
    inputs, seed = (
        int(sys.argv[1]),
        int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().getrandbits(32),
    )
    folder, started = Path(tempfile.mkdtemp(prefix="zs-wires-")), time.monotonic()
    redis = EmbeddedRedis(folder, folder / "redis.sock", find_program())
    redis.start()
    try:
        wires = asyncio.run(attack(redis.url, inputs, seed))
    finally:
        redis.stop()
        shutil.rmtree(folder)
    for target, outcomes in wires.outcomes.items():
        print(f"  {target:<22} {outcomes.total():>7}  {dict(sorted(outcomes.items()))}")
    for fault in wires.faults[:20]:
        print("FAULT", fault)
    total = sum(each.total() for each in wires.outcomes.values())
    print(
        f"{total} inputs, seed {seed}, in {time.monotonic() - started:.0f} s: {len(wires.faults)} faults (bar 0)"
    )
    targets = f"{len(wires.outcomes)} decoders, desks and servers"
    tell(
        Row(
            "feeds: crashes, hangs and answers of the 500 class",
            len(wires.faults),
            f"of {total:,}",
            0,
            note=targets,
        )
    )
    sys.exit(bool(wires.faults))


if __name__ == "__main__":
    main()
