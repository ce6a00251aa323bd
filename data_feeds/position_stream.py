"""`/v1/stream`: the batches of `/v1/positions` as messages of a WebSocket, each answered before the next is read.

Not reading is the back-pressure: what a sender has on its way waits in its own buffers, and nothing queues in ours.
"""

from __future__ import annotations

import asyncio
import base64
from collections import Counter
from typing import Any, Final

import msgspec

from data_feeds.bus import Bus, BusDown
from data_feeds.clock import Clock
from data_feeds.decoders.positions import SOURCE as POSITIONS
from data_feeds.feed_answers import REFUSALS, SEND_AGAIN_S, Answer, answer_to
from data_feeds.feed_keys import Sender
from data_feeds.feed_proof import Claim, FeedProof
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import TurnedAway
from data_feeds.http_exchange import Receive, Scope, Send, address_of, header
from data_feeds.live_outbox import direct_transport
from data_feeds.positions_desk import PositionsDesk

SOURCE: Final = "stream"  # what happens to connections; the fixes count as those of /v1/positions
PATH: Final = "/v1/stream"
PROTOCOL: Final = "zhongshu.v1"
KEY_PROTOCOL: Final = "zhongshu.key."  # followed by an Authorization in base64url

CONNECTIONS_LIMIT: Final = 10_000
PLATFORM_CONNECTIONS_LIMIT: Final = 16
IDLE_S: Final = 600.0  # as on the other wires: who lives says something
ANSWER_S: Final = 5.0  # time to read an answer
PING_S: Final = 20.0  # by uvicorn; a peer that does not answer within as long is gone
_POLICY: Final = 1008
_TRY_AGAIN_LATER: Final = 1013


class PositionStream:
    """Serves connections; each speaks for the sender that its handshake proved."""

    def __init__(
        self, desk: PositionsDesk, proof: FeedProof, bus: Bus, tally: FeedTally, clock: Clock
    ) -> None:
        self._desk = desk
        self._proof = proof
        self._bus = bus
        self._tally = tally
        self._clock = clock
        self._connections = 0
        self._platforms: Counter[str] = Counter()
        self._device_lines: dict[str, Send] = {}

    def figures(self) -> dict[str, int]:
        """Return how many are connected."""
        return {"connections": self._connections}

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, from its handshake to its end."""
        await receive()
        if scope["path"] != PATH:
            await _refuse(scope, send, Answer(404, {"error": "unknown_route", "reason": "docs/feeds.md"}))
            return
        if header(scope, b"origin"):
            self._tally.count(SOURCE, "browser")
            reason = "a page in a browser sends no positions"
            await _refuse(scope, send, Answer(403, {"error": "browser", "reason": reason}))
            return
        now = self._clock.now_ms()
        try:
            claim = self._proof.claim(scope, authorization_of(scope), POSITIONS, now)
            sender = await self._proof.confirm(scope, claim, b"", POSITIONS, now)
            self._let_in(sender, send)
        except (TurnedAway, BusDown) as away:
            await _refuse(scope, send, answer_to(away))
            return
        try:
            chosen = PROTOCOL if PROTOCOL in scope["subprotocols"] else None
            await send({"type": "websocket.accept", "subprotocol": chosen})
            await self._talk(scope, claim, receive, send)
        finally:
            self._let_out(sender, send)

    async def _talk(self, scope: Scope, claim: Claim, receive: Receive, send: Send) -> None:
        while True:
            try:
                async with asyncio.timeout(IDLE_S):
                    message = await receive()
            except TimeoutError:
                self._tally.count(SOURCE, "silent")
                await send({"type": "websocket.close", "code": _TRY_AGAIN_LATER, "reason": "silent"})
                return
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            body = text.encode("utf-8", "replace") if text is not None else message.get("bytes") or b""
            answer = self._answer(body, scope, claim)
            if not await self._tell(send, answer):
                return
            if answer.status == 401:  # the key was withdrawn
                await send({"type": "websocket.close", "code": _POLICY, "reason": "unauthorised"})
                return
            if answer.status == 503:
                await self._wait_for_bus()

    def _answer(self, body: bytes, scope: Scope, claim: Claim) -> Answer:
        """Take one message, once it is sure that the key of the handshake was not withdrawn."""
        now = self._clock.now_ms()
        try:
            if claim.signature is None:
                self._proof.claim(scope, authorization_of(scope), POSITIONS, now)
            else:
                self._proof.refuse_withdrawn(claim, POSITIONS, address_of(scope), now)
            return self._desk.take(body, claim.sender, now)
        except REFUSALS as refusal:
            return answer_to(refusal)

    async def _tell(self, send: Send, answer: Answer) -> bool:
        """Send an answer; False, and the connection is gone, where the other side does not read it."""
        try:
            async with asyncio.timeout(ANSWER_S):
                await send({"type": "websocket.send", "text": text_of(answer)})
        except TimeoutError:
            self._tally.count(SOURCE, "slow")
            _hang_up(send)
            return False
        except OSError:  # it left before it heard
            return False
        return True

    async def _wait_for_bus(self) -> None:
        """Read nothing before Redis is back, or it is time to say again that it is not."""
        for _ in range(
            SEND_AGAIN_S
        ):  # the ticks look for it; thousands of connections only look at what they found
            if self._bus.state == "up":
                return
            await asyncio.sleep(1)

    def _let_in(self, sender: Sender, send: Send) -> None:
        platform, device = sender.platform, sender.device
        too_many = self._connections >= CONNECTIONS_LIMIT or (
            platform is not None and self._platforms[platform] >= PLATFORM_CONNECTIONS_LIMIT
        )
        if too_many:
            self._tally.count(SOURCE, "limited")
            raise TurnedAway("limited", SEND_AGAIN_S)
        self._connections += 1
        if platform is not None:
            self._platforms[platform] += 1
        if device is not None:
            older, self._device_lines[device] = self._device_lines.get(device), send
            if older is not None:
                self._tally.count(SOURCE, "replaced")
                _hang_up(older)

    def _let_out(self, sender: Sender, send: Send) -> None:
        platform, device = sender.platform, sender.device
        self._connections -= 1
        if platform is not None:
            self._platforms[platform] -= 1
        if device is not None and self._device_lines.get(device) is send:
            del self._device_lines[device]


def authorization_of(scope: Scope) -> str:
    """Return the `Authorization` of a handshake: the header, or the sub-protocol of who cannot set a header."""
    found = header(scope, b"authorization")
    for offered in scope["subprotocols"]:
        if not found and offered.startswith(KEY_PROTOCOL):
            encoded = offered.removeprefix(KEY_PROTOCOL)
            try:
                found = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode("ascii")
            except ValueError:
                return ""
    return found


def text_of(answer: Answer) -> str:
    """Return an answer as it is sent: the body of the HTTP answer with its status and waiting time."""
    content: dict[str, Any] = {"status": answer.status, **answer.content}
    if answer.retry_after_s is not None:
        content["retry_after_s"] = answer.retry_after_s
    return msgspec.json.encode(content).decode()


async def _refuse(scope: Scope, send: Send, answer: Answer) -> None:
    """Answer a handshake as HTTP does."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": _POLICY})
        return
    headers = [(b"content-type", b"application/json; charset=utf-8")]
    if answer.retry_after_s is not None:
        headers.append((b"retry-after", str(answer.retry_after_s).encode()))
    await send({"type": "websocket.http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": msgspec.json.encode(answer.content)})


def _hang_up(send: Send) -> None:
    """End a connection at once: a polite close would wait behind what the other side does not read."""
    transport = direct_transport(send)
    if transport is not None:
        transport.abort()
