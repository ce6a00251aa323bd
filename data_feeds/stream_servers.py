"""The listeners beside the HTTP entrance, each for one wire: started, watched, started again, stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, Protocol

from data_feeds.subscription import RetryDelays
from data_feeds.task_ending import end_tasks

_LOG = logging.getLogger(__name__)

RESTART_S: Final = 1.0  # a port that another program holds, a broker that is away: tried again after this,
RESTART_LIMIT_S: Final = 30.0  # then after twice as long each time, up to this


class StreamServer(Protocol):
    """One wire: a TCP or UDP listener, or a client that stays connected."""

    @property
    def name(self) -> str:
        """The feed's name, as it is counted."""
        ...

    async def serve(self, listening: Callable[[], None]) -> None:
        """Serve until cancelled, then close everything that was opened; call `listening` once devices are heard.

        Raises:
            OSError: it cannot listen or lost its place; it is started again.
        """
        ...

    def figures(self) -> dict[str, int]:
        """Return what `/healthz` says of it beside its state, e.g. `{"connections": 12}`."""
        ...


class StreamServers:
    """Keeps every wire up; the fault of one is logged and never reaches another."""

    def __init__(self, servers: Sequence[StreamServer], restart_s: float = RESTART_S) -> None:
        self._servers = servers
        self._restart_s = restart_s
        self._up: dict[str, bool] = {server.name: False for server in servers}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start each in a task of its own."""
        self._tasks = [
            asyncio.create_task(self._keep(server), name=f"stream {server.name}") for server in self._servers
        ]

    async def stop(self) -> None:
        """End each; returns when all have closed what they had opened."""
        await end_tasks(self._tasks)

    def states(self) -> dict[str, Literal["up", "down"]]:
        """Return name -> `up` or `down`."""
        return {name: "up" if is_up else "down" for name, is_up in self._up.items()}

    def health(self) -> dict[str, dict[str, Any]]:
        """Return name -> `{"state": "up" | "down", ...figures}`."""
        return {
            server.name: {"state": self.states()[server.name], **server.figures()} for server in self._servers
        }

    async def _keep(self, server: StreamServer) -> None:
        delays = RetryDelays(first_s=self._restart_s, limit_s=max(self._restart_s, RESTART_LIMIT_S))

        def listening() -> None:
            self._up[server.name] = True
            delays.reset()
            _LOG.info("%s: listening", server.name)

        while True:
            try:
                await server.serve(listening)
                _LOG.error("%s: ended by itself", server.name)
            except OSError as error:
                _LOG.error("%s: %s", server.name, error)
            except Exception:  # whatever it is, the other wires and this one's next start are not its to end
                _LOG.exception("%s: failed", server.name)
            finally:
                self._up[server.name] = False
            wait_s = delays.next_s()
            _LOG.info("%s: starting again in %.1f s", server.name, wait_s)
            await asyncio.sleep(wait_s)
