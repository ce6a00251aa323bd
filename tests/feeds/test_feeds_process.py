"""feeds.py as the Procfile runs it: takes a fix over a real socket, and keeps it through SIGTERM."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from dashboard.citypack import load_pack
from dashboard.domain.device_keys import device_key
from dashboard.domain.principal import Principal
from dashboard.live.fleet_frames import unpack_snapshot
from dashboard.service import Done, RosterWorker, Services, Terminal, import_roster, import_terminals
from dashboard.store.secret_file import ensure_secret
from dashboard.store.store import Store
from data_feeds import bus_names as names
from data_feeds.bus import Bus
from tests.feeds.cot_client import auth, event
from tests.feeds.jt808_terminal import answers_in, authentication, frame, general, location, registration
from tests.free_port import free_port

ROOT = Path(__file__).resolve().parents[2]


def imported_device(database: str) -> str:
    """Import a roster of one worker; returns the device's id."""
    pack = load_pack(ROOT / "citypacks" / "rizhao")
    store = Store(database)
    store.migrate()
    grid = next(one.code for one in pack.divisions if one.level == "grid")
    chain = {one.level: one.code for one in pack.divisions.chain(grid)}
    worker = RosterWorker(0, "w-1", "王", grid, chain["township"], chain["region"], True, (), "rz-000001", 1)
    actor = Principal("system", "", "system", "sysadmin", "371100")
    services = Services(store, pack)
    outcome = import_roster(services, actor, [worker], 0)
    assert isinstance(outcome, Done), outcome
    outcome = import_terminals(services, actor, [Terminal("13900000000", worker.device_id, "T000000")], 0)
    assert isinstance(outcome, Done), outcome
    return worker.device_id


async def left_behind(url: str) -> tuple[bytes | None, dict[str, bytes]]:
    bus = Bus(url)
    try:
        return await bus.get(names.FLEET_SNAPSHOT), await bus.fields(names.FEED_COUNTERS)
    finally:
        await bus.close()


@pytest.fixture
def environment(tmp_path: Path, redis_flush: str) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("ZHONGSHU_")},
        "REDIS_URL": redis_flush,
        "DATABASE_URL": f"sqlite:///{tmp_path}/zs.sqlite3",
        "ZHONGSHU_VAR_DIR": str(tmp_path),
        "WEB_CONCURRENCY": "3",  # of the screens; uvicorn reads it too
        "ZHONGSHU_FEEDS_PORT": str(free_port()),
        "ZHONGSHU_JT808_PORT": str(free_port()),
        "ZHONGSHU_COT_PORT": str(free_port()),
        "ZHONGSHU_COT_UDP_PORT": str(free_port()),
    }


def talk_as_a_terminal(port: int, key: str) -> None:
    """Register, authenticate and report over a real socket, each after the answer to the one before."""
    at = time.time_ns() // 1_000_000 + 1_000
    said = [
        (0x0100, registration()),
        (0x0102, authentication(key)),
        (0x0200, location(at, 35.4001, 119.5001)),
    ]
    answers = []
    with socket.create_connection(("127.0.0.1", port)) as line:
        for serial, (message, body) in enumerate(said):
            line.sendall(frame(message, body, serial=serial))
            answer = b""
            while answer.count(b"\x7e") < 2:
                answer += line.recv(4096)
            answers += answers_in(answer)
    assert answers == [
        (0x8100, b"\0\0\0" + key.encode()),
        general(0x0102, 1, 0),
        general(0x0200, 2, 0),
    ]


def talk_as_a_tak_client(port: int, udp_port: int, device: str, key: str) -> None:
    """Report over TCP, and once a ping was answered by a datagram; the second one is a second later."""
    at = time.time_ns() // 1_000_000 + 3_000
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(auth(device, key) + event(at=at, lat=35.4002) + event(type_="t-x-c-t", at=at))
        answer = b""
        while b"t-x-c-t-r" not in answer:
            answer += line.recv(4096)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        own = f'<zhongshu device="{device}" key="{key}"/>'
        sender.sendto(event(own, at=at + 1_000, lat=35.4003), ("127.0.0.1", udp_port))


def test_a_fix_sent_before_sigterm_is_in_the_snapshot_after_it(
    environment: dict[str, str], tmp_path: Path
) -> None:
    device = imported_device(environment["DATABASE_URL"])
    key = device_key(ensure_secret(tmp_path / "secret.key"), device, 1)
    address = f"http://127.0.0.1:{environment['ZHONGSHU_FEEDS_PORT']}"
    process = subprocess.Popen([sys.executable, "feeds.py"], cwd=ROOT, env=environment)
    try:
        with httpx.Client(base_url=address, trust_env=False) as client:
            give_up_at = time.monotonic() + 60
            while True:
                assert process.poll() is None
                assert time.monotonic() < give_up_at, "the feeds did not come up"
                try:
                    if (
                        client.get("/healthz").json()["devices"] == 1
                        and client.get("/healthz").status_code == 200
                    ):
                        break
                except httpx.TransportError:
                    time.sleep(0.05)
            fix = {"id": device, "key": key, "lat": 35.4, "lon": 119.5, "duty": 1}
            assert client.get("/osmand", params=fix).status_code == 200
            streams = client.get("/healthz").json()["streams"]
            assert {name: wire["state"] for name, wire in streams.items()} == {
                "jt808": "up", "cot": "up", "cot_udp": "up",
            }  # fmt: skip
            talk_as_a_terminal(int(environment["ZHONGSHU_JT808_PORT"]), key)
            ports = int(environment["ZHONGSHU_COT_PORT"]), int(environment["ZHONGSHU_COT_UDP_PORT"])
            talk_as_a_tak_client(*ports, device, key)
            # A datagram is answered by nothing: the counts on Redis say that it came.
            while asyncio.run(left_behind(environment["REDIS_URL"]))[1].get("cot.accepted") != b"2":
                assert time.monotonic() < give_up_at, "the datagram was not taken"
                time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
    frame, counters = asyncio.run(left_behind(environment["REDIS_URL"]))
    assert frame is not None
    snapshot = unpack_snapshot(frame)
    assert (snapshot.lon_e6.tolist(), snapshot.lat_e6.tolist()) == ([119_500_000], [35_400_300])
    assert counters["positions.accepted"] == b"1"
    assert counters["jt808.accepted"] == b"1"
    assert counters["cot.accepted"] == b"2"
