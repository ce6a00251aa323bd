"""The feeds as a client of the city's broker: MQTT 5, at least once, acknowledged when the fix was taken.

The broker keeps our session while we are away, and hands out no more messages than we have acknowledged but for
`RECEIVE_MAXIMUM`: so a restart of ours or of Redis loses nothing and memory stays bounded.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, cast
from urllib.parse import unquote, urlsplit

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from data_feeds.bus import Bus, BusDown
from data_feeds.clock import Clock
from data_feeds.decoders.device_fixes import SOURCE
from data_feeds.feed_tally import FeedTally
from data_feeds.mqtt_desk import MqttDesk
from data_feeds.mqtt_socket import GatheringSocket
from data_feeds.task_ending import end_tasks

_LOG = logging.getLogger(__name__)

RECEIVE_MAXIMUM: Final = 500  # messages that the broker hands out and we have not acknowledged
MESSAGE_LIMIT_BYTES: Final = 65_536  # with the above 32 MB at most; a fix takes about 120 bytes
SESSION_EXPIRY_S: Final = 24 * 3_600  # what is older than a day is refused anyway
KEEPALIVE_S: Final = 20
SHARE: Final = "$share/zhongshu/"  # before a topic: each message to one of the sessions that ask for it so
Share = Literal["all", "shared", "none"]

_TIMEOUT_S: Final = 5.0
_DRAINED_AT_ONCE: Final = 100
_FAILED: Final = 0x80  # reason codes from here on are failures (MQTT 5, 2.4)
_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}


class Broker(NamedTuple):
    """Where the broker is and who we are to it."""

    host: str
    port: int
    is_encrypted: bool
    user: str | None
    password: str | None

    @classmethod
    def of(cls, url: str) -> Broker:
        """Read `mqtt(s)://[user[:password]@]host[:port]`, checked already by the settings."""
        parts = urlsplit(url)
        return cls(
            parts.hostname or "",
            parts.port or _PORTS[parts.scheme],
            parts.scheme == "mqtts",
            None if parts.username is None else unquote(parts.username),
            None if parts.password is None else unquote(parts.password),
        )


def client_id(name: str, session: int = 0) -> str:
    """Return the id under which the broker keeps a session of this installation: always the same, and nobody else's.

    Args:
        name: `SecretList.broker_name`.
        session: its number; at most 23 characters come of 0 to 15, which every broker takes (MQTT 5, 3.1.3.1).
    """
    found = f"zhongshu-{name}"
    return f"{found}-{session:x}" if session else found


def share_of(session: int, sessions: int) -> Share:
    """Return what a session asks for, by its number from 0 and how many there are."""
    if session >= sessions:
        return "none"
    return "all" if sessions == 1 else "shared"


class MqttClient:
    """One connection to the broker.

    Args:
        url: as `Broker.of` reads it.
        ca_file: certificates that the broker's is checked against; None for the system's.
        identifier: see `client_id`.
        share: whether all messages are this session's, or they are shared out among several, or it gets no new ones
            and only what waits in it.
    """

    def __init__(
        self,
        desk: MqttDesk,
        bus: Bus,
        tally: FeedTally,
        clock: Clock,
        url: str,
        ca_file: Path | None,
        identifier: str,
        share: Share = "all",
    ) -> None:
        self._desk = desk
        self._bus = bus
        self._tally = tally
        self._clock = clock
        self._broker = Broker.of(url)
        self._ca_file = ca_file
        self._identifier = identifier
        self._share = share
        self._client: _Client | None = None
        self._held: deque[aiomqtt.Message] = deque()
        self._drain_task: asyncio.Task[None] | None = None

    async def serve(self, listening: Callable[[], None]) -> None:
        """Stay connected until cancelled, then take leave; the broker keeps what comes meanwhile.

        Raises:
            OSError: the broker cannot be reached, refuses us, or is gone.
        """
        self._held.clear()  # of the last connection: the broker sends again what was not acknowledged
        try:
            async with self._connection() as client:
                await self._subscribe(client)
                self._client = client
                listening()
                async for _ in client.messages:  # yields nothing: the inbox takes each at once
                    pass
        except aiomqtt.MqttError as error:
            raise OSError(f"broker {self._broker.host}:{self._broker.port}: {error}") from error
        finally:
            self._client = None
            if self._drain_task is not None:
                await end_tasks([self._drain_task])

    def figures(self) -> dict[str, int]:
        """Return whether we are connected, and how many messages wait for Redis."""
        return {"connections": int(self._client is not None), "held": len(self._held)}

    def take(self, client: _Client, message: aiomqtt.Message) -> None:
        """Take a message as it comes, in the order of coming."""
        if self._held or not self._hear(client, message):
            self._hold(client, message)

    def _hear(self, client: _Client, message: aiomqtt.Message) -> bool:
        """Take and acknowledge one message; False while Redis is away."""
        payload = message.payload if isinstance(message.payload, bytes | bytearray) else b""
        try:
            self._desk.hear(str(message.topic), bytes(payload), self._clock.now_ms())
        except BusDown:
            return False
        except Exception:  # a message that we fail on would come back for ever and hold up those behind it
            self._tally.count(SOURCE, "poison")
            _LOG.exception("mqtt: a message of %d bytes could not be taken", len(payload))
        client.acknowledge(message)
        return True

    def _hold(self, client: _Client, message: aiomqtt.Message) -> None:
        if message.qos == 0 and len(self._held) >= RECEIVE_MAXIMUM:
            self._tally.count(SOURCE, "limited")  # nobody keeps this one for us
            return
        self._held.append(message)
        if self._drain_task is None or self._drain_task.done():
            self._drain_task = asyncio.create_task(self._drain(client), name="mqtt held messages")

    async def _drain(self, client: _Client) -> None:
        while self._held:
            await self._bus.wait_until_up()
            for _ in range(min(_DRAINED_AT_ONCE, len(self._held))):
                if not self._hear(client, self._held[0]):
                    break
                self._held.popleft()
            await asyncio.sleep(0)

    def _connection(self) -> _Client:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = SESSION_EXPIRY_S
        properties.ReceiveMaximum = RECEIVE_MAXIMUM
        properties.MaximumPacketSize = MESSAGE_LIMIT_BYTES
        broker = self._broker
        return _Client(
            self.take,
            broker.host,
            broker.port,
            username=broker.user,
            password=broker.password,
            identifier=self._identifier,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=False,
            properties=properties,
            keepalive=KEEPALIVE_S,
            timeout=_TIMEOUT_S,
            tls_context=ssl.create_default_context(cafile=self._ca_file) if broker.is_encrypted else None,
        )

    async def _subscribe(self, client: _Client) -> None:
        # Retained messages, the last that each device said, only when the session is new: after that we have them.
        options = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        alone, shared = self._desk.topics, [f"{SHARE}{topic}" for topic in self._desk.topics]
        topics = {"all": alone, "shared": shared, "none": []}[self._share]
        if topics:
            granted = cast(list[ReasonCode], await client.subscribe([(topic, options) for topic in topics]))
            for topic, code in zip(topics, granted, strict=True):
                if code.value >= _FAILED:
                    raise OSError(f"the broker refuses the subscription of {topic}: {code}")
        # What the session asked for before the number of sessions was changed.
        await client.unsubscribe([topic for topic in alone + shared if topic not in topics])


class _Inbox(asyncio.Queue[aiomqtt.Message]):
    """Stands where aiomqtt queues messages, and queues none."""

    def __init__(self, take: Callable[[aiomqtt.Message], None]) -> None:
        super().__init__()
        self._take = take

    def put_nowait(self, item: aiomqtt.Message) -> None:
        self._take(item)


class _Client(aiomqtt.Client):
    """A client that hands each message over as it comes and acknowledges it when it is told to.

    aiomqtt has no acknowledging by hand; the paho client below it has, and aiomqtt is pinned for reaching down to it.
    """

    def __init__(
        self, take: Callable[[_Client, aiomqtt.Message], None], host: str, port: int, **options: Any
    ) -> None:
        def inbox(maxsize: int) -> _Inbox:
            return _Inbox(lambda message: take(self, message))

        super().__init__(host, port, queue_type=cast(Any, inbox), **options)
        self._client.manual_ack_set(True)
        loop, connect = asyncio.get_running_loop(), self._client._create_socket
        self._client._create_socket = lambda: GatheringSocket(connect(), loop)  # type: ignore[method-assign]

    def acknowledge(self, message: aiomqtt.Message) -> None:
        """Tell the broker that a message was taken; without effect once the connection is gone."""
        self._client.ack(message.mid, message.qos)
