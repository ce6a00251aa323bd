"""The routes of the feeds, one method per source: who may send, decode, take, answer.

Positions live in memory and travel once per tick; calls, orders and events are in a Redis stream that is
written to disk before the sender hears 2xx. While Redis is away every feed answers 503, so that senders keep
what they have and send it again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final, NoReturn, Protocol

import msgspec

from data_feeds.bus import Bus, BusDown
from data_feeds.bus_names import FEED_CALLS, FEED_EVENTS, FEED_ORDERS
from data_feeds.decoders.calls import decode_calls
from data_feeds.decoders.errors import Batch, DecodeError
from data_feeds.decoders.grid_events import decode_grid_events
from data_feeds.decoders.heartbeat import decode_heartbeat
from data_feeds.decoders.limits import BODY_LIMIT_BYTES, QUERY_LIMIT_BYTES
from data_feeds.decoders.orders import decode_orders
from data_feeds.decoders.osmand import decode_osmand
from data_feeds.decoders.positions import SOURCE as POSITIONS
from data_feeds.decoders.positions import decode_positions
from data_feeds.feed_keys import FeedKeys
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import FixDoor, TurnedAway
from data_feeds.fleet_publisher import FleetPublisher
from data_feeds.http_exchange import (
    BodyTooLong,
    BodyTooSlow,
    Receive,
    Scope,
    Send,
    SenderLeft,
    answer_empty,
    answer_json,
    header,
    read_body,
)

XADD_AT_ONCE: Final = 32  # each takes a connection while Redis writes to disk
_SEND_AGAIN: Final = ((b"retry-after", b"5"),)


class Clock(Protocol):
    """The part of `dashboard.clock.Clock` that the feeds need."""

    def now_ms(self) -> int: ...


class FeedRoutes:
    """Serves one request at a time per call; what is taken goes to the publisher, the streams, the tally.

    Args:
        check_codes: says why a reading's division, category or unit codes are not of this city, or None.
        streams_health: what `/healthz` says of the other wires.
    """

    def __init__(
        self,
        bus: Bus,
        tally: FeedTally,
        publisher: FleetPublisher,
        keys: FeedKeys,
        door: FixDoor,
        check_codes: Callable[[Any], str | None],
        clock: Clock,
        streams_health: Callable[[], dict[str, Any]],
    ) -> None:
        self._bus = bus
        self._tally = tally
        self._publisher = publisher
        self._keys = keys
        self._door = door
        self._check_codes = check_codes
        self._clock = clock
        self._streams_health = streams_health
        self._adding = asyncio.Semaphore(XADD_AT_ONCE)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request, whatever it holds."""
        handler = _ROUTES.get((scope["method"], scope["path"]))
        try:
            if handler is not None:
                await handler(self, scope, receive, send)
            else:
                await _no_such_route(scope, send)
        except DecodeError as error:
            await _answer_error(send, 400, "malformed", error.reason, offset=error.offset)
        except BodyTooLong as error:
            await _answer_error(send, 413, "too_long", str(error))
        except BodyTooSlow as error:
            await _answer_error(send, 408, "too_slow", str(error))
        except TurnedAway as away:
            await _answer_turned_away(send, away)
        except BusDown:
            reason = "the bus is away and nothing was taken: keep this and send it again"
            await answer_json(send, 503, {"error": "unavailable", "reason": reason}, _SEND_AGAIN)
        except SenderLeft:
            return

    async def take_osmand(self, scope: Scope, receive: Receive, send: Send) -> None:
        """GET|POST /osmand: one fix of one phone."""
        parameters: bytes = scope["query_string"]
        if not parameters and scope["method"] == "POST":
            parameters = await read_body(receive, QUERY_LIMIT_BYTES)
        now, address = self._clock.now_ms(), _address(scope)
        try:
            fix, key = decode_osmand(parameters, now=now)
        except DecodeError as error:
            self._door.note_fault(error, sender="osmand", payload=parameters, address=address, now=now)
            raise
        self._door.take(fix.id, key, fix, now, POSITIONS, address)
        await answer_empty(send)

    async def take_positions(self, scope: Scope, receive: Receive, send: Send) -> None:
        """POST /v1/positions: many fixes, of any device with a platform's key, of one with its own."""
        authorization = header(scope, b"authorization")
        platform = self._keys.platform_of(authorization)
        device = None if platform else self._keys.device_of(authorization)
        if platform is None and device is None:
            self._turn_away(scope, POSITIONS)
        body = await read_body(receive, BODY_LIMIT_BYTES)
        now = self._clock.now_ms()
        sender = platform or f"device {device}"
        batch = self._decoded(POSITIONS, lambda: decode_positions(body, now=now), body, sender, now)
        outcomes = self._door.take_batch(batch, device, now, POSITIONS)
        if platform:
            self._tally.hear(platform, now)
        await self._answer_batch(send, batch, outcomes["accepted"] + outcomes["late"], outcomes)

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
        platform = self._keys.platform_of(header(scope, b"authorization"))
        if platform is None:
            self._turn_away(scope, "heartbeat")
        body = await read_body(receive, BODY_LIMIT_BYTES)
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
        platform = self._keys.platform_of(header(scope, b"authorization"))
        if platform is None:
            self._turn_away(scope, source)
        body = await read_body(receive, BODY_LIMIT_BYTES)
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
        await self._answer_batch(send, batch, len(entries))

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

    # -- answers -------------------------------------------------------------------------------------------

    async def _answer_batch(
        self, send: Send, batch: Batch[Any], accepted: int, outcomes: Counter[str] | None = None
    ) -> None:
        faults = sorted(batch.faults, key=lambda fault: fault.offset)
        refused = [{"index": fault.offset, "reason": fault.reason} for fault in faults]
        ignored = {
            name: number
            for name, number in (outcomes or {}).items()
            if number and name not in ("accepted", "late", "unknown_device")
        }
        content = {"accepted": accepted, "ignored": ignored, "refused": refused}
        await answer_json(send, 200 if accepted or ignored else 422, content)

    def _turn_away(self, scope: Scope, source: str) -> NoReturn:
        self._door.turn_away(source, _address(scope), self._clock.now_ms())


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


