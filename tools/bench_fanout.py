"""Server CPU of sending one 10 KB frame to 500 screens at 5 Hz: ours beside nchan, a C loop and what Python offers.

Part of `make bench`; alone: `python -m tools.bench_fanout`. The ways take turns, the median of the rounds counts.
Every server takes the frame in over a socket and is charged for it; the screens are another process.
"""

from __future__ import annotations

import argparse
import http.client
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from data_feeds.live_server import PING_EVERY_S
from tools.bench_machine import cpu_s, nginx_program
from tools.bench_rows import Row, skip, tell
from tools.bench_screen_process import open_screens, running, two_free_ports, until_listening
from tools.bench_senders import FRAME_BYTES, frame_bytes

SCREENS, HZ = 500, 5
NAP_S = 0.02  # of the screens: nobody is charged for waking them
BAR_TIMES_NCHAN = 1.0  # docs/performance.md
NCHAN_MODULES = (
    "/usr/lib/nginx/modules",
    "/usr/lib64/nginx/modules",
    "/usr/local/lib/nginx/modules",
    "/usr/share/nginx/modules",
)
_NGINX = """load_module {module};
{user}daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; client_body_buffer_size 256k; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000; tcp_nodelay on;
  server {{
    listen 127.0.0.1:{port};
    location = /publish {{
      nchan_publisher; nchan_channel_id bench; nchan_message_buffer_length 1; nchan_message_timeout 10s;
    }}
    location = /live {{
      nchan_subscriber websocket; nchan_channel_id bench; nchan_subscriber_first_message newest;
      {pings}
    }}
  }}
}}
"""
Publish = Callable[[bytes], None]
# A running server: the port of its screens, its process, and how a frame is published to it.
Way = Callable[[], AbstractContextManager[tuple[int, int, Publish]]]


def nchan(*, pings: bool = False) -> Way:
    """nchan inside an nginx of its own."""

    @contextmanager
    def start() -> Iterator[tuple[int, int, Publish]]:
        nginx, module = nginx_program(), nchan_module()
        if nginx is None or module is None:
            raise FileNotFoundError(
                "nginx with its nchan module (Debian: nginx, libnginx-mod-nchan) is not installed"
            )
        port = two_free_ports()
        with tempfile.TemporaryDirectory(prefix="zs-nchan-") as folder:
            config = Path(folder) / "nginx.conf"
            asks = f"nchan_websocket_ping_interval {PING_EVERY_S:.0f};" if pings else ""
            user = "user root; " if os.geteuid() == 0 else ""
            text = _NGINX.format(module=module, folder=folder, port=port, user=user, pings=asks)
            config.write_text(text, encoding="utf-8")
            with running([nginx, "-p", folder, "-c", str(config), "-e", "stderr"], port) as process:
                yield port, process.pid, _http_publisher(port)

    return start


@contextmanager
def c_loop() -> Iterator[tuple[int, int, Publish]]:
    """The loop in C, compiled here."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise FileNotFoundError("no C compiler (cc) here")
    port = two_free_ports()
    with tempfile.TemporaryDirectory(prefix="zs-loop-") as folder:
        program = Path(folder) / "send_loop"
        source = Path(__file__).with_name("bench_send_loop.c")
        subprocess.run([compiler, "-O2", "-o", str(program), str(source)], check=True)
        with running([str(program), str(port)], port) as process:
            yield port, process.pid, _line_publisher(port + 1)


def asgi(way: str, *, pings: bool = False) -> Way:
    """One of the ASGI senders under the product's gunicorn worker; with pings all as the product has it."""
    config = "gunicorn.conf.py" if pings else "tools/bench_gunicorn.py"

    @contextmanager
    def start() -> Iterator[tuple[int, int, Publish]]:
        port = two_free_ports()
        with tempfile.TemporaryDirectory(prefix="zs-sender-") as folder:
            environ = {
                "BENCH_SENDER": f"{way}:{port + 1}",
                "PORT": str(port),
                "WEB_CONCURRENCY": "1",
                "ZHONGSHU_VAR_DIR": folder,
                "ZHONGSHU_LOG_LEVEL": "error",
            }
            command = [
                sys.executable, "-m", "gunicorn", "-c", config, "tools.bench_senders:make_app()",
            ]  # fmt: skip
            with running(command, port, environ) as process:
                until_listening(port + 1, process)
                yield port, process.pid, _line_publisher(port + 1)

    return start


@contextmanager
def websockets_library() -> Iterator[tuple[int, int, Publish]]:
    """The `websockets` library's broadcast under uvloop."""
    port = two_free_ports()
    command = [sys.executable, "-m", "tools.bench_senders", str(port)]
    with running(command, port) as process:
        until_listening(port + 1, process)
        yield port, process.pid, _line_publisher(port + 1)


