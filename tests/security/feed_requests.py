"""Requests and connections that nobody should make to the entrance of the feeds, straight into the application."""

from __future__ import annotations

import random
from typing import Any

from data_feeds.ingest import Ingest
from tests.feeds.feed_city import device_header, platform_header
from tests.security.bent_bytes import message_of

PATHS = {
    "/osmand": "osmand", "/v1/positions": "positions", "/owntracks": "owntracks", "/v1/calls": "calls",
    "/v1/orders": "orders", "/v1/events": "events", "/v1/heartbeat": "heartbeat", "/v1/stream": "positions",
    "/healthz": "positions", "/": "positions", "/v1/positions/": "packed", "/\udcff": "osmand",
}  # fmt: skip


def _authorization(rng: random.Random) -> bytes:
    good = [
        device_header("dev-0"), device_header("dev-1"), platform_header("hotline"), platform_header("grid"),
    ]  # fmt: skip
    if rng.random() < 0.85:
        return rng.choice(good)["authorization"].encode()
    return rng.choice(
        [b"", b"Bearer", b"Device :", b"Device a:b:c", b"Basic =", b"Basic /w==", b"\xff", b"Bearer \xe9"]
    )


async def request(ingest: Ingest, rng: random.Random) -> list[int]:
    """One request; its status."""
    path = rng.choice([*PATHS])
    body = message_of(
        rng, PATHS[path] if rng.random() < 0.9 else rng.choice(["packed", "cot", "jt808", "orders"])
    )
    if rng.random() < 0.01:
        body *= 2_000_000 // (len(body) + 1)
    in_query = path == "/osmand" and rng.random() < 0.6
    headers = [
        (b"authorization", _authorization(rng)),
        (b"content-type", rng.choice([b"application/json", b"\xff", b""])),
    ]
    headers += [(b"x-limit-u", rng.choice([b"dev-0", b"\xff"]))] * (rng.random() < 0.2)
    parts = [body[: len(body) // 2], body[len(body) // 2 :]] if rng.random() < 0.2 else [body]
    incoming = [
        {"type": "http.request", "body": part, "more_body": n + 1 < len(parts)}
        for n, part in enumerate(parts)
    ]
    scope = {
        "type": "http", "method": rng.choice(["POST"] * 6 + ["GET", "GET", "PUT", "\xff"]), "path": path,
        "query_string": body if in_query else b"", "headers": headers, "client": ("10.0.0.1", 1),
    }  # fmt: skip
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return incoming.pop(0) if incoming else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await ingest(scope, receive, send)
    return statuses


async def say(ingest: Ingest, rng: random.Random) -> list[int]:
    """One connection with a message or three; the status of its refusal or of each answer."""
    incoming: list[dict[str, Any]] = [{"type": "websocket.connect"}]
    for _ in range(rng.randrange(1, 4)):
        body = message_of(rng, rng.choice(["positions", "positions", "packed"]))
        as_text = {"text": body.decode("utf-8", "surrogateescape" if rng.random() < 0.1 else "replace")}
        incoming.append({"type": "websocket.receive"} | (as_text if rng.random() < 0.5 else {"bytes": body}))
    scope = {
        "type": "websocket", "path": rng.choice(["/v1/stream"] * 9 + ["/v1"]), "query_string": b"", "subprotocols": [],
        "headers": [(b"authorization", _authorization(rng))], "client": ("10.0.0.1", 1),
        "extensions": {"websocket.http.response": {}},
    }  # fmt: skip
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return incoming.pop(0) if incoming else {"type": "websocket.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "websocket.http.response.start":
            statuses.append(message["status"])
        elif message["type"] == "websocket.send":
            statuses.append(int(message["text"].partition('"status":')[2][:3]))

    await ingest(scope, receive, send)
    return statuses
