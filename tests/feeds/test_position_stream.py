"""/v1/stream as the websockets library speaks it to the server that feeds.py runs."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from data_feeds import position_stream
from data_feeds.bus import Bus
from data_feeds.decoders.limits import BODY_LIMIT_BYTES
from data_feeds.feed_answers import Answer
from data_feeds.fix_door import DEVICE_FIXES_BURST
from data_feeds.ingest import Ingest
from data_feeds.position_stream import authorization_of, text_of
from feeds import SERVER_OPTIONS
from tests.fake_clock import FakeClock
from tests.feeds.feed_city import NOW, ROSTER, client_of, device_header, key_of, open_ingest, platform_header
from tests.feeds.fuzzing import PATIENT, body_of, mutated
from tests.feeds.packing import packed
from tests.free_port import free_port


class Served:
    """An entrance behind the real server."""

    def __init__(self, ingest: Ingest, port: int, roster: list) -> None:
        self.ingest, self.port, self.roster = ingest, port, roster

    def connect(self, headers: dict[str, str] | None = None, path: str = "/v1/stream", **options) -> connect:
        return connect(
            f"ws://127.0.0.1:{self.port}{path}",
            additional_headers=headers,
            proxy=None,
            compression=None,
            **options,
        )

    @property
    def counts(self) -> dict[str, int]:
        return dict(self.ingest.tally._counts)

    async def has(self, connections: int) -> None:
        while self.ingest.stream.figures() != {"connections": connections}:
            await asyncio.sleep(0.002)


@contextlib.asynccontextmanager
async def serving(bus: Bus, **options) -> AsyncIterator[Served]:
    roster = list(ROSTER)
    ingest = open_ingest(bus, FakeClock(NOW), roster=lambda: roster)
    port = free_port()
    config = uvicorn.Config(
        ingest, port=port, log_level="warning", timeout_graceful_shutdown=1, **{**SERVER_OPTIONS, **options}
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        assert not task.done(), task.result()
        await asyncio.sleep(0.002)
    await bus.wait_until_up()
    yield Served(ingest, port, roster)
    server.should_exit = True
    await task


@pytest_asyncio.fixture
async def served(redis_flush: str) -> AsyncIterator[Served]:
    async with serving(Bus(redis_flush)) as found:
        yield found


def batch(*fixes: dict, device: str = "dev-0") -> str:
    return json.dumps(
        {"fixes": [{"id": device, "at": NOW, "lat": 35.4, "lon": 119.5, **fix} for fix in fixes or ({},)]}
    )


async def ask(line: ClientConnection, message: str | bytes) -> dict:
    await line.send(message)
    return json.loads(await line.recv())


async def test_each_message_is_answered_as_the_same_batch_over_http(served: Served) -> None:
    bodies = [
        batch({}, {"lat": 95}, {"id": "dev-77"}, {}),
        batch({"at": NOW + 61_000}),
        "{",
        batch({"at": NOW + 1000, "id": "dev-1"}),
    ]
    async with served.connect(platform_header("grid")) as line:
        answers = [await ask(line, body) for body in bodies]
    assert [answer.pop("status") for answer in answers] == [200, 422, 400, 200]
    async with client_of(served.ingest) as client:
        for body, answer in zip(bodies[1:3], answers[1:3], strict=True):
            over_http = await client.post("/v1/positions", content=body, headers=platform_header("grid"))
            assert over_http.json() == answer
    assert answers[0] == {
        "accepted": 1,
        "ignored": {"duplicate": 1},
        "refused": [
            {"index": 1, "reason": "Expected `float` <= 90.0 - at `$.lat`"},
            {"index": 2, "reason": "field `id` is no device of the roster"},
        ],
    }
    assert list(served.ingest.publisher.board.fix_at[:2]) == [NOW, NOW + 1000]


async def test_a_device_speaks_for_itself_in_text_or_bytes(served: Served) -> None:
    async with served.connect(device_header("dev-0")) as line:
        assert (await ask(line, batch()))["accepted"] == 1
        assert (await ask(line, batch({"at": NOW + 1000}).encode()))["accepted"] == 1
        refused = await ask(line, batch(device="dev-1"))
        assert refused["status"] == 422
        assert refused["refused"] == [{"index": 0, "reason": "another device's fix"}]
    assert served.counts["positions.accepted"] == 2


async def test_packed_and_json_come_over_one_connection_as_they_like(served: Served) -> None:
    fixes = [{"id": "dev-0", "at": NOW, "lat": 35.4, "lon": 119.5}]
    async with served.connect(platform_header("grid")) as line:
        assert (await ask(line, packed(fixes)))["accepted"] == 1
        assert (await ask(line, batch()))["ignored"] == {"duplicate": 1}
        refused = await ask(line, packed(fixes)[:20])
        assert (refused["status"], refused["offset"]) == (400, 20)
        assert (await ask(line, packed([{**fixes[0], "at": NOW + 1000}])))["accepted"] == 1


def key_protocol(authorization: str) -> str:
    return "zhongshu.key." + base64.urlsafe_b64encode(authorization.encode()).decode().rstrip("=")


async def test_who_cannot_set_a_header_names_the_key_as_a_sub_protocol(served: Served) -> None:
    offered = ["zhongshu.v1", key_protocol(f"Device dev-0:{key_of('dev-0')}")]
    async with served.connect(subprotocols=offered) as line:
        assert line.subprotocol == "zhongshu.v1"
        assert (await ask(line, batch()))["accepted"] == 1


@pytest.mark.parametrize(
    ("headers", "options", "status"),
    [
        ({}, {}, 401),
        ({"authorization": f"Device dev-0:{'A' * 26}"}, {}, 401),
        ({"authorization": f"Device dev-77:{key_of('dev-0')}"}, {}, 401),
        ({}, {"subprotocols": ["zhongshu.v1", "zhongshu.key.AAAA"]}, 401),
        (device_header("dev-0") | {"origin": "https://example.com"}, {}, 403),
        (device_header("dev-0"), {"path": "/v1/positions"}, 404),
        (device_header("dev-0"), {"path": "/"}, 404),
    ],
)
async def test_a_handshake_that_proves_nobody_is_refused_as_over_http(
    served: Served, headers: dict[str, str], options: dict, status: int
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with served.connect(headers, **options):
            pass
    assert refused.value.response.status_code == status
    assert json.loads(refused.value.response.body)["error"]
    await served.has(connections=0)


async def test_a_key_that_is_withdrawn_ends_the_connection(served: Served) -> None:
    async with served.connect(device_header("dev-0")) as line:
        assert (await ask(line, batch()))["status"] == 200
        served.ingest._keys.know_devices(ROSTER[1:])
        assert (await ask(line, batch({"at": NOW + 1000})))["status"] == 401
        with pytest.raises(ConnectionClosed) as closed:
            await line.recv()
    assert closed.value.rcvd.code == 1008
    await served.has(connections=0)


async def test_a_device_that_comes_anew_ends_its_older_connection(served: Served) -> None:
    async with (
        served.connect(device_header("dev-0")) as older,
        served.connect(device_header("dev-0")) as newer,
    ):
        with pytest.raises(ConnectionClosed):
            await older.recv()
        assert (await ask(newer, batch()))["accepted"] == 1
        await served.has(connections=1)
    assert served.counts["stream.replaced"] == 1


async def test_over_its_limit_a_device_is_told_when_to_send_again(served: Served) -> None:
    served.ingest.door._charge("dev-0", "positions", NOW, DEVICE_FIXES_BURST)
    async with served.connect(device_header("dev-0")) as line:
        answer = await ask(line, batch())
    assert (answer["status"], answer["error"], answer["retry_after_s"]) == (429, "limited", 1)


async def test_there_are_so_many_connections_and_no_more(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(position_stream, "CONNECTIONS_LIMIT", 3)
    monkeypatch.setattr(position_stream, "PLATFORM_CONNECTIONS_LIMIT", 1)
    async with served.connect(platform_header("grid")):
        for header in (platform_header("grid"), platform_header("grid")):
            with pytest.raises(InvalidStatus) as refused:
                async with served.connect(header):
                    pass
            assert refused.value.response.status_code == 429
        async with served.connect(platform_header("hotline")), served.connect(device_header("dev-0")):
            with pytest.raises(InvalidStatus):
                async with served.connect(device_header("dev-1")):
                    pass
    await served.has(connections=0)
    assert served.counts["stream.limited"] == 3
    async with served.connect(platform_header("grid")) as line:
        assert (await ask(line, batch()))["accepted"] == 1


async def test_who_says_nothing_is_left(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(position_stream, "IDLE_S", 0.05)
    async with served.connect(device_header("dev-0")) as line:
        with pytest.raises(ConnectionClosed) as closed:
            await line.recv()
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1013, "silent")
    assert served.counts["stream.silent"] == 1


async def test_a_peer_that_is_gone_is_noticed_by_its_missing_pong(redis_flush: str) -> None:
    async with serving(Bus(redis_flush), ws_ping_interval=0.05, ws_ping_timeout=0.05) as served:
        line = await served.connect(device_header("dev-0"))
        await served.has(connections=1)
        line.transport.pause_reading()  # as if it were out of reach: it hears no ping
        await served.has(connections=0)
        line.transport.abort()


async def test_a_sender_that_reads_no_answers_is_hung_up_on(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(position_stream, "ANSWER_S", 0.05)
    long_answer = json.dumps({"fixes": [1] * 5_000})
    async with served.connect(platform_header("grid")) as other:
        line = await served.connect(platform_header("grid"))
        line.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        line.transport.pause_reading()
        with contextlib.suppress(ConnectionClosed, TimeoutError):
            async with asyncio.timeout(20):
                while served.counts.get("stream.slow", 0) == 0:
                    await line.send(long_answer)
        assert served.counts["stream.slow"] == 1
        await served.has(connections=1)
        assert (await ask(other, batch()))["accepted"] == 1
        line.transport.abort()


async def test_a_message_that_is_too_long_ends_the_connection(served: Served) -> None:
    async with served.connect(device_header("dev-0")) as line:
        with pytest.raises(ConnectionClosed) as closed:
            await ask(line, " " * (BODY_LIMIT_BYTES + 1))
    assert closed.value.rcvd.code == 1009


async def test_while_redis_is_away_it_is_said_and_nothing_is_taken_or_read(
    own_redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_redis.start()
    bus = Bus(own_redis.url)
    async with serving(bus) as served, served.connect(device_header("dev-0")) as line:
        own_redis.kill()
        while bus.state == "up":
            with contextlib.suppress(RuntimeError):
                await bus.length("x")
        answer = await ask(line, batch())
        assert (answer["status"], answer["retry_after_s"]) == (503, 5)
        await line.send(batch())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(line.recv(), 0.3)  # it waits to be read
        assert "positions.accepted" not in served.counts
        own_redis.start()
        assert json.loads(await line.recv())["accepted"] == 1


async def test_healthz_says_how_many_are_connected(served: Served) -> None:
    async with served.connect(device_header("dev-0")), client_of(served.ingest) as client:
        assert (await client.get("/healthz")).json()["stream"] == {"connections": 1}
        answer = await client.get("/v1/stream", headers=device_header("dev-0"))
        assert (answer.status_code, answer.headers["upgrade"]) == (426, "websocket")


async def test_stopping_tells_senders_that_the_server_restarts(redis_flush: str) -> None:
    async with serving(Bus(redis_flush)) as served:
        line = await served.connect(device_header("dev-0"))
        await ask(line, batch())
    with pytest.raises(ConnectionClosed) as closed:
        await line.recv()
    assert closed.value.rcvd.code == 1012


async def test_any_messages_are_answered_one_by_one(served: Served) -> None:
    messages: list[str | bytes] = []

    @PATIENT
    @given(
        st.one_of(
            st.text(max_size=50),
            st.binary(max_size=50),
            mutated(body_of("fixes", [{"id": "dev-0", "at": NOW}])),
        )
    )
    def gather(message: str | bytes) -> None:
        messages.append(message)

    gather()
    # A platform's line: a device that sends so much rubbish is kept apart (test_quarantine).
    async with served.connect(platform_header("grid")) as line:
        for message in messages:
            assert (await ask(line, message))["status"] in (200, 400, 422)
        assert (await ask(line, batch()))["accepted"] == 1
    assert len(messages) >= 100


def test_an_answer_is_that_of_http_with_its_status() -> None:
    assert json.loads(text_of(Answer(429, {"error": "limited"}, 3))) == {
        "status": 429,
        "error": "limited",
        "retry_after_s": 3,
    }
    assert json.loads(text_of(Answer(200, {"accepted": 1}))) == {"status": 200, "accepted": 1}


@pytest.mark.parametrize(
    "offered", ["zhongshu.key.", "zhongshu.key.A", "zhongshu.key.%%%", "zhongshu.key._w", "other"]
)
def test_a_sub_protocol_that_is_no_key_is_none(offered: str) -> None:
    assert authorization_of({"headers": [], "subprotocols": [offered]}).isprintable()
    assert (
        authorization_of({"headers": [(b"authorization", b"Device a:b")], "subprotocols": [offered]})
        == "Device a:b"
    )
