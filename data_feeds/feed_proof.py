"""Who sent a request: by a signature over it, or by a plain key where that sender may still come with one.

A signature is judged in two steps. Its headers are judged before anything of the body is read; then the body has to be
the signed one, and the nonce has to be new. Only a request that is right in all of that uses its nonce up: nobody who
saw its headers can spend it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, NamedTuple

from dashboard.domain.message_signature import (
    BadSignature,
    RequestSignature,
    is_digest_of,
    is_of,
    read_signature,
)
from data_feeds.bus import Bus
from data_feeds.bus_names import feed_nonce
from data_feeds.feed_keys import FeedKeys, Sender
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import FixDoor
from data_feeds.http_exchange import Scope, address_of, header

WINDOW_S: Final = 60  # each way; a gateway's clock is on NTP, and a request takes seconds


def machine_ms() -> int:
    """Return the machine's own time, UTC ms: a signature is about the line, not about the demonstration's clock."""
    return time.time_ns() // 1_000_000


class Claim(NamedTuple):
    """Who a request says it is of, once its headers were judged; `signature` is None for a plain key."""

    sender: Sender
    signature: RequestSignature | None


class FeedProof:
    """Judges the requests of the HTTP entrance and the handshakes of its WebSocket.

    Args:
        window_ms: how far a signature's instant may lie from ours, each way.
        real_ms: the machine's time.
    """

    def __init__(
        self,
        bus: Bus,
        tally: FeedTally,
        door: FixDoor,
        keys: FeedKeys,
        *,
        window_ms: int = WINDOW_S * 1000,
        real_ms: Callable[[], int] = machine_ms,
    ) -> None:
        self._bus = bus
        self._tally = tally
        self._door = door
        self._keys = keys
        self._window_ms = window_ms
        self._real_ms = real_ms

    def claim(self, scope: Scope, authorization: str, source: str, now: int) -> Claim:
        """Return who the headers prove; nothing of the body was looked at yet.

        Args:
            authorization: `Bearer ...` or `Device ...`, for those who do not sign.

        Raises:
            TurnedAway: nobody, not signed as it has to be, too old or too new, or the address sent too many of those.
        """
        if is_signed(scope):
            signature, sender = self._signature(scope, source, now)
            if abs(self._real_ms() - signature.created_s * 1000) > self._window_ms:
                self._door.turn_away(source, address_of(scope), now, "out_of_window")
            return Claim(sender, signature)
        platform = self._keys.platform_of(authorization)
        device = None if platform else self._keys.device_of(authorization)
        if platform is None and device is None:
            self._door.turn_away(source, address_of(scope), now)
        sender = Sender(platform, device)
        self.refuse_unsigned(sender, source, address_of(scope), now)
        return Claim(sender, None)

    def refuse_unsigned(self, sender: Sender, source: str, address: str, now: int) -> None:
        """Turn a sender away whose plain key is right and who has to sign.

        Raises:
            TurnedAway: it has to sign.
        """
        if self._keys.has_to_sign(sender):
            self._door.turn_away(source, address, now, "unsigned")

    def refuse_plain_key(self, device: str, key: str, source: str, address: str, now: int) -> None:
        """The same for a device whose key stands in the request itself; a wrong key is the door's to refuse.

        Raises:
            TurnedAway: it has to sign.
        """
        if self._keys.is_plain_key(device, key):
            self.refuse_unsigned(Sender(None, device), source, address, now)

    async def confirm(self, scope: Scope, claim: Claim, body: bytes, source: str, now: int) -> Sender:
        """Return the sender, once the body is the signed one and the nonce is new; a plain key needs neither.

        Raises:
            TurnedAway: another body, or a request that was taken before.
            BusDown: nobody can say whether the nonce is new, so nothing is taken.
        """
        signature = claim.signature
        if signature is None:
            return claim.sender
        if scope.get("method") == "POST" and not is_digest_of(header(scope, b"content-digest"), body):
            self._door.turn_away(source, address_of(scope), now, "badly_signed")
        # Two windows: an instant that is a window ahead of ours is still taken for two of them.
        kept_ms = 2 * self._window_ms + 1000
        if not await self._bus.put_once(feed_nonce(signature.key_id, signature.nonce), kept_ms):
            self._door.turn_away(source, address_of(scope), now, "replayed")
        self._tally.count(source, "signed")
        return claim.sender

    def refuse_withdrawn(self, claim: Claim, source: str, address: str, now: int) -> None:
        """Judge again who opened a connection with a signature.

        Raises:
            TurnedAway: its key was withdrawn meanwhile, or is another one.
        """
        if claim.sender not in self._keys.signers_of(claim.sender.key_id):
            self._door.turn_away(source, address, now)

    def _signature(self, scope: Scope, source: str, now: int) -> tuple[RequestSignature, Sender]:
        has_body = scope.get("method") == "POST"
        try:
            signature = read_signature(
                header(scope, b"signature-input"), header(scope, b"signature"), has_body=has_body
            )
            values, signers = values_of(scope), self._keys.signers_of(signature.key_id)
            # An unknown key costs what a wrong one costs.
            right = [
                is_of(one.secret.encode(), signature, values)
                for one in signers or (Sender(None, None, "", "-" * 26),)
            ]
            if not signers or not any(right):
                raise BadSignature("no such key, or not its signature")
            sender = signers[right.index(True)]
            self._keys.note_signed(sender)
        except BadSignature:
            self._door.turn_away(source, address_of(scope), now, "badly_signed")
        return signature, sender


def is_signed(scope: Scope) -> bool:
    """Say whether a request carries a signature, whatever it is worth."""
    return any(name in (b"signature", b"signature-input") for name, _ in scope["headers"])


def values_of(scope: Scope) -> dict[str, str]:
    """Return what a signature can cover of a request, as it came (RFC 9421, 2.2)."""
    raw = scope.get("raw_path") or scope["path"].encode()
    path = raw.partition(b"?")[0].decode("ascii", "replace") or "/"
    return {
        "@method": scope.get("method", "GET"),  # a handshake is a GET
        "@path": path,
        "@query": f"?{scope['query_string'].decode('ascii', 'replace')}",
        "content-digest": header(scope, b"content-digest"),
    }
