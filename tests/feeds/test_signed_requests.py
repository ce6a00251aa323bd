"""Signed requests through the real entrance and a real Redis; the client here is written apart from the product's."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from dashboard.domain.device_keys import platform_key
from data_feeds.bus import Bus
from data_feeds.feed_keys import FeedKeys
from data_feeds.fix_door import ADDRESS_FAULTS_BURST
from data_feeds.position_stream import PATH
from tests.fake_clock import FakeClock
from tests.feeds.feed_city import (
    NOW,
    SECRET,
    client_of,
    device_header,
    key_of,
    open_ingest,
    platform_header,
)

pytestmark = pytest.mark.asyncio

REAL = 1_800_000_000_000  # the machine's clock, which need not be the product's
BODY = json.dumps({"fixes": [{"id": "dev-0", "at": NOW, "lat": 35.4, "lon": 119.5}]}).encode()


@dataclass(frozen=True)
class Opened:
    """A key that an administrator opened, as the store returns it."""

    id: str = "feed-1"
    kind: str = "platform"
    of: str = "grid"
    secret: str = "a gateway's own secret"
    signed_only: bool = True


@dataclass
class RealClock:
    """The machine's clock of a test."""

    ms: int = REAL

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def real() -> RealClock:
    return RealClock()


@pytest_asyncio.fixture
async def ingest(bus: Bus, real: RealClock):
    opened = open_ingest(bus, FakeClock(NOW), real_ms=real)
    await opened.start()
    await bus.wait_until_up()
    yield opened
    await opened.stop()


def keys_of(ingest) -> FeedKeys:
    return ingest._keys


def sign(
    secret: str,
    key_id: str,
    path: str = "/v1/positions",
    body: bytes | None = BODY,
    *,
    method: str = "POST",
    query: str = "",
    created: int = REAL // 1000,
    nonce: str = "",
) -> dict[str, str]:
    """What RFC 9421 asks of a client, by hand."""
    nonce = nonce or secrets.token_urlsafe(18)
    names, lines, headers = ["@method", "@path", "@query"], [method, path, f"?{query}"], {}
    if body is not None:
        headers["content-digest"] = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
        names.append("content-digest")
        lines.append(headers["content-digest"])
    covered = " ".join(f'"{name}"' for name in names)
    parameters = f'({covered});created={created};nonce="{nonce}";keyid="{key_id}"'
    base = "".join(f'"{name}": {line}\n' for name, line in zip(names, lines, strict=True))
    base += f'"@signature-params": {parameters}'
    mac = base64.b64encode(hmac.new(secret.encode(), base.encode(), hashlib.sha256).digest()).decode()
    return headers | {"signature-input": f"a={parameters}", "signature": f"a=:{mac}:"}


def of_device(**other) -> dict[str, str]:
    return sign(key_of("dev-0"), "device:dev-0", **other)


async def post(ingest, headers: dict[str, str], body: bytes = BODY, path: str = "/v1/positions"):
    async with client_of(ingest) as client:
        return await client.post(path, content=body, headers=headers)


def counted(ingest, outcome: str, source: str = "positions") -> int:
    return ingest.tally._counts[f"{source}.{outcome}"]


async def test_a_device_and_a_platform_sign_with_the_keys_that_they_have(ingest) -> None:
    answer = await post(ingest, of_device())
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    of_platform = sign(platform_key(SECRET, "grid"), "platform:grid")
    assert (await post(ingest, of_platform)).json()["ignored"] == {"duplicate": 1}
    assert counted(ingest, "signed") == 2
    other = json.dumps({"fixes": [{"id": "dev-1", "at": NOW, "lat": 35.4, "lon": 119.5}]}).encode()
    refused = await post(ingest, of_device(body=other), other)
    assert refused.status_code == 422  # a device speaks for itself alone, signed or not


async def test_the_same_request_again_is_replayed_and_takes_nothing(ingest) -> None:
    headers = of_device()
    assert (await post(ingest, headers)).status_code == 200
    again = await post(ingest, headers)
    assert (again.status_code, again.json()["error"]) == (401, "replayed")
    assert counted(ingest, "replayed") == 1
    both = await asyncio.gather(*[post(ingest, h) for h in [of_device()] * 2])
    assert sorted(answer.status_code for answer in both) == [200, 401]


