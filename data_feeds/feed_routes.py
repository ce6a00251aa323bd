"""The routes of the feeds, one method per source: who may send, decode, take, answer.

Positions live in memory and travel once per tick; calls, orders and events are in a Redis stream that is
written to disk before the sender hears 2xx. While Redis is away every feed answers 503, so that senders keep
what they have and send it again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

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
        want_roster: called when a device is unknown, which may be new.
    """

    def __init__(
        self,
        bus: Bus,
        tally: FeedTally,
        publisher: FleetPublisher,
        keys: FeedKeys,
        check_codes: Callable[[Any], str | None],
        clock: Clock,
        want_roster: Callable[[], None],
    ) -> None:
        self._bus = bus
        self._tally = tally
        self._publisher = publisher
        self._keys = keys
        self._check_codes = check_codes
        self._clock = clock
        self._want_roster = want_roster
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
        now = self._clock.now_ms()
        try:
            fix, key = decode_osmand(parameters, now=now)
        except DecodeError as error:
            self._tally.refuse(
                POSITIONS, error.offset, error.reason, at=now, sender="osmand", payload=parameters
            )
            raise
        if not self._keys.is_device(fix.id, key):
            await self._answer_unknown(send, POSITIONS)
            return
        if self._bus.state != "up":
            raise BusDown
        board = self._publisher.board
        self._tally.count(POSITIONS, board.take(board.slot_of[fix.id], fix, now))
        await answer_empty(send)

    async def take_positions(self, scope: Scope, receive: Receive, send: Send) -> None:
        """POST /v1/positions: many fixes, of any device with a platform's key, of one with its own."""
        authorization = header(scope, b"authorization")
        platform = self._keys.platform_of(authorization)
        device = None if platform else self._keys.device_of(authorization)
        if platform is None and device is None:
            await self._answer_unknown(send, POSITIONS)
            return
        body = await read_body(receive, BODY_LIMIT_BYTES)
        now = self._clock.now_ms()
        sender = platform or f"device {device}"
        batch = self._decoded(POSITIONS, lambda: decode_positions(body, now=now), body, sender, now)
        if self._bus.state != "up":
            raise BusDown
        board = self._publisher.board
        take, slot_of = board.take, board.slot_of
        outcomes: Counter[str] = Counter()
        for index, fix in batch.readings:
            slot = slot_of.get(fix.id)
            if slot is None or (device is not None and fix.id != device):
                reason = "field `id` is no device of the roster" if platform else "another device's fix"
                batch.faults.append(DecodeError(POSITIONS, index, reason))
                outcomes["unknown_device"] += 1
            else:
                outcomes[take(slot, fix, now)] += 1
        if outcomes["unknown_device"]:
            self._want_roster()
        for outcome, number in outcomes.items():
            self._tally.count(POSITIONS, outcome, number)
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
            await self._answer_unknown(send, "heartbeat")
            return
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
            await self._answer_unknown(send, source)
            return
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

    async def _answer_unknown(self, send: Send, source: str) -> None:
        self._tally.count(source, "unauthorised")
        self._want_roster()
        await _answer_error(send, 401, "unauthorised", "no such device or platform, or not its key")


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
