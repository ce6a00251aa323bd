"""Attacks on the live socket, from its first byte to its last, behind the real gate: seeded, as many as are wanted.

`python -m tests.security.live_fuzz 100000 [SEED]` runs so many inputs (handshakes and frames) and prints what came of
them. A fault is whatever is not a refusal: an answer of the 500 class, a close code 1011, a record of an error in the
log, a healthy screen that loses its picture, a screen that stays behind, memory that grows.
"""

from __future__ import annotations

import asyncio
import logging
import random
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

import data_feeds.live_socket as live_socket
from dashboard.domain.principal import Principal
from data_feeds.embedded_redis import EmbeddedRedis, find_program
from data_feeds.http.gate import Gate
from data_feeds.http.screens import live_endpoint
from tests.live.live_city import CITY, City, city, officer
from tests.live.probes.hub_process import rss_kb
from tests.live.raw_screen import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame
from tools.bench_rows import Row, tell

HOST = b"centre.test"
FRAMES_EACH = 10
LOGGERS = ("", "uvicorn")  # uvicorn's records go no further up than its own
TOGETHER = 8  # attackers at a time
ANSWER_S = 5.0  # a server that says nothing for so long hangs
HEALTHY_COOKIE = b"zhongshu_session=good"
REFUSALS = {1000, 1001, 1002, 1003, 1005, 1007, 1008, 1009, 1012, 4400, 4401, 4403, 4404, 4408, None}

# fmt: off
WORDS = [
    b"", b"0", b"-1", b"1", b"999999999999999", b"9" * 400, b"1e308", b"NaN", b"inf", b"0x10", b"%00", b"%FF",
    b"\xff\xfe", "三".encode(), b"epoch-1", b"epoch-2", b"wall", b"desk", b"phone", b"%E4%B8%89", b"a" * 3_000, b"..",
]
TEXTS = [
    b"t1", b"t-1", b"t1e308", b"t1e309", b"tNaN", b"t", b"a0", b"a-1", b"a99999999999999999999", b"a1.5", b"a", b"",
    b"t" + b"1" * 62, b"t" + b"1" * 64, b"a" * 4_096, b"a" * 70_000, "t三".encode(), "t١".encode(), b"\xff\xfe",
    b"\x00", b"t\x00", b"t 1", b" t1", b"t+1", b"t1_0", b"a1_0", b'{"kind":1}', b"t0x1", b"x",
]
CLOSES = [b"", b"\x03", b"\x03\xe8", b"\x00\x00", b"\xff\xff" + b"a" * 100, b"\x03\xe8\xff\xfe"]
# fmt: on


