"""The few lines of HTTP that the feeds need over bare ASGI: read a bounded body, answer short JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import msgspec

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_TIME_LIMIT_S: Final = 20.0
_JSON: Final = (b"content-type", b"application/json; charset=utf-8")
_NO_BODY: Final = {"type": "http.response.body", "body": b""}
_EMPTY_200: Final = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-length", b"0")],
}


class BodyTooLong(Exception):
    """Raised when a body passes the limit; what came so far is not kept."""


class BodyTooSlow(Exception):
    """Raised when a body does not arrive in time; nobody holds a connection open for nothing."""


class SenderLeft(Exception):
    """Raised when the sender closed the connection before the body was complete."""


async def read_body(receive: Receive, limit_bytes: int) -> bytes:
    """Return the whole body.

    Raises:
        BodyTooLong: it is longer than `limit_bytes`.
        BodyTooSlow: it took longer than `BODY_TIME_LIMIT_S`.
        SenderLeft: the connection closed first.
    """
    try:
        async with asyncio.timeout(BODY_TIME_LIMIT_S):
            return await _whole_body(receive, limit_bytes)
    except TimeoutError as error:
        raise BodyTooSlow(f"the body did not arrive within {BODY_TIME_LIMIT_S:g} s") from error


async def _whole_body(receive: Receive, limit_bytes: int) -> bytes:
    parts: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise SenderLeft
        part = message.get("body", b"")
        length += len(part)
        if length > limit_bytes:
            raise BodyTooLong(f"the body is over {limit_bytes} bytes")
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


async def answer_empty(send: Send) -> None:
    """Answer 200 without a body: all that a phone client looks at."""
    await send(_EMPTY_200)
    await send(_NO_BODY)


async def answer_json(
    send: Send,
    status: int,
    content: dict[str, Any] | list[Any],
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> None:
    """Answer with JSON."""
    body = msgspec.json.encode(content)
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [_JSON, length, *headers]})
    await send({"type": "http.response.body", "body": body})


def header(scope: Scope, name: bytes) -> str:
    """Return a request header's value, "" where it is absent or not ASCII."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "ascii", "replace")
    return ""


def address_of(scope: Scope) -> str:
    """Return the address that a request came from, "" if unknown."""
    client = scope.get("client")
    return str(client[0]) if client else ""