async def test_a_nonce_is_of_its_key_alone_and_is_kept_for_two_windows(ingest, bus: Bus) -> None:
    nonce = "the-same-nonce-1234"
    assert (await post(ingest, of_device(nonce=nonce))).status_code == 200
    platform = sign(platform_key(SECRET, "grid"), "platform:grid", nonce=nonce)
    assert (await post(ingest, platform)).status_code == 200
    left_ms = await bus._redis.pttl(f"zs:feed:nonce:device:dev-0:{nonce}")
    assert 110_000 < left_ms <= 121_000


@pytest.mark.parametrize("offset_s", [-61, 61])
async def test_outside_the_window_nothing_is_taken(ingest, offset_s: int) -> None:
    answer = await post(ingest, of_device(created=REAL // 1000 + offset_s))
    assert (answer.status_code, answer.json()["error"]) == (401, "out_of_window")
    assert counted(ingest, "out_of_window") == 1
    assert (await post(ingest, of_device(created=REAL // 1000 + offset_s // 61 * 60))).status_code == 200


async def test_a_request_that_somebody_changed_is_badly_signed_and_spends_no_nonce(ingest) -> None:
    headers = of_device()
    other = BODY.replace(b"35.4", b"35.5")
    digest = base64.b64encode(hashlib.sha256(other).digest()).decode()
    tries = [
        (headers, other, "/v1/positions"),  # another body under the signed digest
        (headers | {"content-digest": f"sha-256=:{digest}:"}, other, "/v1/positions"),
        (headers, BODY, "/v1/positions?a=1"),
        (headers, BODY, "/v1/events"),
        (sign("another key", "device:dev-0"), BODY, "/v1/positions"),
        (sign(key_of("dev-0"), "device:dev-1"), BODY, "/v1/positions"),
        (sign(key_of("dev-0"), "device:dev-77"), BODY, "/v1/positions"),
        (sign(key_of("dev-0"), "nobody"), BODY, "/v1/positions"),
        ({"signature": headers["signature"]}, BODY, "/v1/positions"),
        ({"signature-input": headers["signature-input"]}, BODY, "/v1/positions"),
    ]
    for given, body, path in tries:
        answer = await post(ingest, given, body, path)
        assert (answer.status_code, answer.json()["error"]) == (401, "badly_signed"), given
    assert counted(ingest, "badly_signed") == len(tries) - 1
    assert counted(ingest, "badly_signed", "events") == 1
    assert (await post(ingest, headers)).status_code == 200


async def test_a_bad_signature_is_not_saved_by_a_good_plain_key(ingest) -> None:
    answer = await post(ingest, sign("wrong", "device:dev-0") | device_header("dev-0"))
    assert answer.json()["error"] == "badly_signed"


async def test_bad_signatures_use_up_the_address_and_not_the_device(ingest) -> None:
    bad = sign("wrong", "device:dev-0", created=REAL // 1000)
    for _ in range(3):
        await post(ingest, bad)
    ingest.door._addresses.take("127.0.0.1", NOW, ADDRESS_FAULTS_BURST - 3)
    assert (await post(ingest, bad)).status_code == 429
    assert (await post(ingest, of_device())).status_code == 200


async def test_while_redis_is_away_a_signed_request_is_refused_and_not_taken(ingest, monkeypatch) -> None:
    from data_feeds.bus import BusDown

    async def away(*_: object) -> bool:
        raise BusDown

    headers = of_device()
    with monkeypatch.context() as patch:
        patch.setattr(ingest.bus, "put_once", away)
        answer = await post(ingest, headers)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert ingest.publisher.board.take_changes() == []
    assert (await post(ingest, headers)).status_code == 200  # the nonce was not used up


async def test_an_opened_key_signs_for_its_sender_and_shuts_the_plain_key_out(ingest) -> None:
    keys_of(ingest).know_opened([Opened()])
    assert (await post(ingest, sign(Opened().secret, "feed-1"))).status_code == 200
    plain = await post(ingest, platform_header("grid"))
    assert (plain.status_code, plain.json()["error"]) == (401, "unsigned")
    assert counted(ingest, "unsigned") == 1
    assert (await post(ingest, platform_header("hotline"))).status_code == 200  # nobody asked it to
    keys_of(ingest).know_opened([Opened(signed_only=False)])
    assert (await post(ingest, platform_header("grid"))).status_code == 200
    keys_of(ingest).know_opened([])
    assert (await post(ingest, sign(Opened().secret, "feed-1"))).json()["error"] == "badly_signed"


async def test_a_device_that_has_to_sign_comes_in_by_no_plain_wire(ingest) -> None:
    keys = keys_of(ingest)
    keys.know_opened([Opened(kind="device", of="dev-0")])
    query = f"id=dev-0&lat=35.4&lon=119.5&timestamp={NOW}"
    async with client_of(ingest) as client:
        plain = await client.get(f"/osmand?{query}&key={key_of('dev-0')}")
        headers = sign(Opened().secret, "feed-1", "/osmand", None, method="GET", query=query)
        signed = await client.get(f"/osmand?{query}", headers=headers)
        basic = base64.b64encode(f"dev-0:{key_of('dev-0')}".encode()).decode()
        owntracks = await client.post("/owntracks", content=b"", headers={"authorization": f"Basic {basic}"})
    assert (plain.status_code, plain.json()["error"]) == (401, "unsigned")
    assert signed.status_code == 200
    assert owntracks.json()["error"] == "unsigned"
    assert not keys.is_device("dev-0", key_of("dev-0"))  # what JT/T 808, CoT and MQTT ask
    assert keys.is_device("dev-1", key_of("dev-1"))


async def test_the_setting_asks_everybody_but_whom_a_key_excuses(
    bus: Bus, real: RealClock, monkeypatch
) -> None:
    from tests.feeds import feed_city

    monkeypatch.setattr(
        feed_city, "FeedKeys", lambda secret, platforms: FeedKeys(secret, platforms, signed_only=True)
    )
    ingest = open_ingest(bus, FakeClock(NOW), real_ms=real)
    await ingest.start()
    await bus.wait_until_up()
    try:
        assert (await post(ingest, device_header("dev-0"))).json()["error"] == "unsigned"
        assert (await post(ingest, platform_header("grid"))).json()["error"] == "unsigned"
        keys_of(ingest).know_opened([Opened(signed_only=False)])
        assert (await post(ingest, platform_header("grid"))).status_code == 200
        assert (await post(ingest, of_device())).status_code == 200
    finally:
        await ingest.stop()


async def test_every_route_that_takes_something_takes_it_signed(ingest) -> None:
    bodies = {
        "/v1/positions": (BODY, 200),
        "/v1/calls": (b'{"calls": 1}', 400),
        "/v1/orders": (b'{"orders": 1}', 400),
        "/v1/events": (b'{"events": 1}', 400),
        "/v1/heartbeat": (json.dumps({"platform": "grid", "at": NOW, "count_today": 1}).encode(), 200),
    }
    for path, (body, status) in bodies.items():
        headers = sign(platform_key(SECRET, "grid"), "platform:grid", path, body)
        assert (await post(ingest, headers, body, path)).status_code == status, path
        again = await post(ingest, headers, body, path)
        assert again.json()["error"] == "replayed", path
    location = json.dumps({"_type": "location", "lat": 35.4, "lon": 119.5, "tst": NOW // 1000 + 1}).encode()
    headers = of_device(path="/owntracks", body=location)
    assert (await post(ingest, headers, location, "/owntracks")).json() == []
    assert counted(ingest, "accepted", "owntracks") == 1
    form = f"id=dev-0&lat=35.4&lon=119.5&timestamp={NOW + 5000}".encode()
    assert (await post(ingest, of_device(path="/osmand", body=form), form, "/osmand")).status_code == 200


async def handshake(ingest, headers: dict[str, str], *said: str) -> list[dict]:
    """One connection to /v1/stream without a network; returns what was sent to it."""
    sent: list[dict] = []
    waiting = [{"type": "websocket.connect"}, *({"type": "websocket.receive", "text": text} for text in said)]

    async def receive() -> dict:
        return waiting.pop(0) if waiting else {"type": "websocket.disconnect", "code": 1000}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "websocket", "path": PATH, "raw_path": PATH.encode(), "query_string": b"", "subprotocols": [],
        "client": ("10.0.0.1", 1), "extensions": {"websocket.http.response": {}},
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    await ingest(scope, receive, send)
    return sent


async def test_a_websockets_handshake_is_signed_once_and_ends_with_its_key(ingest) -> None:
    keys_of(ingest).know_opened([Opened(kind="device", of="dev-0")])
    headers = sign(Opened().secret, "feed-1", PATH, None, method="GET")
    opened, answer = await handshake(ingest, headers, BODY.decode())
    assert opened["type"] == "websocket.accept"
    assert json.loads(answer["text"])["accepted"] == 1
    again = await handshake(ingest, headers, BODY.decode())
    assert [message.get("status") for message in again] == [401, None]
    plain = await handshake(ingest, device_header("dev-0"), BODY.decode())
    assert json.loads(plain[1]["body"])["error"] == "unsigned"

    headers = sign(Opened().secret, "feed-1", PATH, None, method="GET")
    sent: list[dict] = []
    said = [{"type": "websocket.connect"}, {"type": "websocket.receive", "text": BODY.decode()}]

    async def receive() -> dict:
        if len(said) == 1:
            keys_of(ingest).know_opened([])  # revoked while the connection is open
        return said.pop(0)

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "websocket", "path": PATH, "raw_path": PATH.encode(), "query_string": b"", "subprotocols": [],
        "client": ("10.0.0.1", 1), "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    await ingest(scope, receive, send)
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.send", "websocket.close"]
    assert json.loads(sent[1]["text"])["status"] == 401


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")
async def test_what_openssl_signs_on_the_command_line_is_taken(ingest) -> None:
    digest = subprocess.run(
        ["openssl", "dgst", "-sha256", "-binary"], input=BODY, capture_output=True, check=True
    )
    content = f"sha-256=:{base64.b64encode(digest.stdout).decode()}:"
    parameters = (
        f'("@method" "@path" "@query" "content-digest");created={REAL // 1000};nonce="0123456789abcdef";'
        'keyid="device:dev-0"'
    )
    base = (
        f'"@method": POST\n"@path": /v1/positions\n"@query": ?\n"content-digest": {content}\n'
        f'"@signature-params": {parameters}'
    )
    made = subprocess.run(
        ["openssl", "dgst", "-sha256", "-binary", "-hmac", key_of("dev-0")],
        input=base.encode(), capture_output=True, check=True,
    )  # fmt: skip
    mac = base64.b64encode(made.stdout).decode()
    headers = {"content-digest": content, "signature-input": f"s={parameters}", "signature": f"s=:{mac}:"}
    assert (await post(ingest, headers)).json()["accepted"] == 1


def documented(language: str, name: str) -> str:
    """A piece of code of docs/feeds.md."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "feeds.md").read_text(encoding="utf-8")
    (found,) = [part for part in page.split(f"```{language}\n")[1:] if name in part.partition("```")[0]]
    return found.partition("```")[0]


async def test_the_documented_python_signs_what_is_taken(ingest, real: RealClock) -> None:
    real.ms = time.time_ns() // 1_000_000
    there: dict = {}
    exec(documented("python", "def signed("), there)
    headers = there["signed"](key_of("dev-0"), "device:dev-0", "POST", "/v1/positions", body=BODY)
    assert (await post(ingest, headers)).json()["accepted"] == 1
    query = f"id=dev-0&lat=35.4&lon=119.5&timestamp={NOW + 1000}"
    headers = there["signed"](key_of("dev-0"), "device:dev-0", "GET", "/osmand", query)
    async with client_of(ingest) as client:
        assert (await client.get(f"/osmand?{query}", headers=headers)).status_code == 200


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")
async def test_the_documented_shell_function_signs_what_is_taken(ingest, real: RealClock, tmp_path) -> None:
    real.ms = time.time_ns() // 1_000_000
    (tmp_path / "fixes.json").write_bytes(BODY)
    script = f"{documented('sh', 'sign()')}\nsign '{key_of('dev-0')}' device:dev-0 /v1/positions fixes.json"
    made = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, check=True, text=True)
    headers = dict(line.split(": ", 1) for line in made.stdout.splitlines())
    assert sorted(headers) == ["Content-Digest", "Signature", "Signature-Input"]
    assert (await post(ingest, headers)).json()["accepted"] == 1
