"""Redis as the bus between the processes: an asyncio client that outlives outages; `bus_names` has what it carries.

SQL is the truth; what is on the bus may be lost with it and is either rebuilt (pictures, fleet) or answered
with an error before it is lost (feeds).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar, cast

from redis.exceptions import ExecAbortError, OutOfMemoryError, ResponseError

from data_feeds.bus_links import BLOCK_LIMIT_MS, open_link
from data_feeds.subscription import Message, RetryDelays

# Redis lives but its memory or disk is full: nothing was written, and a later try may succeed. A script's error has
# the reason only in its text.
_FULL: Final = (OutOfMemoryError, ExecAbortError)
_FULL_IN_WORDS: Final = ("OOM command not allowed", "MISCONF")
# Redis lost its data: what a reader is told that comes afterwards, and one that was waiting.
_LOST: Final = ("NOGROUP", "UNBLOCKED")

BusState = Literal["up", "down"]
StateCallback = Callable[[BusState], None]
T = TypeVar("T")


class BusDown(RuntimeError):
    """Raised when Redis is away, not ready or full; nothing is known to be written, try again later."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One stream entry; `id` is the Redis id, `fields` as written."""

    stream: str
    id: str
    fields: dict[str, bytes]


class Bus:
    """An asyncio client of one Redis (`redis://`, `rediss://`, `unix://`), of the master that sentinels name
    (`redis+sentinel://`) or of a Redis Cluster (`redis+cluster://`).

    Every command raises `BusDown` while Redis, or one node of the cluster, is away and works again by itself when it is
    back. `on_state` is called with "up" or "down" whenever that changes, from the event loop.
    """

    def __init__(self, url: str, *, on_state: StateCallback | None = None) -> None:
        self.url = url
        self.state: BusState | None = None
        self._on_state = on_state
        self._link = open_link(url)
        self._redis = self._link.commands

    async def close(self) -> None:
        """Close every connection."""
        await self._link.aclose()

    async def wait_until_up(self) -> None:
        """Return when Redis answers; retries without end, with jittered growing delays."""
        delays = RetryDelays()
        while True:
            try:
                await self._run(self._link.ping())
                return
            except BusDown:
                await asyncio.sleep(delays.next_s())

    # -- plain commands ------------------------------------------------------------------------------------

    async def publish(self, channel: str, data: bytes) -> None:
        """Send one message to whoever listens now."""
        await self._run(self._redis.execute_command(self._link.publish_command, channel, data))

    async def publish_many(self, messages: Iterable[tuple[str, bytes]]) -> None:
        """Send several messages in one round trip."""
        commands = [(self._link.publish_command, channel, data) for channel, data in messages]
        await self._run(self._together(commands, is_atomic=False))

    async def put_and_publish(self, name: str, data: bytes) -> None:
        """Keep `data` under the key `name` and send it on the channel of the same name, atomically."""
        commands = [("SET", name, data), (self._link.publish_command, name, data)]
        await self._run(self._together(commands))

    async def put(self, key: str, data: bytes) -> None:
        """Set a key."""
        await self._run(self._redis.set(key, data))

    async def put_once(self, key: str, lifetime_ms: int) -> bool:
        """Set a key that lives so long; False where it is there already: of two who try one succeeds."""
        return bool(await self._run(self._redis.set(key, b"1", nx=True, px=lifetime_ms)))

    async def get(self, key: str) -> bytes | None:
        """Return a key's bytes, None where it is not set or holds something else than bytes."""
        try:
            return cast(bytes | None, await self._run(self._redis.get(key)))
        except ResponseError as error:
            if not str(error).startswith("WRONGTYPE"):
                raise
            return None

    async def increment(self, hash_name: str, counts: Mapping[str, int]) -> None:
        """Add each count to its field of a hash, in one round trip."""
        commands = [("HINCRBY", hash_name, field, count) for field, count in counts.items()]
        await self._run(self._together(commands, is_atomic=False))

    async def put_field(self, hash_name: str, field: str, data: bytes) -> None:
        """Set one field of a hash."""
        await self._run(self._redis.hset(hash_name, field, data))

    async def fields(self, hash_name: str) -> dict[str, bytes]:
        """Return a whole hash."""
        found = await self._run(cast(Awaitable[dict[bytes, bytes]], self._redis.hgetall(hash_name)))
        return {name.decode(): value for name, value in found.items()}

    # -- streams -------------------------------------------------------------------------------------------

    async def add(
        self, stream: str, fields: Mapping[str, bytes], *, id: str = "*", keep: int | None = None
    ) -> str:
        """Append one entry and return its id; `keep` trims the stream to about that many entries."""
        found = await self._run(
            self._redis.xadd(stream, cast(Any, fields), id=id, maxlen=keep, approximate=True)
        )
        return cast(bytes, found).decode()

    async def add_many(
        self, entries: Sequence[tuple[str, Mapping[str, bytes]]], *, keep: int | None = None
    ) -> list[str]:
        """Append (stream, fields) entries in one round trip, all or none, and return their ids.

        Their streams lie in one hash slot.
        """
        limit = () if keep is None else ("MAXLEN", "~", keep)
        commands = [
            ("XADD", stream, *limit, "*", *(part for field in fields.items() for part in field))
            for stream, fields in entries
        ]
        return [cast(bytes, found).decode() for found in await self._run(self._together(commands))]

    async def read_after(self, stream: str, after_id: str, *, count: int) -> list[Entry]:
        """Return up to `count` entries after `after_id` ("0" or "0-0" for the first one kept)."""
        rows = await self._run(self._redis.xrange(stream, min=f"({after_id}", count=count))
        return _entries(stream, rows)

    async def read_last(self, stream: str, *, count: int) -> list[Entry]:
        """Return the newest `count` entries, newest first."""
        return _entries(stream, await self._run(self._redis.xrevrange(stream, count=count)))

    async def length(self, stream: str) -> int:
        """Return how many entries a stream holds."""
        return int(await self._run(self._redis.xlen(stream)))

    async def ensure_group(self, stream: str, group: str) -> None:
        """Create a consumer group from the stream's beginning, and the stream, where either is missing."""
        try:
            await self._run(self._redis.xgroup_create(stream, group, id="0", mkstream=True))
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def read_group(
        self, streams: Sequence[str], group: str, consumer: str, *, count: int, block_ms: int
    ) -> list[Entry]:
        """Take up to `count` new entries of each stream for this consumer, waiting `block_ms` (<= 5,000).

        The streams lie in one hash slot.
        """
        block_ms = max(1, min(block_ms, BLOCK_LIMIT_MS))
        wanted = cast(Any, dict.fromkeys(streams, ">"))
        try:
            rows: Any = await self._run(
                self._link.waiting.xreadgroup(group, consumer, wanted, count=count, block=block_ms)
            )
        except ResponseError as error:
            if not any(reason in str(error) for reason in _LOST):
                raise
            for stream in streams:  # the groups begin anew
                await self.ensure_group(stream, group)
            return []
        return [entry for name, found in rows or () for entry in _entries(name.decode(), found)]

    async def claim_idle(
        self, stream: str, group: str, consumer: str, *, idle_ms: int, count: int
    ) -> list[Entry]:
        """Take over entries that another consumer took at least `idle_ms` ago and never acknowledged."""
        found = await self._run(
            self._redis.xautoclaim(stream, group, consumer, min_idle_time=idle_ms, count=count)
        )
        return _entries(stream, cast(Any, found)[1])

    async def acknowledge(self, stream: str, group: str, ids: Sequence[str]) -> None:
        """Mark entries as done by the group and drop them from the stream: they are in the store now."""
        if not ids:
            return
        commands = [("XACK", stream, group, *ids), ("XDEL", stream, *ids)]
        await self._run(self._together(commands))

    async def evaluate(self, script: str, keys: Sequence[str], *arguments: str | bytes) -> int:
        """Run a Lua script on some keys of one hash slot, atomically, and return its whole number.

        The script finds in `PUBLISH` the command that tells a channel's listeners.
        """
        script = f"local PUBLISH = '{self._link.publish_command}'\n{script}"
        called = self._redis.eval(script, len(keys), *keys, *cast(Any, arguments))
        return int(await self._run(cast(Any, called)))

    # -- subscriptions -------------------------------------------------------------------------------------

    async def subscribe(
        self, channels: Sequence[str], *, on_state: StateCallback | None = None
    ) -> AsyncIterator[Message]:
        """Yield messages for ever, through any outage; those of one channel in the order in which they were sent.

        `on_state("up")` is called once the server confirmed the subscription, every time, before any of its
        messages: whoever needs what passed meanwhile reads it then. `on_state("down")` follows each loss.
        """
        delays = RetryDelays()
        while True:
            confirmed = False
            try:
                async for message in self._link.messages(channels):
                    if message is not None:
                        yield message
                        continue
                    confirmed = True
                    delays.reset()
                    self._say("up")
                    if on_state:
                        on_state("up")
            except self._link.outages:
                self._say("down")
                if confirmed and on_state:
                    on_state("down")
            await asyncio.sleep(delays.next_s())

    # -- inside --------------------------------------------------------------------------------------------

    async def _together(self, commands: Sequence[tuple[Any, ...]], *, is_atomic: bool = True) -> list[Any]:
        """Send commands in one round trip to each node; atomic ones lie in one hash slot."""
        async with self._redis.pipeline(transaction=is_atomic) as pipe:
            for command in commands:
                pipe.execute_command(*command)
            found: list[Any] = await pipe.execute()
            return found

    async def _run(self, command: Awaitable[T]) -> T:
        try:
            found = await command
        except self._link.outages as error:
            self._say("down")
            raise BusDown(f"Redis does not answer: {error}") from error
        except ResponseError as error:
            if isinstance(error, _FULL) or any(reason in str(error) for reason in _FULL_IN_WORDS):
                raise BusDown(f"Redis refuses to write: {error}") from error
            raise
        self._say("up")
        return found

    def _say(self, state: BusState) -> None:
        if state != self.state:
            self.state = state
            if self._on_state:
                self._on_state(state)


def _entries(stream: str, rows: Any) -> list[Entry]:
    return [
        Entry(stream, id.decode(), {name.decode(): value for name, value in fields.items()})
        for id, fields in rows or ()
        if fields is not None
    ]
