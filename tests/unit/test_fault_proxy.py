"""The line that the battery breaks: whole it passes everything, broken it fails as a real one does."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.faults.fault_proxy import FaultProxy, fault_proxy

PATIENCE_S = 20.0
SILENT_S = 0.2  # what is thrown away does not come, however long one waits


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that sends back what it gets."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer(one: socket.socket) -> None:
        with contextlib.suppress(OSError), one:
            while data := one.recv(4_096):
                one.sendall(data)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[1]
    server.close()


@pytest.fixture
def line(echo: int) -> Iterator[FaultProxy]:
    with fault_proxy(echo) as opened:
        yield opened


def caller(line: FaultProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", line.port), timeout=PATIENCE_S)


def heard(one: socket.socket, said: bytes) -> None:
    """Say something and read it back."""
    one.sendall(said)
    got = b""
    while len(got) < len(said):
        got += one.recv(len(said) - len(got))
    assert got == said


def is_silent(one: socket.socket) -> bool:
    one.settimeout(SILENT_S)
    try:
        return one.recv(1) is None
    except TimeoutError:
        return True
    finally:
        one.settimeout(PATIENCE_S)


def settled(line: FaultProxy) -> None:
    """Return when what was set before is set: the line's own loop has taken it."""
    done = threading.Event()
    line._loop.call_soon_threadsafe(done.set)
    assert done.wait(PATIENCE_S)


def test_a_whole_line_passes_everything_in_order(line: FaultProxy) -> None:
    with caller(line) as one:
        heard(one, bytes(range(256)) * 2_000)


def test_a_slow_line_keeps_the_order(line: FaultProxy) -> None:
    line.set("whole", latency_s=0.02)
    settled(line)
    with caller(line) as one:
        for number in range(5):
            heard(one, b"%d" % number)


def test_a_stalled_line_holds_what_was_said_until_it_is_whole(line: FaultProxy) -> None:
    with caller(line) as one:
        heard(one, b"before")
        line.set("stalled")
        settled(line)
        one.sendall(b"held")
        assert is_silent(one)
        line.set("whole")
        assert one.recv(4) == b"held"


def test_a_reset_line_ends_who_is_there_and_refuses_who_comes(line: FaultProxy) -> None:
    with caller(line) as one:
        heard(one, b"before")
        line.reset()
        with pytest.raises(ConnectionResetError):
            one.recv(1)
    with caller(line) as late, pytest.raises(ConnectionResetError):
        late.recv(1)
    line.set("whole")
    settled(line)
    with caller(line) as again:
        heard(again, b"after")


def test_a_half_open_line_swallows_for_good_and_new_ones_are_whole_after_it(line: FaultProxy) -> None:
    with caller(line) as one:
        heard(one, b"before")
        line.set("half-open")
        settled(line)
        one.sendall(b"swallowed")
        with caller(line) as late:
            late.sendall(b"swallowed")
            assert is_silent(late)
            line.set("whole")
            settled(line)
            one.sendall(b"swallowed too")
            assert is_silent(one)
    with caller(line) as again:
        heard(again, b"after")
