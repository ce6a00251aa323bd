"""The outermost layer of the web process: each request gets a name, a measured answer, and words when it fails.

A WebSocket is named and passed on as it is: the live hub writes to the server's own transport, past any wrapping.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import Any, Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import request_id
from dashboard.log_lines import FIELDS

HEADER: Final = b"x-request-id"
# A citizen's code opens the report it names; a log keeps none (`access._FOLLOW_CODE`).
_CODE: Final = re.compile(r"/[a-z2-9]{20}(?=/|$)")
logger = logging.getLogger(__name__)

OnAnswer = Callable[[str, int, float], None]
"""Told of each answer: its method, status and seconds until it was whole."""


class Traced:
    """An ASGI application around the gate. What fails inside is told with the request's name, never with a trace."""

    def __init__(self, app: ASGIApp, on_answer: OnAnswer) -> None:
        self._app = app
        self._on_answer = on_answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            name = request_id.begin(_given(scope))
            if scope["type"] == "http":
                await self._answer(name, scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _answer(self, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        began, status = time.perf_counter(), 0

        async def send_named(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", []), (HEADER, name.encode())]}
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except Exception:
            if status:
                raise  # the server logs it, in this request's context
            logger.exception("no answer was made")
            await fault_answer()(scope, receive, send_named)
        finally:
            # A client that left before its answer has none: counted as what proxies call it.
            self._tell(scope, status or 499, time.perf_counter() - began)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        self._on_answer(scope["method"], status, seconds)
        level = logging.WARNING if status >= 500 else logging.DEBUG
        if logger.isEnabledFor(level):
            path = _CODE.sub("/…", scope["path"])
            fields = {"method": scope["method"], "path": path, "status": status, "ms": round(seconds * 1000)}
            logger.log(level, "%s %s %s", scope["method"], path, status, extra={FIELDS: fields})


def fault_answer() -> JSONResponse:
    """The answer to a fault of ours: what to tell whoever looks into it, and nothing else."""
    return JSONResponse({"error": "internal_fault", "request_id": request_id.current()}, 500)


def _given(scope: Scope) -> str:
    for key, value in scope["headers"]:
        if key == HEADER:
            return str(value.decode("latin-1"))
    return ""
