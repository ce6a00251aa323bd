"""Prints how much the entrance takes in per second of its own processor time; not a test, run by hand.

    python -m tests.feeds.throughput

Requests go over a real socket into a real server process and a real Redis. Processor time, not wall time, so that
other work on the machine does not count.
"""

from __future__ import annotations

import gc
import multiprocessing
import socket
import tempfile
import time
from pathlib import Path

import msgspec
import psutil
import shapely
import uvicorn

from dashboard.domain.device_keys import device_key, platform_key
from dashboard.store.secret_file import broker_name
from data_feeds.bus import Bus
from data_feeds.cot_datagrams import CotDatagramServer
from data_feeds.cot_desk import CotDesk
from data_feeds.cot_server import CotServer
from data_feeds.embedded_redis import EmbeddedRedis, find_program
from data_feeds.feed_keys import FeedKeys
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import FixDoor
from data_feeds.grid_shapes import GridShapes
from data_feeds.ingest import Ingest
from data_feeds.jt808_desk import Jt808Desk
from data_feeds.jt808_server import Jt808Server
from data_feeds.mqtt_client import MqttClient, client_id, share_of
from data_feeds.mqtt_desk import MqttDesk
from data_feeds.mqtt_sessions import MqttSessions
from data_feeds.owntracks_desk import OwnTracksDesk
from data_feeds.stream_servers import StreamServer
from data_feeds.terminal_book import TerminalBook
from feeds import SERVER_OPTIONS, raise_file_limit
from tests.feeds import throughput_cot, throughput_jt808, throughput_wires
from tests.feeds.feed_city import Row
from tests.feeds.jt808_terminal import TerminalRow, phone_of

PORT, JT808_PORT, COT_PORT, COT_UDP_PORT = 9477, 9478, 9479, 9480
WORKERS = 4_383
SECRET = b"s" * 32
ROSTER = [
    Row(slot, f"rz-{slot:06d}", f"w{slot}", f"g{slot % 100}", "371102" if slot % 2 else "371122")
    for slot in range(WORKERS)
]
REQUESTS = 20_000
BATCHES = 300


