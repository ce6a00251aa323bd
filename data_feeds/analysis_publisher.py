"""Has the analysis computed by a process of its own and publishes it; one worker at a time does it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import msgspec

from dashboard.child_process import ending_with
from dashboard.clock import Clock
from data_feeds.bus import Bus, BusDown
from data_feeds.bus_names import ANALYSIS, ANALYSIS_LEASE
from data_feeds.lease import Lease

_LOG = logging.getLogger(__name__)

LEASE_MS: Final = 30_000
HOLD_EVERY_S: Final = 5.0
PACE_S: Final = 10.0  # two turns begin at least so far apart
BUDGET: Final = 0.10  # of one core, over a turn and the pause after it
LONGEST_TURN_S: Final = (
    180.0  # the first one learns; a process that says nothing for longer is taken for dead
)
MARGIN_MS: Final = 10_000  # real: what a turn may take beyond its pause before the next news are late
FIRST_S: Final = 5.0  # a worker that starts does what has a deadline first
RETRY_S: Final = (1.0, 2.0, 5.0, 15.0, 60.0)
_LINE_LIMIT: Final = 16 * 1024 * 1024


class Turns(Protocol):
    """What computes: a process of its own, or a test's stand-in."""

    @property
    def pid(self) -> int:
        """Its process number."""
        ...

    async def ask(self, now: int, rate: float) -> dict[str, Any]:
        """Return a turn's answer. Raises TurnsEnded."""

    async def end(self) -> None:
        """End it."""


class TurnsEnded(RuntimeError):
    """The process died or said nothing for too long."""


class TurnsProcess:
    """`data_feeds.analysis_turns` as a child that ends with this process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    @classmethod
    async def start(cls) -> TurnsProcess:
        """Start it with the environment of this process."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "data_feeds.analysis_turns",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LINE_LIMIT,
            preexec_fn=ending_with(os.getpid()),
        )
        return cls(process)

    async def ask(self, now: int, rate: float) -> dict[str, Any]:
        """Return a turn's answer. Raises TurnsEnded."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(msgspec.json.encode({"now": now, "rate": rate}) + b"\n")
            await process.stdin.drain()
            async with asyncio.timeout(LONGEST_TURN_S):
                line = await process.stdout.readline()
            answer: dict[str, Any] = msgspec.json.decode(line)
        except (OSError, TimeoutError, ValueError, msgspec.DecodeError) as error:
            raise TurnsEnded(f"{error or 'it says nothing'}") from error
        return answer

    async def end(self) -> None:
        """Kill it: it holds nothing that is not in the store."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


@dataclass(slots=True)
class AnalysisFigures:
    """What was counted since this worker began; `pid` is 0 while another worker has it computed, or nobody."""

    turns: int = 0
    deaths: int = 0
    used_s: float = 0.0
    pid: int = 0


class AnalysisPublisher:
    """Asks for a turn, publishes it, and pauses as long as the budget asks for.

    Args:
        start: starts what computes.
    """

    def __init__(
        self, bus: Bus, clock: Clock, start: Callable[[], Awaitable[Turns]] = TurnsProcess.start
    ) -> None:
        self._bus = bus
        self._clock = clock
        self._start = start
        self._lease = Lease(bus, ANALYSIS_LEASE, LEASE_MS)
        self._turns: Turns | None = None
        self._said: dict[str, Any] = {}
        self._live_since = 0
        self.figures = AnalysisFigures()
        self._failed = 0
        self._used_s = 0.0
        self._began_s = 0.0

    async def run(self) -> None:
        """Publish until cancelled; outages of Redis are waited out."""
        holding = asyncio.create_task(self._keep_lease(), name="analysis lease")
        try:
            await asyncio.sleep(FIRST_S)
            while True:
                try:
                    await asyncio.sleep(await self.turn())
                except BusDown:
                    await self._bus.wait_until_up()
        finally:
            holding.cancel()
            await self._end()
            with contextlib.suppress(BusDown):
                await self._lease.release()

    async def turn(self) -> float:
        """One turn, if this worker holds the lease; returns the real seconds to the next one."""
        if not await self._lease.hold():
            self._said = {}  # what is said from now on is another worker's
            await self._end()
            return PACE_S
        asked_s = time.monotonic()
        try:
            if self._turns is None:
                self._turns, self._used_s, self._began_s = await self._start(), 0.0, asked_s
                self.figures.pid = self._turns.pid
            answer = await self._turns.ask(self._clock.now_ms(), self._clock.rate)
        except (TurnsEnded, OSError) as error:
            return await self._say_down(error)
        self._failed = 0
        used_s = float(answer.pop("used_s", 0.0))
        # What is learnt once a day beside the turns stands in the budget, but makes no surge wait.
        whole_s = used_s + float(answer.pop("aside_s", 0.0))
        self._used_s += whole_s
        self.figures.turns += 1
        self.figures.used_s += whole_s
        took_s = time.monotonic() - asked_s
        pause_s = max(PACE_S - took_s, used_s / BUDGET - took_s, 0.5)
        if answer:
            await self._say_live(answer, pause_s)
        return pause_s

    async def _say_live(self, answer: dict[str, Any], pause_s: float) -> None:
        if self._said.get("state") != "live":
            self._live_since = answer["at"]
        over_s = max(1.0, time.monotonic() - self._began_s + pause_s)
        every_ms = round((pause_s * 1000 + MARGIN_MS) * max(1.0, self._clock.rate))
        said = {
            **answer,
            "state": "live",
            "since": self._live_since,
            "every_ms": every_ms,
            "budget": [BUDGET, round(self._used_s / over_s, 4)],
        }
        await self._bus.put_and_publish(ANALYSIS, msgspec.json.encode(said))
        self._said = said

    async def _say_down(self, error: Exception) -> float:
        await self._end()
        wait_s = RETRY_S[min(self._failed, len(RETRY_S) - 1)]
        self._failed += 1
        self.figures.deaths += 1
        _LOG.warning("the analysis died, another one is started in %.0f s: %s", wait_s, error)
        if self._said.get("state") != "down":
            # Without words of its own: those of another worker, or of this one before it was started anew.
            last = self._said or _read(await self._bus.get(ANALYSIS))
            last = last or {"at": self._clock.now_ms(), "every_ms": 0}
            said = {**last, "state": "down", "since": self._clock.now_ms()}
            await self._bus.put_and_publish(ANALYSIS, msgspec.json.encode(said))
            self._said = said
        return wait_s

    async def _keep_lease(self) -> None:
        """Hold the lease through a long turn."""
        while True:
            await asyncio.sleep(HOLD_EVERY_S)
            if self._turns is not None:
                with contextlib.suppress(BusDown):
                    await self._lease.hold()

    async def _end(self) -> None:
        turns, self._turns = self._turns, None
        self.figures.pid = 0
        if turns is not None:
            await turns.end()


def _read(kept: bytes | None) -> dict[str, Any]:
    """What was published last; nothing where Redis holds something else under that name."""
    try:
        return msgspec.json.decode(kept, type=dict[str, Any]) if kept else {}
    except msgspec.DecodeError as error:
        _LOG.warning("what was published last cannot be read: %s", error)
        return {}
