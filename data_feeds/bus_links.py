"""The connections under the bus: to one Redis, to the master that sentinels name, or to a Redis Cluster by its sharded
channels.

Which of them it is depends on the URL alone and is known here alone: whoever uses the bus never asks.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.connection import SSLConnection, parse_url
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import MasterNotFoundError, Sentinel
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from dashboard.setting_values import redis_addresses
from data_feeds.subscription import OUTAGES, Message, messages_of_one_connection
from data_feeds.task_ending import end_tasks

COMMAND_TIMEOUT_S: Final = 5.0
BLOCK_LIMIT_MS: Final = 5_000  # longest XREADGROUP BLOCK: the socket timeout tells silence from death
CLUSTER_SCHEMES: Final = {"redis+cluster": "redis", "rediss+cluster": "rediss"}
SENTINEL_SCHEMES: Final = {"redis+sentinel": "redis", "rediss+sentinel": "rediss"}
SENTINEL_TIMEOUT_S: Final = 0.5  # of each that is asked in turn: one that hangs must not hold the others up

# A moved slot ends the subscription by itself. This is for a node that was cut off and does not know it.
_LOOK_AT_OWNERS_S: Final = 5.0
_WAITING_MESSAGES: Final = 1_000  # of all nodes together; beyond it their sockets wait

Address = tuple[str, int]


class Link(Protocol):
    """What a bus needs of the server side, one or many."""

    publish_command: str
    outages: tuple[type[Exception], ...]
    """What "away or not ready" looks like from its clients."""
    commands: Any
    waiting: Any
    """The client for blocking reads, whose timeout lies beyond the longest block."""

    async def ping(self) -> None:
        """Return when everything that keys may lie on answers."""

    def messages(self, channels: Sequence[str]) -> AsyncIterator[Message | None]:
        """Yield None once every channel is confirmed, then messages, until any connection fails."""

    async def aclose(self) -> None:
        """Close every connection."""


def open_link(url: str) -> Link:
    """Open what a REDIS_URL names; nothing connects before the first command."""
    if is_sentinel(url):
        return SentinelLink(url)
    return ClusterLink(url) if is_cluster(url) else OneLink(url)


def is_cluster(url: str) -> bool:
    """Whether a REDIS_URL names a Redis Cluster."""
    return urlsplit(url).scheme in CLUSTER_SCHEMES


def is_sentinel(url: str) -> bool:
    """Whether a REDIS_URL names sentinels."""
    return urlsplit(url).scheme in SENTINEL_SCHEMES


def _times(socket_timeout_s: float, retries: int) -> dict[str, Any]:
    return {
        "protocol": 2,
        "socket_timeout": socket_timeout_s,
        "socket_connect_timeout": COMMAND_TIMEOUT_S,
        "retry": Retry(NoBackoff(), retries),
    }


# One retry without delay: a pooled connection fails at its first use after a restart of Redis.
_COMMANDS: Final = (COMMAND_TIMEOUT_S, 1)
# Blocking reads and subscriptions wait by design, and they never reconnect silently, because what passed
# meanwhile must be noticed.
_WAITING: Final = (BLOCK_LIMIT_MS / 1000 + COMMAND_TIMEOUT_S, 0)


class OneLink:
    """One Redis: `redis://`, `rediss://` or `unix://`."""

    publish_command = "PUBLISH"
    outages: tuple[type[Exception], ...] = OUTAGES

    def __init__(self, url: str) -> None:
        self.commands: Any = Redis.from_url(url, **_times(*_COMMANDS))
        self.waiting: Any = Redis.from_url(url, **_times(*_WAITING))

    async def ping(self) -> None:
        """Return when it answers."""
        await self.commands.ping()

    def messages(self, channels: Sequence[str]) -> AsyncIterator[Message | None]:
        """Yield None once every channel is confirmed, then messages, until the connection fails."""
        return messages_of_one_connection(self.waiting, channels)

    async def aclose(self) -> None:
        """Close every connection."""
        await self.commands.aclose()
        await self.waiting.aclose()


class SentinelLink(OneLink):
    """The master that sentinels name: `redis+sentinel://user:password@host:port,host:port/NAME/0`.

    Every new connection asks them anew; one that still leads to a master that became a replica is refused its writes,
    which counts as an outage and is tried again. User, password and TLS are the servers'; with TLS the sentinels' too.
    """

    # What the sentinels know no master of, or what is not yet one.
    outages: tuple[type[Exception], ...] = (*OUTAGES, MasterNotFoundError)

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        user, at, _ = parts.netloc.rpartition("@")
        name, _, database = parts.path[1:].partition("/")
        scheme = SENTINEL_SCHEMES[parts.scheme]
        one = parts._replace(scheme=scheme, netloc=f"{user}{at}localhost", path=f"/{database or 0}")
        options: dict[str, Any] = dict(parse_url(one.geturl()))
        options.pop("host")
        is_tls = options.pop("connection_class", None) is SSLConnection
        tls = {"ssl": True, **{key: value for key, value in options.items() if key.startswith("ssl_")}}
        asked: dict[str, Any] = {
            "socket_timeout": SENTINEL_TIMEOUT_S,
            "socket_connect_timeout": SENTINEL_TIMEOUT_S,
            **(tls if is_tls else {}),
        }
        self._sentinel = Sentinel(redis_addresses(url), sentinel_kwargs=asked)  # type: ignore[no-untyped-call]
        if is_tls:
            options["ssl"] = True
        self.commands: Any = self._sentinel.master_for(name, **options, **_times(*_COMMANDS))
        self.waiting: Any = self._sentinel.master_for(name, **options, **_times(*_WAITING))

    async def aclose(self) -> None:
        """Close every connection, the sentinels' too."""
        await super().aclose()
        for one in self._sentinel.sentinels:
            await one.aclose()


