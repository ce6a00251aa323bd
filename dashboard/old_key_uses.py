"""Who still comes with a key of an older secret: the feeds write it down, the rotation of the secret asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import redis

OLD_KEY_USES: Final = "zs:feed:old_keys"  # hash: `device:<id>` or `platform:<id>` -> UTC ms of the machine
LOOKED_BACK_MS: Final = 24 * 60 * 60 * 1000
_TIMEOUT_S: Final = 5


@dataclass(frozen=True, slots=True)
class OldKeyUses:
    """How many came with a key of an older secret within a day."""

    devices: int
    platforms: tuple[str, ...]

    @classmethod
    def read(cls, redis_url: str, machine_ms: int) -> Self | None:
        """Return them as Redis has them; None where it does not answer, so that nobody knows."""
        try:
            with redis.Redis.from_url(
                redis_url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S
            ) as client:
                found = dict(client.hgetall(OLD_KEY_USES))
        except (redis.RedisError, OSError):
            return None
        recent = sorted(name.decode() for name, at in found.items() if int(at) > machine_ms - LOOKED_BACK_MS)
        platforms = tuple(one.removeprefix("platform:") for one in recent if one.startswith("platform:"))
        return cls(len(recent) - len(platforms), platforms)

    @property
    def is_nobody(self) -> bool:
        """Say whether nobody did."""
        return not self.devices and not self.platforms

    def __str__(self) -> str:
        names = f" ({', '.join(self.platforms)})" if self.platforms else ""
        return f"{self.devices} devices, {len(self.platforms)} platforms{names}"
