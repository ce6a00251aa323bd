"""PyTAK, the client library that gateways to TAK are written with, drives our wires: it sends, the fleet shows it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator
from configparser import ConfigParser
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import pytak
import pytest
import pytest_asyncio

from dashboard.live.fleet import VAGUE
from dashboard.live.fleet_frames import unpack_snapshot
from data_feeds.bus_names import FEED_COUNTERS, FLEET_SNAPSHOT
from data_feeds.cot_addresses import AddressBook
from data_feeds.cot_datagrams import CotDatagramServer
from data_feeds.cot_desk import CotDesk
from data_feeds.cot_server import CotServer
from data_feeds.cot_tls import open_context
from data_feeds.feed_keys import FeedKeys
from data_feeds.ingest import Ingest
from tests.fake_clock import FakeClock
from tests.feeds.certificates import Authority
from tests.feeds.cot_client import auth, ours
from tests.feeds.feed_city import PLATFORMS, ROSTER, SECRET, open_ingest

PLACES = {row.device_id: (35.40 + row.slot / 100, 119.50 + row.slot / 100) for row in ROSTER}


class Feeds:
    """The entrance with a CoT wire of each kind."""

    def __init__(self, bus, authority: Authority, folder: Path, group: tuple[str, str] | None = None) -> None:
        self.authority = authority
        listed = folder / "addresses.csv"
        listed.write_text("address,uid,device_id\n127.0.0.1,ANDROID-stock,dev-4\n", "utf-8")
        self.addresses, self.group = AddressBook(listed), group
        self.addresses.read()
        self.clock = FakeClock(time.time_ns() // 1_000_000)  # PyTAK takes its times from the machine
        self.keys = FeedKeys(SECRET, PLATFORMS)
        self.keys.know_devices(ROSTER)
        self.ingest: Ingest = open_ingest(bus, self.clock, open_streams=self._open)

    def _open(self, door, tally):
        desk, place = CotDesk(door, tally, self.keys), (tally, self.clock, "127.0.0.1", 0)
        opens = partial(open_context, self.authority.server(), None, self.authority.file)
        self.tcp, self.tls = CotServer(desk, *place), CotServer(desk, *place, opens)
        self.tls.name = "cot_tls"
        self.udp = CotDatagramServer(desk, *place)
        by_address = CotDesk(door, tally, self.keys, self.addresses)
        self.mesh = CotDatagramServer(by_address, *place, addresses=self.addresses, group=self.group)
        self.mesh.name = "cot_mesh"
        return [self.tcp, self.tls, self.udp, self.mesh]

    async def counts(self) -> Counter[str]:
        """What was counted, whether it is on Redis already or not yet."""
        await self.ingest.tally.flush()
        found = await self.ingest.bus.fields(FEED_COUNTERS)
        return Counter({name: int(number) for name, number in found.items()})

    async def turned_away(self, number: int) -> None:
        """Wait until so many were nobody's."""
        while (await self.counts())["cot.unauthorised"] < number:
            await asyncio.sleep(0.005)

    async def fleet(self, *slots: int) -> list[tuple[float, float]]:
        """Wait until these stand somewhere; returns where the snapshot on Redis has them."""
        board = self.ingest.publisher.board
        while not all(board.fix_at[slot] for slot in slots):
            await asyncio.sleep(0.005)
        await self.ingest.publisher.save(self.clock.now_ms())
        snapshot = unpack_snapshot(await self.ingest.bus.get(FLEET_SNAPSHOT))
        return [(snapshot.lat_e6[slot] / 1e6, snapshot.lon_e6[slot] / 1e6) for slot in slots]


@pytest_asyncio.fixture
async def feeds(bus, tmp_path: Path) -> AsyncIterator[Feeds]:
    async with running(bus, Feeds(bus, Authority(tmp_path), tmp_path)) as opened:
        yield opened


@contextlib.asynccontextmanager
async def running(bus, opened: Feeds) -> AsyncIterator[Feeds]:
    await opened.ingest.start()
    await bus.wait_until_up()
    while any(wire["state"] != "up" for wire in opened.ingest.streams.health().values()):
        await asyncio.sleep(0.002)
    yield opened
    await opened.ingest.stop()


@contextlib.asynccontextmanager
async def pytak_sending(url: str, said: list[bytes], **settings: str) -> AsyncIterator[asyncio.Queue]:
    """PyTAK's own workers on a connection to `url`, sending what is said; yields what they receive."""
    parser = ConfigParser()
    parser["pytak"] = {"COT_URL": url, **settings}
    config = parser["pytak"]
    sending, received = asyncio.Queue(), asyncio.Queue()
    reader, writer = await pytak.protocol_factory(config)
    for one in said:
        sending.put_nowait(one)
    workers = [pytak.TXWorker(sending, config, writer)]
    if not url.startswith("udp"):
        workers.append(pytak.RXWorker(received, config, reader))
    tasks = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        yield received
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        writer.close()


