"""The routes of the feeds, one method per source: who may send, decode, take, answer.

Positions live in memory and travel once per tick; calls, orders and events are in a Redis stream that is
written to disk before the sender hears 2xx. While Redis is away every feed answers 503, so that senders keep
what they have and send it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, NoReturn

import msgspec

from data_feeds.bus import Bus, BusDown
from data_feeds.bus_names import FEED_CALLS, FEED_EVENTS, FEED_ORDERS
from data_feeds.clock import Clock
from data_feeds.decoders.calls import decode_calls
from data_feeds.decoders.errors import Batch, DecodeError
from data_feeds.decoders.grid_events import decode_grid_events
from data_feeds.decoders.heartbeat import decode_heartbeat
from data_feeds.decoders.limits import BODY_LIMIT_BYTES, QUERY_LIMIT_BYTES
from data_feeds.decoders.orders import decode_orders
from data_feeds.decoders.osmand import decode_osmand
from data_feeds.decoders.owntracks import SOURCE as OWNTRACKS
from data_feeds.decoders.positions import SOURCE as POSITIONS
from data_feeds.feed_answers import REFUSALS, Answer, answer_to, answer_to_batch
from data_feeds.feed_keys import Sender
from data_feeds.feed_proof import Claim, FeedProof, is_signed
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import FixDoor
from data_feeds.fleet_publisher import FleetPublisher
from data_feeds.http_exchange import (
    Receive,
    Scope,
    Send,
    SenderLeft,
    address_of,
    answer_empty,
    answer_json,
    header,
    read_body,
)
from data_feeds.owntracks_desk import OwnTracksDesk, basic_pair
from data_feeds.positions_desk import PositionsDesk

XADD_AT_ONCE: Final = 32  # each takes a connection while Redis writes to disk


class FeedRoutes:
    """Serves one request at a time per call; what is taken goes to the publisher, the streams, the tally.

    Args:
        check_codes: says why a reading's division, category or unit codes are not of this city, or None.
        streams_health: what `/healthz` says of the other wires.
        stream_figures: what it says of `/v1/stream`.
    """

    def __init__(
        self,
        bus: Bus,
        tally: FeedTally,
        publisher: FleetPublisher,
        proof: FeedProof,
        door: FixDoor,
        check_codes: Callable[[Any], str | None],
        clock: Clock,
        positions: PositionsDesk,
        owntracks: OwnTracksDesk,
        streams_health: Callable[[], dict[str, Any]],
        stream_figures: Callable[[], dict[str, int]],
    ) -> None:
        self._bus = bus
        self._tally = tally
        self._publisher = publisher
        self._proof = proof
        self._door = door
        self._check_codes = check_codes
        self._clock = clock
        self._positions = positions
        self._owntracks = owntracks
        self._streams_health = streams_health
        self._stream_figures = stream_figures
        self._adding = asyncio.Semaphore(XADD_AT_ONCE)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request, whatever it holds."""
        handler = _ROUTES.get((scope["method"], scope["path"]))
        try:
            if handler is not None:
                await handler(self, scope, receive, send)
            else:
                await _no_such_route(scope, send)
        except REFUSALS as refusal:
            await _send_answer(send, answer_to(refusal))
        except SenderLeft:
            return

    async def take_osmand(self, scope: Scope, receive: Receive, send: Send) -> None:
        """GET|POST /osmand: one fix of one phone."""
        parameters: bytes = scope["query_string"]
        if not parameters and scope["method"] == "POST":
            parameters = await read_body(receive, QUERY_LIMIT_BYTES)
        now, address = self._clock.now_ms(), address_of(scope)
        try:
            fix, key = decode_osmand(parameters, now=now)
        except DecodeError as error:
            self._door.note_fault(error, sender="osmand", payload=parameters, address=address, now=now)
            raise
        if is_signed(scope):
            body = b"" if scope["query_string"] else parameters
            sender = await self._proven(scope, body, POSITIONS)
            if sender.device not in (None, fix.id) or fix.id not in self._publisher.board.slot_of:
                self._turn_away(scope, POSITIONS)
            self._door.take_proven(fix.id, fix, now, POSITIONS)
        else:
            self._proof.refuse_plain_key(fix.id, key, POSITIONS, address, now)
            self._door.take(fix.id, key, fix, now, POSITIONS, address)
        await answer_empty(send)

    async def take_positions(self, scope: Scope, receive: Receive, send: Send) -> None:
        """POST /v1/positions: many fixes, of any device with a platform's key, of one with its own."""
        claim = self._claim(scope, POSITIONS)
        body = await read_body(receive, BODY_LIMIT_BYTES)
        now = self._clock.now_ms()
        sender = await self._proof.confirm(scope, claim, body, POSITIONS, now)
        answer = self._positions.take(body, sender, now, header(scope, b"content-type"))
        await _send_answer(send, answer)

    async def take_owntracks(self, scope: Scope, receive: Receive, send: Send) -> None:
        """POST /owntracks: what an OwnTracks app in HTTP mode sends; user and password are a device and its key."""
        authorization, address = header(scope, b"authorization"), address_of(scope)
        user, device_name = header(scope, b"x-limit-u"), header(scope, b"x-limit-d")
        if is_signed(scope):
            claim = self._claim(scope, OWNTRACKS)
            body = await read_body(receive, BODY_LIMIT_BYTES)
            sender = await self._proof.confirm(scope, claim, body, OWNTRACKS, self._clock.now_ms())
            if sender.device is None:
                self._turn_away(scope, OWNTRACKS)
            device = sender.device
        else:
            now = self._clock.now_ms()
            self._proof.refuse_plain_key(*basic_pair(authorization), OWNTRACKS, address, now)
            device = self._owntracks.sender_of(authorization, user, address, now)
            body = await read_body(receive, BODY_LIMIT_BYTES)
        if self._bus.state != "up":
            raise BusDown
        self._owntracks.take(body, device, device_name, address, self._clock.now_ms())
        await answer_json(send, 200, [])  # the app looks for messages to itself in here

    async def tell_to_upgrade(self, scope: Scope, receive: Receive, send: Send) -> None:
        """GET /v1/stream without an upgrade: a WebSocket is served elsewhere (`position_stream`)."""
        content = {"error": "upgrade", "reason": "this address speaks WebSocket", "offset": 0}
        await answer_json(send, 426, content, ((b"upgrade", b"websocket"), (b"connection", b"upgrade")))

    async def take_calls(self, scope: Scope, receive: Receive, send: Send) -> None:
        """POST /v1/calls: events of the call hall."""
        await self._take_readings(scope, receive, send, "calls", decode_calls, FEED_CALLS)

    async def take_orders(self, scope: Scope, receive: Receive, send: Send) -> None:
        """POST /v1/orders: hotline orders as they stand."""
        await self._take_readings(scope, receive, send, "orders", decode_orders, FEED_ORDERS)

    async def take_events(self, scope: Scope, receive: Receive, send: Send) -> None:
        """POST /v1/events: grid events as they stand."""
        await self._take_readings(scope, receive, send, "events", decode_grid_events, FEED_EVENTS)

    async def take_heartbeat(self, scope: Scope, receive: Receive, send: Send) -> None:
        """POST /v1/heartbeat: a platform lives, and what it counted today."""
        platform, body = await self._platform_and_body(scope, receive, "heartbeat")
        now = self._clock.now_ms()
        beat = self._decoded(
            "heartbeat", lambda: decode_heartbeat(body, now=now, platform=platform), body, platform, now
        )
        if self._bus.state != "up":
            raise BusDown
        self._tally.count("heartbeat", "accepted")
        self._tally.hear(platform, beat.at, beat.count_today)
        await answer_json(send, 200, {"accepted": 1})

    async def tell_health(self, scope: Scope, receive: Receive, send: Send) -> None:
        """GET /healthz: 200 while feeds are taken, 503 while they are turned away."""
        state = self._bus.state or "down"
        health = {
            "status": "ok" if state == "up" else "unavailable",
            "bus": state,
            "devices": len(self._publisher.board.slot_of),
            "held": len(self._publisher.board.held),
            "stream": self._stream_figures(),
            "streams": self._streams_health(),
            "at": self._clock.now_ms(),
        }
        await answer_json(send, 200 if state == "up" else 503, health)

    # -- readings into streams -----------------------------------------------------------------------------

    async def _take_readings(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        source: str,
        decode: Callable[..., Batch[Any]],
        stream: str,
    ) -> None:
        platform, body = await self._platform_and_body(scope, receive, source)
        now = self._clock.now_ms()
        batch = self._decoded(source, lambda: decode(body, now=now, platform=platform), body, platform, now)
        entries = []
        received = str(now).encode()
        for index, reading in batch.readings:
            reason = self._check_codes(reading)
            encoded = msgspec.json.encode(reading)
            if reason is None:
                entries.append((stream, {"b": encoded, "at": received}))
            else:
                batch.faults.append(DecodeError(source, index, reason))
                self._tally.refuse(source, index, reason, at=now, sender=platform, payload=encoded)
        if entries:
            async with self._adding:
                await self._bus.add_many(entries)
        self._tally.count(source, "accepted", len(entries))
        self._tally.hear(platform, now)
        await _send_answer(send, answer_to_batch(batch, len(entries)))

    def _claim(self, scope: Scope, source: str) -> Claim:
        return self._proof.claim(scope, header(scope, b"authorization"), source, self._clock.now_ms())

    async def _proven(self, scope: Scope, body: bytes, source: str) -> Sender:
        claim = self._claim(scope, source)
        return await self._proof.confirm(scope, claim, body, source, self._clock.now_ms())

    async def _platform_and_body(self, scope: Scope, receive: Receive, source: str) -> tuple[str, bytes]:
        """Return which platform sent a request, and its body; a device has nothing to say here."""
        claim = self._claim(scope, source)
        platform = claim.sender.platform
        if platform is None:
            self._turn_away(scope, source)
        body = await read_body(receive, BODY_LIMIT_BYTES)
        await self._proof.confirm(scope, claim, body, source, self._clock.now_ms())
        return platform, body

    def _decoded(self, source: str, decode: Callable[[], Any], body: bytes, sender: str, now: int) -> Any:
        try:
            found = decode()
        except DecodeError as error:
            self._tally.refuse(source, error.offset, error.reason, at=now, sender=sender, payload=body)
            raise
        if isinstance(found, Batch):
            for fault in found.faults:
                payload = found.refused_items[fault.offset]
                self._tally.refuse(source, fault.offset, fault.reason, at=now, sender=sender, payload=payload)
        return found

    def _turn_away(self, scope: Scope, source: str) -> NoReturn:
        self._door.turn_away(source, address_of(scope), self._clock.now_ms())


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