class Faults(logging.Handler):
    """Keeps what the process says of errors."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(self.format(record)[-600:])


def handshake(rng: random.Random) -> bytes:
    """An upgrade that is mostly right, or one with something wrong in it."""
    query = b"&".join(
        rng.choice([b"view", b"epoch", b"seq", b"kiosk", b"x", b""]) + b"=" + rng.choice(WORDS)
        for _ in range(rng.choice([0, 1, 2, 3, 3, 3, 12]))
    )
    path = rng.choice([b"/live"] * 60 + [b"/live/", b"//live", b"/", b"/%6cive", b"/live\xff", b"/LIVE"])
    headers: list[bytes] = [
        b"Host: " + rng.choice([HOST] * 60 + [b"evil.test", b"", b"centre.test:1", b"\xff"]),
        b"Upgrade: " + rng.choice([b"websocket"] * 60 + [b"h2c", b"", b"WebSocket"]),
        b"Connection: " + rng.choice([b"Upgrade"] * 60 + [b"close", b"keep-alive, Upgrade"]),
        b"Sec-WebSocket-Key: "
        + rng.choice([b"dGhlIHNhbXBsZSBub25jZQ=="] * 60 + [b"", b"x", b"\xff" * 9, b"A" * 5_000]),
        b"Sec-WebSocket-Version: " + rng.choice([b"13"] * 60 + [b"12", b"", b"x"]),
    ]
    origin = rng.choice([b"http://centre.test"] * 25 + [b"http://evil.test", b"null", b"", None, b"\xff"])
    if origin is not None:
        headers.append(b"Origin: " + origin)
    others = [b"zhongshu_session=" + rng.choice(WORDS), b"zhongshu_session=revoked", b"", b";;="]
    cookie = rng.choice([HEALTHY_COOKIE] * 20 + others)
    headers.append(b"Cookie: " + cookie)
    if rng.random() < 0.05:
        headers.append(b"Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99")
    if rng.random() < 0.05:
        headers.append(b"Sec-WebSocket-Protocol: \xff, a" * rng.randint(1, 50))
    if rng.random() < 0.1:
        headers.pop(rng.randrange(len(headers)))
    if rng.random() < 0.05:
        headers.append(headers[rng.randrange(len(headers))])
    method = rng.choice([b"GET"] * 60 + [b"POST", b"HEAD", b"CONNECT"])
    version = rng.choice([b"HTTP/1.1"] * 60 + [b"HTTP/1.0", b"HTTP/2.0"])
    whole = (
        method + b" " + path + b"?" + query + b" " + version + b"\r\n" + b"\r\n".join(headers) + b"\r\n\r\n"
    )
    return whole[: rng.randrange(len(whole))] if rng.random() < 0.03 else whole


def attack(rng: random.Random) -> bytes:
    """One frame: mostly something that a frame may be, with hostile contents."""
    text = rng.choice(TEXTS)
    return rng.choice(
        [
            lambda: frame(TEXT, text),
            lambda: frame(TEXT, text) * rng.choice([1, 2, 60]),
            lambda: frame(BINARY, text),
            lambda: frame(TEXT, text, fin=False) + frame(CONTINUATION, rng.choice(TEXTS), fin=rng.random() < 0.7),
            lambda: frame(TEXT, b"t", fin=False) + frame(CONTINUATION, fin=False) * rng.choice([3, 40]),
            lambda: frame(CONTINUATION, text),
            lambda: frame(PING, text[:125]) * rng.choice([1, 5, 200]),
            lambda: frame(PONG, text[:125]),
            lambda: frame(PING, b"x" * 126),
            lambda: frame(PING, b"x", fin=False),
            lambda: frame(CLOSE, rng.choice(CLOSES)),
            lambda: frame(TEXT, text, masked=False),
            lambda: frame(rng.randrange(16), text, reserved=rng.randrange(8)),
            lambda: frame(TEXT, b"t1")[: rng.randrange(1, 8)],
            lambda: b"\x81\xff" + (2**63).to_bytes(8, "big") + b"\0\0\0\0",
            lambda: b"\x81\xff" + (2**64 - 1).to_bytes(8, "big") + b"\0\0\0\0",
            lambda: rng.randbytes(rng.randrange(1, 200)),
            lambda: handshake(rng),
        ]
    )()  # fmt: skip


class Attackers:
    """Runs attacks on a city and counts what comes of them."""

    def __init__(self, town: City, seed: int) -> None:
        self.inputs = 0
        self.outcomes: Counter[str] = Counter()
        self.faults: list[str] = []
        self._town = town
        self._rng = random.Random(seed)

    async def run(self, inputs: int) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(TOGETHER):
                group.create_task(self._attack_until(inputs))

    async def _attack_until(self, inputs: int) -> None:
        while self.inputs < inputs:
            # Each attack by its own seed, so that one that found something can be had again.
            seed = self._rng.getrandbits(64)
            try:
                async with asyncio.timeout(4 * ANSWER_S):
                    outcome = await self._attack(random.Random(seed))
            except TimeoutError:
                outcome = "hangs"
            self.outcomes[outcome] += 1
            if outcome == "hangs" or outcome.startswith(("http 5", "1011")):
                self.faults.append(f"{outcome}: seed {seed}")

    async def _attack(self, rng: random.Random) -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._town.port)
        try:
            self.inputs += 1
            hello = handshake(rng)
            early = attack(rng) if rng.random() < 0.1 else b""  # before the answer
            writer.write(hello + early)
            if not hello.endswith(b"\r\n\r\n"):
                writer.write_eof()
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head.split(b" ", 2)[1])
            if status != 101:
                return f"http {status}"
            for _ in range(rng.randrange(FRAMES_EACH)):
                self.inputs += 1
                writer.write(attack(rng))
                if rng.random() < 0.1:
                    await asyncio.sleep(0)
            writer.write(frame(TEXT, b"bye"))  # what nobody may say: whatever came before, this ends it
            return await _end_of(reader)
        except (OSError, asyncio.IncompleteReadError):
            return "cut"
        finally:
            writer.transport.abort()


async def _end_of(reader: asyncio.StreamReader) -> str:
    """Read the server's frames to the end; its close code."""
    while True:
        head = await reader.readexactly(2)
        size = head[1]
        if size > 125:
            size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
        payload = await reader.readexactly(size)
        if head[0] & 15 == CLOSE:
            return str(int.from_bytes(payload[:2], "big") if payload else 1005)


