"""The simulator's process ends when it is told to, whatever it is drawing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dashboard.clock import resume_demonstration
from dashboard.settings import Settings
from dashboard.store.secret_file import ensure_secret

ROOT = Path(__file__).parents[2]
STOP_WITHIN_S = 8.0  # the history alone takes a thread some twenty seconds
START_WITHIN_S = 120.0


class OpenFeeds(ThreadingHTTPServer):
    """Takes whatever comes and says when the first delivery did: the history is being drawn by then."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taker)
        self.delivered = threading.Event()

    def handle_error(self, *_about: object) -> None:
        """Say nothing of connections that the simulator's end broke."""


class _Taker(BaseHTTPRequestHandler):
    server: OpenFeeds

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.delivered.set()
        self._answer()

    def _answer(self) -> None:
        body = b'{"devices": 100000}'
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_about: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def feeds() -> Iterator[OpenFeeds]:
    with OpenFeeds() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_while_the_history_is_drawn_is_obeyed_at_once(
    feeds: OpenFeeds, tmp_path: Path, number: signal.Signals
) -> None:
    environ = {
        "ZHONGSHU_DEMONSTRATION": "1",
        "ZHONGSHU_VAR_DIR": str(tmp_path),
        "ZHONGSHU_FEEDS_PORT": str(feeds.server_port),
    }
    settings = Settings.from_environment(environ)
    ensure_secret(settings.secret_file)
    resume_demonstration(settings)
    command = [sys.executable, "-m", "data_feeds.simulator"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environ})
    try:
        assert feeds.delivered.wait(START_WITHIN_S)
        process.send_signal(number)
        assert process.wait(STOP_WITHIN_S) == 0
    finally:
        process.kill()
        process.wait()
