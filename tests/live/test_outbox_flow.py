"""A movement frame to all screens of a channel whose transports are no lines (`test_live_line`): who waits for nothing
gets it now, the others in their turn."""

from __future__ import annotations

import asyncio
from typing import Any

from dashboard.live.wire import Kind
from data_feeds.live_flow import offer_movement_to_all
from data_feeds.live_line import websocket_message
from data_feeds.live_outbox import MOVEMENT_LIMIT_FRAMES, Flow, Outbox, OutboxCounts

SNAPSHOT, DELTA = b"\x11snapshot", b"\x12delta"


class Line:
    """A transport and the ASGI send above it; what does not flow off stays in its buffer."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.sent: list[bytes] = []
        self.waiting = 0
        self.is_closed = False
        self.closed: tuple[int, str] | None = None

    def get_write_buffer_size(self) -> int:
        if self.is_closed:
            raise RuntimeError("the handler is closed")
        return self.waiting

    def is_closing(self) -> bool:
        return self.is_closed

    def write(self, data: bytes) -> None:
        self.written.append(data)

    async def send(self, message: Any) -> None:
        if message["type"] == "websocket.close":
            self.closed = (message["code"], message["reason"])
        else:
            self.sent.append(message["bytes"])


async def _no_pictures() -> list[bytes]:
    return []


async def _turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


class Channel:
    """Three screens that have had their snapshot."""

    def __init__(self) -> None:
        self.counts = OutboxCounts()
        self.flow: Flow = {}
        self.lines = [Line() for _ in range(3)]
        transports: list[Any] = list(self.lines)
        self.outboxes = [
            Outbox(line.send, _no_pictures, lambda: SNAPSHOT, self.counts, line) for line in transports
        ]
        self.tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Channel:
        for outbox in self.outboxes:
            outbox.flow = self.flow
            outbox.want_movement()
            self.tasks.append(asyncio.create_task(outbox.run()))
        await _turns()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def offer(self) -> None:
        offer_movement_to_all(set(self.outboxes), self.flow, DELTA)


async def test_screens_that_wait_for_nothing_get_the_frame_at_once_and_it_is_counted():
    async with Channel() as channel:
        before = channel.counts.sent
        channel.offer()
        assert [line.written for line in channel.lines] == [[websocket_message(DELTA)]] * 3
        assert (channel.counts.sent - before, channel.counts.sent_directly) == (3, 3)


async def test_no_screen_gets_movement_before_its_snapshot():
    channel = Channel()
    channel.offer()
    assert [line.written for line in channel.lines] == [[], [], []]


async def test_one_whose_buffer_is_not_empty_keeps_the_frame_for_later_and_holds_up_nobody():
    async with Channel() as channel:
        slow = channel.lines[1]
        slow.waiting = 10
        channel.offer()
        channel.offer()
        await _turns()
        assert [len(line.written) for line in channel.lines] == [2, 0, 2]
        assert channel.counts.sent_directly == 4
        slow.waiting = 0
        await asyncio.sleep(0.1)  # the task looks at a full buffer each 20 ms
        assert slow.sent == [SNAPSHOT, DELTA, DELTA]
        channel.offer()
        assert slow.written == [websocket_message(DELTA)]


async def test_one_that_is_closed_while_its_line_drains_is_closed_without_waiting_for_more():
    slow: Any = Line()
    slow.waiting = 10
    outbox = Outbox(slow.send, _no_pictures, lambda: SNAPSHOT, OutboxCounts(), slow)
    task = asyncio.create_task(outbox.run())
    await _turns()
    outbox.close(4408, "too slow")
    slow.waiting = 0
    await asyncio.wait_for(task, 10)
    assert slow.closed == (4408, "too slow")


async def test_one_that_stays_behind_loses_movement():
    async with Channel() as channel:
        channel.lines[0].waiting = 10
        for _ in range(MOVEMENT_LIMIT_FRAMES + 2):
            channel.offer()
        assert channel.outboxes[0].movement_lost == MOVEMENT_LIMIT_FRAMES + 2
        assert [len(line.written) for line in channel.lines] == [0, *[MOVEMENT_LIMIT_FRAMES + 2] * 2]


async def test_a_line_that_was_closed_a_moment_ago_takes_nothing_from_the_others():
    async with Channel() as channel:
        channel.lines[0].is_closed = True
        channel.offer()
        assert [len(line.written) for line in channel.lines] == [0, 1, 1]


async def test_matters_that_wait_are_not_overtaken_by_movement():
    async with Channel() as channel:
        channel.outboxes[2].offer_latest(Kind.HOTLINE, b"\x15board")
        channel.lines[2].waiting = 10
        channel.outboxes[2].offer_changes(b"\x14changes")
        channel.offer()
        assert channel.lines[2].written == [websocket_message(b"\x15board")]
        channel.lines[2].waiting = 0
        await asyncio.sleep(0.1)
        assert channel.lines[2].sent == [SNAPSHOT, b"\x14changes", DELTA]
