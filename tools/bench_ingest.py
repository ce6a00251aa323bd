"""How many fixes one core takes in, by wire, beside what a team would build: the real entrance on a real Redis.

Part of `make bench`; alone: `python -m tools.bench_ingest`. Requests go over a real socket, one after the other;
what counts is the server's processor time, so that neither the sender nor other work is counted.
"""

from __future__ import annotations

import importlib
import math
import multiprocessing
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from dashboard.domain.device_keys import device_key, platform_key
from data_feeds.decoders.packed_positions import CONTENT_TYPE, HEADER, MAGIC, NOT_SAID, RECORD
from data_feeds.embedded_redis import EmbeddedRedis, find_program
from tools.bench_machine import cpu_s
from tools.bench_rows import Row, tell
from tools.bench_screen_process import running, two_free_ports

# The entrance on a made-up roster, as the tests' own tool runs it; tests are not typed, hence not imported by name.
throughput: Any = importlib.import_module("tests.feeds.throughput")
OSMAND_BAR, BATCH_BAR, PACKED_BAR = 7_000, 250_000, 600_000  # a second of one core
REQUESTS, BATCHES, PACKED_BATCHES = 12_000, 150, 400
PEER_REQUESTS, PEER_BATCHES = 4_000, 20
IN_BATCH = 1_000
# OsmAnd requests, fixes of JSON batches, fixes of packed ones; per second of one core, 0 where it takes none.
Rates = tuple[float, float, float]
PEERS = {
    "fastapi": "FastAPI + pydantic",
    "asgi": "bare ASGI on uvicorn",
    "flask": "Flask route under gunicorn (a plain Dash app's server)",
}


def main() -> int:
    """Measure, print; 1 when a bar is over."""
    found = {"ours": _ours()}
    for kind in PEERS:
        found[kind] = _peer(kind)
    singles = {kind: rates[0] for kind, rates in found.items()}
    batches = {kind: rates[1] for kind, rates in found.items()}
    print("requests, then fixes in batches of 1,000, per second of one core")
    kept = tell(Row("ours: OsmAnd requests", singles["ours"], "/s", OSMAND_BAR, is_least=True))
    for kind, name in PEERS.items():
        times = singles["ours"] / singles[kind]
        tell(Row(f"{name}: requests", singles[kind], "/s", note=f"ours takes {times:.1f} x as many"))
    kept &= tell(Row("ours: fixes in JSON batches", batches["ours"], "/s", BATCH_BAR, is_least=True))
    for kind, name in PEERS.items():
        times = batches["ours"] / batches[kind]
        tell(Row(f"{name}: fixes in JSON", batches[kind], "/s", note=f"ours takes {times:.1f} x as many"))
    packed = {kind: rates[2] for kind, rates in found.items() if rates[2]}
    times = packed["ours"] / batches["ours"]
    note = f"{times:.1f} x as many as in JSON"
    kept &= tell(
        Row("ours: fixes in packed batches", packed["ours"], "/s", PACKED_BAR, is_least=True, note=note)
    )
    times = packed["ours"] / packed["fastapi"]
    note = f"no keys, rules or publishing; ours takes {times:.2g} x as many"
    tell(Row("FastAPI + numpy.frombuffer: packed fixes", packed["fastapi"], "/s", note=note))
    return 0 if kept else 1


def _ours() -> Rates:
    with tempfile.TemporaryDirectory(prefix="zs-ingest-") as folder:
        redis = EmbeddedRedis(Path(folder), Path(folder) / "redis.sock", find_program())
        redis.start()
        server = multiprocessing.get_context("spawn").Process(target=throughput.serve, args=(redis.url,))
        server.start()
        try:
            throughput.wait_until_up()
            assert server.pid is not None
            return _rates(throughput.PORT, server.pid, REQUESTS, BATCHES, PACKED_BATCHES)
        finally:
            server.terminate()
            server.join()
            redis.stop()


def _peer(kind: str) -> Rates:
    port = two_free_ports()
    command = [sys.executable, "-m", "tools.bench_entrances", kind, str(port)]
    if kind == "flask":
        command = [
            sys.executable, "-m", "gunicorn", "-k", "gthread", "--threads", "4", "--keep-alive", "60", "-b",
            f"127.0.0.1:{port}", "--log-level", "error", "tools.bench_entrances:flask_app()",
        ]  # fmt: skip
    with running(command, port) as process:
        packed = PACKED_BATCHES if kind == "fastapi" else 0
        return _rates(port, process.pid, PEER_REQUESTS, PEER_BATCHES, packed, "/v1/packed")