async def _answer_turned_away(send: Send, away: TurnedAway) -> None:
    if away.outcome == "unauthorised":
        reason = "no such device or platform, or not its key"
        await _answer_error(send, 401, "unauthorised", reason)
    else:
        reason = "more than one sender may send: keep this and send it later"
        headers = ((b"retry-after", str(away.retry_after_s).encode()),)
        await answer_json(send, 429, {"error": "limited", "reason": reason}, headers)


async def _no_such_route(scope: Scope, send: Send) -> None:
    allowed = sorted(method for method, path in _ROUTES if path == scope["path"])
    if allowed:
        headers = ((b"allow", ", ".join(allowed).encode()),)
        await answer_json(send, 405, {"error": "method", "reason": f"allowed: {', '.join(allowed)}"}, headers)
    else:
        await _answer_error(send, 404, "unknown_route", "docs/feeds.md lists the routes")


async def _answer_error(send: Send, status: int, error: str, reason: str, *, offset: int = 0) -> None:
    await answer_json(send, status, {"error": error, "reason": reason, "offset": offset})


Handler = Callable[[FeedRoutes, Scope, Receive, Send], Awaitable[None]]

_ROUTES: Final[dict[tuple[str, str], Handler]] = {
    ("GET", "/osmand"): FeedRoutes.take_osmand,
    ("POST", "/osmand"): FeedRoutes.take_osmand,
    ("POST", "/v1/positions"): FeedRoutes.take_positions,
    ("POST", "/v1/calls"): FeedRoutes.take_calls,
    ("POST", "/v1/orders"): FeedRoutes.take_orders,
    ("POST", "/v1/events"): FeedRoutes.take_events,
    ("POST", "/v1/heartbeat"): FeedRoutes.take_heartbeat,
    ("GET", "/healthz"): FeedRoutes.tell_health,
}
