"""One of several workers at a time: a key with a lifetime that names its holder."""

from __future__ import annotations

import os
import secrets
import socket
from typing import Final

from data_feeds.bus import Bus

# Atomically: free, or this holder's already -> this holder's for the lifetime.
_HOLD: Final = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
_RELEASE: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""


class Lease:
    """A claim to one key, made anew before each piece of work.

    Args:
        key: from `data_feeds.bus`.
        lifetime_ms: how long after a holder's death another one follows.
    """

    def __init__(self, bus: Bus, key: str, lifetime_ms: int) -> None:
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"
        self._bus = bus
        self._key = key
        self._lifetime_ms = lifetime_ms

    async def hold(self) -> bool:
        """Take or prolong it; says whether it is held. Raises BusDown."""
        return bool(await self._bus.evaluate(_HOLD, (self._key,), self.holder, str(self._lifetime_ms)))

    async def release(self) -> None:
        """Give it back, so that another holder follows at once. Raises BusDown."""
        await self._bus.evaluate(_RELEASE, (self._key,), self.holder)
