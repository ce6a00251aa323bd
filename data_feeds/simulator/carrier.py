"""The demonstration's telephone system: takes what lies in the outbox and says what became of it, as a real one would.

It reads the file gateway's outbox and appends to its receipts, nothing else: the product cannot tell it from a carrier.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import logging
from pathlib import Path
from typing import Any, Final

from dashboard.clock import Clock
from data_feeds.simulator.seeded import log_normal, stream

logger = logging.getLogger(__name__)

MEANS: Final = ("sms", "phone")
TICK_S: Final = 1.0
# All assumed: how long an answer takes, and how often there is none.
ANSWER_MS: Final = {"sms": 4_000, "phone": 18_000}
ANSWER_SIGMA: Final = 0.4
FAILING: Final = {"sms": (("unreachable", 0.01),), "phone": (("no_answer", 0.08), ("busy", 0.05))}


class Carrier:
    """Answers the outbox until cancelled.

    Args:
        outbox: the file gateway's folder.
        seed: the simulation's; the same telling has the same luck in every run.
    """

    def __init__(self, outbox: Path, clock: Clock, seed: int) -> None:
        self._outbox = outbox
        self._clock = clock
        self._seed = seed
        self._read_to = dict.fromkeys(MEANS, 0)
        self._waiting: list[tuple[int, str, dict[str, str]]] = []

    async def run(self) -> None:
        """Answer until cancelled. What was in the outbox before is not answered again: its receipts are written."""
        for means in MEANS:
            file = self._outbox / f"{means}.jsonl"
            self._read_to[means] = file.stat().st_size if file.exists() else 0
        while True:
            await asyncio.sleep(TICK_S)
            try:
                self.tick(self._clock.now_ms())
            except OSError as error:
                logger.warning("the outbox cannot be served: %s", error)

    def tick(self, now: int) -> int:
        """Take what is new, and answer what is due by `now`; returns how many were answered."""
        for means in MEANS:
            for said in self._new(means):
                at, receipt = self._answer(means, said, now)
                heapq.heappush(self._waiting, (at, receipt["id"], receipt))
        due: list[dict[str, str]] = []
        while self._waiting and self._waiting[0][0] <= now:
            due.append(heapq.heappop(self._waiting)[2])
        if due:
            lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in due)
            with (self._outbox / "receipts.jsonl").open("a", encoding="utf-8") as file:
                file.write(lines)
        return len(due)

    def _answer(self, means: str, said: dict[str, Any], now: int) -> tuple[int, dict[str, str]]:
        chance = stream(self._seed, "carrier", said["id"], said.get("attempt", 1))
        at = now + round(log_normal(chance, ANSWER_MS[means], ANSWER_SIGMA))
        luck = chance.random()
        for fault, share in FAILING[means]:
            if luck < share:
                return at, {"id": said["id"], "state": "failed", "fault": fault}
            luck -= share
        return at, {"id": said["id"], "state": "received", "by": str(said.get("to", {}).get("name", ""))}

    def _new(self, means: str) -> list[dict[str, Any]]:
        file = self._outbox / f"{means}.jsonl"
        if not file.exists():
            return []
        with file.open("rb") as opened:
            opened.seek(self._read_to[means])
            content = opened.read()
        whole = content.rfind(b"\n") + 1
        self._read_to[means] += whole
        return [json.loads(line) for line in content[:whole].splitlines()]
