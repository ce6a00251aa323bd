"""Who still comes with a key of an older secret: the feeds write it down, the rotation of the secret asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlsplit

import redis
from redis.cluster import ClusterNode, RedisCluster
from redis.connection import SSLConnection, parse_url
from redis.sentinel import Sentinel

from dashboard.setting_values import redis_addresses

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
            client = _client(redis_url)
            try:
                found = dict(client.hgetall(OLD_KEY_USES))
            finally:
                client.close()
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


def _client(url: str) -> Any:
    """Return a blocking client of what a REDIS_URL names: one server, the master that sentinels name, or a cluster."""
    parts = urlsplit(url)
    scheme, _, kind = parts.scheme.partition("+")
    times: dict[str, Any] = {"socket_timeout": _TIMEOUT_S, "socket_connect_timeout": _TIMEOUT_S}
    if not kind:
        return redis.Redis.from_url(url, **times)
    user, at, _ = parts.netloc.rpartition("@")
    name, _, database = parts.path[1:].partition("/")
    one = parts._replace(
        scheme=scheme, netloc=f"{user}{at}localhost", path=f"/{database}" if database else ""
    )
    options: dict[str, Any] = dict(parse_url(one.geturl()))  # type: ignore[no-untyped-call]
    options.pop("host")
    tls: dict[str, Any] = {"ssl": True} if options.pop("connection_class", None) is SSLConnection else {}
    addresses = redis_addresses(url)
    if kind == "cluster":
        nodes = [ClusterNode(host, port) for host, port in addresses]  # type: ignore[no-untyped-call]
        return RedisCluster(startup_nodes=nodes, **options, **tls, **times)
    asked = {**times, **tls, **{key: value for key, value in options.items() if key.startswith("ssl_")}}
    sentinel = Sentinel(addresses, sentinel_kwargs=asked)  # type: ignore[no-untyped-call]
    return sentinel.master_for(name, **options, **tls, **times)  # type: ignore[no-untyped-call]
