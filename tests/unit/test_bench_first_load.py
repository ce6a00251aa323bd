"""What lies on the line is counted as it lies there, and nothing of it is changed on its way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from tools.bench_counting_proxy import counting_proxy

BODY = b"x" * 300_000
EMPTY = 200  # bytes that the heads of an answer may take


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def a_server() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_bytes_and_requests_of_a_kept_connection_are_counted() -> None:
    with (
        a_server() as port,
        counting_proxy("127.0.0.1", port) as line,
        httpx.Client(trust_env=False) as client,
    ):
        address = f"http://127.0.0.1:{line.port}/"
        assert client.get(address).content == BODY
        first = line.down_bytes
        assert len(BODY) < first < len(BODY) + EMPTY
        assert client.get(address).content == BODY
        assert client.post(address, content=b"said").content == b"said"
        assert line.requests == 3
        assert 2 * len(BODY) < line.down_bytes < 2 * len(BODY) + 3 * EMPTY


def test_a_server_that_is_away_costs_nothing() -> None:
    with a_server() as port:
        pass
    with counting_proxy("127.0.0.1", port) as line, httpx.Client(trust_env=False) as client:
        try:
            client.get(f"http://127.0.0.1:{line.port}/")
        except httpx.HTTPError:
            assert line.down_bytes == 0
        else:
            raise AssertionError("nobody was there to answer")
