"""The installation's sessions at the broker, shared among the processes of the feeds: each is held by one at a time.

A broker hands a shared subscription's messages out to its sessions in turn, to those without a connection as well, and
keeps them there. So no session may be left alone for long: whoever holds one says so on Redis again and again, and when
it is gone another process takes the session over with all that waits in it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable
from typing import Final, Protocol

from data_feeds.bus import Bus, BusDown
from data_feeds.bus_names import MQTT_SESSIONS, MQTT_WANTED, mqtt_session
from data_feeds.decoders.device_fixes import SOURCE
from data_feeds.lease import Lease
from data_feeds.task_ending import end_tasks

_LOG = logging.getLogger(__name__)

SESSIONS_LIMIT: Final = (
    16  # a core takes some 15,000 fixes a second: far more than there will ever be processes
)
HOLD_MS: Final = 5_000  # how long after a process died another one has its sessions
LOOK_S: Final = 1.0  # how often a process says what it holds and looks for what nobody does


class SessionClient(Protocol):
    """One session's connection to the broker: `MqttClient`."""

    async def serve(self, listening: Callable[[], None]) -> None:
        """Stay connected until cancelled. Raises OSError."""
        ...

    def figures(self) -> dict[str, int]:
        """Return what is to be added up over the sessions."""
        ...


class MqttSessions:
    """The wire `mqtt`: as many of the installation's sessions as are this process's share.

    A process takes one session at once; a further one, which nobody holds, only after it was left alone for as many
    looks as the process holds sessions, so that those who have none come first. Who finds none says so, and who holds
    several gives one back.

    Args:
        sessions: how many there are. Where there were more, those are held too: something may wait in them.
        open_client: returns the client of a session, by its number from 0.
    """

    name = SOURCE

    def __init__(
        self,
        bus: Bus,
        sessions: int,
        open_client: Callable[[int], SessionClient],
        look_s: float = LOOK_S,
        hold_ms: int = HOLD_MS,
    ) -> None:
        self._bus = bus
        self._open_client = open_client
        self._look_s = look_s
        self._sessions = sessions
        self._hold_ms = hold_ms
        self._leases: list[Lease] = []
        self._wish = Lease(bus, MQTT_WANTED, hold_ms)
        self._clients: dict[int, SessionClient] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._left_alone: Counter[int] = Counter()  # session -> looks in a row that found it free
        self._is_spare = False  # and said that it is up

    async def serve(self, listening: Callable[[], None]) -> None:
        """Hold sessions until cancelled, then give them back; a process that finds none waits for one.

        Raises:
            OSError: a connection cannot be had or is lost; all sessions were given back.
        """
        try:
            while True:
                with contextlib.suppress(BusDown):  # what is held stays; nothing is acknowledged meanwhile
                    await self._look(listening)
                await self._pause()
        finally:
            leaving = asyncio.create_task(self._leave(), name="mqtt sessions given back")
            while (
                not leaving.done()
            ):  # whoever ends us may cancel again (`end_tasks`), and others wait for these
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.shield(leaving)

    def figures(self) -> dict[str, int]:
        """Return how many sessions this process holds, how many of them are connected, and what waits for Redis."""
        found = Counter({"sessions": len(self._tasks), "connections": 0, "held": 0})
        for client in self._clients.values():
            found.update(client.figures())
        return dict(found)

    async def _leave(self) -> None:
        await end_tasks(task for task in self._tasks.values() if not task.done())
        for number in list(self._tasks):
            await self._give_back(number)
        self._is_spare = False
        with contextlib.suppress(BusDown):
            await self._wish.release()

    async def _look(self, listening: Callable[[], None]) -> None:
        if not self._leases:
            await self._count()
        await self._prolong()
        free = [number for number in range(len(self._leases)) if number not in self._tasks]
        for number in free:
            if self._left_alone[number] < len(self._tasks):
                is_free = await self._bus.get(mqtt_session(number)) is None
                self._left_alone[number] = self._left_alone[number] + 1 if is_free else 0
            elif await self._leases[number].hold():
                self._take(number, listening)
            else:
                self._left_alone[number] = 0
        if not self._tasks:
            await self._wish.hold()
            if not self._is_spare:
                listening()  # devices are heard, by others
            self._is_spare = True
        elif len(self._tasks) > 1 and await self._bus.get(MQTT_WANTED) is not None:
            number = max(self._tasks)
            _LOG.info("mqtt: session %d goes to a process that has none", number)
            await self._let_go(number)

    async def _count(self) -> None:
        known = int(await self._bus.get(MQTT_SESSIONS) or 0)
        if known < self._sessions:
            await self._bus.put(MQTT_SESSIONS, str(self._sessions).encode())
        number = max(known, self._sessions)
        self._leases = [Lease(self._bus, mqtt_session(one), self._hold_ms) for one in range(number)]

    async def _prolong(self) -> None:
        for number in list(self._tasks):
            if not await self._leases[number].hold():
                _LOG.warning("mqtt: session %d is held by another process now", number)
                await self._let_go(number)
        if self._tasks:
            await self._wish.release()

    def _take(self, number: int, listening: Callable[[], None]) -> None:
        self._is_spare, self._left_alone[number] = False, 0
        client = self._clients[number] = self._open_client(number)
        self._tasks[number] = asyncio.create_task(client.serve(listening), name=f"mqtt session {number}")

    async def _let_go(self, number: int) -> None:
        """Disconnect in order, so that whoever is next finds all that was not acknowledged."""
        await end_tasks([self._tasks[number]])
        await self._give_back(number)

    async def _give_back(self, number: int) -> None:
        del self._tasks[number], self._clients[number]
        self._left_alone[number] = 0
        with contextlib.suppress(BusDown):  # it ends by itself
            await self._leases[number].release()

    async def _pause(self) -> None:
        """Wait for the next look; what a session's connection ended with is raised."""
        if not self._tasks:
            await asyncio.sleep(self._look_s)
            return
        ended, _ = await asyncio.wait(
            self._tasks.values(), timeout=self._look_s, return_when=asyncio.FIRST_COMPLETED
        )
        faults = [task.exception() for task in ended]  # of each, or asyncio says that nobody asked
        if faults:
            raise faults[0] or OSError("a connection to the broker ended by itself")