@asynccontextmanager
async def besieged_city(redis_url: str) -> AsyncIterator[City]:
    """A city whose live socket stands behind the gate; the session `good` is good, all others are not."""
    sessions: dict[str, Principal] = {"good": officer()}

    def around(hub: Any) -> Any:
        return Gate(
            Starlette(routes=[WebSocketRoute("/live", live_endpoint(hub))]),
            identify=lambda credential, _address, counts_as_use: sessions.get(credential.secret),
            allowed_hosts=frozenset({HOST.decode()}),
            callbacks={},
            kiosk_refused_page=lambda: "",
            no_screen_page=lambda: "",
            store_away_page=lambda: "",
            content_security_policy=lambda path: "default-src 'self'",
        )

    async with city(redis_url, around=around) as town:
        town.who["sessions"] = sessions
        yield town


async def siege(redis_url: str, inputs: int, seed: int) -> Attackers:
    """Attack with so many inputs while a healthy screen looks on; `faults` of the answer is empty when all is well."""
    faults = Faults()
    for name in LOGGERS:
        logging.getLogger(name).addHandler(faults)
    try:
        with mock.patch.object(live_socket, "RECHECK_EVERY_S", 0.2):
            async with besieged_city(redis_url) as town:
                asyncio.get_running_loop().set_exception_handler(
                    lambda _loop, context: faults.found.append(str(context))
                )
                attackers = Attackers(town, seed)
                headers = {"Cookie": HEALTHY_COOKIE.decode(), "Host": HOST.decode()}
                async with town.screen(
                    "view=wall", additional_headers=headers, origin="http://centre.test"
                ) as healthy:
                    await healthy.until(lambda it: it.model is not None and it.movement is not None)
                    attacking = asyncio.create_task(attackers.run(inputs))
                    while not attacking.done():
                        await healthy.read()
                    await attacking
                    entry = town.truth.commit(scope=[CITY], matters=[{"id": "m1", "scope": [CITY]}])
                    await town.relay.relay(entry, stream=False)
                    await healthy.until(lambda it: it.model.seq == 1)
                    async with asyncio.timeout(15):
                        while town.hub.stats()["screens"] > 1:
                            await asyncio.sleep(0.05)
                odd = {each for each in attackers.outcomes if each.isdigit() and int(each) not in REFUSALS}
                attackers.faults += [f"close code {each}" for each in odd] + faults.found
                return attackers
    finally:
        for name in LOGGERS:
            logging.getLogger(name).removeHandler(faults)


def main() -> None:
    inputs, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    folder = Path(tempfile.mkdtemp(prefix="zs-siege-"))
    redis = EmbeddedRedis(folder, folder / "redis.sock", find_program())
    redis.start()
    try:
        first = asyncio.run(siege(redis.url, 2_000, seed))
        before, started = rss_kb(), time.monotonic()
        found = asyncio.run(siege(redis.url, inputs, seed + 1))
    finally:
        redis.stop()
        shutil.rmtree(folder)
    for outcome, count in found.outcomes.most_common():
        print(f"  {outcome:<12} {count}")
    for fault in [*first.faults, *found.faults][:20]:
        print("FAULT", fault)
    most_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{found.inputs} inputs in {time.monotonic() - started:.0f} s, {len(found.faults)} faults (bar 0); memory, "
        f"attackers inside: {before / 1024:.0f} MB after 2,000, {rss_kb() / 1024:.0f} MB now, {most_mb:.0f} MB at most"
    )
    faults, sent = len(first.faults) + len(found.faults), first.inputs + found.inputs
    tell(Row("live socket: crashes, hangs and answers of the 500 class", faults, f"of {sent:,}", 0))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
