"""The web server's own loop sleeps, and ends the moment it is told to."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

import pytest
import uvicorn

import data_feeds.quiet_server as quiet_server
from data_feeds.quiet_server import QuietServer


async def _nothing(_scope: Any, _receive: Any, _send: Any) -> None:
    raise AssertionError("nobody asks")


def server() -> QuietServer:
    config = uvicorn.Config(_nothing, log_config=None)
    config.load()
    return QuietServer(config)


async def test_a_signal_ends_it_though_its_next_look_is_far_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet_server, "LOOK_EVERY_S", 3_600.0)
    quiet = server()
    running = asyncio.create_task(quiet.main_loop())
    await asyncio.sleep(0)
    assert not running.done()
    quiet.handle_exit(signal.SIGTERM, None)
    async with asyncio.timeout(30):
        await running


async def test_a_signal_before_its_first_look_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet_server, "LOOK_EVERY_S", 3_600.0)
    quiet = server()
    quiet.handle_exit(signal.SIGTERM, None)
    async with asyncio.timeout(30):
        await quiet.main_loop()


async def test_at_each_look_it_sets_the_date_and_sees_that_it_should_exit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quiet_server, "LOOK_EVERY_S", 0.01)
    quiet = server()
    running = asyncio.create_task(quiet.main_loop())
    await asyncio.sleep(0)
    assert [name for name, _ in quiet.server_state.default_headers] == [b"date", b"server"]
    quiet.should_exit = True
    async with asyncio.timeout(30):
        await running