class WallClock:
    """The machine's time."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


def serve(redis_url: str, mqtt_url: str = "", number: int = 0, processes: int = 1) -> None:
    """Run the entrance as feeds.py does; the other wires, too, at each of them on its own ports.

    Args:
        number, processes: which of how many processes of the feeds this is.
    """
    shift = 10 * number
    centres = {f"g{number}": (119.4 + number % 10 / 50, 35.3 + number // 10 / 50) for number in range(100)}
    shapes = {
        code: shapely.box(lon - 0.02, lat - 0.02, lon + 0.02, lat + 0.02)
        for code, (lon, lat) in centres.items()
    }
    keys = FeedKeys(SECRET, ["grid"])
    book = TerminalBook(lambda: [TerminalRow(phone_of(row.slot), row.device_id) for row in ROSTER])
    bus = Bus(redis_url)

    def open_streams(door: FixDoor, tally: FeedTally) -> list[StreamServer]:
        desk = Jt808Desk(door, tally, keys, book)
        found: list[StreamServer] = [
            Jt808Server(desk, tally, WallClock(), "127.0.0.1", JT808_PORT + shift),
            CotServer(CotDesk(door, tally, keys), tally, WallClock(), "127.0.0.1", COT_PORT + shift),
            CotDatagramServer(
                CotDesk(door, tally, keys), tally, WallClock(), "127.0.0.1", COT_UDP_PORT + shift
            ),
        ]
        if mqtt_url:
            heard = MqttDesk(door, tally, keys, OwnTracksDesk(door, tally, keys), "key")

            def open_client(session: int) -> MqttClient:
                return MqttClient(
                    heard,
                    bus,
                    tally,
                    WallClock(),
                    mqtt_url,
                    None,
                    client_id(broker_name(SECRET), session),
                    share_of(session, processes),
                )

            found.append(MqttSessions(bus, processes, open_client))
        return found

    ingest = Ingest(
        bus,
        lambda: ROSTER,
        keys,
        centres,
        GridShapes(shapes),
        lambda reading: None,
        WallClock(),
        exact_m=100,
        open_streams=open_streams,
        load_lists=book.read,
    )
    raise_file_limit()
    gc.collect()
    gc.freeze()
    uvicorn.run(ingest, port=PORT + shift, log_level="warning", **SERVER_OPTIONS)


def main() -> None:
    """Start Redis and the server, send, print."""
    raise_file_limit()
    with tempfile.TemporaryDirectory(prefix="zs-tp-") as folder, throughput_wires.broker() as broker:
        redis = EmbeddedRedis(Path(folder), Path(folder) / "redis.sock", find_program())
        redis.start()
        mqtt_url = f"mqtt://127.0.0.1:{broker.port}" if broker else ""
        server = multiprocessing.get_context("spawn").Process(target=serve, args=(redis.url, mqtt_url))
        server.start()
        try:
            process = psutil.Process(server.pid)
            keys = [device_key(SECRET, row.device_id, 1) for row in ROSTER]
            wait_until_up()
            throughput_jt808.measure_one_line(process, JT808_PORT, keys[0])
            costs = throughput_cot.measure(process, COT_PORT, COT_UDP_PORT, keys[1])
            per_osmand_s = _measure(process)
            throughput_cot.tell(costs, per_osmand_s)
            throughput_wires.measure_owntracks(process, PORT, keys, per_osmand_s)
            bearer = f"Bearer {platform_key(SECRET, 'grid')}"
            throughput_wires.measure_stream(process, PORT, keys[2], bearer, per_osmand_s)
            if broker:
                throughput_wires.measure_mqtt(process, broker, redis.url, keys, per_osmand_s)
            else:
                print("mqtt: not measured, mosquitto is not installed")
            throughput_wires.measure_stream_fleet(process, PORT, keys)
            throughput_jt808.measure_fleet(process, JT808_PORT, keys)
            throughput_cot.measure_fleet(process, COT_PORT, keys)
        finally:
            server.terminate()
            server.join()
            redis.stop()


def _measure(server: psutil.Process) -> float:
    """Print what HTTP costs; returns the server's processor seconds for one request of /osmand."""
    connection = socket.create_connection(("127.0.0.1", PORT))
    keys = [device_key(SECRET, row.device_id, 1) for row in ROSTER]
    base = time.time_ns() // 1_000_000 - 30_000

    def osmand(number: int) -> bytes:
        slot = number % WORKERS
        return (
            f"GET /osmand?id=rz-{slot:06d}&key={keys[slot]}&lat={35.4 + slot * 1e-6:.6f}&lon=119.5"
            f"&timestamp={base + number // WORKERS * 1000}&speed=2.1&bearing=180&accuracy=8&duty=1&task=0 HTTP/1.1\r\n"
            "host: f\r\n\r\n"
        ).encode()

    singles = [osmand(number) for number in range(REQUESTS)]
    used_s = _used(server)
    for request in singles:
        connection.sendall(request)
        answer = connection.recv(4096)
        assert answer.startswith(b"HTTP/1.1 200"), answer
    per_single_s = (_used(server) - used_s) / REQUESTS
    print(f"/osmand: {1 / per_single_s:,.0f} requests per processor second")

    header = f"authorization: Bearer {platform_key(SECRET, 'grid')}\r\nhost: f\r\n".encode()
    bodies = []
    for number in range(BATCHES):
        fixes = [
            {"id": f"rz-{slot:06d}", "at": base + 10_000 + number * 10, "lat": 35.4 + slot * 1e-6, "lon": 119.5,
             "speed_mps": 1.2, "accuracy_m": 8.0, "duty": True, "task": False}
            for slot in range(number * 1000 % 4000, number * 1000 % 4000 + 1000)
        ]  # fmt: skip
        body = msgspec.json.encode({"fixes": fixes})
        bodies.append(
            b"POST /v1/positions HTTP/1.1\r\n%scontent-length: %d\r\n\r\n%s" % (header, len(body), body)
        )
    used_s = _used(server)
    for request in bodies:
        connection.sendall(request)
        answer = connection.recv(65_536)
        while not answer.endswith(b"}"):
            answer += connection.recv(65_536)
        assert b'"accepted":1000' in answer, answer
    per_fix_s = (_used(server) - used_s) / BATCHES / 1000
    print(f"/v1/positions: {1 / per_fix_s:,.0f} fixes per processor second in batches of 1,000")
    print(f"one /osmand request costs as much as {per_single_s / per_fix_s:.0f} fixes of a batch")
    return per_single_s


def _used(server: psutil.Process) -> float:
    times = server.cpu_times()
    return times.user + times.system


def wait_until_up(port: int = PORT) -> None:
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: f\r\n\r\n")
                answer = connection.recv(4096)
        except OSError:
            answer = b""
        if answer.startswith(b"HTTP/1.1 200") and b'"state":"down"' not in answer:
            return
        time.sleep(0.1)


if __name__ == "__main__":
    main()
