"""The load of a whole city on a running installation: every worker's fix each second, the hotline, orders that open and
close, and what of it was sent, to be held against what arrived."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import msgspec

from dashboard.citypack import CityPack
from dashboard.domain.device_keys import platform_key
from dashboard.service.reported_matter import matter_id_of
from data_feeds.simulator.roster import RosterRow
from tools.scale_probes import PROBE_STEP_E6, PROBES, probe_lon_e6

BATCHES: Final = 50  # each carries as many of the fleet, once a second
# Between two of the same batch: four ticks wide, so that each is sent at a moment of the feeds' tick that the one
# before says nothing about. An even second would meet every tick at the same place for as long as the bench runs.
EVERY_S: Final = (0.8, 1.2)
MOVING: Final = 0.39  # of the fleet, as in the other benches: 1,700 of 4,383
STEP_E6: Final = 15  # about 1.5 m a second, a walker
CALLS_PER_S: Final = 1.0  # Rizhao's busiest hour has 160 calls, 0.044 a second
ORDERS_PER_S: Final = 1.0
ORDER_LIVES_S: Final = 30.0  # then its platform closes it: as many open as close
ORDER_KNOWN_S: Final = 2.0  # by then it has been taken in, also on a busy machine


@dataclass
class Sent:
    """What was sent and taken, item by item; `refused` holds whatever was not."""

    fixes: int = 0
    calls: int = 0
    orders: int = 0
    opened: int = 0
    closed: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    probe_at: dict[tuple[int, int], float] = field(default_factory=dict)  # (probe, move) -> wall clock s
    late_s: list[float] = field(
        default_factory=list
    )  # how long after its time each batch left: the driver's own


class Load:
    """Sends until stopped; `addresses` are of the feeds: a device always comes by the same one."""

    def __init__(
        self,
        addresses: list[str],
        secret: bytes,
        pack: CityPack,
        roster: list[RosterRow],
        now_ms: Callable[[], int],
    ) -> None:
        self.sent = Sent()
        self._addresses, self._pack, self._now_ms = addresses, pack, now_ms
        self._devices = [row.device_id for row in roster]
        self._keys = {one: f"Bearer {platform_key(secret, one)}" for one in ("grid", "hotline")}
        chance = random.Random(7)
        self._chance = chance
        centres = [pack.divisions.get(row.grid) for row in roster]
        self._lon_e6 = [round(one.lon * 1e6) for one in centres]
        self._lat_e6 = [round(one.lat * 1e6) for one in centres]
        for probe in PROBES:
            self._lon_e6[probe] = probe_lon_e6(probe)
        self._moves = [chance.random() < MOVING for _ in roster]
        self._moved = dict.fromkeys(PROBES, 0)
        self._open: deque[tuple[float, dict[str, Any]]] = deque()
        self._number = 0
        self._villages = list(pack.divisions.at_level("village"))
        self._categories = [one.code for one in pack.categories if len(one.code) == 4]
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Send at the full rate until `stop`."""
        limits = httpx.Limits(max_connections=BATCHES)
        clients = [
            httpx.AsyncClient(base_url=one, timeout=20.0, limits=limits, trust_env=False)
            for one in self._addresses
        ]
        try:
            await asyncio.gather(
                *(self._send_fixes([clients[one % len(clients)]], one) for one in range(BATCHES)),
                self._send_calls(clients),
                self._send_orders(clients),
            )
        finally:
            for client in clients:
                await client.aclose()

    def stop(self) -> None:
        """End after what is being sent."""
        self._stopping.set()

    def open_matters(self) -> list[str]:
        """Return the ids of matters whose order was sent a while ago and is not closed for a while; from any thread."""
        now = time.monotonic()
        return [
            matter_id_of("order", "hotline", order["order_no"])
            for ends_at, order in list(self._open)
            if ORDER_KNOWN_S < ends_at - now < ORDER_LIVES_S - ORDER_KNOWN_S
        ]

    async def _send_fixes(self, feeds: list[httpx.AsyncClient], part: int) -> None:
        loop, chance = asyncio.get_running_loop(), random.Random(part)
        due = loop.time() + chance.random()
        while not self._stopping.is_set():
            await asyncio.sleep(max(0.0, due - loop.time()))
            self.sent.late_s.append(loop.time() - due)
            # A phone sends its next fix after the answer to the one before.
            body = msgspec.json.encode({"fixes": self._fixes(part)})
            sent_at = time.time()
            for probe in PROBES:
                if probe % BATCHES == part:
                    self.sent.probe_at[probe, self._moved[probe]] = sent_at
            await self._post(feeds, "/v1/positions", "grid", "fixes", body)
            due = max(due + chance.uniform(*EVERY_S), loop.time())

    def _fixes(self, part: int) -> list[dict[str, Any]]:
        now, chance = self._now_ms(), self._chance
        fixes = []
        for slot in range(part, len(self._devices), BATCHES):
            is_moving = self._moves[slot]
            if slot in self._moved:
                self._moved[slot] += 1
                self._lon_e6[slot] += PROBE_STEP_E6
                is_moving = True
            elif is_moving:
                self._lon_e6[slot] += chance.randint(-STEP_E6, STEP_E6)
                self._lat_e6[slot] += chance.randint(-STEP_E6, STEP_E6)
            fixes.append(
                {
                    "id": self._devices[slot], "at": now, "lon": self._lon_e6[slot] / 1e6,
                    "lat": self._lat_e6[slot] / 1e6, "speed_mps": 1.5 if is_moving else 0.0, "accuracy_m": 8.0,
                    "duty": True, "task": False,
                }
            )  # fmt: skip
        return fixes

    async def _send_calls(self, clients: list[httpx.AsyncClient]) -> None:
        while not self._stopping.is_set():
            self._number += 1
            calls = [{"call_id": f"s{self._number}", "kind": "arrived", "at": self._now_ms()}]
            calls.append({"call_id": f"s{self._number}", "kind": "answered", "at": self._now_ms()})
            await self._post(
                clients, "/v1/calls", "hotline", "events", msgspec.json.encode({"events": calls})
            )
            await asyncio.sleep(1 / CALLS_PER_S)

    async def _send_orders(self, clients: list[httpx.AsyncClient]) -> None:
        while not self._stopping.is_set():
            order = self._new_order()
            self._open.append((time.monotonic() + ORDER_LIVES_S, order))
            due = [order]
            while self._open and self._open[0][0] <= time.monotonic():
                due.append(self._closed(self._open.popleft()[1]))
            await self._post(clients, "/v1/orders", "hotline", "orders", msgspec.json.encode({"orders": due}))
            await asyncio.sleep(1 / ORDERS_PER_S)
        left = [self._closed(order) for _, order in self._open]
        if left:
            await self._post(
                clients, "/v1/orders", "hotline", "orders", msgspec.json.encode({"orders": left})
            )

    def _new_order(self) -> dict[str, Any]:
        self._number += 1
        self.sent.opened += 1
        village = self._villages[self._number * 31 % len(self._villages)]
        return {
            "order_no": f"S{self._number:07d}", "opened_at": self._now_ms(), "urgency": 3,
            "category": self._categories[self._number % len(self._categories)], "village": village.code,
            "title": f"{village.name}第{self._number}号路灯不亮", "place": village.name, "status": "TO_DISPATCH",
        }  # fmt: skip

    def _closed(self, order: dict[str, Any]) -> dict[str, Any]:
        self.sent.closed += 1
        return {**order, "status": "CLOSED", "closed_at": max(self._now_ms(), order["opened_at"]), "resolved": True,
                "satisfied": True}  # fmt: skip

    async def _post(
        self,
        clients: list[httpx.AsyncClient],
        path: str,
        platform: str,
        array: str,
        body: bytes,
    ) -> None:
        """Send until it is taken, as a platform does; each time to the next of the feeds."""
        headers = {"authorization": self._keys[platform], "content-type": "application/json"}
        attempt = self._number
        while True:
            try:
                answer = await clients[attempt % len(clients)].post(path, content=body, headers=headers)
            except httpx.HTTPError as error:
                self.sent.refused[type(error).__name__] += 1
            else:
                if answer.status_code == 200:
                    break
                self.sent.refused[str(answer.status_code)] += 1
            attempt += 1
            await asyncio.sleep(0.5)
        taken = answer.json()
        for reason, number in taken["ignored"].items():
            self.sent.refused[reason] += number
        self.sent.refused["faults"] += len(taken["refused"])
        counted = {"fixes": "fixes", "events": "calls", "orders": "orders"}[array]
        setattr(self.sent, counted, getattr(self.sent, counted) + taken["accepted"])