async def _no_such_route(scope: Scope, send: Send) -> None:
    allowed = sorted(method for method, path in _ROUTES if path == scope["path"])
    if allowed:
        headers = ((b"allow", ", ".join(allowed).encode()),)
        await answer_json(send, 405, {"error": "method", "reason": f"allowed: {', '.join(allowed)}"}, headers)
    else:
        content = {"error": "unknown_route", "reason": "docs/feeds.md lists the routes", "offset": 0}
        await answer_json(send, 404, content)


async def _send_answer(send: Send, answer: Answer) -> None:
    wait_s = answer.retry_after_s
    headers = () if wait_s is None else ((b"retry-after", str(wait_s).encode()),)
    await answer_json(send, answer.status, answer.content, headers)


Handler = Callable[[FeedRoutes, Scope, Receive, Send], Awaitable[None]]

_ROUTES: Final[dict[tuple[str, str], Handler]] = {
    ("GET", "/osmand"): FeedRoutes.take_osmand,
    ("POST", "/osmand"): FeedRoutes.take_osmand,
    ("POST", "/v1/positions"): FeedRoutes.take_positions,
    ("POST", "/owntracks"): FeedRoutes.take_owntracks,
    ("POST", "/v1/calls"): FeedRoutes.take_calls,
    ("POST", "/v1/orders"): FeedRoutes.take_orders,
    ("POST", "/v1/events"): FeedRoutes.take_events,
    ("POST", "/v1/heartbeat"): FeedRoutes.take_heartbeat,
    ("GET", "/v1/stream"): FeedRoutes.tell_to_upgrade,
    ("GET", "/healthz"): FeedRoutes.tell_health,
}
