"""One screen's outbox: bounded, conflating, and never in the way of another screen.

Movement is dropped for a screen that lags by more than a few frames, and made good by one snapshot when it
drains. Matters are never dropped: they queue up to a limit, are then replaced by one fresh picture, and a
screen that needs that again and again, or takes nothing for `STALL_S`, is closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from dashboard.live.wire import Kind, encode_json
from data_feeds.live_line import Line, websocket_message

STALL_S: Final = 5.0  # quality.md: send timeout
MATTERS_LIMIT_BYTES: Final = 512 * 1024  # queued changes beyond this cost more than a fresh picture
MOVEMENT_LIMIT_FRAMES: Final = 4  # a hiccup of 0.4 s; past it a snapshot makes good what was dropped
REPICTURES_BEFORE_CLOSE: Final = 3  # within REPICTURE_WINDOW_S
REPICTURE_WINDOW_S: Final = 60.0
_DRAIN_LOOK_S: Final = (
    0.02  # how often a slow screen's buffer is looked at; healthy screens are never looked at
)

CLOSE_POLICY: Final = 1008
CLOSE_RESTART: Final = 1012
CLOSE_SIGNED_OUT: Final = 4401
CLOSE_TOO_SLOW: Final = 4408

Send = Callable[[Any], Awaitable[None]]


# Screens of one channel that wait for nothing, by the socket that takes their next movement frame.
Flow = dict[int, "Outbox"]


class Stalled(TimeoutError):
    """Raised when a screen took nothing for `STALL_S`."""


@dataclass(slots=True)
class OutboxCounts:
    """What became of frames, for /healthz; shared by all screens of a hub."""

    sent: int = 0
    sent_bytes: int = 0
    sent_directly: int = 0
    movement_dropped: int = 0
    resnapshots: int = 0
    closed_slow: int = 0
    closed_dead: int = 0


class Outbox:
    """Frames on their way to one screen.

    The `offer_*` functions never block; `run` is the one task that waits for this screen.

    Args:
        send: ASGI send of an accepted WebSocket.
        picture_frames, movement_frame: give whole states as they are at the moment of the call.
        counts: shared by all screens of a hub.
        direct: the transport below `send` where the server lets us reach it. A frame built once is written
            to it while its buffer is empty: half the cost of `send`, and the task sleeps on.
    """

    __slots__ = (
        "_close", "_counts", "_direct", "_first", "_is_idle", "_is_open", "_latest", "_matters", "_matters_bytes",
        "_movement", "_movement_frame", "_picture_frames", "_repictured", "_send", "_sleeper", "_wants_movement",
        "_wants_picture", "flow", "movement_lost",
    )  # fmt: skip

    def __init__(
        self,
        send: Send,
        picture_frames: Callable[[], Awaitable[list[bytes]]],
        movement_frame: Callable[[], bytes],
        counts: OutboxCounts,
        direct: asyncio.Transport | None = None,
    ) -> None:
        self.movement_lost = 0  # frames since the last snapshot
        self._send = send
        self._picture_frames = picture_frames
        self._movement_frame = movement_frame
        self._counts = counts
        self._direct = direct
        # Lists: nearly always empty, and 0.7 KB smaller each than a deque, for every screen.
        self._first: list[bytes] = []  # hello, notices, time: small, before everything
        self._matters: list[bytes] = []
        self._matters_bytes = 0
        self._latest: dict[Kind, bytes] = {}
        self._movement: list[bytes] = []
        self._wants_picture = False
        self._wants_movement = False
        self._is_open = False  # movement flows after its first snapshot
        self._repictured: list[float] = []
        self._close: tuple[int, str] | None = None
        self._sleeper: asyncio.Future[None] | None = None
        self._is_idle = False  # the task sleeps and nothing waits
        self.flow: Flow = {}  # its channel's, once it has joined one
        if isinstance(direct, Line):
            direct.on_held = self._wake  # the task waits until nothing is held any more

    # -- offering ------------------------------------------------------------------------------------------

    def offer_first(self, frame: bytes) -> None:
        """Send a small frame before anything else that waits."""
        if not self._write_now(frame):
            self._first.append(frame)
            self._wake()

    def offer_time(self, frame: bytes) -> None:
        """Send the time, or let it be: late time is worth nothing, the next one follows."""
        if not self._write_now(frame) and self._direct is None and not self._first:
            self._first.append(frame)
            self._wake()

    def offer_latest(self, kind: Kind, frame: bytes) -> None:
        """Send a value of which only the newest matters."""
        if not self._write_now(frame):
            self._latest[kind] = frame
            self._wake()

    def offer_changes(self, frame: bytes) -> None:
        """Send changes of matters; never dropped, at worst replaced by a fresh picture."""
        if self._wants_picture or self._write_now(frame):
            return
        self._matters.append(frame)
        self._matters_bytes += len(frame)
        if self._matters_bytes > MATTERS_LIMIT_BYTES:
            self._repicture()
        self._wake()

    def offer_movement(self, frame: bytes, message: bytes | None = None) -> None:
        """Send a movement delta; `message` is the same with its WebSocket head, for a direct transport."""
        if not self._is_open:
            return
        if self._wants_movement:
            self._lose_movement(1)
        elif self._write_now(frame, message):
            return
        elif len(self._movement) < MOVEMENT_LIMIT_FRAMES:
            self._movement.append(frame)
            self._wake()
        else:
            self._lose_movement(1 + len(self._movement))
            self.want_movement()

    def want_movement(self) -> None:
        """Bring the screen to the present of its fleet with a snapshot."""
        self._movement.clear()
        self._wants_movement = True
        self._wake()

    def want_picture(self) -> None:
        """Bring the screen to the present picture with a snapshot; queued changes are part of it."""
        self._matters.clear()
        self._matters_bytes = 0
        self._wants_picture = True
        self._wake()

    def close(self, code: int, reason: str) -> None:
        """End this screen; the first reason counts."""
        self._close = self._close or (code, reason)
        self._wake()

    @property
    def waiting_bytes(self) -> int:
        """How many bytes wait for this screen in this process."""
        queues = (self._first, self._matters, self._movement, self._latest.values())
        queued = sum(len(frame) for queue in queues for frame in queue)
        return queued + (self._direct.get_write_buffer_size() if self._direct is not None else 0)

    def leave_flow(self) -> None:
        """Take no movement past the task until it sleeps again."""
        if isinstance(self._direct, Line):
            self.flow.pop(self._direct.descriptor, None)

    def write_rest(self, message: bytes, took: int) -> None:
        """Write what the socket did not take of a message, by its transport: there it waits."""
        if isinstance(self._direct, Line):
            self._direct.write(message[took:])

    # -- the task ------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Send whatever waits, in order of weight, until closed.

        Raises:
            Stalled: the screen took nothing for `STALL_S`.
        """
        while self._close is None:
            if self._direct is not None:
                await self._drained(self._direct)
            if not await self._send_next():
                await self._sleep()
        code, reason = self._close
        async with asyncio.timeout(STALL_S):
            await self._send({"type": "websocket.close", "code": code, "reason": reason})

    async def _sleep(self) -> None:
        """Wait until something is offered that could not be written at once."""
        if self._close is not None:  # it came while the line drained, when there was nobody to wake
            return
        self._sleeper, self._is_idle = asyncio.get_running_loop().create_future(), True
        if self._is_open and isinstance(self._direct, Line) and self._direct.is_straight:
            self.flow[self._direct.descriptor] = self
        try:
            await self._sleeper
        finally:
            self._sleeper = None

    async def _send_next(self) -> bool:
        if self._first:
            await self._write(self._first.pop(0))
        elif self._wants_picture:
            self._wants_picture = False
            for frame in await self._picture_frames():
                await self._write(frame)
        elif self._matters:
            frame = self._matters.pop(0)
            self._matters_bytes -= len(frame)
            await self._write(frame)
        elif self._latest:
            await self._write(self._latest.pop(next(iter(self._latest))))
        elif self._wants_movement:
            await self._send_movement_snapshot()
        elif self._movement:
            await self._write(self._movement.pop(0))
        else:
            return False
        return True

    async def _send_movement_snapshot(self) -> None:
        if self.movement_lost:
            lost, self.movement_lost = self.movement_lost, 0
            await self._write(encode_json(Kind.NOTICE, {"code": "movement_lost", "params": {"frames": lost}}))
        # From here on deltas follow this very snapshot: it is built before anything else can run.
        self._is_open, self._wants_movement = True, False
        await self._write(self._movement_frame())

    async def _write(self, frame: bytes) -> None:
        try:
            async with asyncio.timeout(STALL_S):
                await self._send({"type": "websocket.send", "bytes": frame})
        except TimeoutError as error:
            raise Stalled(f"took nothing for {STALL_S:g} s") from error
        self._count(frame)
        if self._direct is not None:
            await self._drained(self._direct)

    async def _drained(self, transport: asyncio.Transport) -> None:
        """Wait until the transport's buffer is empty, as long as it keeps shrinking."""
        loop = asyncio.get_running_loop()
        least = transport.get_write_buffer_size()
        until = loop.time() + STALL_S
        while least and not transport.is_closing():
            await asyncio.sleep(_DRAIN_LOOK_S)
            now_left = transport.get_write_buffer_size()
            if now_left < least:
                least, until = now_left, loop.time() + STALL_S
            elif loop.time() > until:
                raise Stalled(f"took nothing for {STALL_S:g} s")

    # -- inside --------------------------------------------------------------------------------------------

    def _write_now(self, frame: bytes, message: bytes | None = None) -> bool:
        """Write past the task when nothing waits and the transport is empty; the order of frames stays."""
        if not self._is_idle or self._direct is None or self._direct.is_closing():
            return False
        if self._direct.get_write_buffer_size():
            return False
        self._direct.write(websocket_message(frame) if message is None else message)
        self._count(frame)
        self._counts.sent_directly += 1
        return True

    def _count(self, frame: bytes) -> None:
        self._counts.sent += 1
        self._counts.sent_bytes += len(frame)

    def _lose_movement(self, frames: int) -> None:
        self.movement_lost += frames
        self._counts.movement_dropped += frames

    def _repicture(self) -> None:
        now = asyncio.get_running_loop().time()
        self._repictured.append(now)
        while self._repictured[0] < now - REPICTURE_WINDOW_S:
            self._repictured.pop(0)
        if len(self._repictured) > REPICTURES_BEFORE_CLOSE:
            self.close(CLOSE_TOO_SLOW, "too slow")
            return
        self._counts.resnapshots += 1
        self.want_picture()
        self._first.append(encode_json(Kind.NOTICE, {"code": "resnapshot", "params": {}}))

    def _wake(self) -> None:
        self._is_idle = False
        self.leave_flow()
        if self._sleeper is not None and not self._sleeper.done():
            self._sleeper.set_result(None)


def direct_transport(send: Send) -> asyncio.Transport | None:
    """Return the transport below an ASGI `send`, None unless writing to it is known to be safe.

    Known for uvicorn's sans-I/O protocol: it hands every message to the transport in one write, so that ours
    stand between its own; a connection with deflate accepts messages that are not deflated.
    """
    protocol = getattr(send, "__self__", None)
    if not isinstance(protocol, WebSocketsSansIOProtocol):
        return None
    return protocol.transport