class ClusterLink:
    """A Redis Cluster of version 7 or later: `redis+cluster://host:port,host:port`.

    It is up while every slot is served: what one node has is not told apart from what another has.
    """

    publish_command = "SPUBLISH"
    # At an outage the cluster's client closes the connections of a node under every task that uses one; what that
    # looks like to them is an attribute of a writer that is None (redis-py 8.1).
    outages: tuple[type[Exception], ...] = (*OUTAGES, AttributeError)

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        addresses = redis_addresses(url)
        user, at, _ = parts.netloc.rpartition("@")
        one = parts._replace(scheme=CLUSTER_SCHEMES[parts.scheme], netloc=f"{user}{at}localhost")
        options: dict[str, Any] = dict(parse_url(one.geturl()))
        options.pop("host")
        self._node_options = {name: value for name, value in options.items() if name != "connection_class"}
        if options.get("connection_class") is SSLConnection:
            self._node_options["ssl"] = True

        def opened(socket_timeout_s: float, retries: int) -> RedisCluster:
            return RedisCluster(
                startup_nodes=[ClusterNode(host, port) for host, port in addresses],
                **self._node_options,
                **_times(socket_timeout_s, retries),
            )

        self.commands: Any = opened(*_COMMANDS)
        # A blocked reader whose slot moved must look for the new owner, or it would stand still for ever.
        self.waiting: Any = opened(_WAITING[0], 1)

    async def ping(self) -> None:
        """Return when every master answers and says that all slots are served."""
        await self.commands.ping(target_nodes=RedisCluster.PRIMARIES)
        said = await self.commands.cluster_info(target_nodes=self.commands.get_default_node())
        if said.get("cluster_state") != "ok":
            raise RedisConnectionError("the cluster does not serve every slot")

    async def messages(self, channels: Sequence[str]) -> AsyncIterator[Message | None]:
        """Yield None once every channel is confirmed by its node, then messages, until any connection fails or a
        channel's slot is served by another node."""
        owners = await self._owners(channels)
        arriving: asyncio.Queue[Message | Exception | None] = asyncio.Queue(_WAITING_MESSAGES)
        readers = [
            asyncio.create_task(
                self._read(address, [one for one in channels if owners[one] == address], arriving)
            )
            for address in sorted(set(owners.values()))
        ]
        watcher = asyncio.create_task(self._watch(owners, arriving))
        unconfirmed = len(readers)
        try:
            while True:
                found = await arriving.get()
                if isinstance(found, Exception):
                    raise found
                if found is not None:
                    if (
                        unconfirmed == 0
                    ):  # earlier ones are read again by whoever hears that all are confirmed
                        yield found
                    continue
                unconfirmed -= 1
                if unconfirmed == 0:
                    yield None
        finally:
            await end_tasks([*readers, watcher])

    async def aclose(self) -> None:
        """Close every connection."""
        await self.commands.aclose()
        await self.waiting.aclose()

    async def _read(
        self, address: Address, channels: Sequence[str], arriving: asyncio.Queue[Message | Exception | None]
    ) -> None:
        """Hand over what one node sends, and at last why it ended."""
        host, port = address
        node = Redis(host=host, port=port, **self._node_options, **_times(*_WAITING))
        try:
            async with contextlib.aclosing(node):
                async for message in messages_of_one_connection(node, channels, is_sharded=True):
                    await arriving.put(message)
        except self.outages as error:
            await arriving.put(error)
        except ResponseError as error:  # MOVED, CLUSTERDOWN: this node does not serve them
            await arriving.put(RedisConnectionError(str(error)))

    async def _watch(
        self, owners: Mapping[str, Address], arriving: asyncio.Queue[Message | Exception | None]
    ) -> None:
        """End the subscription when a channel's slot is another node's."""
        while True:
            await asyncio.sleep(_LOOK_AT_OWNERS_S)
            with contextlib.suppress(*self.outages):  # a node that went away shows on its own connection
                if await self._owners(list(owners)) != owners:
                    await arriving.put(RedisConnectionError("a channel's slot moved to another node"))
                    return

    async def _owners(self, channels: Sequence[str]) -> dict[str, Address]:
        """Return channel -> the master that serves its slot, as the cluster says now.

        Raises:
            one of OUTAGES: no node answers, or a slot is not served.
        """
        ranges = await self.commands.execute_command("CLUSTER SLOTS", target_nodes=RedisCluster.RANDOM)
        owners: dict[str, Address] = {}
        for channel in channels:
            slot = key_slot(channel.encode())
            for (first, last), nodes in ranges.items():
                if first <= slot <= last:
                    host, port = nodes["primary"][:2]
                    owners[channel] = (str(host), int(port))
            if channel not in owners:
                raise RedisConnectionError(f"no node serves the slot of {channel}")
        return owners