NCHAN = "nchan"
OURS = "ours: hub, channel, outboxes"
NCHAN_PINGS, OURS_PINGS = (f"{name}, keep-alive every {PING_EVERY_S:.0f} s" for name in (NCHAN, "ours"))
WAYS: dict[str, Way] = {
    NCHAN: nchan(),
    "send loop in C (the floor)": c_loop,
    OURS: asgi("hub"),
    "prebuilt frame to every transport, nothing else": asgi("transports"),
    "loop of ASGI sends": asgi("sends"),
    "websockets library, broadcast": websockets_library,
    "FastAPI WebSocket, send_bytes": asgi("fastapi"),
    NCHAN_PINGS: nchan(pings=True),
    OURS_PINGS: asgi("hub", pings=True),
}


def main(arguments: list[str]) -> int:
    """Measure, print; 1 when the bar is over."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_fanout", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--screens", type=int, default=SCREENS)
    parser.add_argument("--ways", default="", help="parts of names of the ways to measure, with commas")
    wanted = parser.parse_args(arguments)
    chosen = [name for name in WAYS if any(part in name for part in wanted.ways.split(","))]
    print(
        f"one frame of {FRAME_BYTES:,} bytes to {wanted.screens} screens at {HZ} Hz, server CPU per screen-frame"
    )
    found: dict[str, list[float]] = {name: [] for name in chosen}
    missing: dict[str, str] = {}
    for _ in range(wanted.rounds):
        for name in chosen:
            if name not in missing:
                try:
                    found[name].append(measure(WAYS[name], wanted.screens, wanted.seconds))
                except FileNotFoundError as error:
                    missing[name] = str(error)
    return 0 if _told(found, missing) else 1


def measure(start: Way, screens: int, seconds: float) -> float:
    """Return microseconds of server CPU per screen-frame of one way."""
    groups = [{"path": "/live", "count": screens}]
    with start() as (port, pid, publish), open_screens(port, groups, NAP_S) as opened:
        time.sleep(0.5)
        publish(frame_bytes())  # what grows at the first frame has grown
        time.sleep(0.5)
        opened.count()
        frames = int(HZ * seconds)
        used_s, next_s = cpu_s(pid), time.monotonic()
        for _ in range(frames):
            publish(frame_bytes())
            next_s += 1 / HZ
            time.sleep(max(0.0, next_s - time.monotonic()))
        if not opened.until_each_has(frames, within_s=10):
            raise RuntimeError("not every screen got every frame")
        used_s = cpu_s(pid) - used_s
    return used_s / (frames * screens) * 1e6


def nchan_module() -> Path | None:
    """Return nginx's loadable nchan, None where it is not installed."""
    places = (Path(folder) / "ngx_nchan_module.so" for folder in NCHAN_MODULES)
    return next((place for place in places if place.exists()), None)


def _told(found: Mapping[str, Sequence[float]], missing: dict[str, str]) -> bool:
    costs = {name: statistics.median(figures) for name, figures in found.items() if figures}
    anchor = NCHAN if NCHAN in costs else next(iter(costs))
    kept = True
    for name in found:
        if name in missing:
            skip(name, missing[name])
            continue
        times = costs[name] / costs[anchor]
        spread = f"{min(found[name]):.1f} to {max(found[name]):.1f} in {len(found[name])} rounds"
        kept &= tell(Row(name, costs[name], "us", times=times, of=anchor, note=spread))
    for ours, theirs, bar in ((OURS, NCHAN, BAR_TIMES_NCHAN), (OURS_PINGS, NCHAN_PINGS, None)):
        if ours in costs and theirs in costs:
            # Round by round: what disturbed one of a pair is likely to have disturbed the other.
            pairs = [mine / other for mine, other in zip(found[ours], found[theirs], strict=True)]
            note = f"median of {len(pairs)} rounds, {min(pairs):.2f} to {max(pairs):.2f}"
            kept &= tell(Row(f"{ours} / {theirs}", statistics.median(pairs), "x", bar, note=note))
    return kept


def _http_publisher(port: int) -> Publish:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def publish(frame: bytes) -> None:
        connection.request("POST", "/publish", frame, {"content-type": "application/octet-stream"})
        answer = connection.getresponse()
        answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"publishing was answered {answer.status}")

    return publish


def _line_publisher(port: int) -> Publish:
    line = socket.create_connection(("127.0.0.1", port), timeout=20)

    def publish(frame: bytes) -> None:
        line.sendall(len(frame).to_bytes(4, "little") + frame)
        if not line.recv(1):
            raise RuntimeError("the publisher's line was closed")

    return publish


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