def position(device: str, detail: str = "", uid: str = "") -> bytes:
    """A position as PyTAK's own generator writes it, ce 5 m, with `detail` added."""
    lat, lon = PLACES[device]
    event = pytak.gen_cot_xml(lat=lat, lon=lon, ce=5, uid=uid or device, cot_type="a-f-G-U-C", stale=60)
    if detail:
        event.find("detail").append(ET.fromstring(detail))
    return pytak.DEFAULT_XML_DECLARATION + b"\n" + ET.tostring(event)


async def test_over_tcp_with_device_and_key(feeds: Feeds) -> None:
    said = [auth("dev-0", uid="dev-0"), position("dev-0")]
    async with pytak_sending(f"tcp://127.0.0.1:{feeds.tcp.port}", said) as received:
        assert await feeds.fleet(0) == [PLACES["dev-0"]]
        assert b"t-x-takp-v" in await received.get()
    assert (await feeds.counts())["cot.accepted"] == 1


async def test_without_a_key_nobody_stands_anywhere(feeds: Feeds) -> None:
    async with pytak_sending(f"tcp://127.0.0.1:{feeds.tcp.port}", [position("dev-0")]):
        await feeds.turned_away(1)
    assert not any(feeds.ingest.publisher.board.fix_at)


@pytest.mark.parametrize("version", ["0", "1"])
async def test_through_tls_with_a_certificate_in_xml_and_in_protobuf(feeds: Feeds, version: str) -> None:
    certificate = str(feeds.authority.device("dev-1", 1))
    settings = {
        "PYTAK_TLS_CLIENT_CERT": certificate, "PYTAK_TLS_CLIENT_KEY": certificate, "TAK_PROTO": version,
        "PYTAK_TLS_CLIENT_CAFILE": str(feeds.authority.file), "PYTAK_TLS_DONT_CHECK_HOSTNAME": "1",
    }  # fmt: skip
    async with pytak_sending(f"tls://127.0.0.1:{feeds.tls.port}", [position("dev-1")], **settings):
        assert await feeds.fleet(1) == [PLACES["dev-1"]]


async def test_over_udp_with_the_key_in_the_detail(feeds: Feeds) -> None:
    said = [position(device, ours(device)) for device in ("dev-2", "dev-3", "dev-4")]
    async with pytak_sending(f"udp+wo://127.0.0.1:{feeds.udp.port}", said):
        assert await feeds.fleet(2, 3, 4) == [PLACES["dev-2"], PLACES["dev-3"], PLACES["dev-4"]]


async def test_as_it_is_over_udp_only_who_is_listed_by_address_and_vague(feeds: Feeds) -> None:
    said = [position("dev-3", uid="ANDROID-other"), position("dev-4", uid="ANDROID-stock")]
    for port in (feeds.udp.port, feeds.mesh.port):  # the first lists nobody
        async with pytak_sending(f"udp+wo://127.0.0.1:{port}", said):
            await feeds.turned_away(2 if port == feeds.udp.port else 3)
    assert await feeds.fleet(4) == [PLACES["dev-4"]]
    counts, board = await feeds.counts(), feeds.ingest.publisher.board
    assert (counts["cot.accepted"], counts["cot.unauthenticated_by_address"]) == (1, 1)
    assert board.state[4] & VAGUE and board.fix_at[3] == 0
    assert feeds.ingest.streams.health()["cot_mesh"] == {"state": "up", "unauthenticated_by_address": 1}


async def test_as_it_is_in_the_multicast_group_of_tak_clients(bus, tmp_path: Path) -> None:
    group = ("239.2.3.1", "127.0.0.1")
    if not carries_multicast(*group):
        pytest.skip("this machine's loopback carries no multicast")
    async with running(bus, Feeds(bus, Authority(tmp_path), tmp_path, group)) as feeds:
        said, local = [position("dev-4", uid="ANDROID-stock")], {"PYTAK_MULTICAST_LOCAL_ADDR": "127.0.0.1"}
        async with pytak_sending(f"udp+wo://{group[0]}:{feeds.mesh.port}", said, **local):
            assert await feeds.fleet(4) == [PLACES["dev-4"]]
        assert (await feeds.counts())["cot.unauthenticated_by_address"] == 1


def carries_multicast(group: str, interface: str) -> bool:
    """Whether a datagram to the group comes back on that interface."""
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth,
    ):
        ear.bind((group, 0))
        membership = socket.inet_aton(group) + socket.inet_aton(interface)
        ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        ear.settimeout(2)
        mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface))
        mouth.sendto(b"?", ear.getsockname())
        return ear.recv(10) == b"?"
    return False


async def test_what_pytak_says_besides_is_told_apart(feeds: Feeds) -> None:
    said = [auth("dev-0", uid="dev-0"), pytak.hello_event("dev-0"), position("dev-1"), position("dev-0")]
    async with pytak_sending(f"tcp://127.0.0.1:{feeds.tcp.port}", said):
        await feeds.fleet(0)
    counts = await feeds.counts()
    assert (counts["cot.unsupported"], counts["cot.other_uid"], counts["cot.accepted"]) == (1, 1, 1)
