"""The live socket under attack; `python -m tests.security.live_fuzz 100000` is the long run."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from tests.live.raw_screen import BINARY, CLOSE, TEXT, frame
from tests.live.test_hub import until
from tests.security.live_fuzz import FRAMES_EACH, HEALTHY_COOKIE, HOST, LOGGERS, Faults, besieged_city, siege

UPGRADE = (
    b"GET %b HTTP/1.1\r\nHost: "
    + HOST
    + b"\r\nOrigin: http://"
    + HOST
    + b"\r\nCookie: "
    + HEALTHY_COOKIE
    + b"\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Version: 13\r\n%b\r\n"
)


async def test_no_attack_finds_more_than_a_refusal(redis_flush: str) -> None:
    found = await siege(redis_flush, 3_000, seed=7)
    assert found.faults == []
    assert found.inputs >= 3_000
    # The attacks reach all that they are meant to reach.
    assert {
        "http 400",
        "http 403",
        "4401",
        "4403",
        "1002",
        "1007",
        "1008",
        "1009",
        "cut",
    } <= found.outcomes.keys()
    assert found.outcomes["1002"] + found.outcomes["1008"] + found.outcomes["1009"] > 3_000 / FRAMES_EACH / 4


@pytest.mark.parametrize(
    "hello",
    [
        pytest.param(UPGRADE % (b"/live\xff", b""), id="an address beyond ASCII"),
        pytest.param(UPGRADE % (b"/live?view=\xe4\xb8\x89", b""), id="a query beyond ASCII"),
        pytest.param(UPGRADE % (b"/live?" + b"x" * 9_000, b""), id="an address without end"),
        pytest.param(UPGRADE % (b"/live", b"X-Long: " + b"x" * 9_000 + b"\r\n"), id="a header without end"),
        pytest.param(UPGRADE % (b"/live", b"X-Many: 1\r\n" * 200), id="two hundred headers"),
    ],
)
async def test_a_handshake_that_cannot_be_read_is_answered_and_let_go(redis_flush: str, hello: bytes) -> None:
    """uvicorn alone answers nothing, keeps the connection for ever and fails on it when it stops."""
    async with besieged_city(redis_flush) as town:
        reader, writer = await asyncio.open_connection("127.0.0.1", town.port)
        writer.write(hello)
        async with asyncio.timeout(30):
            answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 4")
        writer.close()


async def test_frames_before_the_answer_do_not_hang_the_handshake(redis_flush: str) -> None:
    async with besieged_city(redis_flush) as town:
        for early in (frame(TEXT, b"t1", masked=False), frame(15), frame(CLOSE), b"\xff" * 40):
            reader, writer = await asyncio.open_connection("127.0.0.1", town.port)
            writer.write(UPGRADE % (b"/live", b"") + early)
            async with asyncio.timeout(30):
                assert (await reader.readuntil(b"\r\n\r\n")).startswith((b"HTTP/1.1 101", b"HTTP/1.1 400"))
            writer.transport.abort()
        await until(lambda: town.hub.stats()["screens"] == 0)


# Named, since the masks of the frames are drawn anew and parts of the suite compare the names.
@pytest.mark.parametrize(
    "said",
    [
        pytest.param(frame(TEXT, b"\xff\xfe"), id="no text"),
        pytest.param(frame(TEXT, b"\xff\xfe") + frame(CLOSE, b"\x03\xe8"), id="no text, then goodbye"),
        pytest.param(frame(15), id="no opcode"),
        pytest.param(frame(BINARY, b"x" * 5_000), id="binary"),
    ],
)
async def test_nonsense_leaves_no_trace_in_the_log(redis_flush: str, said: bytes, request: Any) -> None:
    """Else whoever may open a screen could fill the disk with traces."""
    faults = Faults()
    for name in LOGGERS:
        logging.getLogger(name).addHandler(faults)
        request.addfinalizer(lambda name=name: logging.getLogger(name).removeHandler(faults))
    async with besieged_city(redis_flush) as town:
        for _ in range(20):
            reader, writer = await asyncio.open_connection("127.0.0.1", town.port)
            writer.write(UPGRADE % (b"/live", b""))
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(2)
            writer.write(said)
            async with asyncio.timeout(30):
                await reader.read()
            writer.close()
        await until(lambda: town.hub.stats()["screens"] == 0)
    assert faults.found == []
