"""One delivering process, to be killed: `python -m tests.crash.deliverer DATABASE_URL OUTBOX`."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from dashboard.citypack import load_pack
from dashboard.service import Services
from dashboard.store.store import Store
from data_feeds.telling.deliver import Delivery
from data_feeds.telling.file_gateway import FileGateway

PACK = Path(__file__).parents[2] / "citypacks" / "rizhao"
LEASE_MS = 500  # short, so that what a killed process held is soon sent again


class WallClock:
    """Real time; enough for processes that live for seconds."""

    rate = 1.0
    is_demonstration = False

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def real_seconds_until(self, due_at: int) -> float:
        return max(0.0, (due_at - self.now_ms()) / 1000)


def main(url: str, outbox: Path) -> None:
    services = Services(Store(url), load_pack(PACK))
    gateway = FileGateway(outbox)
    delivery = Delivery(services, WallClock(), {"sms": gateway, "phone": gateway}, lease_ms=LEASE_MS)
    print("ready", flush=True)
    asyncio.run(delivery.run())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
