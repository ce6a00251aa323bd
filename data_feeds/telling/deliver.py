"""The worker's job: take tellings that are due, give them to their gateways, settle what became of them."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from dashboard import service
from dashboard.clock import Clock
from dashboard.domain.device_keys import platform_key
from dashboard.domain.telling import LEASE_MS
from dashboard.service import Outgoing, Services, Settled
from dashboard.settings import Settings
from dashboard.store.secret_file import Secrets
from dashboard.store.store import StoreBusy
from data_feeds.telling.file_gateway import FileGateway
from data_feeds.telling.gateway import Gateway, GatewayError
from data_feeds.telling.http_gateways import HttpGateway, Webhooks

logger = logging.getLogger(__name__)

POLL_S = 0.5
RETRY_S = 1.0
AT_ONCE = 8
SWEEP_S = 15.0
OUTBOX = "outbox"
GATEWAY_NAME = "telling-gateway"  # whose key signs what goes to the operator's own gateway
DEMONSTRATION_PREFIX = "【演示】"


def gateways_of(settings: Settings, secrets: Secrets, *, demonstration: bool) -> dict[str, Gateway]:
    """Return means -> gateway as the settings say: files, none, or the address of one."""
    prefix = DEMONSTRATION_PREFIX if demonstration else ""
    found: dict[str, Gateway] = {"webhook": Webhooks(prefix)}
    calling: Gateway | None = None
    if settings.telling_gateway == "files":
        calling = FileGateway(outbox_of(settings.var_dir), prefix)
    elif settings.telling_gateway != "none":
        calling = HttpGateway(settings.telling_gateway, lambda: _gateway_keys(secrets), prefix)
    return found if calling is None else found | {"sms": calling, "phone": calling}


def _gateway_keys(secrets: Secrets) -> tuple[str, ...]:
    return tuple(platform_key(one, GATEWAY_NAME) for one in secrets.all())


def outbox_of(var_dir: Path) -> Path:
    """Return the folder of the file gateway."""
    return var_dir / OUTBOX


class Delivery:
    """Delivers tellings; any number of them may run side by side.

    Args:
        gateways: means -> gateway; a means without one is given up at once.
        name: who holds a lease; must differ between processes.
        lease_ms: how long a gateway may take, real time, before another worker sends again.
    """

    def __init__(
        self,
        services: Services,
        clock: Clock,
        gateways: Mapping[str, Gateway],
        name: str = "",
        lease_ms: int = LEASE_MS,
    ) -> None:
        self._services = services
        self._clock = clock
        self._gateways = dict(gateways)
        self._name = name or f"{os.uname().nodename}:{os.getpid()}:{secrets.token_hex(2)}"
        self._lease_ms = lease_ms
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Deliver until cancelled; a store that is busy is asked again."""
        swept_at = 0.0
        loop = asyncio.get_running_loop()
        while True:
            pause_s = POLL_S
            try:
                await self.collect()
                if await self.cycle():
                    pause_s = 0.0
                if loop.time() - swept_at > SWEEP_S:
                    swept_at = loop.time()
                    await asyncio.to_thread(service.lapse_ended, self._services, self._clock.now_ms())
            except StoreBusy as error:
                logger.warning("the database is busy, tellings wait: %s", error)
                pause_s = RETRY_S
            await asyncio.sleep(pause_s)

    async def cycle(self) -> int:
        """Send what is due now; returns how many were taken. Raises StoreBusy: leases run out and all is sent again."""
        # A demonstration that runs fast must not let a lease run out while a gateway still answers.
        lease_ms = round(self._lease_ms * max(self._clock.rate, 1.0))
        now = self._clock.now_ms()
        taken = await asyncio.to_thread(service.take_due, self._services, self._name, now, lease_ms)
        if not taken:
            return 0
        results: Sequence[Settled] = await asyncio.gather(*(self._send(one) for one in taken))
        await asyncio.to_thread(service.settle, self._services, results, self._clock.now_ms())
        return len(taken)

    async def collect(self) -> int:
        """Write down what gateways have said since; returns how many tellings changed."""
        count = 0
        for gateway in {id(one): one for one in self._gateways.values()}.values():
            said = await asyncio.to_thread(gateway.receipts)
            if said:
                count += await asyncio.to_thread(
                    service.note_receipts, self._services, said, self._clock.now_ms()
                )
        return count

    async def _send(self, telling: Outgoing) -> Settled:
        gateway = self._gateways.get(telling.means)
        if gateway is None:
            return Settled(telling.id, telling.attempt, fault="no_gateway", is_final=True)
        async with self._slots:
            try:
                given = await asyncio.to_thread(gateway.send, telling, self._clock.now_ms())
            except GatewayError as error:
                logger.info("telling %s by %s: %s %s", telling.id, telling.means, error.fault, error.detail)
                return Settled(
                    telling.id,
                    telling.attempt,
                    fault=error.fault,
                    detail=error.detail,
                    is_final=error.is_final,
                )
        return Settled(telling.id, telling.attempt, gateway_id=given)
