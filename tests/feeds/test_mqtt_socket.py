"""The socket under paho: small reads out of one large one, small writes into one, and others have their turn."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from data_feeds.mqtt_socket import READ_BYTES, GatheringSocket


class Counted:
    """A socket that counts the calls into the system, and takes as much at once as the test says."""

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner
        self.reads = 0
        self.writes = 0
        self.takes = 1 << 20

    def __getattr__(self, name: str):
        return getattr(self._inner, name)

    def recv(self, size: int) -> bytes:
        self.reads += 1
        return self._inner.recv(size)

    def send(self, data: bytes | bytearray) -> int:
        self.writes += 1
        if not self.takes:
            raise BlockingIOError
        return self._inner.send(bytes(data[: self.takes]))


@pytest.fixture
def ends() -> Iterator[tuple[Counted, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        yield Counted(ours), theirs


def gathering(inner: Counted) -> GatheringSocket:
    return GatheringSocket(inner, asyncio.get_running_loop())


async def test_small_reads_cost_one_call_and_say_what_is_left(ends) -> None:
    inner, theirs = ends
    theirs.sendall(b"0123456789")
    found = gathering(inner)
    assert [found.recv(1), found.recv(2), found.pending()] == [b"0", b"12", 7]
    assert found.recv(100) == b"3456789"
    assert (inner.reads, found.pending()) == (1, 0)


async def test_what_comes_without_end_leaves_others_their_turn(ends) -> None:
    inner, theirs = ends
    theirs.sendall(b"first")
    found = gathering(inner)
    assert found.recv(READ_BYTES) == b"first"
    theirs.sendall(b"second")
    with pytest.raises(BlockingIOError):
        found.recv(READ_BYTES)
    await asyncio.sleep(0)
    assert found.recv(READ_BYTES) == b"second"


async def test_nothing_there_and_the_end_are_told_as_a_socket_tells_them(ends) -> None:
    inner, theirs = ends
    found = gathering(inner)
    with pytest.raises(BlockingIOError):
        found.recv(1)
    theirs.close()
    await asyncio.sleep(0)
    assert found.recv(1) == b""
    assert found.fileno() == inner.fileno()


async def test_what_is_said_in_one_turn_goes_out_in_one_call_and_in_its_order(ends) -> None:
    inner, theirs = ends
    found = gathering(inner)
    for number in range(100):
        assert found.send(b"%02d" % number) == 2
    assert inner.writes == 0
    await asyncio.sleep(0)
    assert inner.writes == 1
    assert theirs.recv(1_000) == b"".join(b"%02d" % number for number in range(100))


async def test_what_the_system_does_not_take_now_goes_out_later(ends) -> None:
    inner, theirs = ends
    theirs.setblocking(False)
    found, loop, heard = gathering(inner), asyncio.get_running_loop(), b""
    inner.takes = 0
    found.send(b"abc")
    await asyncio.sleep(0)
    assert inner.writes == 1
    inner.takes = 2
    found.send(b"def")
    while len(heard) < 6:
        heard += await loop.sock_recv(theirs, 100)
    assert heard == b"abcdef"


async def test_closing_sends_what_was_said_last_and_a_lost_line_is_no_error(ends) -> None:
    inner, theirs = ends
    found = gathering(inner)
    found.send(b"goodbye")
    found.close()
    assert theirs.recv(100) == b"goodbye"
    found.send(b"too late")
    await asyncio.sleep(0)
    assert found._said == b""
