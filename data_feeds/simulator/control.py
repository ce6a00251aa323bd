"""The small door through which a running simulator is told to start a scenario: a unix socket, one JSON line each."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dashboard.setting_values import redis_socket

_LOG = logging.getLogger(__name__)
LINE_LIMIT = 4_096
ANSWER_WITHIN_S = 10.0

Handle = Callable[[dict[str, Any]], dict[str, Any]]


def socket_of(var_dir: Path) -> Path:
    """Return where the simulator of a data folder listens: beside its Redis, whose path is kept short."""
    return redis_socket(var_dir).with_name("sim.sock")


async def serve(path: Path, handle: Handle) -> None:
    """Answer requests until cancelled; the socket file is removed at the end."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await asyncio.wait_for(reader.readuntil(b"\n"), ANSWER_WITHIN_S)
            content = json.loads(line)
            said = handle(content) if isinstance(content, dict) else {"error": "not an object"}
        except (ValueError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            said = {"error": f"cannot be read: {type(error).__name__}"}
        with contextlib.suppress(ConnectionError):
            writer.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")
            await writer.drain()
            writer.close()

    _prepare(path)
    server = await asyncio.start_unix_server(answer, path, limit=LINE_LIMIT)
    try:
        async with server:
            await server.serve_forever()
    finally:
        _remove(path)


def _prepare(path: Path) -> None:
    """Make the folder private to its owner; a simulator that was killed left its socket behind."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _remove(path)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


async def ask(path: Path, request: dict[str, Any]) -> dict[str, Any]:
    """Ask a running simulator.

    Raises:
        OSError: none is running there.
    """
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        writer.write(json.dumps(request).encode() + b"\n")
        await writer.drain()
        answer: dict[str, Any] = json.loads(await asyncio.wait_for(reader.readline(), ANSWER_WITHIN_S))
        return answer
    finally:
        writer.close()
