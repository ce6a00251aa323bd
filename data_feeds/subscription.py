"""What a subscription needs under the bus: retry delays, liveness pings, and messages of one connection."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import (
    AskError,
    BusyLoadingError,
    ClusterError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

_RETRY_FIRST_S: Final = 0.1
_RETRY_LIMIT_S: Final = 2.0  # an outage is caught up within 5 s of its end (quality.md)
_SILENCE_BEFORE_PING_S: Final = 3.0

# What "Redis is away or not ready" looks like from its client; in the second row a cluster whose slots are on their
# way from one node to another, or that lost a node.
OUTAGES: Final = (
    *(RedisConnectionError, RedisTimeoutError, BusyLoadingError, ReadOnlyError, OSError),
    *(AskError, TryAgainError, ClusterError, RedisClusterException),
)


@dataclass(frozen=True, slots=True)
class Message:
    """One pub/sub message."""

    channel: str
    data: bytes


class RetryDelays:
    """Growing, jittered, endless delays in seconds: each lies between half and the whole of its step."""

    def __init__(
        self,
        source: random.Random | None = None,
        *,
        first_s: float = _RETRY_FIRST_S,
        limit_s: float = _RETRY_LIMIT_S,
    ) -> None:
        self._random = source or random.Random()
        self._first_s, self._limit_s = first_s, limit_s
        self._step_s = first_s

    def next_s(self) -> float:
        """Return the next delay and grow the step up to its limit."""
        step, self._step_s = self._step_s, min(self._step_s * 2, self._limit_s)
        return step * self._random.uniform(0.5, 1.0)

    def reset(self) -> None:
        """Start again from the first step, after a success."""
        self._step_s = self._first_s


async def messages_of_one_connection(
    redis: Redis, channels: Sequence[str], *, is_sharded: bool = False
) -> AsyncIterator[Message | None]:
    """Yield None once all subscriptions are confirmed, then messages, until the connection fails.

    Args:
        is_sharded: the channels are a cluster's sharded ones, all of them served by this node.

    Raises:
        one of OUTAGES: the connection could not be made, was lost, did not answer a ping, or a channel's slot was moved
            to another node.
    """
    pubsub = redis.pubsub()
    try:
        if is_sharded:
            for channel in channels:  # one command takes the channels of one slot
                await pubsub.ssubscribe(channel)
        else:
            await pubsub.subscribe(*channels)
        unconfirmed = len(channels)
        async for kind, channel, data in _answers(pubsub):
            if kind in ("subscribe", "ssubscribe"):
                unconfirmed -= 1
                if unconfirmed == 0:
                    yield None
            elif kind in ("message", "smessage"):
                yield Message(channel, data)
            elif kind == "sunsubscribe":  # nobody here asks for it
                raise RedisConnectionError(f"the slot of {channel} was moved to another node")
    finally:
        await _close_quietly(pubsub)


async def _answers(pubsub: PubSub) -> AsyncIterator[tuple[str, str, bytes]]:
    pinged = False
    while True:
        found = await pubsub.get_message(timeout=_SILENCE_BEFORE_PING_S)
        if found is None:
            if pinged:
                raise RedisTimeoutError("no answer to a ping on the subscription")
            await pubsub.ping()
            pinged = True
            continue
        pinged = False
        if found["type"] != "pong":
            data = found["data"]
            yield (
                found["type"],
                found["channel"].decode(errors="replace"),
                data if isinstance(data, bytes) else b"",
            )


async def _close_quietly(pubsub: PubSub) -> None:
    try:
        await pubsub.aclose()  # type: ignore[no-untyped-call]
    except (RedisError, OSError):
        return  # the connection is gone already, which is why it is being closed
