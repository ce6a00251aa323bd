"""The door of the feeds as a platform sees it: keys, keep-alive, and sending again until it is taken."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from typing import Any

import httpx
import msgspec

from dashboard.domain.device_keys import device_key, platform_key
from data_feeds.simulator.phones import Fix
from data_feeds.simulator.roster import RosterRow

_LOG = logging.getLogger(__name__)

ITEMS_AT_ONCE = 500  # what one request may carry
FIXES_AT_ONCE = 2_000
RETRY_S = (1.0, 2.0, 5.0)
LANE_LIMIT = 60_000  # items that wait for a door that stays shut; the oldest are given up
KNOT_IN_MPS = 1852 / 3600
NEWS_IN_A_REFUSAL = 3  # reasons shown of each refused batch


class FeedDoor:
    """Sends to `http://host:port` with the keys that the secret gives each device and platform.

    `transport` stands in for the network in tests.
    """

    def __init__(
        self,
        address: str,
        secret: bytes,
        roster: Sequence[RosterRow],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._client = httpx.AsyncClient(
            base_url=address,
            timeout=10.0,
            limits=httpx.Limits(max_connections=16),
            trust_env=False,
            transport=transport,
        )
        self._secret = secret
        self._devices = [row.device_id for row in roster]
        self._device_keys = [device_key(secret, row.device_id, row.key_generation) for row in roster]

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def is_open(self) -> bool:
        """Say whether the feeds are up and know the whole roster."""
        try:
            answer = await self._client.get("/healthz")
            return answer.status_code == 200 and answer.json().get("devices", 0) >= len(self._devices)
        except (httpx.HTTPError, ValueError, AttributeError):
            return False

    async def post(self, path: str, platform: str, content: dict[str, Any]) -> bool:
        """Send one body; False when it has to be sent again. What the door refuses is logged and not sent again."""
        headers = {
            "authorization": f"Bearer {platform_key(self._secret, platform)}",
            "content-type": "application/json",
        }
        try:
            answer = await self._client.post(path, content=msgspec.json.encode(content), headers=headers)
        except httpx.HTTPError as error:
            _LOG.debug("%s: %s", path, error)
            return False
        if answer.status_code in (200, 204):
            self._tell_refused(path, answer)
            return True
        if answer.status_code in (400, 413, 422):
            _LOG.warning("%s refused: %s", path, answer.text[:300])
            return True
        return False

    async def send_fixes(self, fixes: Sequence[Fix], platform: str) -> bool:
        """Send fixes as one batch in the name of a platform."""
        items = [self._item(fix) for fix in fixes]
        for start in range(0, len(items), FIXES_AT_ONCE):
            if not await self.post(
                "/v1/positions", platform, {"fixes": items[start : start + FIXES_AT_ONCE]}
            ):
                return False
        return True

    async def send_osmand(self, fix: Fix) -> bool:
        """Send one fix as the older phones do: a request of its own, with the phone's key."""
        parameters: dict[str, str | int | float] = {
            "id": self._devices[fix.slot],
            "key": self._device_keys[fix.slot],
            "lat": fix.lat,
            "lon": fix.lon,
            "timestamp": fix.at,
            "speed": round(fix.speed_mps / KNOT_IN_MPS, 2),
            "accuracy": fix.accuracy_m,
            "duty": int(fix.duty),
            "task": int(fix.task),
        }
        if fix.alarm:
            parameters["alarm"] = "sos"
        try:
            answer = await self._client.get("/osmand", params=parameters)
        except httpx.HTTPError as error:
            _LOG.debug("/osmand: %s", error)
            return False
        return answer.status_code < 500 and answer.status_code != 401

    def _item(self, fix: Fix) -> dict[str, Any]:
        item: dict[str, Any] = {
            "id": self._devices[fix.slot],
            "at": fix.at,
            "lon": fix.lon,
            "lat": fix.lat,
            "speed_mps": fix.speed_mps,
            "accuracy_m": fix.accuracy_m,
            "duty": fix.duty,
            "task": fix.task,
        }
        if fix.alarm:
            item["alarm"] = True
        return item

    def _tell_refused(self, path: str, answer: httpx.Response) -> None:
        if b'"refused":[]' in answer.content or b'"refused"' not in answer.content:
            return
        refused = answer.json().get("refused") or []
        if refused:
            _LOG.warning("%s refused %d items: %s", path, len(refused), refused[:NEWS_IN_A_REFUSAL])


class Lane:
    """One route's items in order: sent in batches, kept and sent again while the door is shut."""

    def __init__(self, door: FeedDoor, path: str, array: str, platform: str) -> None:
        self._door = door
        self._path = path
        self._array = array
        self._platform = platform
        self._waiting: deque[dict[str, Any]] = deque(maxlen=LANE_LIMIT)
        self._news = asyncio.Event()

    def put(self, items: Sequence[dict[str, Any]]) -> None:
        """Queue items."""
        if items:
            self._waiting.extend(items)
            self._news.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                batch = [self._waiting[index] for index in range(min(ITEMS_AT_ONCE, len(self._waiting)))]
                await self._send(batch)
                for _ in batch:
                    self._waiting.popleft()

    async def _send(self, batch: list[dict[str, Any]]) -> None:
        attempt = 0
        while not await self._door.post(self._path, self._platform, {self._array: batch}):
            await asyncio.sleep(RETRY_S[min(attempt, len(RETRY_S) - 1)])
            attempt += 1
