"""Packed positions over HTTP: keys, answers, what is kept of what was refused, and what a fuzzer gets."""

from __future__ import annotations

import json
import struct
from random import Random

import httpx
import pytest
import pytest_asyncio

from data_feeds.bus import Bus
from data_feeds.decoders.limits import BODY_LIMIT_BYTES
from data_feeds.decoders.packed_positions import CONTENT_TYPE, HEADER, MAGIC
from data_feeds.ingest import Ingest
from tests.fake_clock import FakeClock
from tests.feeds.feed_city import NOW, client_of, device_header, open_ingest, platform_header
from tests.feeds.packing import packed

pytestmark = pytest.mark.asyncio
FIXES = [
    {"id": "dev-0", "at": NOW, "lat": 35.4, "lon": 119.5},
    {"id": "dev-1", "at": NOW, "lat": 95.0, "lon": 119.5},
    {"id": "dev-77", "at": NOW, "lat": 35.4, "lon": 119.5},
    {"id": "dev-0", "at": NOW, "lat": 35.4, "lon": 119.5},
]


@pytest_asyncio.fixture
async def ingest(bus: Bus):
    opened = open_ingest(bus, FakeClock(NOW))
    await opened.start()
    await bus.wait_until_up()
    yield opened
    await opened.stop()


async def post(ingest: Ingest, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    async with client_of(ingest) as client:
        return await client.post(
            "/v1/positions", content=body, headers={"content-type": CONTENT_TYPE, **(headers or {})}
        )


async def test_the_answer_is_that_of_the_same_batch_in_json(ingest: Ingest) -> None:
    answer = await post(ingest, packed(FIXES), platform_header("grid"))
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "accepted": 1,
            "ignored": {"duplicate": 1},
            "refused": [
                {"index": 1, "reason": "field `lat` is not within -90 to 90"},
                {"index": 2, "reason": "field `id` is no device of the roster"},
            ],
        },
    )
    counts = ingest.tally._counts
    assert {name: counts[f"positions.{name}"] for name in ("accepted", "duplicate", "unknown_device", "malformed")} == {
        "accepted": 1, "duplicate": 1, "unknown_device": 1, "malformed": 1,
    }  # fmt: skip
    (kept,) = ingest.tally._refused
    assert json.loads(kept["payload"])["lat"] == 95.0
    assert await ingest.publisher.publish_tick(NOW) == 1


async def test_a_device_sends_its_own_packed_and_nobody_elses(ingest: Ingest) -> None:
    answer = await post(ingest, packed([{**FIXES[0], "id": "dev-1"}, FIXES[0]]), device_header("dev-0"))
    assert answer.json() == {
        "accepted": 1, "ignored": {}, "refused": [{"index": 0, "reason": "another device's fix"}],
    }  # fmt: skip


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer nobody"}, {"authorization": "Device dev-0:x"}]
)
async def test_without_a_key_nothing_is_read(ingest: Ingest, headers: dict[str, str]) -> None:
    assert (await post(ingest, packed(FIXES), headers)).status_code == 401
    assert ingest.publisher.board.take_changes() == []


async def test_a_body_that_was_packed_wrongly_is_refused_whole_and_kept(ingest: Ingest) -> None:
    answer = await post(ingest, packed(FIXES)[:-1], platform_header("grid"))
    length = len(packed(FIXES))
    reason = f"is {length - 1} bytes long and its header says {length}"
    assert (answer.status_code, answer.json()) == (
        400, {"error": "malformed", "reason": reason, "offset": length - 1},
    )  # fmt: skip
    assert [kept["reason"].decode() for kept in ingest.tally._refused] == [reason]
    assert ingest.publisher.board.take_changes() == []


async def test_json_that_calls_itself_packed_is_told_so_and_packed_without_a_name_is_read(
    ingest: Ingest,
) -> None:
    answer = await post(ingest, json.dumps({"fixes": FIXES}).encode(), platform_header("grid"))
    assert (answer.status_code, answer.json()["reason"]) == (400, "does not begin with ZSP1")
    plain = {**platform_header("grid"), "content-type": "application/octet-stream"}
    assert (await post(ingest, packed(FIXES[:1]), plain)).json()["accepted"] == 1


async def test_a_body_over_the_limit_is_413_and_a_declared_count_takes_no_memory(ingest: Ingest) -> None:
    assert (await post(ingest, MAGIC + bytes(BODY_LIMIT_BYTES), platform_header("grid"))).status_code == 413
    for count, table in ((0xFFFFFFFF, 0), (5_000, 0xFFFFFFFF), (1, 0)):
        answer = await post(ingest, HEADER.pack(MAGIC, count, table), platform_header("grid"))
        assert answer.status_code == 400


async def test_no_packed_body_is_answered_with_an_error_of_ours(ingest: Ingest) -> None:
    dice, seen = Random(4), set()
    good = packed(FIXES)
    async with client_of(ingest) as client:
        for _ in range(600):
            body = bytearray(good)
            for _ in range(dice.randrange(1, 4)):
                place = dice.randrange(len(body))
                match dice.randrange(4):
                    case 0:
                        body[place] = dice.randrange(256)
                    case 1:
                        del body[place : place + dice.randrange(1, 50)]
                        body = body or bytearray(b"Z")
                    case 2:
                        body[place:place] = body[place : place + 44]
                    case 3:
                        numbers = (2**63 - 1, -(2**63), dice.getrandbits(63))
                        body[place : place + 8] = struct.pack("<q", dice.choice(numbers))
            answer = await client.post("/v1/positions", content=bytes(body), headers=platform_header("grid"))
            seen.add(answer.status_code)
    assert seen == {200, 400, 422} or seen == {200, 400}
