"""OwnTracks in HTTP mode: as the app sends, through the whole entrance."""

from __future__ import annotations

import base64

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from data_feeds.bus import Bus, BusDown
from data_feeds.bus_names import FEED_MALFORMED
from data_feeds.decoders.owntracks_payload import WRONG_KEY
from data_feeds.fix_door import DEVICE_FIXES_BURST
from data_feeds.ingest import Ingest
from data_feeds.owntracks_desk import basic_pair
from tests.fake_clock import FakeClock
from tests.feeds.feed_city import NOW, ROSTER, client_of, key_of, open_ingest
from tests.feeds.fuzzing import PATIENT, mutated
from tests.feeds.owntracks_messages import app_headers, body_of, captured, encrypted, location


@pytest_asyncio.fixture
async def ingest(bus: Bus):
    opened = open_ingest(bus, FakeClock(NOW))
    await opened.start()
    await bus.wait_until_up()
    yield opened
    await opened.stop()


async def post(ingest: Ingest, body: bytes, **headers: str):
    async with client_of(ingest) as client:
        return await client.post("/owntracks", content=body, headers={**app_headers(), **headers})


def counts(ingest: Ingest) -> dict[str, int]:
    return {
        name.removeprefix("owntracks."): number
        for name, number in ingest.tally._counts.items()
        if name.startswith("owntracks.")
    }


async def test_a_position_is_taken_and_answered_with_an_empty_array(ingest: Ingest) -> None:
    answer = await post(ingest, body_of(location()))
    assert (answer.status_code, answer.json()) == (200, [])
    board = ingest.publisher.board
    assert (board.fix_at[0], board.lon[0], board.lat[0]) == (NOW, 119.5, 35.4)
    assert counts(ingest) == {"accepted": 1}


async def test_what_waited_on_the_phone_may_come_as_an_array_and_out_of_order(ingest: Ingest) -> None:
    waited = [location(NOW - 90_000), location(NOW - 3_600_000), location(NOW), {"_type": "lwt", "tst": 1}]
    assert (await post(ingest, body_of(*waited))).json() == []
    assert counts(ingest) == {"late": 1, "out_of_order": 1, "accepted": 1, "ignored": 1}


async def test_an_encrypted_position_is_taken_and_another_key_is_refused_in_plain_words(
    ingest: Ingest, bus: Bus
) -> None:
    assert (await post(ingest, encrypted(location()))).json() == []
    assert ingest.publisher.board.fix_at[0] == NOW
    answer = await post(ingest, encrypted(location(NOW + 1000), "dev-1"))
    # Anything else would stay at the head of the app's queue.
    assert (answer.status_code, answer.json()) == (200, [])
    assert counts(ingest) == {"accepted": 1, "wrong_key": 1}
    await ingest.tally.flush()
    (entry,) = await bus.read_last(FEED_MALFORMED, count=2)
    assert entry.fields["reason"].decode() == WRONG_KEY
    assert (entry.fields["sender"], entry.fields["payload"]) == (b"device dev-0", b"")


async def test_the_doors_rules_hold(ingest: Ingest) -> None:
    for message in (
        location(),
        location(),
        location(NOW - 1000),
        location(NOW + 1000, acc=1_500),
        location(NOW + 1000, lat=36.9),
        location(NOW + 61_000),
        location(NOW - 86_401_000),
    ):
        assert (await post(ingest, body_of(message))).status_code == 200
    assert counts(ingest) == {
        "accepted": 1, "duplicate": 1, "out_of_order": 1, "coarse": 1, "impossible_speed": 1, "malformed": 2,
    }  # fmt: skip


async def test_a_phone_that_is_called_gcj02_stands_elsewhere(ingest: Ingest) -> None:
    await post(ingest, body_of(location()), **{"x-limit-d": "gcj02"})
    assert 0.004 < 119.5 - ingest.publisher.board.lon[0] < 0.02