def _rates(
    port: int, pid: int, requests: int, batches: int, packed: int, packed_path: str = "/v1/positions"
) -> Rates:
    """Return OsmAnd requests, fixes of JSON batches and of packed ones per second of the server's processor time."""
    keys = [device_key(throughput.SECRET, row.device_id, 1) for row in throughput.ROSTER]
    base = time.time_ns() // 1_000_000 - 30_000
    bearer = platform_key(throughput.SECRET, "grid")
    singles = [_osmand(number, keys, base) for number in range(requests)]
    many = [_batch(number, bearer, base) for number in range(batches)]
    together = [_packed(number, bearer, base, packed_path) for number in range(packed)]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in singles[:50]:  # a peer builds its routes at the first request
            _ask(line, request, lambda answer: answer.startswith(b"HTTP/1.1 20"))
        used_s = cpu_s(pid)
        for request in singles[50:]:
            _ask(line, request, lambda answer: answer.startswith(b"HTTP/1.1 20"))
        per_single_s = (cpu_s(pid) - used_s) / (requests - 50)
        used_s = cpu_s(pid)
        for request in many:
            _ask(line, request, lambda answer: b'"accepted":1000' in answer.replace(b" ", b""))
        per_fix_s = (cpu_s(pid) - used_s) / batches / IN_BATCH
        used_s = cpu_s(pid)
        for request in together:
            _ask(line, request, lambda answer: b'"accepted":1000' in answer.replace(b" ", b""))
        packed_s = cpu_s(pid) - used_s
    return 1 / per_single_s, 1 / per_fix_s, packed * IN_BATCH / packed_s if packed else 0.0


def _ask(line: socket.socket, request: bytes, is_good: Callable[[bytes], bool]) -> None:
    line.sendall(request)
    answer = line.recv(65_536)
    while not _is_whole(answer):
        more = line.recv(65_536)
        if not more:
            raise RuntimeError(f"the server closed the line: {answer[:200]!r}")
        answer += more
    if not is_good(answer):
        raise RuntimeError(f"not taken: {answer[:300]!r}")


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    length = 0
    for field in head.lower().split(b"\r\n"):
        if field.startswith(b"content-length:"):
            length = int(field.partition(b":")[2])
    return len(body) >= length


def _osmand(number: int, keys: list[str], base: int) -> bytes:
    slot = number % throughput.WORKERS
    return (
        f"GET /osmand?id=rz-{slot:06d}&key={keys[slot]}&lat={35.4 + slot * 1e-6:.6f}&lon=119.5"
        f"&timestamp={base + number // throughput.WORKERS * 1000}&speed=2.1&bearing=180&accuracy=8&duty=1&task=0"
        " HTTP/1.1\r\nhost: f\r\n\r\n"
    ).encode()


def _batch(number: int, bearer: str, base: int) -> bytes:
    first = number * IN_BATCH % 4_000
    fixes = [
        {
            "id": f"rz-{slot:06d}", "at": base + 10_000 + number * 10, "lat": 35.4 + slot * 1e-6, "lon": 119.5,
            "speed_mps": 1.2, "accuracy_m": 8.0, "duty": True, "task": False,
        }
        for slot in range(first, first + IN_BATCH)
    ]  # fmt: skip
    return _posted("application/json", bearer, msgspec.json.encode({"fixes": fixes}))


def _packed(number: int, bearer: str, base: int, path: str) -> bytes:
    """What `_batch` says, at instants after all of those."""
    first = number * IN_BATCH % 4_000
    slots = np.arange(first, first + IN_BATCH)
    records = np.zeros(IN_BATCH, RECORD)
    records["at"], records["lat"], records["lon"] = base + 20_000 + number * 10, 35.4 + slots * 1e-6, 119.5
    records["speed_mps"], records["bearing"], records["accuracy_m"] = 1.2, math.nan, 8.0
    records["device"], records["duty"], records["alarm"] = slots - first, 1, NOT_SAID
    table = "\n".join(f"rz-{slot:06d}" for slot in slots).encode()
    body = HEADER.pack(MAGIC, IN_BATCH, len(table)) + table + records.tobytes()
    return _posted(CONTENT_TYPE, bearer, body, path)


def _posted(content_type: str, bearer: str, body: bytes, path: str = "/v1/positions") -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nauthorization: Bearer {bearer}\r\nhost: f\r\n"
        f"content-type: {content_type}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


if __name__ == "__main__":
    sys.exit(main())
