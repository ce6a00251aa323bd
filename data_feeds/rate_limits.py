"""Token buckets: how much one sender may send at once and in the long run, in bounded memory."""

from __future__ import annotations

import ipaddress
from typing import Final

BUCKETS_KEPT: Final = (
    50_000  # about 10 MB; ten times the fleet, and an attack from more addresses is no one sender
)


class Buckets:
    """One bucket per key; a key that was not heard of for long is forgotten and has a full bucket again.

    A bucket is one number: the instant at which it is full again. No sender's bucket is swept or timed; the keys are
    kept in two generations, and the older one is dropped whole when the newer one holds half of `kept`.

    Args:
        per_s: tokens that come back per second; at most 1,000.
        burst: tokens of a full bucket.
        kept: buckets held at most.
    """

    def __init__(self, per_s: float, burst: int, kept: int = BUCKETS_KEPT) -> None:
        self._token_ms = 1000 / per_s
        self._burst_ms = burst * self._token_ms
        self._half = max(1, kept // 2)
        self._full_at: dict[str, float] = {}
        self._older: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._full_at) + len(self._older)

    def take(self, key: str, now: int, tokens: int = 1) -> int:
        """Take tokens; returns 0, or the ms after which they can be had, and then takes none.

        Args:
            now: ms. An instant before the last one (a clock that was set back) neither gives nor takes.
        """
        full_at = self._full_at.get(key)
        if full_at is None:
            full_at = self._remember(key, now)
        if full_at < now:
            full_at = now
        wanted = full_at + tokens * self._token_ms
        if wanted <= now + self._burst_ms:
            self._full_at[key] = wanted
            return 0
        full_at = min(full_at, now + self._burst_ms)
        self._full_at[key] = full_at
        return int(full_at + tokens * self._token_ms - now - self._burst_ms) + 1

    def forget(self, key: str) -> None:
        """Give a key a full bucket again."""
        self._full_at.pop(key, None)
        self._older.pop(key, None)

    def _remember(self, key: str, now: int) -> float:
        if len(self._full_at) >= self._half:
            self._older, self._full_at = self._full_at, {}
        return self._older.pop(key, now)


def network_of(address: str) -> str:
    """Return whom an address is counted under: itself in IPv4, its /64 in IPv6, where one sender has all of that."""
    if ":" not in address:
        return address
    try:
        network = ipaddress.IPv6Network((address.partition("%")[0], 64), strict=False)
    except ValueError:
        return address
    return str(network)