@pytest.mark.parametrize(
    "headers",
    [
        app_headers(key="A" * 26),
        app_headers("dev-77", key_of("dev-0")),
        app_headers("dev-0", key_of("dev-1")),
        {**app_headers(), "x-limit-u": "dev-1"},
        {**app_headers(), "authorization": "Basic ?"},
        {**app_headers(), "authorization": f"Bearer {key_of('dev-0')}"},
        {name: value for name, value in app_headers().items() if name != "authorization"},
    ],
)
async def test_without_its_key_a_device_is_nobody(ingest: Ingest, headers: dict[str, str]) -> None:
    async with client_of(ingest) as client:
        answer = await client.post("/owntracks", content=body_of(location()), headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorised")
    assert counts(ingest) == {"unauthorised": 1}
    assert ingest.publisher.board.take_changes() == []


async def test_the_app_may_leave_its_own_headers_out(ingest: Ingest) -> None:
    async with client_of(ingest) as client:
        answer = await client.post("/owntracks", content=body_of(location()), auth=("dev-0", key_of("dev-0")))
    assert answer.json() == []
    assert counts(ingest) == {"accepted": 1}


async def test_what_cannot_be_read_does_not_stay_at_the_head_of_the_apps_queue(
    bus: Bus, ingest: Ingest
) -> None:
    for body in (b"{", b"[1,", body_of(location(lat=91)), captured()["ios, moving"]):
        assert (await post(ingest, body)).json() == []
    assert counts(ingest) == {"malformed": 4}
    await ingest.tally.flush()
    kept = await bus.read_after(FEED_MALFORMED, "0", count=10)
    assert [(entry.fields["source"], entry.fields["sender"]) for entry in kept] == [
        (b"owntracks", b"device dev-0")
    ] * 4


async def test_over_its_limit_a_device_is_told_to_send_later(ingest: Ingest) -> None:
    ingest.door._charge("dev-0", "owntracks", NOW, DEVICE_FIXES_BURST)
    answer = await post(ingest, body_of(location()))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert counts(ingest) == {"limited": 1}


async def test_while_redis_is_away_the_app_keeps_what_it_has(own_redis) -> None:
    own_redis.start()
    bus = Bus(own_redis.url)
    ingest = open_ingest(bus, FakeClock(NOW))
    await ingest.start()
    await bus.wait_until_up()
    own_redis.kill()
    with pytest.raises(BusDown):
        await bus.length(FEED_MALFORMED)
    answer = await post(ingest, body_of(location()))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert counts(ingest) == {}
    own_redis.start()
    await bus.wait_until_up()
    assert (await post(ingest, body_of(location()))).json() == []
    assert counts(ingest) == {"accepted": 1}
    await ingest.stop()


def test_basic_is_read_as_its_rfc_says() -> None:
    def encoded(pair: bytes) -> str:
        return "Basic " + base64.b64encode(pair).decode()

    assert basic_pair(encoded(b"dev-0:a:b")) == ("dev-0", "a:b")
    assert basic_pair(encoded(b"dev-0:a").replace("Basic", "basic")) == ("dev-0", "a")
    for broken in (
        "",
        "Basic",
        "Basic ",
        "Basic é",
        encoded(b"dev-0"),
        encoded(b"\xff:a"),
        encoded(b"a:" + b"b" * 600),
    ):
        assert basic_pair(broken) == ("", "")


async def test_every_device_of_the_roster_may_send(ingest: Ingest) -> None:
    for row in ROSTER:
        async with client_of(ingest) as client:
            answer = await client.post(
                "/owntracks", content=body_of(location()), headers=app_headers(row.device_id)
            )
        assert answer.json() == []
    assert counts(ingest) == {"accepted": len(ROSTER)}


async def test_any_body_under_any_name_is_taken_or_counted(ingest: Ingest) -> None:
    requests: list[tuple[bytes, str]] = []

    @PATIENT
    @given(
        st.one_of(
            st.binary(max_size=80), mutated(body_of(location())), mutated(body_of(location(), location()))
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12),
    )
    def gather(body: bytes, name: str) -> None:
        requests.append((body, name))

    gather()
    for body, name in requests:
        assert (await post(ingest, body, **{"x-limit-d": name})).json() == []
    assert len(requests) >= 100
    before = counts(ingest).get("accepted", 0)
    await post(ingest, body_of(location()), **app_headers("dev-1"))  # it still takes what is right
    assert counts(ingest)["accepted"] == before + 1
